"""What a control asks, and what it found on a template or on a live tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from provision.model.origin import Origin
from provision.text import Text

if TYPE_CHECKING:
    from provision.model.topology import Topology


class Status(StrEnum):
    """What a control says. PASS only where the field that decides was really read."""

    PASS = "PASS"  # noqa: S105 (a verdict)
    FAIL = "FAIL"
    NOT_EVALUATED = "NOT_EVALUATED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    WAIVED = "WAIVED"

    @property
    def wrong(self) -> bool:
        """Tell whether something does not hold, answered for by somebody or not."""
        return self in {Status.FAIL, Status.WAIVED}

    @property
    def untold(self) -> bool:
        """Tell whether it could not be told."""
        return self is Status.NOT_EVALUATED


class Severity(StrEnum):
    """How bad it is when a control fails."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Level(StrEnum):
    """What a tier asks of a control: always, where its documents ask for it, or never."""

    MUST = "must"
    SHOULD = "should"
    NONE = "none"


class Tier(StrEnum):
    """Which column of the catalogue a profile stands in; what is neither secured nor open data stands between."""

    SECURED = "hautement-securise"
    OPEN_DATA = "open-data"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a framework to which a control contributes evidence (never: which it satisfies), and why we say so."""

    framework: str
    clause: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Control:
    """One control of the catalogue.

    `key` is the dotted path of the documents that sets it; `reads` are the API fields that decide, by source;
    `levels` what each tier asks; `title` is what must hold, `do` the remedy.
    """

    id: str
    title: Text
    severity: Severity
    key: str
    reads: Mapping[str, tuple[str, ...]]
    levels: Mapping[Tier, Level]
    clauses: tuple[Clause, ...]
    do: Text

    @property
    def family(self) -> str:
        """Return the family: ``IAM`` of ``TEN-IAM-01``."""
        return self.id.split("-")[1]


@dataclass(frozen=True, slots=True)
class Waiver:
    """A failure that somebody answers for until a day."""

    control: str
    resource: str
    reason: str
    owner: str
    approver: str
    expires: str
    measure: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Finding:
    """What a control found.

    `subject` is the tenant, or the profile of a template; `address` the resource or the document key that was judged;
    `observed` what was read; `origin` the line that set it, where one did; `waiver` the one that was looked at.
    """

    control: Control
    status: Status
    subject: str
    address: str
    observed: Text
    origin: Origin | None = None
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True, order=True)
class Access:
    """That somebody can do something: a person's role on a tenant's project or domain, and through what (itself, a group)."""

    tenant: str
    who: str
    role: str
    on: str
    through: str
    enabled: bool
    address: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something that could not be read, and why."""

    what: str
    why: Text


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit: its findings, what it could not read, and how much of what is there no control judged.

    `cloud` is empty for templates; `subjects` are tenants or profiles, with the profile and its version. `access` is who can
    do what with the tenants of which that could be read; `tiers` and `topologies` say, by subject, where its profile stands
    and what its networks look like.
    """

    cloud: str
    made_at: str
    made_by: str
    subjects: Mapping[str, tuple[str, str]]
    findings: tuple[Finding, ...]
    unseen: tuple[Unseen, ...] = ()
    there: int = 0
    unassessed: tuple[str, ...] = ()
    requests: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    seconds: float = 0.0
    access: tuple[Access, ...] = ()
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    topologies: Mapping[str, Topology] = field(default_factory=dict)
