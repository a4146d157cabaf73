"""Walk one plan on one cloud: journalled before and after each step, looked at when it is over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from provision.apply.closing import ClosingLook
from provision.apply.execute import execute
from provision.apply.perform import Performer
from provision.kind import kinds
from provision.model.outcome import Outcome, Status

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud
    from provision.model.address import Address
    from provision.model.event import Listener
    from provision.model.plan import Change, Plan, Step

DOUBT: Final = 600.0  # seconds for which a create that an earlier run did not see end may still show up


class Book(Protocol):
    """Who writes down what was begun and what became of it."""

    def intend(self, run: int, step: Step) -> None:
        """Record a step before its first request."""

    def conclude(self, run: int, outcome: Outcome) -> None:
        """Record what became of it."""


@dataclass(frozen=True, slots=True)
class Walker:
    """Walks plans on one cloud, so many steps at a time; `stop` is asked before each new one."""

    cloud: Cloud
    workers: int
    on_event: Listener
    stop: Callable[[], bool]

    def walk(
        self, made: Plan, book: Book, run: int, doubtful: Collection[Address] = ()
    ) -> tuple[Outcome, ...]:
        """Make every step of a plan and return what became of each."""
        wanted: dict[Address, Any] = {
            address: change.want for address, change in to_make(made).items() if change.want
        }
        steps = Counter(step.address.kind for step in made.steps)
        with ClosingLook(self.cloud, kinds(), wanted, steps, self.on_event) as look:
            outcomes = replace(self, on_event=look.heard).steps_of(made, book, run, frozenset(doubtful))
            looked = look.confirmed(outcomes)
        for before, after in zip(outcomes, looked, strict=True):
            if before.status is not after.status:
                book.conclude(run, after)
        return looked

    def steps_of(self, made: Plan, book: Book, run: int, doubtful: frozenset[Address]) -> tuple[Outcome, ...]:
        """Make the steps, journalled before and after; the closing look is not theirs."""
        performer = Performer(self.cloud, kinds(), to_make(made), doubtful)

        def perform(step: Step) -> Outcome:
            book.intend(run, step)
            outcome = performer(step)
            book.conclude(run, outcome)
            return outcome

        with ThreadPoolExecutor(self.workers, "apply") as executor, self.cloud.writing():
            return execute(
                made, executor, perform, workers=self.workers, on_event=self.on_event, stop=self.stop
            )


def to_make(made: Plan) -> dict[Address, Change]:
    """Return the changes of a plan that have steps."""
    return {change.address: change for change in made.pending if change.blocked is None}


def failed_tenants(outcomes: Collection[Outcome]) -> frozenset[str]:
    """Return the tenants of which a step failed."""
    return frozenset(each.address.tenant for each in outcomes if each.status is Status.FAILED)


def since() -> float:
    """Return the time (epoch seconds) before which a create in doubt has shown or never will."""
    return time.time() - DOUBT
