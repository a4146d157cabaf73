"""Walk one plan in other processes, one tenant a job: the journal, the events and the closing look stay here."""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from provision import plan as planning
from provision.apply.job import Brought, Job, failed
from provision.apply.walk import Walker
from provision.cloud.ids import Known
from provision.model.event import Ended, Listener, Started
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provision.apply.walk import Book
    from provision.errors import ProvisionError
    from provision.model.address import Address
    from provision.model.plan import Plan


GLANCE: Final = 5
"""Seconds without anything coming back after which the crew itself is looked at."""


class Crew(Protocol):
    """Who makes jobs elsewhere. Once nobody can be sent anything any more, whoever walks is to be told to stop."""

    run: str

    def send(self, job: Job) -> Future[Brought]:
        """Have a job made."""

    def lost(self) -> bool:
        """Tell whether nothing can be sent any more, nor will come back."""

    def forget(self, job: Job) -> None:
        """Take note that a job is over."""

    def gone(self, job: Job, error: BaseException) -> ProvisionError:
        """Return what became of a job that did not come back. Raises the error itself when it is a defect."""


@dataclass(slots=True)
class Tally:
    """What was told so far of a walk of so many steps."""

    total: int
    on_event: Listener
    outcomes: list[Outcome] = field(default_factory=list)

    def tell(self, outcomes: Iterable[Outcome]) -> None:
        """Keep and tell."""
        for outcome in outcomes:
            self.outcomes.append(outcome)
            self.on_event(Ended(outcome, len(self.outcomes), self.total))


@dataclass(frozen=True, slots=True)
class Spread(Walker):
    """Walks plans through a crew, `workers` tenants at a time; `stop` is asked before each new one."""

    crew: Crew

    def steps_of(self, made: Plan, book: Book, run: int, doubtful: frozenset[Address]) -> tuple[Outcome, ...]:
        """Send tenant after tenant, each journalled before it is sent, and conclude what comes back."""
        waiting = deque(self._jobs(made, run, doubtful))
        under_way: dict[Future[Brought], Job] = {}
        tally = Tally(len(made.steps), self.on_event)
        while waiting or under_way:
            if self.stop():
                tally.tell(stopped for job in waiting for stopped in _stopped(job))
                waiting.clear()
            while waiting and len(under_way) < self.workers:
                job = waiting.popleft()
                under_way[self._sent(job, book, run)] = job
            ended = wait(under_way, GLANCE, FIRST_COMPLETED).done
            if not ended and self.crew.lost():  # what was sent as the scheduler went: nobody will ever tell
                ended = set(under_way)
            for future in ended:
                job = under_way.pop(future)
                outcomes = self._brought(job, future)
                for outcome in outcomes:
                    book.conclude(run, outcome)
                tally.tell(outcomes)
                self.crew.forget(job)
        return tuple(tally.outcomes)

    def _jobs(self, made: Plan, run: int, doubtful: frozenset[Address]) -> Iterable[Job]:
        known = self.cloud.ids.known()
        for tenant, plan in planning.by_tenant(made).items():
            yield Job(
                self.cloud.name,
                self.cloud.owner.of(tenant),
                self.crew.run,
                f"{tenant}-{run}-{self.crew.run}",
                plan,
                known.get(tenant, Known()),
                doubtful & {step.address for step in plan.steps},
            )

    def _sent(self, job: Job, book: Book, run: int) -> Future[Brought]:
        for step in job.plan.steps:
            book.intend(run, step)
            self.on_event(Started(step))
        return self.crew.send(job)

    def _brought(self, job: Job, future: Future[Brought]) -> tuple[Outcome, ...]:
        try:
            brought = future.result(timeout=0)
        except BaseException as error:  # noqa: BLE001 (the crew knows which of them are its own)
            return failed(job.plan.steps, self.crew.gone(job, error))
        for outcome in brought.outcomes:
            if outcome.action is Action.DELETE and outcome.status is Status.DONE:
                self.cloud.ids.forget(outcome.address)
        self.cloud.ids.learn(brought.known)
        self.cloud.count(brought.requests)
        return brought.outcomes


def _stopped(job: Job) -> Iterable[Outcome]:
    for step in job.plan.steps:
        yield Outcome(step.id, step.action, step.address, Status.STOPPED)
