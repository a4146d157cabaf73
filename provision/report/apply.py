"""What became of a plan, for a person and for a program."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.errors import LeaseLost
from provision.model.outcome import GOOD, Outcome, Status
from provision.report import plan as plans
from provision.report import words
from provision.report.values import clean
from provision.text import Text, render, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from provision.errors import ProvisionError
    from provision.model.address import Address
    from provision.model.applied import Applied
    from provision.model.plan import Plan
    from provision.report.look import Cost, Look
    from provision.text import Language

NAMED_AT_MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Cause:
    """One error text, the steps that met it, and the addresses that were skipped because of them."""

    what: str
    do: str
    failed: tuple[Outcome, ...]
    skipped: tuple[Address, ...]


def data(applied: Applied, cost: Cost, language: Language) -> dict[str, Any]:
    """Return an apply as JSON has it (schema ``apply``): the plan, what became of each step, what was taken back."""
    return {
        **plans.data(applied.plan, cost, language),
        "outcomes": [_outcome(each, language) for each in applied.outcomes],
        "undone": [_outcome(each, language) for each in applied.undone],
        "halted": applied.halted and render(applied.halted, language),
        "unbegun": list(applied.unbegun),
    }


def _outcome(outcome: Outcome, language: Language) -> dict[str, Any]:
    return {
        "address": str(outcome.address),
        "action": outcome.action.value,
        "status": outcome.status.value,
        "error": outcome.error and _error(outcome.error, language),
        "because": outcome.because and str(outcome.because),
        "request_ids": list(outcome.request_ids),
        "seconds": round(outcome.seconds, 3),
    }


def _error(error: ProvisionError, language: Language) -> dict[str, str]:
    return {"where": error.where, "what": render(error.what, language), "do": render(error.do, language)}


def causes(outcomes: Sequence[Outcome], language: Language) -> list[Cause]:
    """Return the failures by what went wrong, the most frequent first."""
    failed: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    skipped: dict[Address | None, list[Address]] = defaultdict(list)
    for each in outcomes:
        if each.error is not None:
            failed[render(each.error.what, language), render(each.error.do, language)].append(each)
        elif each.status is Status.SKIPPED:
            skipped[each.because].append(each.address)
    found = [
        Cause(what, do, tuple(those), tuple(address for each in those for address in skipped[each.address]))
        for (what, do), those in failed.items()
    ]
    return sorted(found, key=lambda cause: (-len(cause.failed), cause.what))


def text(applied: Applied, cost: Cost, look: Look) -> str:
    """Return the final report of an apply: failures by cause, then what was not done and why, then the counts."""
    plan, ends = applied.plan, (*applied.outcomes, *applied.undone)
    blocks = [
        *("\n".join(_cause(cause, look)) for cause in causes(ends, look.language)),
        _blocked(plan, look),
        plans.problems(plan.problems, look),
        _taken_back(applied.undone, look),
        _stopped(applied.outcomes, look) if applied.halted is None else "",
        _halted(applied, look),
        f"{look.words(_ends(plan, applied.ends), 'strong')} ({look.words(cost.said(len(plan.tenants)))})",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _cause(cause: Cause, look: Look) -> Iterator[str]:
    times = f"  ×{len(cause.failed)}" if len(cause.failed) > 1 else ""
    yield f"{look.paint('bad', f'✗ {clean(cause.what)}')}{times}"
    if cause.do:
        yield f"  → {cause.do}"
    yield from _named(
        [f"{clean(str(each.address))}{look.paint('quiet', _evidence(each))}" for each in cause.failed], look
    )
    if cause.skipped:
        head = words.counted(
            len(cause.skipped),
            say("{n} skipped because of it:", "{n} passée à cause de cela :"),
            say("{n} skipped because of it:", "{n} passées à cause de cela :"),
        )
        yield f"  {look.words(head)}"
        yield from _named([clean(str(address)) for address in cause.skipped], look)


def _named(lines: Sequence[str], look: Look) -> Iterator[str]:
    """Yield the lines, or the first ten and how many more there are."""
    most = len(lines) if look.verbose else NAMED_AT_MOST
    yield from (f"    {line}" for line in lines[:most])
    if len(lines) > most:
        rest = words.number(len(lines) - most)
        yield f"    {look.words(say('… and {n} more (--verbose)', '… et {n} de plus (--verbose)', n=rest))}"


def _evidence(outcome: Outcome) -> str:
    """Return where it failed, and the request ids that an operator looks for in the services' logs."""
    where = outcome.error.where if outcome.error else ""
    found = ["" if where == str(outcome.address) else where, *outcome.request_ids]
    parts = [clean(part) for part in found if part]
    return f"  ({', '.join(parts)})" if parts else ""


