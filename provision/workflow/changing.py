"""Plan, and apply: what the cloud lacks of what documents say."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from provision import plan as planning
from provision.apply.campaign import Campaign, Planner, Wave
from provision.apply.journal import Journal, alone
from provision.apply.lease import leased
from provision.apply.signals import stop_asked
from provision.apply.walk import Walker
from provision.draft import Draft, foresee
from provision.model.applied import Applied, Requests
from provision.model.event import Listener, ignore
from provision.model.rollout import Rollout
from provision.plan import file as plan_file
from provision.record import facts as record
from provision.record.keeper import Keeper, keeper
from provision.workflow.question import STATE, Begun, Question, connected

if TYPE_CHECKING:
    from provision.apply.cluster import Cluster
    from provision.cloud.connect import Cloud
    from provision.model.estate import Estate
    from provision.model.outcome import Status
    from provision.model.plan import Plan
    from provision.model.tenant import Tenant

Confirm = Callable[["Plan"], bool]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what making it cost."""

    plan: Plan
    options: planning.Options
    requests: Requests
    seconds: float
    keeper: Keeper | None = None


def plan(question: Question, on_event: Listener = ignore) -> Planned:
    """Compare documents and cloud, over a session that cannot write."""
    started = time.monotonic()
    with connected(question) as (estate, tenants, cloud):
        ahead = foresee(cloud, tenants)
        book = keeper(estate, on_event)
        asking = _everybody(estate, tenants)
        made = Draft.looking(cloud, asking, question.options, on_event, ahead).whole(asking)
        book.note(record.planned(made))
        return Planned(made, question.options, cloud.requests(), time.monotonic() - started, book)


def save(planned: Planned, path: Path) -> None:
    """Keep a plan for `apply`."""
    plan_file.save(planned.plan, planned.options, path)
    if planned.keeper:
        planned.keeper.note(record.saved(planned.plan))


def apply(  # noqa: PLR0913 (each says one thing about how to write)
    question: Question,
    *,
    saved: Path | None = None,
    confirm: Confirm | None = None,
    rollout: Rollout = Rollout(),  # noqa: B008 (frozen)
    scheduler: str | None = None,
    whole: bool = True,
    on_event: Listener = ignore,
) -> Applied:
    """Plan, ask where somebody is to `confirm`, and walk the plan's graph wave by wave, as `rollout` says.

    With `saved`, only when the plan made now is the one that was saved. With a `scheduler` (its address), the steps are
    made on its Dask cluster. Unless the `whole` plan is asked for in the end, of what was planned and done only what is left
    to say something about is kept. Raises `StalePlan` when documents or cloud moved since, `Refused` when another apply
    holds the estate, here or on another machine, `ClusterError` when the cluster does not answer.
    """
    started = time.monotonic()
    kept = plan_file.load(saved) if saved else None
    if kept:
        question = replace(
            question, tenants=kept.tenants, cloud=question.cloud or kept.cloud, options=kept.options
        )
    with (
        _crew(scheduler) as crew,
        connected(question) as (estate, tenants, cloud),
        nullcontext(foresee(cloud, tenants)) as ahead,
        nullcontext(keeper(estate, on_event)) as book,
        _held(estate, cloud, question.begun, on_event),
    ):
        asking = _everybody(estate, tenants)
        draft = Draft.looking(cloud, asking, question.options, on_event, ahead)
        approval = record.approval(kept)
        planner: Planner = draft.plan
        if kept or confirm:
            made = draft.whole(asking)
            if kept:
                plan_file.refuse_when_stale(kept, made)
            if confirm and made.steps and not confirm(made):
                book.note(record.declined(made))
                return Applied(made, (), cloud.requests(), time.monotonic() - started, declined=True)
            planner = partial(_part, made)
            approval = record.approval(kept, made)
        with (
            closing(Journal(estate.directory / STATE)) as journal,
            book.run(cloud.name, [tenant.key for tenant in tenants], approval) as run,
            stop_asked(cloud.hurry) as stop,
        ):
            walker = Walker(cloud, question.workers, on_event, stop.is_set)
            campaign = Campaign(walker if crew is None else _spread(walker, crew), journal, rollout)
            ends: Counter[Status] = Counter()

            def keep(wave: Wave) -> Wave:
                ends.update(each.status for each in wave.outcomes)
                run.wave(wave.plan, wave.outcomes, wave.undone)
                return wave if whole else wave.told()

            waves = list(map(keep, campaign.run(asking, planner)))
            run.more |= {"halted": campaign.halted and str(campaign.halted), "unbegun": len(campaign.unbegun)}
        return Applied(
            planning.join(cloud.name, [wave.plan for wave in waves] or [draft.plan(())]),
            tuple(outcome for wave in waves for outcome in wave.outcomes),
            cloud.requests(),
            time.monotonic() - started,
            ends=ends,
            undone=tuple(outcome for wave in waves for outcome in wave.undone),
            halted=campaign.halted,
            unbegun=campaign.unbegun,
        )


@contextmanager
def _held(estate: Estate, cloud: Cloud, begun: Begun | None, on_event: Listener) -> Iterator[None]:
    """Keep every other apply off an estate: on this machine by a lock, elsewhere by a lease in the cloud."""
    domain = str(estate.values.get("domain", "Default"))
    glanced = begun.door if begun and begun.cloud is cloud else None
    early = glanced.result if glanced else lambda: None
    with alone(estate.directory / STATE), leased(cloud, domain, on_event, early=early):
        yield


@contextmanager
def _crew(scheduler: str | None) -> Iterator[Cluster | None]:
    """Gather who makes the steps elsewhere, where that is asked for."""
    if scheduler is None:
        yield None
        return
    from provision.apply.cluster import gathered  # noqa: PLC0415 (who applies alone does not wait for it)

    with gathered(scheduler) as crew:
        yield crew


def _spread(walker: Walker, crew: Cluster) -> Walker:
    from provision.apply.spread import Spread  # noqa: PLC0415 (as above)

    asked = walker.stop
    return Spread(walker.cloud, walker.workers, walker.on_event, lambda: asked() or crew.lost(), crew)


def _part(made: Plan, tenants: Sequence[Tenant]) -> Plan:
    return planning.part(made, {tenant.key for tenant in tenants})


def _everybody(estate: Estate, tenants: list[Tenant]) -> list[Tenant]:
    """Return tenants and, after them, the estate itself: what is everybody's is planned whoever is asked about."""
    return [*tenants, estate.itself] if estate.itself else tenants
