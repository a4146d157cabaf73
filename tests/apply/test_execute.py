import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest

from provision.apply.execute import execute
from provision.model.address import Address
from provision.model.event import Ended, Started
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action, Plan, Step


def step(name, *waits):
    return Step(
        f"CREATE:book/acme/{name}",
        Action.CREATE,
        Address("book", "acme", name),
        frozenset(f"CREATE:book/acme/{w}" for w in waits),
    )


def plan(*steps):
    return Plan("test", (), steps, (), "", "", "", ("acme",))


def walk(made, failing=(), workers=4, stop=lambda: False):
    order, lock, events = [], Lock(), []

    def perform(one):
        with lock:
            order.append(one.address.name)
        status = Status.FAILED if one.address.name in failing else Status.DONE
        return Outcome(one.id, one.action, one.address, status)

    with ThreadPoolExecutor(workers) as pool:
        outcomes = execute(made, pool, perform, workers=workers, on_event=events.append, stop=stop)
    return {outcome.address.name: outcome for outcome in outcomes}, order, events


def test_every_step_is_made_once_and_after_what_it_waits_for():
    made = plan(step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c"))
    outcomes, order, events = walk(made)
    assert sorted(order) == ["a", "b", "c", "d"] and order[0] == "a" and order[-1] == "d"
    assert all(outcome.status is Status.DONE for outcome in outcomes.values())
    assert sum(isinstance(e, Started) for e in events) == sum(isinstance(e, Ended) for e in events) == 4
    assert events[-1].done == events[-1].total == 4


def test_a_failure_skips_only_what_waits_for_it_and_names_the_cause():
    made = plan(step("a"), step("b", "a"), step("c", "b"), step("d", "b", "c"), step("x"), step("y", "x"))
    outcomes, order, _ = walk(made, failing={"a"})
    assert {name for name, o in outcomes.items() if o.status is Status.SKIPPED} == {"b", "c", "d"}
    assert {o.because.name for o in outcomes.values() if o.because} == {"a"}
    assert sorted(order) == ["a", "x", "y"]


def test_steps_run_side_by_side_up_to_the_number_of_workers():
    together, release, lock, seen = 0, Event(), Lock(), []

    def perform(one):
        nonlocal together
        with lock:
            together += 1
            seen.append(together)
            if together == 3:
                release.set()
        assert release.wait(5)
        with lock:
            together -= 1
        return Outcome(one.id, one.action, one.address, Status.DONE)

    with ThreadPoolExecutor(8) as pool:
        execute(plan(*(step(str(i)) for i in range(9))), pool, perform, workers=3, on_event=lambda _: None)
    assert max(seen) == 3


def test_asked_to_stop_nothing_more_is_begun():
    asked = Event()

    def stop():
        return asked.is_set()

    made = plan(step("a"), step("b", "a"), step("c", "b"))
    order = []

    def perform(one):
        order.append(one.address.name)
        asked.set()
        return Outcome(one.id, one.action, one.address, Status.DONE)

    with ThreadPoolExecutor(1) as pool:
        outcomes = execute(made, pool, perform, workers=1, on_event=lambda _: None, stop=stop)
    assert order == ["a"]
    assert [outcome.status for outcome in outcomes] == [Status.DONE, Status.STOPPED, Status.STOPPED]


def test_asked_to_stop_the_steps_in_flight_end_and_release_nothing():
    asked, both = Event(), Event()
    made = plan(step("a"), step("b"), step("c", "b"))

    def perform(one):
        if one.address.name == "a":
            assert both.wait(5)
            asked.set()
        else:
            both.set()
            assert asked.wait(5)
            time.sleep(0.05)
        return Outcome(one.id, one.action, one.address, Status.DONE)

    with ThreadPoolExecutor(2) as pool:
        outcomes = execute(made, pool, perform, workers=2, on_event=lambda _: None, stop=asked.is_set)
    assert {o.address.name: o.status for o in outcomes} == {
        "a": Status.DONE,
        "b": Status.DONE,
        "c": Status.STOPPED,
    }


def test_a_defect_in_a_step_is_not_swallowed():
    def perform(_):
        raise ZeroDivisionError

    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        execute(plan(step("a")), pool, perform, workers=1, on_event=lambda _: None)
