"""What an audit found, for a person and for a program."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from provision.model.finding import Severity, Status
from provision.report import words
from provision.text import render, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from provision.model.finding import Audited, Finding, Waiver
    from provision.report.look import Look
    from provision.text import Language, Text

FAILED: Final = 2
SHOWN: Final = 8
TOLD: Final = (Status.FAIL, Status.WAIVED, Status.NOT_EVALUATED)
WORST: Final = (Status.FAIL, Status.NOT_EVALUATED, Status.WAIVED, Status.PASS, Status.NOT_APPLICABLE)
SIGNS: Final = {
    Status.PASS: ("✓", "good"),
    Status.FAIL: ("✗", "bad"),
    Status.NOT_EVALUATED: ("?", "change"),
    Status.NOT_APPLICABLE: ("–", "quiet"),
    Status.WAIVED: ("≈", "change"),
}
_WORDS: Final = {
    Status.PASS: (say("{n} held", "{n} tenu"), say("{n} held", "{n} tenus")),
    Status.FAIL: (say("{n} failed", "{n} en défaut"), say("{n} failed", "{n} en défaut")),
    Status.NOT_EVALUATED: (say("{n} not evaluated", "{n} non évalué"), say("{n} not evaluated", "{n} non évalués")),
    Status.NOT_APPLICABLE: (say("{n} not applicable", "{n} sans objet"), say("{n} not applicable", "{n} sans objet")),
    Status.WAIVED: (say("{n} waived", "{n} dérogé"), say("{n} waived", "{n} dérogés")),
}  # fmt: skip
SEVERITIES: Final = {
    Severity.CRITICAL: say("critical", "critique"),
    Severity.HIGH: say("high", "élevée"),
    Severity.MEDIUM: say("medium", "moyenne"),
    Severity.LOW: say("low", "faible"),
}
NOTICE: Final = say(
    "SecNumCloud qualifies providers, not tenants: a control contributes evidence to a requirement, it never satisfies one.",
    "SecNumCloud qualifie des prestataires, pas des locataires : un contrôle apporte une preuve à une exigence, il n'y satisfait jamais.",
)


def data(audited: Audited, language: Language) -> dict[str, Any]:
    """Return an audit as JSON has it (schema ``audit``)."""
    return {
        "format": 1,
        "cloud": audited.cloud or None,
        "made_at": audited.made_at,
        "made_by": audited.made_by,
        "notice": render(NOTICE, language),
        "subjects": [
            {"subject": key, "profile": profile, "version": version}
            for key, (profile, version) in audited.subjects.items()
        ],
        "findings": [_finding(each, language) for each in audited.findings],
        "coverage": {
            **{each.value.lower(): amounts(audited.findings)[each] for each in Status},
            "unreadable": [{"what": each.what, "why": render(each.why, language)} for each in audited.unseen],
            "resources": audited.there,
            "unassessed": list(audited.unassessed),
        },
        "requests": audited.requests,
        "seconds": round(audited.seconds, 3),
    }


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    control, waiver = finding.control, finding.waiver
    return {
        "control": control.id,
        "status": finding.status.value,
        "severity": control.severity.value,
        "subject": finding.subject,
        "address": finding.address,
        "observed": render(finding.observed, language),
        "expected": render(control.title, language),
        "origin": finding.origin and str(finding.origin),
        "what": render(control.title, language),
        "do": render(control.do, language),
        "key": control.key,
        "reads": [field for fields in control.reads.values() for field in fields],
        "mappings": [
            {"framework": each.framework, "clause": each.clause, "reason": render(each.reason, language)}
            for each in control.clauses
        ],
        "waiver": waiver
        and {
            "reason": waiver.reason,
            "owner": waiver.owner,
            "approver": waiver.approver,
            "measure": waiver.measure,
            "expires": waiver.expires,
            "origin": str(waiver.origin),
        },
    }


def text(audited: Audited, look: Look) -> str:
    """Return one paragraph a subject, what failed first; then what could not be seen, and all of it in one line."""
    blocks = [
        "\n".join(_subject(key, *about, [each for each in audited.findings if each.subject == key], look))
        for key, about in audited.subjects.items()
    ]
    last = [*_blind(audited, look), _verdict(audited, look), look.words(NOTICE, "quiet")]
    return "\n\n".join([*blocks, "\n".join(last)]) + "\n"


def _subject(key: str, profile: str, version: str, findings: Sequence[Finding], look: Look) -> Iterator[str]:
    about = version if key == profile else f"{profile} {version}"
    yield f"{look.paint('name', key)}  {about}  {look.words(verdict(findings))}"
    shown = (*TOLD, Status.PASS, Status.NOT_APPLICABLE) if look.verbose else TOLD
    for status in shown:
        those = sorted((each for each in findings if each.status is status), key=lambda each: each.control.id)
        if status is Status.NOT_EVALUATED and not look.verbose:
            alike = _alike(those)
            yield from (line for group in alike for line in _together(group, look))
            those = [each for each in those if not any(each in group for group in alike)]
        for _, same_control in groupby(those, key=lambda each: each.control.id):
            yield from _control(list(same_control), look)


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return the findings that one and the same reason explains, of several controls, by reason."""
    by_reason: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        by_reason[str(each.observed)].append(each)
    return [those for those in by_reason.values() if len({each.control.id for each in those}) > 1]


