from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest
from shelf import KINDS, address, desired, live

from provision.apply import campaign as room
from provision.apply.campaign import Campaign
from provision.apply.journal import Journal
from provision.cloud.ids import Ids
from provision.errors import Conflict, CredentialsRefused, LeaseLost, Unreachable
from provision.model.event import Ended, Waved, ignore
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action
from provision.model.rollout import Budget, Rollout
from provision.plan import make

CLOUD = SimpleNamespace(name="sandbox", ids=Ids())


@dataclass(frozen=True)
class Steps:
    """Walks by saying so: the steps of `bad` tenants fail, and what was asked is kept."""

    bad: frozenset[str]
    error: object = field(default_factory=lambda: Conflict("no"))
    walked: list = field(default_factory=list)
    on_event: object = ignore
    stop: object = bool
    cloud: object = field(default_factory=lambda: CLOUD)

    def walk(self, made, book, run, doubtful=()):
        outcomes = []
        for step in made.steps:
            wrong = step.address.tenant in self.bad and step.action is Action.CREATE
            status = Status.STOPPED if self.stop() else Status.FAILED if wrong else Status.DONE
            error = self.error if status is Status.FAILED else None
            outcomes.append(Outcome(step.id, step.action, step.address, status, error))
            if status is not Status.STOPPED:
                book.intend(run, step)
                book.conclude(run, outcomes[-1])
            self.on_event(Ended(outcomes[-1], len(outcomes), len(made.steps)))
        self.walked.append([(each.action, each.address.tenant) for each in outcomes])
        return tuple(outcomes)


def tenants(count):
    return [SimpleNamespace(key=f"t{number}", is_estate=False) for number in range(count)]


def planned(group):
    wanted = [desired("one", tenant=each.key) for each in group]
    return make(KINDS, wanted, [], cloud="sandbox", tenants=[each.key for each in group])


@pytest.fixture
def go(tmp_path):
    def go(count, rollout, bad=(), extra=(), **rest):
        steps = Steps(frozenset(bad), **rest)
        journal = Journal(tmp_path)
        made = Campaign(steps, journal, rollout)
        waves = list(made.run([*tenants(count), *extra], planned))
        journal.close()
        return made, waves, steps

    return go


def test_all_goes_well_in_waves(go):
    made, waves, _ = go(7, Rollout(canary=1, wave=3))
    assert [len(wave.outcomes) for wave in waves] == [1, 3, 3]
    assert made.halted is None and made.unbegun == ()


def test_without_a_budget_one_failure_stops_nobody(go):
    made, waves, _ = go(4, Rollout(wave=2), bad=["t0"])
    assert len(waves) == 2 and made.halted is None


def test_unless_all_canaries_come_whole_nobody_else_is_begun(go):
    made, waves, _ = go(5, Rollout(canary=2), bad=["t1"])
    assert len(waves) == 1
    assert str(made.halted) == "1 of 2 canaries failed"
    assert made.unbegun == ("t2", "t3", "t4")


def test_the_budget_holds_inside_a_wave(go):
    made, (wave,), _ = go(6, Rollout(budget=Budget(1)), bad=["t0", "t1", "t2"])
    assert [each.status for each in wave.outcomes] == [Status.FAILED] * 2 + [Status.STOPPED] * 4
    assert "--max-failures 1" in str(made.halted)


@pytest.mark.parametrize("error", [CredentialsRefused("401 no"), LeaseLost("no longer ours")])
def test_what_no_other_tenant_will_fare_better_with_ends_it(go, error):
    made, (wave,), _ = go(4, Rollout(), bad=["t1"], error=error)
    assert [each.status for each in wave.outcomes] == [
        Status.DONE,
        Status.FAILED,
        Status.STOPPED,
        Status.STOPPED,
    ]
    assert str(made.halted) == error.what


def test_the_budget_is_a_share_of_all_tenants(go):
    made, waves, _ = go(20, Rollout(wave=5, budget=Budget(5, percent=True)), bad=["t0", "t7"])
    assert len(waves) == 2 and made.halted is not None
    assert made.unbegun == tuple(f"t{number}" for number in range(10, 20))


