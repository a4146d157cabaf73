import time
from types import SimpleNamespace

import pytest
from shelf import BookSpec

from provision.apply.perform import ATTEMPTS, Performer
from provision.cloud.ids import Ids
from provision.errors import CloudError, Conflict, Forbidden, NotFound, UnknownOutcome
from provision.model.address import Address
from provision.model.origin import Origin
from provision.model.outcome import Status
from provision.model.plan import Action, Change, Step
from provision.model.resource import Desired, Live

ADDRESS = Address("book", "acme", "one")


class Shelf:
    """A kind over a dictionary, whose calls can be made to go wrong."""

    def __init__(self, spec):
        self.name, self.spec, self.stays = "book", spec, False
        self.there = {}
        self.calls = []
        self.trouble = {}
        self.hidden = 0
        self.deaf = False
        self.silent = False
        self.born_as = None

    def _happens(self, call):
        self.calls.append(call)
        errors = self.trouble.get(call, [])
        return errors.pop(0) if errors else None

    def create(self, cloud, want):
        error = self._happens("create")
        if error is None or getattr(error, "after", False):
            identifier = f"id{len(self.there)}"
            self.there[identifier] = Live(
                want.address, identifier, self.born_as or want.spec, True, {}, identifier
            )
        if error:
            raise error
        return None if self.silent else self.there[identifier]

    def update(self, cloud, have, want):
        if error := self._happens("update"):
            raise error
        if not self.deaf:
            self.there[have.id] = Live(want.address, have.id, want.spec, True)
        return None if self.silent else self.there[have.id]

    def delete(self, cloud, have):
        if error := self._happens("delete"):
            raise error
        if not self.deaf:
            self.there.pop(have.id, None)

    def look_for(self, cloud, want):
        return self.look(cloud, want.address)

    def look(self, cloud, address):
        self.calls.append("look")
        if self.hidden:
            self.hidden -= 1
            return ()
        return tuple(self.there.values())


def spec(**fields):
    return BookSpec(**fields)


@pytest.fixture
def shelf():
    return Shelf(BookSpec)


def lost(*, after):
    error = UnknownOutcome("lost")
    error.after = after
    return error


def run(shelf, action=Action.CREATE, have=None, doubtful=(), window=0.05, **fields):
    want = Desired(ADDRESS, spec(**fields), Origin("x", 1))
    change = Change(action, ADDRESS, want, have)
    performer = Performer(
        SimpleNamespace(ids=Ids()), {"book": shelf}, {ADDRESS: change}, frozenset(doubtful), window
    )
    return performer(Step(f"{action}:{ADDRESS}", action, ADDRESS))


def test_a_create_is_done_when_the_answer_shows_it(shelf):
    outcome = run(shelf, title="Emma")
    assert outcome.status is Status.DONE and outcome.shown and shelf.calls == ["create"]
    assert outcome.ended >= outcome.started


def test_what_no_answer_shows_is_left_to_the_closing_look(shelf):
    shelf.silent = True
    outcome = run(shelf, title="Emma")
    assert outcome.status is Status.DONE and not outcome.shown and shelf.calls == ["create"]
    have = Live(ADDRESS, "id0", spec(title="Emma"), True)
    outcome = run(shelf, Action.UPDATE, have=have, title="Persuasion")
    assert outcome.status is Status.DONE and not outcome.shown


def test_a_lost_create_that_shows_late_is_waited_for(shelf):
    shelf.trouble = {"create": [lost(after=True)]}
    shelf.hidden = 3
    assert run(shelf, title="Emma").status is Status.DONE and shelf.calls.count("create") == 1


def test_what_it_stands_on_may_not_show_yet(shelf):
    shelf.trouble = {"create": [NotFound("no such project")] * 3}
    assert run(shelf, title="Emma").status is Status.DONE and shelf.calls == ["create"] * 4
    shelf.trouble = {"create": [NotFound("no such project")] * 99}
    assert isinstance(run(shelf, title="Emma").error, NotFound)


def test_a_conflict_of_an_update_is_a_stale_look_until_it_stays(shelf):
    have = Live(ADDRESS, "id0", spec(title="Emma"), True)
    shelf.there["id0"] = have
    shelf.trouble = {"update": [Conflict("it is so already")] * 2}
    assert run(shelf, Action.UPDATE, have=have, title="Persuasion").status is Status.DONE
    assert shelf.calls == ["update", "look", "update", "look", "update"]
    shelf.trouble = {"update": [Conflict("it is so already")] * 99}
    assert isinstance(run(shelf, Action.UPDATE, have=have, title="Emma").error, Conflict)