def _together(findings: Sequence[Finding], look: Look) -> Iterator[str]:
    """Yield several controls of which one reason says why they were not evaluated."""
    sign, meaning = SIGNS[Status.NOT_EVALUATED]
    names = list(dict.fromkeys(each.control.id for each in findings))
    many = words.counted(len(names), say("{n} control", "{n} contrôle"), say("{n} controls", "{n} contrôles"))
    why = say("{many}: {why}", "{many} : {why}", many=many, why=findings[0].observed)
    yield f"  {look.paint(meaning, sign)} {look.words(why)}"
    yield f"    {look.paint('quiet', ', '.join(names))}"


def _control(findings: Sequence[Finding], look: Look) -> Iterator[str]:
    """Yield a control's line once, each thing that it was not content with, and the remedy."""
    control, status = findings[0].control, findings[0].status
    sign, meaning = SIGNS[status]
    yield f"  {look.paint(meaning, sign)} {control.id} {look.words(control.title)}  {look.words(SEVERITIES[control.severity], 'quiet')}"
    if status is Status.WAIVED:
        yield from _waived(findings, look)
    if status in {Status.FAIL, Status.NOT_EVALUATED} or (status is Status.WAIVED and look.verbose):
        for finding in findings:
            at = f"{finding.address} ({finding.origin})" if finding.origin else finding.address
            yield f"    {look.words(say('{at}: {observed}', '{at} : {observed}', at=at, observed=finding.observed), 'quiet')}"
    if status is Status.FAIL:
        yield f"    → {look.words(control.do)}"


def _waived(findings: Sequence[Finding], look: Look) -> Iterator[str]:
    """Yield each waiver once, with how many things it excuses."""
    for waiver, excused in Counter(each.waiver for each in findings if each.waiver).items():
        yield f"    {look.words(_waiver(waiver, excused), 'quiet')}"


def _waiver(waiver: Waiver, excused: int) -> Text:
    return say(
        "{things}, waived until {day} by {approver}: {reason} ({origin})",
        "{things} : dérogation jusqu'au {day}, accordée par {approver} : {reason} ({origin})",
        things=words.counted(excused, say("{n} thing", "{n} chose"), say("{n} things", "{n} choses")),
        day=waiver.expires,
        approver=waiver.approver,
        reason=waiver.reason,
        origin=waiver.origin,
    )


def _blind(audited: Audited, look: Look) -> Iterator[str]:
    """Yield what was not seen: the headline that no verdict must hide."""
    if audited.unseen:
        yield look.words(say("Not readable with this credential: {n}", "Illisible avec cet accès : {n}", n=len(audited.unseen)), "change")  # fmt: skip
        for each in audited.unseen:
            yield f"  {each.what}: {look.words(each.why, 'quiet')}"
    if audited.unassessed:
        shown = audited.unassessed if look.verbose else audited.unassessed[:SHOWN]
        more = len(audited.unassessed) - len(shown)
        names = ", ".join(shown) + (f" +{more}" if more else "")
        yield look.words(
            say(
                "Resources that no control judges: {n} of {all} ({names})",
                "Ressources qu'aucun contrôle ne juge : {n} sur {all} ({names})",
                n=len(audited.unassessed),
                all=audited.there,
                names=names,
            ),
            "change",
        )


def _verdict(audited: Audited, look: Look) -> str:
    cost = look.words(words.duration(audited.seconds))
    where = f"{audited.cloud}, {cost}" if audited.cloud else cost
    return f"{look.words(verdict(audited.findings), 'strong')} ({where})"


def verdict(findings: Iterable[Finding]) -> Text:
    """Return all findings in one sentence."""
    counts = amounts(findings)
    parts = [words.counted(counts[each], *_WORDS[each]) for each in Status if counts[each]]
    return say("Controls: {parts}.", "Contrôles : {parts}.", parts=words.listed(parts))


def amounts(findings: Iterable[Finding]) -> Counter[Status]:
    """Count controls, each of a subject once: by the worst it found."""
    worst: dict[tuple[str, str], Status] = {}
    for each in findings:
        key = (each.subject, each.control.id)
        worst[key] = min(worst.get(key, each.status), each.status, key=WORST.index)
    return Counter(worst.values())


def exit_code(audited: Audited) -> int:
    """Return 2 when something failed, else 0."""
    return FAILED if any(each.status is Status.FAIL for each in audited.findings) else 0
