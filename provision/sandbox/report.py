"""What the sandbox says about itself: a service's state, and an event of a start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """One service as `status` sees it; `state` is ``up``, ``down``, ``dead`` or ``starting``."""

    name: str
    url: str
    pid: int | None
    rss_mib: float
    state: str


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a start: which service, what it reached, and how long after the start."""

    service: str
    state: str
    detail: str = ""
    seconds: float = 0.0


def ignore(_event: Event) -> None:
    """Listen to nothing."""
