"""What documents demand of the cloud itself: refused while planning where it is not so."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing, contextmanager
from types import SimpleNamespace

import pytest
from plain_swift import in_clear
from written import written

from provision import sandbox as control
from provision.cloud.connect import connect
from provision.cloud.swift_info import encrypts
from provision.draft import Draft
from provision.observe import demands

SOFT, HARD = ({"name": name, "global_default": name == "soft"} for name in ("soft", "hard"))
HARDWARE = {"secret_stores": {"hardware": ["hard"]}}


def asked(said, estate=None, *, stores=(), services=("key-manager",), **more):
    tenant = written("acme", {"keys": {"store": said}, **more}, estate)
    shared = SimpleNamespace(secret_stores=lambda: stores)
    return list(demands.unmet(SimpleNamespace(shared=shared, services=services), tenant)), tenant


def test_keys_rest_in_hardware_when_the_default_store_is_one_that_the_estate_calls_so():
    default = {**HARD, "global_default": True}
    assert asked("hsm", HARDWARE, stores=[default])[0] == []
    assert asked("software")[0] == asked("any")[0] == []


@pytest.mark.parametrize(
    ("estate", "stores", "said"),
    [
        (None, [HARD], "names none"),
        (HARDWARE, [], "would rest in –"),
        (HARDWARE, [SOFT], "would rest in soft"),
        (HARDWARE, [SOFT, HARD], "would rest in soft (of soft, hard)"),
    ],
    ids=["not named", "not said", "not there", "not the default"],
)
def test_else_it_is_refused_at_the_line_that_wants_it(estate, stores, said):
    (problem,), tenant = asked("hsm", estate, stores=stores)
    assert problem.where == str(tenant.values.origin("keys.store"))
    assert said in problem.what.render("en")
    assert problem.what.render("fr") != problem.what.render("en")
    assert "keys.store: software" in problem.do.render("fr")


def test_a_retired_tenant_and_a_cloud_without_the_service_are_asked_nothing():
    gone = {"state": "retired", "retirement": {"reason": "over", "date": "2026-11-01"}}
    assert asked("hsm", **gone)[0] == asked("hsm", services=())[0] == []


@pytest.mark.parametrize(
    ("service", "named"), [("compute", "compute"), ("volume", "block-storage"), ("network", "network")]
)
def test_a_zone_that_the_cloud_has_not_is_refused_at_its_line(service, named):
    tenant = written("acme", {"location": {"zones": {service: ["paris-1", "pairs-2"]}}})
    shared = SimpleNamespace(
        zones=lambda asked: frozenset({"paris-1", "paris-2"}) if asked == service else None
    )
    (problem,) = demands.unmet(SimpleNamespace(shared=shared, services=(named,)), tenant)
    assert problem.where == str(tenant.values.origin(f"location.zones.{service}.1"))
    assert problem.what.render("en") == f"this cloud has no {service} zone 'pairs-2'"
    assert "paris-2" in problem.do.render("en")
    assert list(demands.unmet(SimpleNamespace(shared=shared, services=()), tenant)) == []


@pytest.fixture
def operator(sandbox, monkeypatch):
    for name, value in control.environment(sandbox).items():
        monkeypatch.setenv(name, value)
    with closing(connect(None, estate="demands")) as connected:
        yield connected


def problems(operator, tree, estate=None):
    """Return why a tenant is refused by a cloud that nobody looked at before."""
    tenants, anew = [written("acme", tree, estate)], dataclasses.replace(operator)
    anew.__dict__["catalogue"] = operator.catalogue
    return Draft.looking(anew, tenants).whole(tenants).problems


@contextmanager
def another_default(sandbox):
    """The operator of the key manager makes another store the default, behind our back."""

    def told(store, default):
        with closing(sqlite3.connect(sandbox / "databases" / "barbican.sqlite", timeout=30)) as rows, rows:
            rows.execute("UPDATE secret_stores SET global_default = ? WHERE name = ?", (default, store))

    told("Software Only Crypto", False)
    yield
    told("Software Only Crypto", True)


@pytest.mark.sandbox
def test_on_the_real_key_manager_keys_in_hardware_are_refused_unless_the_default_is_named_hardware(
    operator, sandbox
):
    tree = {"keys": {"store": "hsm"}}
    stand_in = {"secret_stores": {"hardware": ["Software Only Crypto"]}}
    assert problems(operator, tree, stand_in) == ()
    for estate in (None, HARDWARE):
        (problem,) = problems(operator, tree, estate)
        assert "hardware module" in problem.what.render("en")
    with another_default(sandbox):
        (problem,) = problems(operator, tree, stand_in)
    assert "would rest in –" in problem.what.render("en")


@pytest.mark.sandbox
def test_on_the_real_object_store_encryption_is_seen_and_its_absence_refused(operator, sandbox, tmp_path):
    tree = {"object": {"encrypted": True}}
    assert problems(operator, tree) == ()
    with in_clear(sandbox, tmp_path, operator) as elsewhere:
        assert encrypts(elsewhere) is False
        (problem,) = problems(elsewhere, tree)
        assert "does not encrypt" in problem.what.render("en")
        assert problems(elsewhere, {"object": {"encrypted": False}}) == ()


@pytest.mark.sandbox
@pytest.mark.parametrize(("key", "status"), [("", "–"), ("wrong", "401")])
def test_what_the_object_store_does_not_tell_is_refused(operator, key, status):
    operator.connection.config.config["swift_info_key"] = key
    (problem,) = problems(operator, {"object": {"encrypted": True}})
    assert status in problem.what.render("en") and "swift_info_key" in problem.do.render("fr")
    assert key not in problem.what.render("en") or not key


@pytest.mark.sandbox
def test_the_zones_of_each_service_are_those_that_it_says_are_open(operator):
    said = {"location": {"zones": {each: ["nova", "elsewhere"] for each in ("compute", "volume", "network")}}}
    tenant = written("acme", said)
    told = [(each.where, each.do.render("en")) for each in demands.unmet(operator, tenant)]
    wanted = [str(tenant.values.origin(f"location.zones.{each}.1")) for each in said["location"]["zones"]]
    assert [where for where, _ in told] == wanted
    assert all("(nova)" in do for _, do in told)