def test_a_create_that_is_lost_again_and_again_is_given_up_in_doubt(shelf):
    shelf.trouble = {"create": [lost(after=False)] * 9}
    outcome = run(shelf, title="Emma")
    assert outcome.status is Status.FAILED and isinstance(outcome.error, UnknownOutcome)
    assert shelf.calls.count("create") == ATTEMPTS


def test_what_vanishes_while_it_is_finished_failed(shelf):
    shelf.born_as, shelf.hidden = spec(title="blank"), 99
    shelf.trouble = {"update": [lost(after=False)]}
    outcome = run(shelf, title="Emma")
    assert outcome.status is Status.FAILED and isinstance(outcome.error, NotFound)


def test_what_creation_could_not_bring_is_updated_once(shelf):
    shelf.born_as = spec(title="blank")
    assert run(shelf, title="Emma").status is Status.DONE
    assert [call for call in shelf.calls if call != "look"] == ["create", "update"]


def test_a_lost_answer_after_the_act_makes_no_second(shelf):
    shelf.trouble = {"create": [lost(after=True)]}
    outcome = run(shelf, title="Emma")
    assert outcome.status is Status.DONE and not outcome.found
    assert shelf.calls.count("create") == 1 and len(shelf.there) == 1


def test_a_lost_answer_before_the_act_is_made_again_after_the_window(shelf):
    shelf.trouble = {"create": [lost(after=False)]}
    began = time.monotonic()
    assert run(shelf, title="Emma", window=0.3).status is Status.DONE
    assert time.monotonic() - began >= 0.3
    assert shelf.calls.count("create") == 2 and len(shelf.there) == 1


def test_a_conflict_with_our_own_is_success_and_with_anothers_is_not(shelf):
    shelf.trouble = {"create": [Conflict("exists")]}
    shelf.there["a"] = Live(ADDRESS, "a", spec(title="Emma"), True)
    outcome = run(shelf, title="Emma")
    assert outcome.status is Status.DONE and outcome.found
    shelf.there["a"] = Live(ADDRESS, "a", spec(title="Emma"), False)
    shelf.trouble = {"create": [Conflict("exists")]}
    outcome = run(shelf, title="Emma")
    assert outcome.status is Status.FAILED and isinstance(outcome.error, Conflict)


def test_what_an_earlier_run_left_in_doubt_is_looked_for_first(shelf):
    shelf.there["a"] = Live(ADDRESS, "a", spec(title="Emma"), True)
    shelf.hidden = 2
    outcome = run(shelf, title="Emma", doubtful=[ADDRESS])
    assert outcome.status is Status.DONE and outcome.found
    assert "create" not in shelf.calls


def test_one_look_is_enough_once_the_window_since_this_run_began_is_over(shelf):
    performer = Performer(
        SimpleNamespace(ids=Ids()),
        {"book": shelf},
        {ADDRESS: Change(Action.CREATE, ADDRESS, Desired(ADDRESS, spec(title="Emma"), Origin("x", 1)), None)},
        frozenset({ADDRESS}),
        began=time.monotonic() - 60,
    )
    outcome = performer(Step(f"CREATE:{ADDRESS}", Action.CREATE, ADDRESS))
    assert outcome.status is Status.DONE and not outcome.found
    assert shelf.calls == ["look", "create"]


def test_until_then_what_was_left_in_doubt_is_waited_for(shelf):
    run(shelf, title="Emma", doubtful=[ADDRESS])
    assert shelf.calls.count("look") > 2 and shelf.calls[-1] == "create"


@pytest.mark.parametrize(("doubtful", "status"), [([ADDRESS], Status.DONE), ([], Status.FAILED)])
def test_an_update_that_may_have_happened_already_is_made_from_what_is_there(shelf, doubtful, status):
    shelf.there["a"] = Live(ADDRESS, "a", spec(title="Emm"), True)
    shelf.trouble = {"update": [CloudError("not twice")]}
    outcome = run(shelf, Action.UPDATE, have=shelf.there["a"], title="Emma", doubtful=doubtful)
    assert outcome.status is status


