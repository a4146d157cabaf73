"""Evidence from outside: what somebody shows for a control that no API answers, and the file it stands for."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from provision.model.origin import Origin
from provision.text import Text

EVERYBODY: Final = "all"
CONFIDENCES: Final = ("low", "medium", "high")
HOLDS, FAILS = "holds", "fails"
ATTESTABLE: Final = (
    "TEN-IAM-15",
    "TEN-HA-05",
    *(f"TEN-LOG-{number:02}" for number in range(1, 12)),
    "TEN-DAT-06",
    "TEN-REV-02",
    "TEN-REV-03",
    *(f"TEN-SOV-{number:02}" for number in range(1, 6)),
)
"""The controls that evidence can answer; those of the audit are held against them by a test."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece: for which controls and tenants (None: all), what it shows, when it was made, and until when it counts.

    `path` is the file that it stands for, `file` what the document calls it. `holds` is False where it shows that
    something is wrong: a rehearsal that failed is evidence too.
    """

    key: str
    controls: frozenset[str]
    tenants: Collection[str] | None
    what: Text
    made: date
    until: date | None
    file: str
    path: Path
    sha256: str
    confidence: str
    owner: str
    holds: bool
    origin: Origin

    def concerns(self, tenant: str) -> bool:
        """Tell whether it says something of a tenant."""
        return self.tenants is None or tenant in self.tenants

    def digest(self) -> str | None:
        """Return the SHA-256 of the file as it is, None where there is none. Raises `OSError` for one that cannot be read."""
        if not self.path.is_file():
            return None
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
