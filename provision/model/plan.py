"""A plan is a value: what would change, why, and in what order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from provision.model.address import Address
from provision.model.origin import Origin
from provision.text import Text

if TYPE_CHECKING:
    from provision.model.resource import Desired, Live


class Action(StrEnum):
    """What a change does; LEAVE is reported and never touched: seen and not ours, or wanted where an optional service is not."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    REPLACE = "REPLACE"
    DELETE = "DELETE"
    ADOPT = "ADOPT"
    LEAVE = "LEAVE"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs: what is there, what is wanted, and the line that wants it."""

    field: str
    before: Any
    after: Any
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that differs.

    `reason` is for people and never for decisions. `blocked` says why the guard will not let it be applied
    (and what would allow it); a blocked change has no step.
    """

    action: Action
    address: Address
    want: Desired[Any] | None
    have: Live[Any] | None
    fields: tuple[FieldChange, ...] = ()
    reason: Text | None = None
    blocked: Text | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing for apply to do; `id` is ``ACTION:address`` and `waits_for` holds the ids of other steps."""

    id: str
    action: Action
    address: Address
    waits_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a tenant cannot be planned as its documents stand: nothing of it is written."""

    tenant: str
    where: str
    what: str | Text
    do: str | Text


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything apply needs: the changes, and the graph of the steps that make them."""

    cloud: str
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    fingerprint: str
    made_at: str
    made_by: str
    tenants: tuple[str, ...]

    @property
    def pending(self) -> tuple[Change, ...]:
        """Return the changes that are something to do or to decide (everything but LEAVE)."""
        return tuple(c for c in self.changes if c.action is not Action.LEAVE or c.blocked is not None)