def test_of_two_the_oldest_is_taken(shelf):
    shelf.trouble = {"create": [lost(after=True)]}
    shelf.there["z"] = Live(ADDRESS, "z", spec(title="Emma"), True, {}, "2026")
    run(shelf, Action.UPDATE, have=shelf.there["z"], title="Emma")
    assert shelf.calls[0] == "update"


def test_an_error_becomes_a_failed_outcome_with_its_request_id(shelf):
    shelf.trouble = {"create": [Forbidden("no", request_id="req-7")]}
    outcome = run(shelf, title="Emma")
    assert outcome.status is Status.FAILED and outcome.request_ids == ("req-7",)


def test_an_update_is_done_when_nothing_differs(shelf):
    have = Live(ADDRESS, "a", spec(title="Ema"), True)
    shelf.there["a"] = have
    assert run(shelf, Action.UPDATE, have=have, title="Emma").status is Status.DONE
    assert shelf.there["a"].spec.title == "Emma"


def test_an_update_that_is_ignored_is_not_called_done(shelf):
    shelf.deaf = True
    have = Live(ADDRESS, "a", spec(title="Ema"), True)
    shelf.there["a"] = have
    outcome = run(shelf, Action.UPDATE, have=have, title="Emma")
    assert outcome.status is Status.FAILED and "still shows something else" in str(outcome.error)


def test_a_lost_update_is_sent_again(shelf):
    shelf.trouble = {"update": [lost(after=False)]}
    have = Live(ADDRESS, "a", spec(title="Ema"), True)
    shelf.there["a"] = have
    assert run(shelf, Action.UPDATE, have=have, title="Emma").status is Status.DONE
    assert shelf.calls.count("update") == 2


def test_what_is_objected_to_after_a_loss_is_looked_at_again(shelf):
    have = Live(ADDRESS, "a", spec(title="Ema"), True)
    shelf.there["a"] = have
    shelf.trouble = {"update": [lost(after=True), Conflict("it is there")]}
    assert run(shelf, Action.UPDATE, have=have, title="Emma").status is Status.DONE
    shelf.trouble = {"update": [Conflict("no")] * 9}
    assert isinstance(run(shelf, Action.UPDATE, have=have, title="Emma").error, Conflict)


@pytest.mark.parametrize("action", [Action.UPDATE, Action.DELETE])
def test_a_write_that_is_lost_for_ever_failed_in_doubt(shelf, action):
    have = Live(ADDRESS, "a", spec(title="Ema"), True)
    shelf.there["a"] = have
    shelf.trouble = {action.lower(): [lost(after=False)] * 9}
    assert isinstance(run(shelf, action, have=have, title="Emma").error, UnknownOutcome)


def test_a_lost_update_after_a_creation_is_sent_again(shelf):
    shelf.born_as = spec(title="blank")
    shelf.trouble = {"update": [lost(after=False)]}
    assert run(shelf, title="Emma").status is Status.DONE
    assert [call for call in shelf.calls if call != "look"] == ["create", "update", "update"]


@pytest.mark.parametrize("trouble", [[], [lost(after=False)]])
def test_a_delete_is_done_when_it_is_gone(shelf, trouble):
    shelf.trouble = {"delete": list(trouble)}
    have = Live(ADDRESS, "a", spec(), True)
    shelf.there["a"] = have
    assert run(shelf, Action.DELETE, have=have).status is Status.DONE and not shelf.there


def test_a_delete_that_does_not_happen_failed(shelf):
    shelf.deaf = True
    have = Live(ADDRESS, "a", spec(), True)
    shelf.there["a"] = have
    outcome = run(shelf, Action.DELETE, have=have)
    assert outcome.status is Status.FAILED and isinstance(outcome.error, CloudError)


def test_deleting_what_stays_is_done_although_it_is_still_there(shelf):
    shelf.deaf, shelf.stays = True, True
    have = Live(ADDRESS, "a", spec(), True)
    shelf.there["a"] = have
    assert run(shelf, Action.DELETE, have=have).status is Status.DONE


def test_a_step_without_its_halves_is_a_defect(shelf):
    performer = Performer(
        SimpleNamespace(ids=Ids()), {"book": shelf}, {ADDRESS: Change(Action.CREATE, ADDRESS, None, None)}
    )
    with pytest.raises(AssertionError):
        performer(Step("x", Action.CREATE, ADDRESS))
    with pytest.raises(AssertionError):
        performer(Step("x", Action.DELETE, ADDRESS))
