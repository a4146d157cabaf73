"""Who holds an estate and until when, as one sentence that people read and machines too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_SENTENCE: Final = re.compile(
    r"^Held by (?P<who>.+) \(pid (?P<pid>\d+) on (?P<machine>\w+)\) since (?P<since>\S+) until (?P<until>\S+): "
    r"epoch (?P<epoch>\d+), renewed (?P<renewed>\d+) times\.$"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds an estate: times are epoch seconds, whole, of the cloud's clock.

    `machine` tells one running system (and its process ids) from every other; `epoch` counts takeovers, from 1;
    `renewed` counts up as long as the holder lives.
    """

    who: str
    pid: int
    machine: str
    since: int
    until: int
    epoch: int = 1
    renewed: int = 0

    def __str__(self) -> str:
        """Return the sentence."""
        return (
            f"Held by {self.who} (pid {self.pid} on {self.machine}) since {instant(self.since)} "
            f"until {instant(self.until)}: epoch {self.epoch}, renewed {self.renewed} times."
        )

    @classmethod
    def read(cls, sentence: str) -> Holder | None:
        """Return the holder that a sentence names, None for one that was not written by us."""
        found = _SENTENCE.match(sentence)
        try:
            return found and cls(
                found["who"],
                int(found["pid"]),
                found["machine"],
                _seconds(found["since"]),
                _seconds(found["until"]),
                int(found["epoch"]),
                int(found["renewed"]),
            )
        except ValueError:
            return None


def instant(seconds: int) -> str:
    """Return epoch seconds as UTC: ``2026-11-24T10:00:30Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())
