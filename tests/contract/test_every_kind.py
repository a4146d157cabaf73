"""The cases that every kind must pass, on the real services. What a case needs to know is in cases/<kind>.yaml."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import replace

import contract_cases
import pytest
from contract_bench import Bench, actions, fields, refuses

from provision.errors import CloudError, ServiceAbsent
from provision.kind import kinds, marks
from provision.model.plan import Action
from provision.plan.compare import differences

CASES = contract_cases.load()
IMMUTABLE = {
    name: {field for field, words in marks(kind.spec).items() if "immutable" in words}
    for name, kind in kinds().items()
}
RUN = secrets.token_hex(2)
_numbers = itertools.count(1)
pytestmark = pytest.mark.sandbox


def every(case):
    """Parametrise over every kind; one for which the case makes no sense says why in its file."""
    return pytest.mark.parametrize(
        "cases",
        [cases for cases in CASES.values() if not cases.reason_against(case)],
        ids=lambda cases: cases.kind,
    )


def every_change(section):
    """Parametrise over every kind and each of its changes."""
    pairs = [(cases, field) for cases in CASES.values() for field in cases.get(section, {})]
    return pytest.mark.parametrize(("cases", "field"), pairs, ids=lambda each: getattr(each, "kind", each))


@pytest.fixture
def bench(cloud, cases, operator):
    made = Bench(cloud, cases, f"ct-{RUN}-{next(_numbers)}-{cases.kind.replace('_', '-')}"[:31])
    yield made
    made.clean()


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_has_its_cases(kind):
    assert kind in CASES, f"write tests/contract/cases/{kind}.yaml"
    said = CASES[kind]
    excused = {name.removeprefix("field:") for name in said.get("not_applicable", {})}
    assert set(said.get("immutable", {})) == IMMUTABLE[kind] - excused
    assert set(said.get("mutable", {})) == set(marks(kinds()[kind].spec)) - IMMUTABLE[kind] - excused


@every("create_minimal")
def test_create_minimal_and_plan_again_finds_nothing(bench):
    plan, want = bench.bring(bench.cases.get("minimal"))
    assert actions(plan, bench.address) == [Action.UPDATE if bench.stays else Action.CREATE]
    assert bench.plan(want).changes == ()
    (seen,) = bench.observe()
    assert seen == bench.ours()


@every("create_full")
def test_create_full_in_as_few_writes_as_it_takes(bench):
    want = bench.wanted(bench.cases.get("full"))
    before = bench.writes()
    bench.made[bench.address] = want
    bench.apply(bench.plan(want))
    assert bench.writes() - before == bench.cases.get("writes", 1)
    assert bench.plan(want).changes == ()
    (seen,) = bench.observe()
    assert differences(bench.kind, want, seen) == ()
    exported = replace(want, spec=seen.spec)
    assert differences(bench.kind, exported, seen) == ()


@every_change("mutable")
def test_each_mutable_field_updates(bench, field):
    bench.bring(bench.cases.get("full"))
    before = bench.ours()
    plan, want = bench.bring(bench.cases.changed(bench.cases.get("mutable")[field]))
    assert actions(plan, bench.address) == [Action.UPDATE]
    assert fields(plan, bench.address) == {field}
    assert bench.plan(want).changes == ()
    assert bench.ours().id == before.id


@every_change("immutable")
def test_each_immutable_field_is_blocked(bench, field):
    bench.bring(bench.cases.get("full"))
    before = bench.ours()
    plan = bench.plan(bench.wanted(bench.cases.changed(bench.cases.get("immutable")[field])))
    (change,) = [each for each in plan.changes if each.address == bench.address]
    assert change.action is Action.REPLACE
    assert field in {each.field for each in change.fields}
    assert change.blocked
    assert plan.steps == ()
    assert bench.ours() == before


@every("delete")
def test_delete_twice(bench):
    bench.bring(bench.cases.get("minimal"))
    have = bench.ours()
    bench.kind.delete(bench.cloud, have)
    bench.kind.delete(bench.cloud, have)
    assert [live for live in bench.look() if live.owned and not bench.stays] == []


@every("absent")
def test_an_absent_service_is_said_before_anything_is_written(bench):
    want = bench.wanted(bench.cases.get("full"))
    there = bench.look()
    before = bench.writes()
    without = replace(bench.cloud)
    services = {name: url for name, url in bench.cloud.catalogue.items() if name not in aliases(bench)}
    without.__dict__.update(catalogue=services, ids=bench.cloud.ids)
    refuses(lambda: list(bench.kind.observe(without, frozenset({bench.key}))), ServiceAbsent)
    refuses(lambda: write(bench, without, want, there), ServiceAbsent)
    assert bench.writes() == before


@every("forbidden")
def test_without_permission_nothing_changes_and_the_error_says_so(bench, stranger):
    want = bench.wanted(bench.cases.get("full"))
    there = bench.look()
    stranger.__dict__.update(ids=bench.cloud.ids, shared=bench.cloud.shared)
    refused = refuses(lambda: write(bench, stranger, want, there), CloudError)
    # Neutron and Keystone answer 404 to those who may not even know.
    assert refused.status in {bench.cases.get("refused_with", 403), 404}
    assert bench.look() == there


@every("lost_response")
def test_a_lost_answer_leaves_no_duplicate(bench, monkeypatch):
    want = bench.wanted(bench.cases.get("full"))
    bench.made[bench.address] = want
    for number in range(1, bench.cases.get("writes", 1) + 1):
        with bench.losing(number, monkeypatch):
            bench.apply(bench.plan(want))
        (only,) = bench.look()
        assert only.owned
        assert differences(bench.kind, want, only) == ()
        if not bench.stays:
            bench.kind.delete(bench.cloud, only)
            bench.cloud.ids.forget(bench.address)


@every("foreign")
def test_what_is_not_ours_is_left_alone_until_it_is_adopted_by_name(bench):
    want = bench.wanted(bench.cases.get("minimal"))
    for call in bench.cases.get("foreign"):
        bench.call(call)
    (theirs,) = bench.look()
    assert not theirs.owned
    (seen,) = bench.observe()
    assert seen == theirs
    plan = bench.plan(want)
    assert actions(plan, bench.address) == [Action.LEAVE]
    assert plan.steps == ()
    assert actions(bench.adopt(want), bench.address) == [Action.ADOPT]
    assert bench.ours().id == theirs.id
    assert bench.plan(want).changes == ()


def aliases(bench):
    return bench.cloud._aliases(bench.kind.service)


def write(bench, cloud, want, there):
    """Write what is wanted: an update of what is always there, else a creation."""
    if bench.stays:
        bench.kind.update(cloud, there[0], want)
    else:
        bench.kind.create(cloud, want)
