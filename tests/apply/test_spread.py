from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from types import SimpleNamespace

import pytest
from shelf import KINDS, desired, live

from provision.apply.job import Brought
from provision.apply.journal import Journal
from provision.apply.spread import Spread
from provision.cloud.ids import Ids, Known
from provision.errors import UnknownOutcome
from provision.model.event import Ended, Started, ignore
from provision.model.marker import Owner
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action
from provision.plan import make

KEYS = ("t0", "t1", "t2")


@dataclass
class Hands:
    """A crew of threads that creates by saying so; what is asked of it is kept."""

    executor: ThreadPoolExecutor
    work: object
    run: str = "run"
    sent: list = field(default_factory=list)
    over: list = field(default_factory=list)

    def send(self, job):
        self.sent.append(job)
        return self.executor.submit(self.work, job) if self.work else Future()

    def lost(self):
        return self.work is None

    def forget(self, job):
        self.over.append(job.tenant)

    def gone(self, job, error):
        if isinstance(error, CancelledError | OSError):
            return UnknownOutcome(f"{job.tenant} was lost")
        raise error


def done(job):
    outcomes = tuple(Outcome(step.id, step.action, step.address, Status.DONE) for step in job.plan.steps)
    ids = {step.address: f"id-{step.address}" for step in job.plan.steps}
    return Brought(outcomes, Known(ids), {"library": {"POST": len(outcomes)}})


def lost(job):
    raise CancelledError


@pytest.fixture
def walk(tmp_path):
    """Walk the plan of three tenants of two books each; return what became of it and everything that was told."""
    journal = Journal(tmp_path)

    def walk(work=done, workers=2, stop=lambda: False, doubtful=(), on_event=None):
        wanted = [
            each for key in KEYS for each in (desired("one", tenant=key), desired("two", ["one"], tenant=key))
        ]
        made = make(KINDS, wanted, [], cloud="library", tenants=KEYS)
        counted, told = [], []
        cloud = SimpleNamespace(name="library", owner=Owner("demo"), ids=Ids(), count=counted.append)
        with ThreadPoolExecutor(4) as pool:
            hands = Hands(pool, work)
            spread = Spread(cloud, workers, on_event or told.append, stop, hands)
            run = journal.begin(made)
            outcomes = spread.steps_of(made, journal, run, frozenset(doubtful))
        return SimpleNamespace(
            outcomes=outcomes, told=told, hands=hands, cloud=cloud, counted=counted, journal=journal, run=run
        )

    yield walk
    journal.close()


def rows(seen):
    return seen.journal._db.execute("SELECT address, status FROM operation WHERE run = ?", (seen.run,)).fetchall()  # fmt: skip


def test_each_tenant_is_one_job_and_what_it_learned_comes_home(walk):
    seen = walk()
    assert sorted(job.tenant for job in seen.hands.sent) == sorted(seen.hands.over) == list(KEYS)
    assert all({step.address.tenant for step in job.plan.steps} == {job.tenant} for job in seen.hands.sent)
    assert len({job.mark for job in seen.hands.sent}) == 3
    assert [each.status for each in seen.outcomes] == [Status.DONE] * 6
    assert len(rows(seen)) == 6 and {status for _, status in rows(seen)} == {"DONE"}
    assert seen.cloud.ids.find(desired("two", tenant="t1").address) == "id-book/t1/two"
    assert seen.counted == [{"library": {"POST": 2}}] * 3
    assert sum(isinstance(each, Started) for each in seen.told) == 6
    ended = [each for each in seen.told if isinstance(each, Ended)]
    assert [each.done for each in ended] == [1, 2, 3, 4, 5, 6] and ended[0].total == 6


def test_what_was_sent_as_the_crew_went_is_not_waited_for(walk, monkeypatch):
    monkeypatch.setattr("provision.apply.spread.GLANCE", 0.01)
    seen = walk(work=None, workers=3)
    assert [type(each.error) for each in seen.outcomes] == [UnknownOutcome] * 6
    assert sorted(seen.hands.over) == list(KEYS)


def test_doubts_go_with_the_tenant_they_are_about(walk):
    doubt = desired("one", tenant="t1").address
    seen = walk(doubtful=[doubt])
    assert {job.tenant: job.doubtful for job in seen.hands.sent}["t1"] == {doubt}
    assert [job.tenant for job in seen.hands.sent if job.doubtful] == ["t1"]


def test_every_step_is_journalled_before_its_job_is_sent(walk, tmp_path):
    found = []

    def look(job):
        other = Journal(tmp_path)
        found.append((job.tenant, {each.tenant for each in other.doubtful("library", 0.0)}))
        other.close()
        return done(job)

    walk(work=look)
    assert len(found) == 3 and all(tenant in begun for tenant, begun in found)


def test_no_more_than_so_many_tenants_are_under_way(walk):
    release, under_way, most = Event(), [], []

    def slow(job):
        under_way.append(job.tenant)
        most.append(len(under_way))
        release.wait(0.2)
        under_way.remove(job.tenant)
        return done(job)

    walk(work=slow, workers=2)
    assert max(most) == 2


def test_once_told_to_stop_what_is_under_way_ends_and_the_rest_is_not_written_down(walk):
    asked = Event()

    def stopping(job):
        asked.set()
        return done(job)

    seen = walk(work=stopping, workers=1, stop=asked.is_set)
    assert [each.status for each in seen.outcomes] == [Status.DONE] * 2 + [Status.STOPPED] * 4
    assert {address.split("/")[1] for address, _ in rows(seen)} == {"t0"}
    assert [job.tenant for job in seen.hands.sent] == ["t0"]


def test_a_job_that_does_not_come_back_leaves_its_steps_in_doubt(walk):
    seen = walk(work=lambda job: lost(job) if job.tenant == "t1" else done(job))
    failed = [each for each in seen.outcomes if each.status is Status.FAILED]
    assert {each.address.tenant for each in failed} == {"t1"} and len(failed) == 2
    assert str(failed[0].error) == "t1 was lost"
    assert {address.tenant for address in seen.journal.doubtful("library", 0.0)} == {"t1"}


def test_what_a_job_removed_is_known_no_more(tmp_path):
    journal = Journal(tmp_path)
    gone = live("one", tenant="t0")
    made = make(KINDS, [desired("one", tenant="t0", retired=True)], [gone], cloud="library", tenants=["t0"])
    ids = Ids()
    ids.record_live(gone)
    cloud = SimpleNamespace(name="library", owner=Owner("demo"), ids=ids, count=lambda sent: None)
    with ThreadPoolExecutor(1) as pool:
        hands = Hands(pool, lambda job: Brought(done(job).outcomes))
        (outcome,) = Spread(cloud, 1, ignore, lambda: False, hands).steps_of(
            made, journal, journal.begin(made), frozenset()
        )
    assert outcome.action is Action.DELETE and hands.sent[0].known.ids == {gone.address: gone.id}
    assert ids.find(gone.address) is None
    journal.close()


def test_a_defect_is_not_hidden(walk):
    def broken(job):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        walk(work=broken)


def test_an_executor_that_cancels_is_heard(walk, monkeypatch):
    def cancelled(self, job):
        self.sent.append(job)
        future = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future

    monkeypatch.setattr(Hands, "send", cancelled)
    assert {each.status for each in walk().outcomes} == {Status.FAILED}
