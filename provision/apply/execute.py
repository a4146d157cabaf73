"""Walk the plan's graph through an executor: each step as soon as what it waits for is done.

A failed step skips what waits for it, and names it as the cause; everything else goes on. When asked to stop, the walk
starts nothing more, lets the steps in flight finish, and says which ones were never begun.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provision.model.event import Ended, Listener, Started
from provision.model.outcome import GOOD, Outcome, Status

if TYPE_CHECKING:
    from provision.model.address import Address
    from provision.model.plan import Plan, Step

Perform = Callable[["Step"], Outcome]


@dataclass(slots=True)
class Walk:
    """Where a walk over a plan's graph stands."""

    steps: dict[str, Step]
    waiting: dict[str, set[str]]
    following: dict[str, list[str]]
    ready: deque[str]
    outcomes: list[Outcome] = field(default_factory=list)

    @classmethod
    def over(cls, plan: Plan) -> Walk:
        """Start a walk."""
        steps = {step.id: step for step in plan.steps}
        following: dict[str, list[str]] = defaultdict(list)
        for step in plan.steps:
            for before in step.waits_for:
                following[before].append(step.id)
        waiting = {step.id: set(step.waits_for) for step in plan.steps if step.waits_for}
        ready = deque(step.id for step in plan.steps if not step.waits_for)
        return cls(steps, waiting, dict(following), ready)

    def release(self, step: str) -> None:
        """Make ready what waited for this step alone (what was stopped or skipped meanwhile waits no more)."""
        for name in self.following.get(step, ()):
            left = self.waiting.get(name)
            if left is None:
                continue
            left.discard(step)
            if not left:
                del self.waiting[name]
                self.ready.append(name)

    def skip(self, failed: str, because: Address) -> Iterator[Outcome]:
        """Drop everything that waits, directly or not, for a failed step."""
        queue = deque(self.following.get(failed, ()))
        while queue:
            name = queue.popleft()
            if self.waiting.pop(name, None) is None:
                continue
            step = self.steps[name]
            yield Outcome(step.id, step.action, step.address, Status.SKIPPED, because=because)
            queue.extend(self.following.get(name, ()))

    def rest(self) -> Iterator[Outcome]:
        """Return what was never begun."""
        for name in (*self.ready, *self.waiting):
            step = self.steps[name]
            yield Outcome(step.id, step.action, step.address, Status.STOPPED)
        self.ready.clear()
        self.waiting.clear()


def execute(  # noqa: PLR0913 (a walk has these six things and no others)
    plan: Plan,
    executor: Executor,
    perform: Perform,
    *,
    workers: int,
    on_event: Listener,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Outcome, ...]:
    """Make every step of a plan, at most `workers` at a time, and return what became of each."""
    walk = Walk.over(plan)
    running: set[Future[Outcome]] = set()
    while walk.ready or running:
        if stop():
            _tell(walk, walk.rest(), on_event)
        while walk.ready and len(running) < workers:
            step = walk.steps[walk.ready.popleft()]
            on_event(Started(step))
            running.add(executor.submit(perform, step))
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            _take(walk, future.result(), on_event)
    return tuple(walk.outcomes)


def _take(walk: Walk, outcome: Outcome, on_event: Listener) -> None:
    """Note a step's end; release what waited for it, or skip it all."""
    _tell(walk, [outcome], on_event)
    if outcome.status in GOOD:
        walk.release(outcome.step)
    else:
        _tell(walk, walk.skip(outcome.step, outcome.address), on_event)


def _tell(walk: Walk, outcomes: Iterable[Outcome], on_event: Listener) -> None:
    for outcome in outcomes:
        walk.outcomes.append(outcome)
        on_event(Ended(outcome, len(walk.outcomes), len(walk.steps)))
