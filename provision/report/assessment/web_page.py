"""The audit as one page that a person reads in a browser or prints: both languages, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from provision import __version__
from provision.model.finding import Level, Severity, Status, Tier
from provision.report import audit, drawing, words
from provision.report.page import short
from provision.text import LANGUAGES, Language, Text, render, say

if TYPE_CHECKING:
    from provision.model.finding import Audited, Control, Finding, Waiver
    from provision.model.topology import Topology

NAME: Final = "report.html"
_TEMPLATES: Final = Path(__file__).parents[1] / "templates"
_FRENCH_MARKS: Final = re.compile(" (?=[:;?!»])|(?<=«) ")
_NAMED: Final = 3
_JOINTS: Final = re.compile(r"(?<=[/.:])(?=\w)")
_DETAILED: Final = (Status.FAIL, Status.NOT_EVALUATED, Status.WAIVED)
FAMILIES: Final[Mapping[str, Text]] = {
    "IAM": say("People and access", "Personnes et accès"),
    "CRY": say("Encryption and secrets", "Chiffrement et secrets"),
    "NET": say("Networks", "Réseaux"),
    "DAT": say("Data", "Données"),
    "LOG": say("Logs", "Journaux"),
    "HA": say("Redundancy and quotas", "Redondance et quotas"),
    "SOV": say("Sovereignty", "Souveraineté"),
    "GOV": say("Governance", "Gouvernance"),
    "REV": say("Leaving", "Réversibilité"),
    "BIL": say("Billing", "Facturation"),
}
STATUSES: Final[Mapping[Status, Text]] = {
    Status.FAIL: say("Failed", "En défaut"),
    Status.NOT_EVALUATED: say("Not evaluated", "Non évalué"),
    Status.WAIVED: say("Waived", "Dérogé"),
    Status.PASS: say("Held", "Tenu"),
    Status.NOT_APPLICABLE: say("Not applicable", "Sans objet"),
}
TIERS: Final[Mapping[Tier, Text]] = {
    Tier.SECURED: say("Highly secured", "Hautement sécurisé"),
    Tier.BETWEEN: say("Between the two", "Entre les deux"),
    Tier.OPEN_DATA: say("Open data", "Données ouvertes"),
}
LEVELS: Final[Mapping[Level, Text]] = {
    Level.MUST: say("must", "exigé"),
    Level.SHOULD: say("should", "recommandé"),
    Level.NONE: say("not asked", "non demandé"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A control and all that it found on one subject; its `status` is the worst of these."""

    control: Control
    findings: tuple[Finding, ...]

    @property
    def status(self) -> Status:
        """Return the worst that it found."""
        return min((each.status for each in self.findings), key=audit.WORST.index)

    @property
    def told(self) -> tuple[Finding, ...]:
        """Return its findings, worst first."""
        return tuple(sorted(self.findings, key=lambda each: audit.WORST.index(each.status)))


@dataclass(frozen=True, slots=True)
class Chapter:
    """One tenant or profile: its cases by status, worst first, its waivers, and its networks."""

    key: str
    profile: str
    version: str
    tier: Tier | None
    cases: Mapping[Status, Sequence[Case]]
    topology: Topology | None

    @property
    def counts(self) -> Counter[Status]:
        """Return how many controls ended how."""
        return Counter({status: len(cases) for status, cases in self.cases.items()})

    @property
    def waivers(self) -> Mapping[Waiver, Sequence[Finding]]:
        """Return the waivers that were looked at, each with what it is about."""
        about: dict[Waiver, list[Finding]] = {}
        for each in (finding for cases in self.cases.values() for case in cases for finding in case.findings):
            if each.waiver:
                about.setdefault(each.waiver, []).append(each)
        return about


@dataclass(frozen=True, slots=True)
class Score:
    """A row of the scorecard: how many controls ended how."""

    code: str
    name: Text
    counts: Counter[Status]


