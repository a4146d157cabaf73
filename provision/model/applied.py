"""What an apply came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provision.model.outcome import Outcome, Status
from provision.model.plan import Plan
from provision.text import Text

Requests = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Applied:
    """A plan, what became of its steps, and what it all cost; `declined` when the person said no.

    `ends` counts how the steps ended, also where `outcomes` holds only those that did not go well. `requests` are counted
    by service and method. `undone` is what became of what was taken back; `halted` says why it
    ended before the last tenant, and `unbegun` which tenants it never came to.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...]
    requests: Requests
    seconds: float
    ends: Mapping[Status, int] = field(default_factory=dict)
    declined: bool = False
    undone: tuple[Outcome, ...] = ()
    halted: Text | None = None
    unbegun: tuple[str, ...] = ()
