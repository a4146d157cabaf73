"""One entry of the ledger: a line of canonical JSON (RFC 8785), the bytes of which are a leaf of the tree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

FORMAT: Final = 1
_SPELL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: object) -> bytes:
    """Return the RFC 8785 form of JSON whose keys are ASCII and whose numbers are whole, as those of the ledger are."""
    return _SPELL.encode(value).encode()


def moment(seconds: float) -> str:
    """Return epoch seconds as the ledger writes times: UTC, ISO 8601, microseconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to be recorded: an action (``apply.step``), and what it is about. The ledger adds number, time and actor.

    Any action may be recorded; those that a reader knows have a page in docs/ledger.md.
    """

    action: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the ledger; `sequence` counts from 0, `time` is when it was written (see `moment`)."""

    sequence: int
    time: str
    actor: str
    action: str
    about: Mapping[str, Any]

    def line(self) -> bytes:
        """Return the line, without its end."""
        return canonical(
            {
                "format": FORMAT,
                "sequence": self.sequence,
                "time": self.time,
                "actor": self.actor,
                "action": self.action,
                "about": self.about,
            }
        )


def parse(line: bytes) -> Entry | None:
    """Return the entry that a line holds, or None when it holds none (a torn or damaged line)."""
    try:
        content = json.loads(line)
        if content.pop("format") != FORMAT:
            return None
        entry = Entry(**content)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    whole = isinstance(entry.sequence, int) and isinstance(entry.about, dict)
    words = all(isinstance(each, str) for each in (entry.time, entry.actor, entry.action))
    return entry if whole and words else None