def _blocked(plan: Plan, look: Look) -> str:
    blocked = [change for change in plan.pending if change.blocked is not None]
    if not blocked:
        return ""
    head = look.words(say("Blocked, and left as it was:", "Bloqué, et laissé tel quel :"), "bad")
    listed = [f"{clean(str(each.address))}: {look.words(each.blocked or '')}" for each in blocked]
    return "\n".join([head, *_named(listed, look)])


def _stopped(outcomes: Iterable[Outcome], look: Look) -> str:
    stopped = sum(each.status is Status.STOPPED for each in outcomes)
    if not stopped:
        return ""
    one = say(
        "Stopped on request: {n} step was not begun. Apply again: it resumes by itself.",
        "Arrêté à la demande : {n} étape n'a pas été commencée. Relancer apply : il reprend seul.",
    )
    many = say(
        "Stopped on request: {n} steps were not begun. Apply again: it resumes by itself.",
        "Arrêté à la demande : {n} étapes n'ont pas été commencées. Relancer apply : il reprend seul.",
    )
    return look.words(words.counted(stopped, one, many))


def _taken_back(undone: Sequence[Outcome], look: Look) -> str:
    """Say what was removed again, and of whom."""
    if not undone:
        return ""
    gone = sum(each.status in GOOD for each in undone)
    count = words.counted(gone, say("{n} resource", "{n} ressource"), say("{n} resources", "{n} ressources"))
    tenants = sorted({each.address.tenant for each in undone})
    head = say(
        "Taken back, because the tenant did not come whole: {count} created by this run, of",
        "Retiré, parce que le locataire n'a pas abouti : {count}, créées par cette exécution, de",
        count=count,
    )
    return "\n".join([look.words(head), *_named(tenants, look)])


def _halted(applied: Applied, look: Look) -> str:
    """Say why it ended early, and who was not begun."""
    if applied.halted is None and not applied.unbegun:
        return ""
    why = applied.halted or say("asked to stop", "arrêt demandé")
    head = say("Ended early: {why}.", "Arrêté avant la fin : {why}.", why=why)
    rest = words.counted(
        len(applied.unbegun),
        say("{n} tenant was not begun", "{n} locataire n'a pas été commencé"),
        say("{n} tenants were not begun", "{n} locataires n'ont pas été commencés"),
    )
    return "\n".join([look.words(head, "bad"), f"  {look.words(rest)}", *_named(applied.unbegun, look)])


_COUNTED: Final = {
    Status.DONE: (say("{n} done", "{n} faite"), say("{n} done", "{n} faites")),
    Status.UNCHANGED: (say("{n} unchanged", "{n} inchangée"), say("{n} unchanged", "{n} inchangées")),
    Status.FAILED: (say("{n} failed", "{n} en échec"), say("{n} failed", "{n} en échec")),
    Status.SKIPPED: (say("{n} skipped", "{n} passée"), say("{n} skipped", "{n} passées")),
    Status.STOPPED: (say("{n} not begun", "{n} non commencée"), say("{n} not begun", "{n} non commencées")),
}


def _ends(plan: Plan, ends: Mapping[Status, int]) -> Text:
    if not ends:
        return plans.verdict(plan)
    counted = [words.counted(ends[status], *_COUNTED[status]) for status in Status if ends.get(status)]
    return say(
        "Applied to {cloud}: {ends}.",
        "Appliqué à {cloud} : {ends}.",
        cloud=plan.cloud,
        ends=words.listed(counted),
    )


def exit_code(applied: Applied) -> int:
    """Return 3 when the lease was lost, 1 when something failed or was not begun, 3 when blocked or refused, else 0."""
    ends = (*applied.outcomes, *applied.undone)
    if any(isinstance(each.error, LeaseLost) for each in ends):
        return LeaseLost.exit_code
    if applied.unbegun or any(each.status not in GOOD for each in ends):
        return 1
    plan = applied.plan
    return 3 if plan.problems or any(change.blocked for change in plan.changes) else 0
