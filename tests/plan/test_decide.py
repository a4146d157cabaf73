from shelf import KINDS, address, desired, live

from provision.model.plan import Action
from provision.plan import Options, make
from provision.plan.compare import differences


def plan(want=(), there=(), **options):
    return make(KINDS, want, there, cloud="test", tenants=["acme"], options=Options(**options))


def only(made):
    assert len(made.changes) == 1
    return made.changes[0]


def test_what_is_missing_is_created_with_every_managed_field():
    change = only(plan([desired(title="Emma", tags=("a",))]))
    assert change.action is Action.CREATE
    assert [(f.field, f.before, f.after) for f in change.fields] == [
        ("title", None, "Emma"),
        ("tags", None, ("a",)),
    ]


def test_a_field_names_the_line_that_wants_it():
    (change,) = plan([desired(title="Emma")], [live(title="Ema")]).changes
    assert str(change.fields[0].origin) == "tenants/acme.yaml:7"


def test_what_is_in_order_is_not_listed():
    made = plan(
        [desired(title="Emma", tags=("b", "a"), readers=frozenset("xy"))],
        [live(title="Emma", tags=("a", "b"), readers=frozenset("yx"))],
    )
    assert made.changes == () and made.steps == ()


def test_an_unmanaged_field_never_differs():
    assert differences(KINDS["book"], desired(title=None), live(title="anything")) == ()


def test_order_matters_unless_the_field_says_otherwise():
    assert differences(KINDS["book"], desired(pages=(1, 2)), live(pages=(2, 1)))
    assert not differences(KINDS["book"], desired(tags=("x", "y")), live(tags=("y", "x")))


def test_mappings_are_compared_whole():
    assert differences(KINDS["book"], desired(notes={"a": "1"}), live(notes={"a": "2"}))
    assert not differences(KINDS["book"], desired(notes={"a": "1"}), live(notes={"a": "1"}))


def test_a_secret_is_compared_and_never_shown():
    (change,) = differences(KINDS["book"], desired(pin="1234"), live(pin="4321"))
    assert (change.before, change.after) == ("(secret)", "(secret)")
    (new,) = differences(KINDS["book"], desired(pin="1234"), None)
    assert (new.before, new.after) == (None, "(secret)")


def test_a_mutable_difference_updates():
    change = only(plan([desired(title="Emma")], [live(title="Ema")]))
    assert change.action is Action.UPDATE and change.blocked is None


def test_an_immutable_difference_is_blocked_until_named():
    made = plan([desired(shelf="B")], [live(shelf="A")])
    assert only(made).action is Action.REPLACE
    assert "--replace book/acme/one" in str(only(made).blocked)
    assert made.steps == ()


def test_a_named_replacement_deletes_then_creates():
    made = plan([desired(shelf="B")], [live(shelf="A")], replace=frozenset({address()}))
    assert [step.id for step in made.steps] == ["DELETE:book/acme/one", "CREATE:book/acme/one"]
    assert made.steps[1].waits_for == {"DELETE:book/acme/one"}


def test_a_replacement_takes_along_what_stands_on_it_and_each_must_be_named():
    want = [desired("one", shelf="B"), desired("two", needs=["one"])]
    there = [live("one", shelf="A"), live("two")]
    half = plan(want, there, replace=frozenset({address("one")}))
    assert {c.address.name: c.action for c in half.changes} == {"one": Action.REPLACE, "two": Action.REPLACE}
    assert [step.address.name for step in half.steps] == ["one", "one"]
    both = plan(want, there, replace=frozenset({address("one"), address("two")}))
    assert [step.id for step in both.steps] == [
        "DELETE:book/acme/two",
        "DELETE:book/acme/one",
        "CREATE:book/acme/one",
        "CREATE:book/acme/two",
    ]


def test_something_new_on_a_replaced_thing_is_simply_created():
    made = plan([desired("one", shelf="B"), desired("two", needs=["one"])], [live("one", shelf="A")])
    assert {c.address.name: c.action for c in made.changes} == {"one": Action.REPLACE, "two": Action.CREATE}
    assert all(change.blocked for change in made.changes)


def test_what_is_not_ours_is_left():
    change = only(plan([], [live(owned=False)]))
    assert change.action is Action.LEAVE and change.blocked is None
    assert plan([], [live(owned=False)]).pending == ()


def test_what_is_ours_and_forgotten_is_left_too():
    change = only(plan([], [live()]))
    assert change.action is Action.LEAVE and "state: retired" in str(change.reason)


def test_a_stranger_of_the_same_name_blocks_what_is_wanted_and_what_needs_it():
    made = plan([desired("one"), desired("two", needs=["one"])], [live("one", owned=False)])
    first, second = made.changes
    assert first.action is Action.LEAVE and "--adopt book/acme/one" in str(first.blocked)
    assert second.action is Action.CREATE and "book/acme/one" in str(second.blocked)
    assert made.steps == () and len(made.pending) == 2


def test_adoption_takes_over_what_is_named():
    made = plan([desired(title="Emma")], [live(owned=False, title="Ema")], adopt=frozenset({address()}))
    assert only(made).action is Action.ADOPT
    assert [f.field for f in only(made).fields] == ["title"]


def test_adoption_of_one_of_several_is_refused():
    made = plan(
        [desired()],
        [live(owned=False, identifier="a"), live(owned=False, identifier="b")],
        adopt=frozenset({address()}),
    )
    assert all(change.action is Action.LEAVE and change.blocked for change in made.changes)


def test_adoption_that_would_have_to_replace_is_refused():
    made = plan([desired(shelf="B")], [live(owned=False, shelf="A")], adopt=frozenset({address()}))
    assert only(made).action is Action.ADOPT and "shelf" in str(only(made).blocked) and made.steps == ()


def test_of_two_with_the_same_marker_the_oldest_is_kept():
    made = plan(
        [desired(title="Emma")],
        [
            live(identifier="new", created_at="2026-02", title="?"),
            live(identifier="old", created_at="2026-01", title="Emma"),
        ],
    )
    assert [(c.action, c.have.id) for c in made.changes] == [(Action.LEAVE, "new")]


def test_a_stranger_beside_ours_is_left():
    made = plan([desired(title="Emma")], [live(title="Emma"), live(owned=False, identifier="x")])
    assert [(c.action, c.have.id, c.blocked) for c in made.changes] == [(Action.LEAVE, "x", None)]


def test_retired_deletes_what_is_ours_only():
    assert only(plan([desired(retired=True)], [live()])).action is Action.DELETE
    assert only(plan([desired(retired=True)], [live(owned=False)])).action is Action.LEAVE
    assert plan([desired(retired=True)]).changes == ()


def test_removal_goes_against_the_needs():
    want = [desired("one", retired=True), desired("two", needs=["one"], retired=True)]
    made = plan(want, [live("one"), live("two")])
    assert [step.id for step in made.steps] == ["DELETE:book/acme/two", "DELETE:book/acme/one"]


def test_what_goes_for_good_waits_until_what_stays_has_let_go():
    want = [desired("one", retired=True), desired("two", needs=["one"], title="new")]
    made = plan(want, [live("one"), live("two", title="old")])
    assert [step.id for step in made.steps] == ["UPDATE:book/acme/two", "DELETE:book/acme/one"]
    assert made.steps[1].waits_for == {"UPDATE:book/acme/two"}


def test_making_goes_with_the_needs():
    made = plan([desired("two", needs=["one"]), desired("one")])
    assert [step.address.name for step in made.steps] == ["one", "two"]
    assert made.steps[1].waits_for == {"CREATE:book/acme/one"}
