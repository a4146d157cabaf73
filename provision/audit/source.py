"""Where the things that controls judge come from: what documents promise, and what the cloud has, in one shape."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

from provision.kind import Kind, kinds
from provision.model.finding import Status
from provision.model.origin import Origin
from provision.model.tenant import Tenant
from provision.text import Text

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes


@dataclass(frozen=True, slots=True)
class Silence:
    """Why nothing is said of a thing: it could not be told (``NOT_EVALUATED``), or is not asked here (``NOT_APPLICABLE``)."""

    status: Status
    why: Text


def untold(why: Text) -> Silence:
    """Return the silence of a thing of which what decides could not be read, where others of its sort could."""
    return Silence(Status.NOT_EVALUATED, why)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to judge: its address, its shape, the line that promises it, and the API's own body where it was found.

    With a `silence` it is not judged; `grounds` is what a verdict that it holds rests on, where that is to be told.
    """

    address: str
    spec: Any
    origin: Origin | None = None
    raw: Mapping[str, Any] | None = None
    silence: Silence | None = None
    grounds: Text | None = None

    def lacks(self, fields: Iterable[str]) -> tuple[str, ...]:
        """Return those of some fields that the API's body does not have; none of what was not read from an API."""
        return () if self.raw is None else tuple(each for each in fields if each not in self.raw)


class Source(ABC):
    """One sort of thing; `drawn_from` are the kinds of resource that it is made of."""

    name: ClassVar[str]
    drawn_from: ClassVar[tuple[str, ...]] = ()

    @property
    def of_leavers(self) -> bool:
        """Tell that it is looked at of tenants that leave; of those, nothing else is."""
        return False

    @abstractmethod
    def promised(self, tenant: Tenant) -> Iterable[Thing]:
        """Return what a tenant's documents promise of it."""

    @abstractmethod
    def found(self, eyes: Eyes, tenant: Tenant) -> Iterable[Thing]:
        """Return what the cloud has of it. Raises `CloudError` for what may not be read."""


@dataclass(frozen=True)
class OfKind(Source):
    """A kind of resource: what it wants, and what it observed, ours or not."""

    kind: Kind[Any]

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return what the documents want of the kind."""
        for want in self.kind.desire(tenant):
            if want.retired is None:
                yield Thing(str(want.address), want.spec, want.origin)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return what there is, each with the line that asked for it."""
        origins = {want.address: want.origin for want in self.kind.desire(tenant)}
        for live in eyes.lives(self.kind.name, tenant.key):
            yield Thing(str(live.address), live.spec, origins.get(live.address), live.raw)


_SOURCES: Final[dict[str, Source]] = {}


def source(found: type[Source]) -> type[Source]:
    """Make a source known; a class decorator."""
    _SOURCES[found.name] = found()
    return found


def known_as(name: str, found: Source) -> None:
    """Make one of several sources of a class known, under a name of its own."""
    _SOURCES[name] = found


@cache
def sources() -> Mapping[str, Source]:
    """Return every source by name, the kinds of resource first."""
    return {**{name: OfKind(kind) for name, kind in kinds().items()}, **_SOURCES}
