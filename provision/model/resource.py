"""What is wanted and what is there, in one shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from provision.model.address import Address
from provision.model.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.text import Text

SpecT = TypeVar("SpecT")


@dataclass(frozen=True, slots=True)
class Retirement:
    """Why and since when a resource is to go: absence never deletes, this does."""

    reason: str
    date: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Desired(Generic[SpecT]):
    """A resource as the documents want it.

    `needs` are the addresses that must be there before it; `origin` is where it was asked for and `origins`
    where each field of the spec was (fields left out take `origin`). `retired` asks for its removal. `note` is for people:
    what became of the documents' words on the way.
    """

    address: Address
    spec: SpecT
    origin: Origin
    needs: frozenset[Address] = frozenset()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    retired: Retirement | None = None
    note: Text | None = None

    def where(self, name: str) -> Origin:
        """Return where the field `name` was written."""
        return self.origins.get(name, self.origin)


@dataclass(frozen=True, slots=True)
class Live(Generic[SpecT]):
    """A resource as the cloud has it.

    `owned` tells whether it carries our marker (or cannot carry one and stands in a project that is ours);
    `raw` is the JSON body as the API sent it; `created_at` (ISO 8601, may be empty) breaks ties between duplicates.
    `fresh` tells that this very step created it, so that nothing uses it yet.
    """

    address: Address
    id: str
    spec: SpecT
    owned: bool
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)
    created_at: str = ""
    fresh: bool = field(default=False, compare=False)
