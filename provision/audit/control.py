"""What a control is: the page to read before adding one.

A control is a predicate on one thing, in one of the files of `controls/`, found by being there. The thing is either
**promised** (what a template makes, or says) or **found** (what the cloud has): the predicate is the same, and cannot tell::

    @control(
        "TEN-NET-02",
        over="security_group",
        title=say("no rule lets in everything from everywhere", "aucune règle ne laisse tout entrer de partout"),
        ...
    )
    def no_any_any(about: About, group: SecurityGroupSpec) -> Text | None: ...

It returns what is wrong, or None. What it is given comes from a **source** (`sources/`): every kind of resource is one, and
things nobody declares (a port, a volume, a user) have their own. `decided_by` names the fields of the API's own body
without which nothing may be said: where one is absent the control is not evaluated, since the SDK would have made it up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provision.model.finding import Clause, Control, Level, Severity, Tier
from provision.model.tenant import Tenant, Values
from provision.text import Text

MUST, SHOULD, NONE = Level.MUST, Level.SHOULD, Level.NONE
SECNUMCLOUD: Final = "SecNumCloud 3.2"
ISO: Final = "ISO/IEC 27001:2022"


@dataclass(frozen=True, slots=True)
class About:
    """Whose thing is judged: the tenant (of a template: one made up from it), and the tier of its profile."""

    tenant: Tenant
    tier: Tier

    @property
    def values(self) -> Values:
        """Return the tenant's documents, merged."""
        return self.tenant.values


Predicate = Callable[[About, Any], Text | None]
Asked = Callable[[Values], bool]


@dataclass(frozen=True, slots=True)
class Check:
    """A control with its predicate, the source of what it judges, and whether documents ask for it.

    One on evidence from `outside` is judged where its tier demands it, whether documents ask or not, and where there is some.
    """

    control: Control
    over: str
    decided_by: tuple[str, ...]
    asked: Asked
    judge: Predicate
    outside: bool = False


_CHECKS: Final[dict[str, Check]] = {}


def always(_values: Values) -> bool:
    """Say that documents need not ask: the control is built in."""
    return True


def said(path: str, *, accepted: tuple[object, ...] = ()) -> Asked:
    """Return whether documents say something at a path; one of the accepted, where some are named."""

    def asked(values: Values) -> bool:
        value = values.get(path)
        return value is not None and (not accepted or value in accepted)

    return asked


def snc(clause: str, en: str, fr: str) -> Clause:
    """Return a clause of SecNumCloud 3.2, with why the control bears on it."""
    return Clause(SECNUMCLOUD, clause, Text(en, fr))


def iso(clause: str, en: str, fr: str) -> Clause:
    """Return a control of ISO/IEC 27001:2022, annex A, with why ours bears on it."""
    return Clause(ISO, clause, Text(en, fr))


def control(  # noqa: PLR0913 (a control is exactly this)
    identifier: str,
    *,
    over: str,
    title: Text,
    severity: Severity,
    key: str,
    secured: Level,
    open_data: Level,
    clauses: tuple[Clause, ...],
    do: Text,
    reads: str = "",
    decided_by: tuple[str, ...] = (),
    asked: Asked = always,
    outside: bool = False,
) -> Callable[[Predicate], Predicate]:
    """Register a predicate as a control; `reads` says the API fields as a person names them."""

    def keep(judge: Predicate) -> Predicate:
        between = MUST if secured is open_data is MUST else NONE if secured is open_data is NONE else SHOULD
        levels: Mapping[Tier, Level] = {
            Tier.SECURED: secured,
            Tier.OPEN_DATA: open_data,
            Tier.BETWEEN: between,
        }
        facts = Control(
            identifier, title, severity, key, {over: (reads,) if reads else decided_by}, levels, clauses, do
        )
        _CHECKS[identifier] = Check(facts, over, decided_by, asked, judge, outside)
        return judge

    return keep


def checks() -> tuple[Check, ...]:
    """Return every control, in the order of their ids."""
    return tuple(_CHECKS[identifier] for identifier in sorted(_CHECKS))
