"""A plan, for a person and for a program."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from provision.model.plan import Action, Change, Plan, Problem
from provision.plan.canonical import plain
from provision.report import changes, words
from provision.text import Text, render, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from provision.report.look import Cost, Look
    from provision.text import Language


def data(plan: Plan, cost: Cost, language: Language) -> dict[str, Any]:
    """Return a plan as JSON has it (schema ``plan``); what is in order is not in it."""
    return {
        "cloud": plan.cloud,
        "fingerprint": plan.fingerprint,
        "tenants": list(plan.tenants),
        "changes": [_change(change, language) for change in plan.changes],
        "problems": [_problem(problem, language) for problem in plan.problems],
        "requests": cost.requests,
        "seconds": round(cost.seconds, 3),
    }


def _change(change: Change, language: Language) -> dict[str, Any]:
    return {
        "action": change.action.value,
        "address": str(change.address),
        "fields": [
            {
                "field": each.field,
                "before": plain(each.before),
                "after": plain(each.after),
                "origin": each.origin and str(each.origin),
            }
            for each in change.fields
        ],
        "reason": change.reason and render(change.reason, language),
        "blocked": change.blocked and render(change.blocked, language),
    }


def _problem(problem: Problem, language: Language) -> dict[str, Any]:
    return {
        "tenant": problem.tenant,
        "where": problem.where,
        "what": render(problem.what, language),
        "do": render(problem.do, language),
    }


def text(plan: Plan, cost: Cost, look: Look) -> str:
    """Return a plan as a person reads it: by tenant, what changes, from where, and what would allow what is blocked."""
    said = look.words(verdict(plan), "strong")
    last = f"{said} ({plan.cloud}, {look.words(cost.said(len(plan.tenants)))})"
    return _joined(*_tenants(plan, look), problems(plan.problems, look), *_left(plan, look), last) + "\n"


def proposal(plan: Plan, look: Look) -> str:
    """Return a plan as it is shown to whoever is to say yes: the changes, and the sentence that sums them up."""
    return _joined(*_tenants(plan, look), problems(plan.problems, look), look.words(verdict(plan), "strong"))


def _joined(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block)


def _tenants(plan: Plan, look: Look) -> Iterator[str]:
    by_tenant: dict[str, list[Change]] = defaultdict(list)
    for change in in_order_of_work(plan):
        by_tenant[change.address.tenant].append(change)
    for tenant, those in sorted(by_tenant.items()):
        head = f"{look.paint('strong', tenant)} ({look.words(_changes(len(those)))})"
        yield "\n".join([head, *(line for change in those for line in changes.lines(change, look))])


def _changes(amount: int) -> Text:
    return words.counted(amount, say("{n} change", "{n} changement"), say("{n} changes", "{n} changements"))


def in_order_of_work(plan: Plan) -> list[Change]:
    """Return the pending changes as apply would make them, the blocked ones last."""
    place = {step.address: index for index, step in enumerate(plan.steps)}
    return sorted(plan.pending, key=lambda change: (place.get(change.address, len(place)), change.address))


def problems(found: Iterable[Problem], look: Look) -> str:
    """Return why tenants cannot be planned as they stand, or nothing."""
    paragraphs = [_paragraph(problem, look) for problem in found]
    head = say(
        "Refused as their documents stand; nothing of these tenants is written:",
        "Refusés en l'état de leurs documents ; rien de ces locataires n'est écrit :",
    )
    return "\n".join([look.words(head, "bad"), *paragraphs]) if paragraphs else ""


def _paragraph(problem: Problem, look: Look) -> str:
    where = f"{problem.where}: " if problem.where else ""
    do = look.words(problem.do)
    advice = f"\n      → {do}" if do else ""
    tenant = f"{look.paint('bad', '✗')} {look.paint('strong', problem.tenant)}"
    return f"  {tenant}  {where}{look.words(problem.what)}{advice}"


def _left(plan: Plan, look: Look) -> Iterator[str]:
    left = [change for change in plan.changes if change.action is Action.LEAVE and change.blocked is None]
    seen, missing = [each for each in left if each.have], [each for each in left if not each.have]
    for head, those in ((_SEEN, seen), (_LEFT_OUT, missing)):
        if those:
            yield "\n".join(_told(look.words(head), those, look))


_SEEN: Final = say("Seen and left alone:", "Vu et laissé tel quel :")
_LEFT_OUT: Final = say("Asked for and left out:", "Demandé et laissé de côté :")


def _told(head: str, left: Iterable[Change], look: Look) -> Iterator[str]:
    if look.verbose:
        yield from (head, *(changes.left_alone(change, look) for change in left))
        return
    hint = look.words(say("(--verbose names them)", "(--verbose les nomme)"), "quiet")
    yield from (f"{head} {hint}", *_left_by_reason(left, look))


def _left_by_reason(left: Iterable[Change], look: Look) -> Iterator[str]:
    by_reason: dict[str, Counter[str]] = defaultdict(Counter)
    for change in left:
        by_reason[look.words(change.reason or "")][change.address.kind] += 1
    for reason, amounts in by_reason.items():
        listed = ", ".join(f"{amount} {kind}" for kind, amount in sorted(amounts.items()))
        yield f"  · {listed}: {reason}"


def verdict(plan: Plan) -> Text:
    """Return a plan in one sentence: how many of each action, how much is blocked or refused."""
    amounts = Counter(change.action for change in plan.pending if change.blocked is None)
    parts = [*changes.tally(amounts), *_stopped(plan)]
    if parts:
        return say("Plan: {parts}.", "Plan : {parts}.", parts=words.listed(parts))
    if any(change.have is None for change in plan.changes):
        return say(
            "Nothing to do: but for what is left out, the cloud is as the documents say.",
            "Rien à faire : hors ce qui est laissé de côté, le cloud est conforme aux documents.",
        )
    return say(
        "Nothing to do: the cloud is as the documents say.",
        "Rien à faire : le cloud est conforme aux documents.",
    )


def _stopped(plan: Plan) -> Iterator[Text]:
    blocked = sum(change.blocked is not None for change in plan.pending)
    if blocked:
        yield words.counted(blocked, say("{n} blocked", "{n} bloqué"), say("{n} blocked", "{n} bloqués"))
    refused = len({problem.tenant for problem in plan.problems})
    if refused:
        yield words.counted(
            refused,
            say("{n} tenant refused", "{n} locataire refusé"),
            say("{n} tenants refused", "{n} locataires refusés"),
        )


def exit_code(plan: Plan) -> int:
    """Return 3 when a tenant is refused as its documents stand, 2 when changes are pending, else 0."""
    if plan.problems:
        return 3
    return 2 if plan.pending else 0