def write(audited: Audited, language: Language) -> str:
    """Return the page; it opens in `language`, and a reader turns it to the other."""
    of: dict[str, list[Finding]] = {key: [] for key in audited.subjects}
    for finding in audited.findings:
        of[finding.subject].append(finding)
    style, script = ((_TEMPLATES / name).read_text(encoding="utf-8") for name in ("audit.css", "audit.js"))
    return (
        _environment()
        .get_template("audit.html.j2")
        .render(
            audited=audited,
            chapters=[_chapter(key, found, audited) for key, found in of.items()],
            controls=sorted({each.control.id: each.control for each in audited.findings}.items()),
            scores=list(_scores(audited.findings)),
            totals=audit.amounts(audited.findings),
            opens_in=language,
            languages=LANGUAGES,
            speakers={each: _speaker(each) for each in LANGUAGES},
            page_title=lambda speak: speak(_title(audited)),
            made=_day(audited.made_at),
            style=Markup(style),  # noqa: S704 (our own file)
            script=Markup(script),  # noqa: S704 (our own file)
            digests={"style": _digest(style), "script": _digest(script)},
        )
    )


def _title(audited: Audited) -> Text:
    """Return what a browser's tab says: what was audited, and the day."""
    first, more = list(audited.subjects)[:_NAMED], len(audited.subjects) - _NAMED
    return say(
        "Audit of {whom}, {day}",
        "Audit de {whom}, {day}",
        whom=", ".join(first) + (f" +{more}" if more > 0 else ""),
        day=audited.made_at[:10],
    )


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "version": __version__,
        "notice": audit.NOTICE,
        "signs": {status: sign for status, (sign, _) in audit.SIGNS.items()},
        "severities": audit.SEVERITIES,
        "statuses": STATUSES,
        "detailed": _DETAILED,
        "tiers": TIERS,
        "levels": LEVELS,
        "drawing": drawing,
        "duration": words.duration,
        "number": words.number,
        "not_evaluated": Status.NOT_EVALUATED,
        "status_heads": lambda speak: [speak(each) for each in STATUSES.values()],
    }
    made.filters |= {"cut": _cut, "sentence": _sentence, "breaking": _breaking, "short": short}
    return made


def _speaker(language: Language) -> Callable[..., str]:
    """Return what puts words into a language: a `Text`, or English and French with the values to fill in."""

    def speak(said: Text | str, french: str | None = None, **values: Any) -> str:  # noqa: ANN401 (words or numbers)
        if isinstance(said, str) and french is None:
            return said
        spoken = render(say(str(said), french, **values) if french is not None else said, language)
        return _FRENCH_MARKS.sub("\N{NO-BREAK SPACE}", spoken) if language == "fr" else spoken

    return speak


def _digest(text: str) -> str:
    """Return what a Content-Security-Policy calls an inline element by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _day(made_at: str) -> Text:
    """Return a time as each language writes it, in UTC."""
    at = datetime.fromisoformat(made_at)
    return say(
        "{english} (UTC)",
        "{french} (UTC)",
        english=f"{at:%Y-%m-%d %H:%M}",
        french=f"{at:%d/%m/%Y à %H h %M}",
    )


def _sentence(said: str) -> str:
    """Return words that begin with a capital letter."""
    return said[:1].upper() + said[1:]


def _cut(said: str, room: int) -> str:
    """Return words that fit into a room of letters, with an ellipsis where they were longer."""
    return said if len(said) <= room else f"{said[: room - 1]}…"


def _breaking(name: object) -> Markup:
    """Return a name, path or key that a line may break after its dots, slashes and colons; escaped."""
    return Markup("<wbr>").join(escape(part) for part in _JOINTS.split(str(name)))


def _chapter(key: str, found: Iterable[Finding], audited: Audited) -> Chapter:
    by_control = groupby(sorted(found, key=lambda each: each.control.id), key=lambda each: each.control)
    severities = list(Severity)
    cases = sorted(
        (Case(control, tuple(those)) for control, those in by_control),
        key=lambda each: severities.index(each.control.severity),
    )
    profile, version = audited.subjects[key]
    return Chapter(
        key,
        profile,
        version,
        audited.tiers.get(key),
        {status: [each for each in cases if each.status is status] for status in audit.WORST},
        audited.topologies.get(key),
    )


def _scores(findings: Iterable[Finding]) -> Iterable[Score]:
    """Yield a row a family, those that we know of first, in the catalogue's order."""
    listed = list(findings)
    there = dict.fromkeys((*FAMILIES, *sorted(each.control.family for each in listed)))
    for code in there:
        of_it = [each for each in listed if each.control.family == code]
        if of_it:
            yield Score(code, FAMILIES.get(code, say(code, code)), audit.amounts(of_it))
