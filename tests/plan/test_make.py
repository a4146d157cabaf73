from hypothesis import given
from hypothesis import strategies as st
from shelf import KINDS, desired, live

from provision.model.plan import Action, Problem
from provision.plan import make
from provision.text import same

NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
TITLES = st.sampled_from(["x", "y", None])


@st.composite
def shelves(draw):
    names = sorted(draw(st.sets(NAMES)))
    want = [
        desired(
            name,
            needs=[other for other in names if other < name and draw(st.booleans())],
            title=draw(TITLES),
            retired=draw(st.booleans()),
            shelf=draw(TITLES),
        )
        for name in names
    ]
    there = [
        live(name, owned=draw(st.booleans()), title=draw(TITLES), shelf=draw(TITLES))
        for name in draw(st.sets(NAMES))
    ]
    return want, there


def plan(want, there, problems=()):
    return make(KINDS, want, there, cloud="test", tenants=["acme"], problems=problems)


def carried_out(made, there):
    """What the cloud would be after every step of a plan."""
    after = {each.id: each for each in there}
    changes = {change.address: change for change in made.pending if not change.blocked}
    for step in made.steps:
        change = changes[step.address]
        if step.action is Action.DELETE:
            after.pop(change.have.id)
        else:
            kept = change.have.spec if change.have else None
            title = change.want.spec.title if change.want.spec.title is not None else kept and kept.title
            identifier = change.have.id if change.have else f"id-{step.address.name}"
            after[identifier] = live(
                step.address.name, identifier=identifier, title=title, shelf=kept and kept.shelf
            )
    return list(after.values())


@given(shelves())
def test_what_was_applied_has_nothing_left_to_apply(shelf):
    want, there = shelf
    assert plan(want, carried_out(plan(want, there), there)).steps == ()


@given(shelves())
def test_nothing_foreign_is_ever_in_a_step(shelf):
    want, there = shelf
    strangers = {each.id for each in there if not each.owned}
    made = plan(want, there)
    touched = {c.have.id for c in made.changes if c.have and c.action is not Action.LEAVE}
    assert not touched & strangers


@given(shelves())
def test_steps_come_after_what_they_wait_for_and_twice_gives_the_same(shelf):
    want, there = shelf
    made = plan(want, there)
    seen = set()
    for step in made.steps:
        assert step.waits_for <= seen
        seen.add(step.id)
    assert made == plan(list(reversed(want)), list(reversed(there)))


def test_a_tenant_with_a_problem_is_left_out_whole():
    made = plan([desired()], [live("x")], [Problem("acme", "here", same("no"), same("do"))])
    assert made.changes == () and made.steps == () and made.problems
