"""Progress is an event; the terminal, the journal and the tests listen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provision.model.outcome import Outcome
from provision.model.plan import Step
from provision.text import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """A kind was observed: `done` of `total`."""

    kind: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Started:
    """A step is about to be made."""

    step: Step


@dataclass(frozen=True, slots=True)
class Ended:
    """A step ended; `done` of `total`."""

    outcome: Outcome
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Noted:
    """Something a person should know, and that stops nothing."""

    what: Text


@dataclass(frozen=True, slots=True)
class Waved:
    """A wave begins: its number (from 1) of so many, of so many tenants."""

    number: int
    total: int
    tenants: int


@dataclass(frozen=True, slots=True)
class Proved:
    """A promise of a tenant was put to the test; `done` of `total`."""

    tenant: str
    name: str
    done: int
    total: int


Event = Reading | Started | Ended | Noted | Waved | Proved
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
