from shelf import KINDS, address, desired, live

from provision.model.plan import Action
from provision.plan import join, make, part
from provision.plan.undo import undo

WANTED = [desired("room"), desired("shelf", needs=["room"]), desired("book", needs=["shelf"])]
MADE = make(KINDS, WANTED, [], cloud="sandbox", tenants=["acme"])
BY_ADDRESS = {want.address: want for want in WANTED}
THERE = [live("room"), live("shelf"), live("book")]


def taken_back(created, there=THERE):
    return undo(MADE, BY_ADDRESS, {address(name) for name in created}, there)


def test_users_go_before_what_they_use():
    back = taken_back(["room", "shelf", "book"])
    assert [step.address.name for step in back.steps] == ["book", "shelf", "room"]
    assert {step.action for step in back.steps} == {Action.DELETE}
    assert back.tenants == ("acme",)


def test_what_this_run_did_not_create_stays():
    assert [step.address.name for step in taken_back(["book"]).steps] == ["book"]


def test_what_is_not_there_or_not_ours_is_no_step():
    assert taken_back(["room"], [live("room", owned=False)]).steps == ()
    assert taken_back(["room"], []).steps == ()


def test_the_whole_is_its_parts():
    other = make(KINDS, [desired("x", tenant="beta")], [], cloud="sandbox", tenants=["beta"])
    whole = make(KINDS, [*WANTED, desired("x", tenant="beta")], [], cloud="sandbox", tenants=["acme", "beta"])
    joined = join("sandbox", [MADE, other])
    assert (joined.changes, joined.fingerprint, joined.tenants) == (
        whole.changes, whole.fingerprint, whole.tenants,
    )  # fmt: skip
    assert set(joined.steps) == set(whole.steps)
    assert part(whole, ["acme"]).steps == MADE.steps
    assert part(whole, ["acme"]).changes == MADE.changes
    assert join("sandbox", [MADE]) is MADE
