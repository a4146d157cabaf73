"""What was tried on the live cloud, what was seen, and which line of which document promised it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provision.errors import ProvisionError
from provision.model.origin import Origin
from provision.text import Text


class Verdict(StrEnum):
    """What became of a promise that was put to the test."""

    HELD = "HELD"
    BROKEN = "BROKEN"
    NOT_PROVABLE = "NOT_PROVABLE"


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise put to the test.

    `name` is stable (``volume-encrypted``); `key` and `origin` are what the documents say, and where; `seen` is what was seen,
    or why nothing could be. `error` is set where the test itself failed, or left something behind; `seconds` is what it took.
    """

    tenant: str
    name: str
    promise: Text
    key: str
    origin: Origin
    tried: Text
    seen: Text
    verdict: Verdict
    error: ProvisionError | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """Who was put to the test: a tenant, its profile and the profile's version, and its project's id (empty: none)."""

    tenant: str
    profile: str
    version: str
    project: str


@dataclass(frozen=True, slots=True)
class Proven:
    """All proofs of a run: of which estate, on which cloud, when (UTC), by whom, in how many seconds."""

    estate: str
    cloud: str
    made_at: str
    made_by: str
    subjects: tuple[Subject, ...]
    proofs: tuple[Proof, ...]
    seconds: float
