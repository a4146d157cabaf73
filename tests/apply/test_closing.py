from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace

import pytest
from shelf import BookSpec, address, desired, live

from provision.apply.closing import ClosingLook
from provision.cloud.ids import Ids
from provision.errors import CloudError, Unreachable
from provision.model.event import Ended
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action

CLOUD = SimpleNamespace(ids=Ids())


class Shelf:
    """Shows one state after the other, the last one for ever."""

    def __init__(self, *states):
        self.spec, self.states, self.asked = BookSpec, list(states), []

    def observe(self, cloud, tenants):
        self.asked.append(tenants)
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        return iter(state)


def outcome(name, *, shown):
    return Outcome(f"CREATE:{name}", Action.CREATE, address(name), Status.DONE, shown=shown)


WANTED = {want.address: want for want in (desired("one", title="Emma"), desired("two", title="Emma"))}


def closing(shelf, steps, *, cloud=CLOUD, on_event=lambda _: None, window=0.05):
    return ClosingLook(cloud, {"book": shelf}, WANTED, Counter(book=steps), on_event, window)


def look(shelf, *outcomes, **more):
    with closing(shelf, len(outcomes), **more) as looking:
        for number, each in enumerate(outcomes, 1):
            looking.heard(Ended(each, number, len(outcomes)))
        return looking.confirmed(outcomes)


def test_nothing_is_asked_when_the_answers_showed_everything():
    shelf = Shelf([])
    assert look(shelf, outcome("one", shown=True)) == (outcome("one", shown=True),)
    assert shelf.asked == []


def test_all_of_a_kind_are_looked_at_in_one_reading():
    shelf = Shelf([live("one", title="Emma"), live("two", title="Emma")])
    found = look(shelf, outcome("one", shown=False), outcome("two", shown=False))
    assert [each.status for each in found] == [Status.DONE] * 2 and all(each.shown for each in found)
    assert shelf.asked == [frozenset({"acme"})]


def test_what_shows_late_is_waited_for():
    shelf = Shelf([], [live("one", title="Ema")], [live("one", title="Emma")])
    (found,) = look(shelf, outcome("one", shown=False))
    assert found.status is Status.DONE and len(shelf.asked) == 3


@pytest.mark.parametrize("state", [[], [live("one", title="Ema")], [live("one", owned=False, title="Emma")]])
def test_what_never_shows_failed(state):
    done, failed = look(Shelf(state), outcome("two", shown=True), outcome("one", shown=False))
    assert done.status is Status.DONE
    assert failed.status is Status.FAILED and isinstance(failed.error, CloudError)


def test_of_two_the_oldest_counts():
    pair = [
        live("one", identifier="b", created_at="2", title="Emma"),
        live("one", identifier="a", created_at="1", title="Ema"),
    ]
    assert look(Shelf(pair), outcome("one", shown=False))[0].status is Status.FAILED
    assert CLOUD.ids.find(address("one")) is not None


def test_a_cloud_that_cannot_be_asked_is_said():
    (failed,) = look(Shelf(Unreachable("no answer")), outcome("one", shown=False))
    assert failed.status is Status.FAILED and isinstance(failed.error, Unreachable)


def test_a_kind_that_asks_with_all_the_workers_there_are_is_not_waited_for_in_vain():
    with ThreadPoolExecutor(1) as workers:

        class Asking(Shelf):
            def observe(self, cloud, tenants):
                return iter(workers.submit(super().observe, cloud, tenants).result(timeout=5))

        cloud = SimpleNamespace(ids=Ids(), each=workers.map)
        shelf = Asking([live("one", title="Emma")])
        (found,) = look(shelf, outcome("one", shown=False), cloud=cloud, window=0.0)
    assert found.status is Status.DONE


def test_a_kind_is_looked_at_once_its_last_step_has_ended_and_not_before():
    shelf, asked = Shelf([live("one", title="Emma"), live("two", title="Emma")]), Event()
    shelf.observe = lambda cloud, tenants, observe=shelf.observe: asked.set() or observe(cloud, tenants)
    first, last, heard = outcome("one", shown=False), outcome("two", shown=True), []
    with closing(shelf, 2, on_event=heard.append) as looking:
        looking.heard(Ended(first, 1, 3))
        assert not asked.wait(0.05)
        looking.heard(Ended(last, 2, 3))
        assert asked.wait(5)
        assert all(each.shown for each in looking.confirmed((first, last)))
    assert len(shelf.asked) == 1
    assert [each.done for each in heard] == [1, 2]
