"""Go through many tenants wave by wave: canaries first, no further than the failure budget, taken back where asked.

Who lost the lease, or whose credentials are refused, begins nothing more.

Only one wave's plan is held at a time, so that ten thousand tenants take no more room than five hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from provision import declare, draft
from provision.apply.walk import failed_tenants, since
from provision.errors import CredentialsRefused, LeaseLost, ProvisionError
from provision.model.event import Ended, Listener, Waved
from provision.model.outcome import GOOD, Outcome, Status
from provision.model.plan import Action
from provision.plan.undo import undo
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.apply.journal import Journal
    from provision.apply.walk import Walker
    from provision.model.address import Address
    from provision.model.event import Event
    from provision.model.plan import Plan
    from provision.model.resource import Desired
    from provision.model.rollout import Rollout
    from provision.model.tenant import Tenant

HOPELESS: Final = (CredentialsRefused, LeaseLost)
Planner = Callable[[Sequence["Tenant"]], "Plan"]


@dataclass(slots=True)
class Toll:
    """Which tenants failed so far; a listener, so that the budget holds inside a wave too.

    What only the closing look found is added once a wave is over.
    """

    rollout: Rollout
    tenants: int
    failed: set[str] = field(default_factory=set)
    hopeless: ProvisionError | None = None

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, Ended) and event.outcome.status is Status.FAILED:
            self.failed.add(event.outcome.address.tenant)
            if isinstance(event.outcome.error, HOPELESS):
                self.hopeless = event.outcome.error

    def over(self) -> bool:
        """Tell whether nothing more is to be begun."""
        return self.hopeless is not None or self._too_many()

    def _too_many(self) -> bool:
        budget = self.rollout.budget
        return budget is not None and budget.exceeded(len(self.failed), self.tenants)

    def verdict(self, wave: int) -> Text | None:
        """Return why nothing goes on after a wave (the first is 0), or None."""
        if self.hopeless is not None:
            what = self.hopeless.what
            return what if isinstance(what, Text) else same(what)
        if self.failed and self.rollout.canary and wave == 0:
            return say(
                "{n} of {canary} canaries failed",
                "{n} canari(s) sur {canary} en échec",
                n=len(self.failed),
                canary=min(self.rollout.canary, self.tenants),
            )
        if self._too_many():
            return say(
                "more tenants failed than --max-failures {budget} allows ({n} of {tenants})",
                "plus de locataires en échec que --max-failures {budget} n'en permet ({n} sur {tenants})",
                budget=self.rollout.budget,
                n=len(self.failed),
                tenants=self.tenants,
            )
        return None


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: its plan, what became of it, and what became of what was taken back."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    undone: tuple[Outcome, ...] = ()

    def told(self) -> Wave:
        """Return it without what there is nothing more to say about: changes that had their step, steps that went well."""
        left = tuple(each for each in self.plan.changes if each.blocked or each.action is Action.LEAVE)
        ends = tuple(each for each in self.outcomes if each.status not in GOOD)
        return replace(self, plan=replace(self.plan, changes=left, steps=()), outcomes=ends)


@dataclass(slots=True)
class Campaign:
    """Waves over tenants; once over, `halted` says why it ended early and `unbegun` which tenants it never came to."""

    walker: Walker
    journal: Journal
    rollout: Rollout
    halted: Text | None = None
    unbegun: tuple[str, ...] = ()

    def run(self, tenants: Sequence[Tenant], plan: Planner) -> Iterator[Wave]:
        """Yield each wave once it is over."""
        in_all = sum(not each.is_estate for each in tenants)
        toll = Toll(self.rollout, in_all)
        walker = self._watched(toll)
        doubtful = self.journal.doubtful(walker.cloud.name, since())
        begun = 0
        groups = list(self.rollout.waves(tenants))
        for number, group in enumerate(groups):
            self.walker.on_event(Waved(number + 1, len(groups), in_all))
            begun += len(group)
            wave = self._wave(walker, plan(group), group, doubtful)
            toll.failed |= failed_tenants(wave.outcomes)
            yield wave
            del wave  # whoever took it lets go of it before the next one is planned
            walker.cloud.ids.drop(frozenset(tenant.key for tenant in group))
            self.halted = toll.verdict(number)
            if self.halted is not None or self.walker.stop():
                break
        self.unbegun = tuple(tenant.key for tenant in tenants[begun:])

    def _watched(self, toll: Toll) -> Walker:
        listener: Listener = self.walker.on_event
        stop = self.walker.stop

        def heard(event: Event) -> None:
            toll(event)
            listener(event)

        return replace(self.walker, on_event=heard, stop=lambda: stop() or toll.over())

    def _wave(
        self, walker: Walker, made: Plan, group: Sequence[Tenant], doubtful: frozenset[Address]
    ) -> Wave:
        if not made.steps:
            return Wave(made, ())
        run = self.journal.begin(made)
        outcomes = walker.walk(made, self.journal, run, doubtful)
        self.journal.end(run)
        failed = failed_tenants(outcomes)
        if not (self.rollout.rollback and failed):
            return Wave(made, outcomes)
        return Wave(made, outcomes, self._taken_back(run, made, [t for t in group if t.key in failed]))

    def _taken_back(self, run: int, made: Plan, failed: Sequence[Tenant]) -> tuple[Outcome, ...]:
        """Remove what this run created for tenants that did not come whole, as the journal has it."""
        created = self.journal.created(run, frozenset(tenant.key for tenant in failed))
        wanted: Mapping[Address, Desired[Any]] = {
            want.address: want for tenant in failed for want in declare.desired(tenant)
        }
        try:
            there, _ = draft.seen(self.walker.cloud, failed)
        except ProvisionError as error:
            return _not_taken_back(created, error)
        back = undo(made, wanted, created, there)
        if not back.steps:
            return ()
        again = self.journal.begin(back)
        outcomes = self.walker.walk(back, self.journal, again)
        self.journal.end(again)
        return outcomes


def _not_taken_back(created: Iterable[Address], error: ProvisionError) -> tuple[Outcome, ...]:
    """Return what was created and could not even be looked for, as failed."""
    return tuple(
        Outcome(f"{Action.DELETE}:{address}", Action.DELETE, address, Status.FAILED, error)
        for address in sorted(created)
    )
