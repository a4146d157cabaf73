"""One tenant's steps as a value that travels: sent to another process, made there, and told back. No secret is in it.

The process that makes them connects by itself, once a run, as its own clouds.yaml (or its own OS_* variables) says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import provision.resources  # noqa: F401 (registers every kind)
from provision.apply.execute import execute
from provision.apply.perform import Performer
from provision.apply.walk import to_make
from provision.cloud.connect import Cloud, connect
from provision.cloud.ids import Known
from provision.errors import ClusterError, ProvisionError
from provision.kind import kinds
from provision.model.address import Address
from provision.model.applied import Requests
from provision.model.event import ignore
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action, Plan
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provision.model.marker import Owner
    from provision.model.plan import Step

AT_ONCE: Final = 4  # steps of one tenant: few are ever ready together


@dataclass(frozen=True, slots=True)
class Job:
    """What to make for one tenant, and what must be known for it.

    `cloud` is a name in clouds.yaml, `run` one apply (a connection and what it has read last that long), `mark` the one
    name of this job. `doubtful` are the addresses whose creation an earlier run did not see the end of.
    """

    cloud: str
    owner: Owner
    run: str
    mark: str
    plan: Plan
    known: Known
    doubtful: frozenset[Address] = frozenset()

    @property
    def tenant(self) -> str:
        """Return whose it is."""
        return self.plan.tenants[0]


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a job: its steps, what is known of the tenant now, and what was sent since the process last told."""

    outcomes: tuple[Outcome, ...]
    known: Known = field(default_factory=Known)
    requests: Requests = field(default_factory=dict)


@dataclass(slots=True)
class Connections:
    """The connections of this process, the latest run's of each cloud and estate: what an earlier run had read is stale."""

    opened: dict[tuple[str, str], tuple[str, Cloud]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, job: Job, jobs: int) -> Cloud:
        """Return the connection for a job, of which there may be so many at a time; it writes, and does nothing else."""
        with self.lock:
            run, cloud = self.opened.get((job.cloud, job.owner.estate), ("", None))
            if cloud is None or run != job.run:
                if cloud is not None:
                    cloud.close()
                cloud = connect(job.cloud, estate=job.owner, workers=jobs * AT_ONCE)
                cloud.wire.writable = True
                self.opened[job.cloud, job.owner.estate] = (job.run, cloud)
            return cloud


CONNECTIONS: Final = Connections()


def bring(
    job: Job, *, again: bool = False, stop: Callable[[], bool] = lambda: False, jobs: int = 1
) -> Brought:
    """Make a job's steps here; `again` when it was begun before and nobody knows how far it came.

    `jobs` is how many this process makes at a time.
    """
    try:
        cloud = CONNECTIONS.of(job, jobs)
    except ProvisionError as error:
        return Brought(failed(job.plan.steps, _not_connected(job, error)))
    cloud.ids.learn(job.known)
    cloud.owner.learn(job.owner)
    begun = frozenset(step.address for step in job.plan.steps) if again else frozenset()
    performer = Performer(cloud, kinds(), to_make(job.plan), job.doubtful | begun)
    with ThreadPoolExecutor(AT_ONCE, job.tenant) as executor:
        outcomes = execute(job.plan, executor, performer, workers=AT_ONCE, on_event=ignore, stop=stop)
    mine = tuple(_told(outcome, begun - job.doubtful) for outcome in outcomes)
    return Brought(mine, cloud.ids.take(job.tenant), cloud.requests_since())


def failed(steps: Iterable[Step], error: ProvisionError) -> tuple[Outcome, ...]:
    """Return every step as failed, for one reason."""
    return tuple(Outcome(step.id, step.action, step.address, Status.FAILED, error) for step in steps)


def _told(outcome: Outcome, ours: frozenset[Address]) -> Outcome:
    """Return an outcome fit to travel; what a job begun again found of its own was created by this run all the same."""
    if outcome.error is not None:
        outcome.error.__cause__ = outcome.error.__context__ = outcome.error.__traceback__ = None
    created_here = outcome.action is Action.CREATE and outcome.address in ours
    return replace(outcome, found=outcome.found and not created_here)


def _not_connected(job: Job, error: ProvisionError) -> ClusterError:
    return ClusterError(
        say("a worker cannot connect: {why}", "un worker ne peut pas se connecter : {why}", why=error.what),
        where=error.where or job.cloud,
        do=say(
            "give every worker a clouds.yaml in which {cloud} stands (docs/cluster.md)",
            "donner à chaque worker un clouds.yaml où figure {cloud} (docs/cluster.md)",
            cloud=job.cloud,
        ),
    )
