"""What is recorded of plans, runs and proofs: addresses, statuses, request ids and digests; never a payload or a secret."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from provision.record.entry import Fact, moment
from provision.record.ledger import commit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from provision.apply.journal import Noted
    from provision.errors import ProvisionError
    from provision.model.finding import Audited
    from provision.model.outcome import Outcome
    from provision.model.plan import Plan
    from provision.model.proof import Proven
    from provision.model.sign_in import HandedOver
    from provision.plan.file import SavedPlan

Said = tuple[list[Fact], list[bytes]]


def planned(plan: Plan) -> Fact:
    """Return that a plan was made."""
    return Fact("plan.made", _plan(plan))


def saved(plan: Plan) -> Fact:
    """Return that a plan was kept in a file."""
    return Fact("plan.saved", {"cloud": plan.cloud, "fingerprint": plan.fingerprint})


def _plan(plan: Plan) -> dict[str, Any]:
    changes = [{"action": each.action.value, "address": str(each.address)} for each in plan.pending]
    return {
        "cloud": plan.cloud,
        "fingerprint": plan.fingerprint,
        "tenants": list(plan.tenants),
        "changes": changes,
        "steps": len(plan.steps),
        "problems": len(plan.problems),
    }


def approval(kept: SavedPlan | None, made: Plan | None = None) -> dict[str, Any]:
    """Return how a run was agreed to: by an ``answer`` to the plan shown, by a ``saved-plan``, or by ``--yes``, unseen."""
    if kept:
        return {
            "how": "saved-plan",
            "fingerprint": kept.fingerprint,
            "made_at": kept.made_at,
            "made_by": kept.made_by,
        }
    return {"how": "answer" if made else "--yes", "fingerprint": made and made.fingerprint}


def approved(run: str, cloud: str, how: Mapping[str, Any]) -> Fact:
    """Return that a run was agreed to, and how (see `approval`)."""
    return Fact("plan.approved", {"run": run, "cloud": cloud, **how})


def declined(plan: Plan) -> Fact:
    """Return that a person said no."""
    return Fact("plan.declined", {"cloud": plan.cloud, "fingerprint": plan.fingerprint})


def begun(run: str, cloud: str, tenants: Iterable[str], journal_after: int) -> Fact:
    """Return that an apply begins; what the journal holds after `journal_after` is its own."""
    return Fact("apply.begun", {"run": run, "cloud": cloud, "tenants": list(tenants), "journal_after": journal_after})  # fmt: skip


def ended(run: str, ends: Mapping[Any, int], error: BaseException | None, more: Mapping[str, Any]) -> Fact:
    """Return that an apply is over: how its steps ended, and the sort of error that ended it, if one did."""
    counted = {str(status): number for status, number in ends.items()}
    return Fact("apply.ended", {"run": run, "ends": counted, "error": error and type(error).__name__, **more})


def wave(
    run: str, plan: Plan, outcomes: Sequence[Outcome], undone: Sequence[Outcome], journal_to: int
) -> Said:
    """Return the plan of one wave, and what became of each step; of errors the sort and a commitment to the words.

    `journal_to` is the last run of the journal that is covered with it.
    """
    facts = [Fact("apply.planned", {"run": run, "journal_to": journal_to, **_plan(plan)})]
    aside: list[bytes] = []
    for taken_back, ends in ((False, outcomes), (True, undone)):
        for outcome in ends:
            error, withheld = _error(outcome.error)
            aside += withheld
            about = _step(run, outcome, error)
            facts.append(Fact("apply.undone" if taken_back else "apply.step", about))
    return facts, aside


def _step(run: str, outcome: Outcome, error: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "run": run,
        "action": outcome.action.value,
        "address": str(outcome.address),
        "status": outcome.status.value,
        "started": moment(outcome.started) if outcome.started else None,
        "ended": moment(outcome.ended) if outcome.ended else None,
        "request_ids": list(outcome.request_ids) or _refused(outcome.error),
        "found": outcome.found,
        "because": outcome.because and str(outcome.because),
        "error": error,
    }


def _refused(error: ProvisionError | None) -> list[str]:
    """Return the id of the request that a service refused."""
    found = getattr(error, "request_id", "")
    return [found] if found else []


def _error(error: ProvisionError | None) -> tuple[dict[str, Any] | None, list[bytes]]:
    """Return an error's sort, and a commitment to its words: a service may have put a name into them."""
    if error is None:
        return None, []
    made, withheld = commit(str(error))
    return {"sort": type(error).__name__, "status": getattr(error, "status", None), **made}, [withheld]


def late(run: str, noted: Noted) -> Said:
    """Return a step that only the journal knows of, because its run was cut."""
    made, withheld = commit(noted.error) if noted.error else ({}, b"")
    about = {
        "run": run,
        "action": noted.action,
        "address": noted.address,
        "status": noted.status,
        "started": moment(noted.intended),
        "ended": moment(noted.ended) if noted.ended else None,
        "request_ids": noted.request_ids.split(),
        "found": bool(noted.found),
        "because": None,
        "error": {"sort": None, "status": None, **made} if noted.error else None,
        "from_journal": True,
    }
    return [Fact("apply.step", about)], [withheld] if withheld else []


def proven(made: Proven, seal: str | None) -> Fact:
    """Return that promises were put to the test: the verdict on each, and the seal (SHA-256) of the evidence."""
    return Fact(
        "prove.made",
        {
            "cloud": made.cloud,
            "evidence": seal,
            "tenants": [
                {"tenant": each.tenant, "profile": each.profile, "version": each.version}
                for each in made.subjects
            ],
            "proofs": [
                {"tenant": each.tenant, "name": each.name, "verdict": each.verdict.value}
                for each in made.proofs
            ],
        },
    )


def audited(made: Audited) -> Fact:
    """Return that tenants were audited: of each, what did not hold or was waived; of each control, how often it could not be told.

    What could not be told is the same for every tenant of a cloud: one by one it would fill the record.
    """
    untold = Counter(each.control.id for each in made.findings if each.status.untold)
    return Fact(
        "audit.made",
        {
            "cloud": made.cloud,
            "subjects": [
                {"subject": key, "profile": profile, "version": version}
                for key, (profile, version) in made.subjects.items()
            ],
            "findings": [
                {
                    "control": each.control.id,
                    "subject": each.subject,
                    "status": each.status.value,
                    "address": each.address,
                }
                for each in made.findings
                if each.status.wrong
            ],
            "not_evaluated": dict(sorted(untold.items())),
            "unreadable": [each.what for each in made.unseen],
        },
    )


def issued(cloud: str, done: HandedOver) -> Fact:
    """Return that the first sign-in of an account was handed over, and why where it was not the first time; of what, nothing."""
    return Fact(
        "account.issued",
        {
            "cloud": cloud,
            "address": f"user/{done.tenant}/{done.account}",
            "several_methods": done.several_methods,
            "again": done.again,
            "status": "DONE",
        },
    )
