"""What a cloud lacks: what a profile requires is refused, what it calls optional is left out and told."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from written import written

from provision.cloud.connect import connect
from provision.draft import Draft
from provision.kind import Unmet, kinds
from provision.model.address import Address
from provision.model.plan import Action
from provision.model.resource import Live
from provision.report import plan as report
from provision.report.look import Cost, Look
from provision.text import same

KEYS = {"keys": {"quota": {"secrets": 500}}}
ZONES = {
    "quotas": {"dns": {"zones": 1}},
    "dns": {"zones": {"main": {"name": "city.example", "email": "a@b.example"}}},
}
BALANCERS = {"quotas": {"load_balancer": {"load_balancers": 1}}}
OFTEN_ABSENT = [
    ("dns", ZONES, {"dns_quota", "dns_zone"}),
    ("load-balancer", BALANCERS, {"balancer_quota"}),
]


@pytest.fixture
def lacking(simulator, monkeypatch):
    """A simulated cloud that lacks a service."""
    for name, value in simulator.env.items():
        monkeypatch.setenv(name, value)
    with closing(connect(None, estate="contract")) as cloud:

        def without(service):
            there = {name: url for name, url in cloud.catalogue.items() if name != service}
            cloud.__dict__["catalogue"] = there
            return cloud

        yield without


@pytest.fixture
def keyless(lacking):
    return lacking("key-manager")


def plan(cloud, services, asked=KEYS):
    tenants = [written("acme", {**asked, "services": services})]
    return Draft.looking(cloud, tenants).whole(tenants)


def test_what_lives_in_an_absent_optional_service_is_left_out_and_told(keyless):
    made = plan(keyless, {"optional": ["key-manager"]})
    assert made.problems == ()
    assert "project/acme/acme" in {str(step.address) for step in made.steps}
    (left,) = [change for change in made.changes if change.address.kind == "key_quota"]
    assert (left.action, left.have) == (Action.LEAVE, None)
    assert report.exit_code(made) == 2
    text = report.text(made, Cost({}, 0.1), Look("en"))
    assert (
        "Asked for and left out: (--verbose names them)\n  · 1 key_quota: this cloud has no key-manager"
        in text
    )
    assert "Seen and left alone" not in text


@pytest.mark.parametrize(
    "services",
    [{}, {"required": ["key-manager"]}, {"required": ["key-manager"], "optional": ["key-manager"]}],
    ids=["not said", "required", "required all the same"],
)
def test_what_lives_in_any_other_absent_service_is_refused(keyless, services):
    made = plan(keyless, services)
    assert (made.steps, made.changes) == ((), ())
    (problem,) = made.problems
    assert "key-manager" in problem.what.render("en")
    assert report.exit_code(made) == 3


@pytest.mark.parametrize(("service", "asked", "kinds"), OFTEN_ABSENT)
def test_a_service_that_clouds_often_lack_is_done_without_or_refused_as_the_profile_says(
    lacking, service, asked, kinds
):
    cloud = lacking(service)
    optional = plan(cloud, {"optional": [service]}, asked)
    assert optional.problems == ()
    assert {each.address.kind for each in optional.changes if each.action is Action.LEAVE} == kinds
    assert not kinds & {step.address.kind for step in optional.steps}
    required = plan(cloud, {"required": [service]}, asked)
    assert (required.steps, required.changes) == ((), ())
    assert {f"no {service} service" in each.what.render("en") for each in required.problems} == {True}
    assert report.exit_code(required) == 3


def test_a_retired_tenant_needs_no_service_that_is_gone(keyless):
    gone = {"state": "retired", "retirement": {"reason": "over", "date": "2026-11-01"}}
    tenants = [written("acme", {**KEYS, **gone, "services": {"optional": ["key-manager"]}})]
    made = Draft.looking(keyless, tenants).whole(tenants)
    assert (made.problems, made.changes) == ((), ())


LOGS = {"network": {"logging": True}}


@pytest.fixture
def logless(simulator, monkeypatch):
    """A simulated cloud whose Neutron logs nothing."""
    for name, value in simulator.env.items():
        monkeypatch.setenv(name, value)
    with closing(connect(None, estate="contract")) as cloud:
        rest = cloud.shared.network_extensions() - {"logging"}
        cloud.shared._kept["extensions"] = tuple({"alias": each} for each in rest)
        yield cloud


def logged(cloud, services, more=LOGS):
    tenants = [written("acme", {**more, "services": services})]
    return Draft.looking(cloud, tenants).whole(tenants)


def test_an_absent_extension_that_is_optional_is_left_out_and_told(logless):
    made = logged(logless, {"optional": ["network.logging"]})
    assert made.problems == ()
    (left,) = [change for change in made.changes if change.address.kind == "network_log"]
    assert left.action is Action.LEAVE
    assert "no network.logging" in left.reason.render("en")


@pytest.mark.parametrize(
    "services",
    [
        {},
        {"required": ["network.logging"]},
        {"required": ["network.logging"], "optional": ["network.logging"]},
    ],
    ids=["not said", "required", "required all the same"],
)
def test_any_other_absent_extension_is_refused(logless, services):
    (problem,) = logged(logless, services).problems
    assert "no network.logging" in problem.what.render("en")


def test_an_extension_is_required_without_anything_that_takes_it(logless):
    assert logged(logless, {"required": ["network.logging"]}, {}).problems
    assert logged(logless, {"required": ["object-store.logging"]}, {}).problems


def test_what_is_not_to_be_logged_takes_no_extension(logless):
    made = logged(logless, {}, {"network": {"logging": False}})
    assert made.problems == ()
    assert "network_log" not in {change.address.kind for change in made.changes}


@pytest.fixture
def held_at_five(monkeypatch):
    """Compute quotas that are contested, and settled at five cores, or refused."""
    kind = kinds()["compute_quota"]

    def settle(_cloud, want, _have):
        if want.spec.below_usage == "refuse":
            raise Unmet("too low", where="here", do="raise it")
        return replace(want, spec=replace(want.spec, cores=5), note=same("held at five"))

    monkeypatch.setattr(kind, "contested", lambda want, have: want.spec.cores < have.spec.cores)
    monkeypatch.setattr(kind, "settle", settle)
    return kind


def planned(cloud, kind, there, **said):
    tenants = [written("acme", {"quotas": {"compute": {"cores": 1}, **said}})]
    spec = replace(kind.spec(), cores=there)
    have = Live(Address(kind.name, "acme", "compute"), "p", spec, owned=True)
    return Draft(cloud, Draft.looking(cloud, []).options, {"acme": [have]}).whole(tenants)


def of_compute(made):
    return [(c.action, c.reason.render("en")) for c in made.changes if c.address.kind == "compute_quota"]


def test_what_is_not_had_as_asked_is_told_whether_anything_is_done_or_not(keyless, held_at_five):
    told = (Action.LEAVE, "held at five")
    assert of_compute(planned(keyless, held_at_five, 9)) == [(Action.UPDATE, "held at five"), told]
    assert of_compute(planned(keyless, held_at_five, 5)) == [told]


def test_what_cannot_be_had_bars_the_tenant(keyless, held_at_five):
    made = planned(keyless, held_at_five, 9, below_usage="refuse")
    assert made.steps == ()
    assert [(each.tenant, each.where, each.what) for each in made.problems] == [("acme", "here", "too low")]


def test_what_is_not_contested_is_wanted_as_it_was(keyless, held_at_five):
    (change,) = of_compute(planned(keyless, held_at_five, 0))
    assert change[0] is Action.UPDATE