def test_a_canary_that_only_the_closing_look_saw_fail_is_one_that_failed(tmp_path):
    @dataclass(frozen=True)
    class Late(Steps):
        def walk(self, made, book, run, doubtful=()):
            done = super().walk(made, book, run, doubtful)
            return tuple(
                replace(each, status=Status.FAILED, error=Conflict("not to be seen")) for each in done
            )

    journal = Journal(tmp_path)
    made = Campaign(Late(frozenset()), journal, Rollout(canary=1))
    assert len(list(made.run(tenants(3), planned))) == 1
    assert str(made.halted) == "1 of 1 canaries failed" and made.unbegun == ("t1", "t2")
    journal.close()


def test_what_cannot_be_looked_for_is_told_as_not_taken_back(go, monkeypatch):
    def silent(*_):
        raise Unreachable("no answer")

    monkeypatch.setattr(room.draft, "seen", silent)
    monkeypatch.setattr(room.declare, "desired", lambda tenant: [desired("one", tenant=tenant.key)])
    _, (wave,), _ = go(1, Rollout(rollback=True), bad=["t0"])
    assert [each.status for each in wave.outcomes] == [Status.FAILED]
    ((action, status),) = [(each.action, each.status) for each in wave.undone]
    assert (action, status) == (Action.DELETE, Status.FAILED)


def test_when_asked_to_stop_the_rest_is_not_begun(tmp_path):
    journal = Journal(tmp_path)
    made = Campaign(Steps(frozenset(), stop=lambda: True), journal, Rollout(wave=2))
    assert len(list(made.run(tenants(3), planned))) == 1
    assert made.halted is None and made.unbegun == ("t2",)
    journal.close()


def test_what_failed_is_taken_back_and_nothing_else(go, monkeypatch):
    there = {tenant: live("one", tenant=tenant) for tenant in ("t0", "t1", "t2")}
    monkeypatch.setattr(room.draft, "seen", lambda _, failed: ([there[each.key] for each in failed], {}))
    monkeypatch.setattr(room.declare, "desired", lambda tenant: [desired("one", tenant=tenant.key)])
    _, (wave,), steps = go(3, Rollout(rollback=True), bad=["t1"])
    assert steps.walked[1] == [(Action.DELETE, "t1")]
    assert [each.address.tenant for each in wave.undone] == ["t1"]


def test_nothing_to_take_back_is_no_walk(go, monkeypatch):
    monkeypatch.setattr(room.draft, "seen", lambda *_: ([], {}))
    monkeypatch.setattr(room.declare, "desired", lambda tenant: [desired("one", tenant=tenant.key)])
    _, (wave,), steps = go(1, Rollout(rollback=True), bad=["t0"])
    assert wave.undone == () and len(steps.walked) == 1


def test_of_a_wave_that_was_told_only_the_open_ends_are_kept(go):
    _, (wave,), _ = go(2, Rollout(), bad=["t1"])
    assert wave.told().plan.changes == () and wave.told().plan.tenants == ("t0", "t1")
    assert [each.address.tenant for each in wave.told().outcomes] == ["t1"]


def test_ids_of_a_wave_that_is_over_are_forgotten(go):
    for tenant in ("t0", "t1"):
        CLOUD.ids.record(address("one", tenant), f"id-{tenant}")
    go(1, Rollout())
    assert CLOUD.ids.find(address("one", "t0")) is None
    assert CLOUD.ids.address("book", "id-t0") is None
    assert CLOUD.ids.find(address("one", "t1")) == "id-t1"


def test_a_wave_with_nothing_to_do_is_not_walked(tmp_path):
    journal, steps = Journal(tmp_path), Steps(frozenset())
    made = Campaign(steps, journal, Rollout())
    (wave,) = made.run(tenants(1), lambda _: make(KINDS, [], [], cloud="sandbox", tenants=["t0"]))
    assert (wave.outcomes, steps.walked) == ((), [])
    journal.close()


def test_the_estate_itself_is_no_tenant_to_count(go):
    told = []
    estate = SimpleNamespace(key="@estate", is_estate=True)
    made, waves, _ = go(
        2, Rollout(wave=2, budget=Budget(50, percent=True)), bad=["t1"], extra=[estate], on_event=told.append
    )
    assert [len(wave.outcomes) for wave in waves] == [2, 1] and made.halted is None
    assert {each.tenants for each in told if isinstance(each, Waved)} == {2}
    made, _, _ = go(2, Rollout(wave=2, budget=Budget(49, percent=True)), bad=["t1"], extra=[estate])
    assert made.unbegun == ("@estate",)
