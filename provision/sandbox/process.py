"""Processes by identity: a pid with the moment it was born, so that a recycled pid is never touched."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_POLL = 0.02
_STATE, _BORN, _RESIDENT = 0, 19, 1


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same pid."""

    pid: int
    born: str


def born(pid: int) -> str:
    """Return when the process was born, in the kernel's ticks; empty when there is none, or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()  # the command before it may hold spaces
    return "" if fields[_STATE] in {"Z", "X"} else fields[_BORN]


def identify(pid: int) -> Identity:
    """Return the identity of a process that lives."""
    return Identity(pid, born(pid))


def alive(identity: Identity) -> bool:
    """Tell whether this very process still runs."""
    return bool(identity.born) and born(identity.pid) == identity.born


def resident(identity: Identity) -> float:
    """Return the resident memory of the process in MiB."""
    if not alive(identity):
        return 0.0
    try:
        pages = Path(f"/proc/{identity.pid}/statm").read_text(encoding="ascii").split()[_RESIDENT]
    except OSError:
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def tell(identity: Identity, number: int) -> bool:
    """Send a signal to this very process; say whether there was one to send it to."""
    if not alive(identity):
        return False
    try:
        os.kill(identity.pid, number)
    except ProcessLookupError:
        return False
    return True


def wait(identities: tuple[Identity, ...], seconds: float) -> tuple[Identity, ...]:
    """Wait for the processes to end; return those that did not."""
    until = time.monotonic() + seconds
    left = tuple(filter(alive, identities))
    while left and time.monotonic() < until:
        time.sleep(_POLL)
        left = tuple(filter(alive, left))
    return left


def end(identities: tuple[Identity, ...], *, grace: float = 2.0) -> int:
    """End these processes, kindly and then not; return how many there were."""
    told = tuple(identity for identity in identities if tell(identity, signal.SIGTERM))
    for identity in wait(told, grace):
        tell(identity, signal.SIGKILL)
    wait(told, grace)
    return len(told)
