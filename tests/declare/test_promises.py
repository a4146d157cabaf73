from __future__ import annotations

import pytest

from provision.declare import promises as room
from provision.declare.promises import Promise, promises, stricter
from provision.model.estate import Floor
from provision.model.origin import Origin

LINE = Origin("p.yaml", 1)


def promise(value, **floors):
    held = tuple(Floor("a.b", direction, bound, LINE, "p") for direction, bound in floors.items())
    return Promise("a.b", value, LINE, floors=held)


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        (promise(2, at_least=2), promise(1), "a"),
        (promise(90, at_most=90), promise(365, at_most=365), "a"),
        (promise(180, at_most=365), promise(90, at_most=365), "b"),
        (promise("80 GiB", at_most="1 TiB"), promise("2 TiB", at_most="2 TiB"), "a"),
        (promise(True, exactly=True), promise(False), "a"),
        (promise(True, exactly=True), promise(True), "a"),
        (promise(True, exactly=True), promise(True, exactly=True), None),
        (promise(True, exactly=True), promise(False, exactly=False), "opposed"),
        (promise(["x", "y"], contains=["x"]), promise(["y"], contains=["y"]), "a"),
        (promise(["x"], contains=["x"]), promise(["y"], contains=["y"]), None),
        (promise(["x"], one_of=["x"]), promise(["y"]), "a"),
        (promise(["x"], one_of=["x"]), promise(["x"], one_of=["x", "y"]), "a"),
        (promise("x", one_of=["x"]), promise("y", one_of=["y"]), "opposed"),
        (promise(365, at_most=365), None, "a"),
        (promise(1), promise(2), None),
        (promise(1), None, None),
    ],
)
def test_floors_tell_which_is_the_stricter_from_either_side(a, b, verdict):
    assert stricter(a, b) == verdict
    assert stricter(b, a) == {"a": "b", "b": "a"}.get(verdict, verdict)


@pytest.mark.parametrize(
    ("said", "hold"),
    [
        (promise(1), "default"),
        (promise(365, at_most=365), "floor"),
        (promise(90, at_most=365), "bounded"),
        (promise("1 TiB", at_least="1024 GiB"), "floor"),
        (promise(True, exactly=True), "floor"),
        (promise(["x", "y"], contains=["x"]), "bounded"),
        (promise(["x"], contains=["x"]), "floor"),
        (promise("x", one_of=["x"]), "floor"),
        (promise(["x"], one_of=["x", "y"]), "bounded"),
        (promise(None, one_of=["x", "y"]), "bounded"),
    ],
)
def test_a_value_is_held_bounded_or_left_to_the_tenant(said, hold):
    assert said.hold == hold


PARENT = """\
floor:
  app_credentials.max_days: {at_most: 365}
  networks.*.port_security: {exactly: true}
  identity.domain: {one_of: [shared, dedicated]}
networks: {lan: {port_security: true}}
"""
CHILD = """\
floor: {app_credentials.max_days: {at_most: 90}}
why: {networks.*.port_security: {en: Spoofing., fr: Usurpation.}}
"""


@pytest.fixture
def child(documents):
    documents.profile("parent", PARENT)
    documents.profile("child", CHILD, extends="parent")
    return {each.path: each for each in promises(documents.load().profiles["child"])}


def test_each_value_has_the_strictest_floor_of_its_chain(child):
    (floor,) = child["app_credentials.max_days"].floors
    assert (floor.bound, floor.profile) == (90, "child")
    assert child["networks.lan.port_security"].hold == "floor"
    assert child["networks.lan.port_security"].why["fr"] == "Usurpation."


def test_what_a_floor_leaves_to_be_chosen_is_a_promise_too(child):
    assert child["identity.domain"].value is None
    assert child["identity.domain"].origin.file == "profiles/parent/profile.yaml"


def test_what_carries_a_promise_comes_from_the_kinds(child, monkeypatch):
    assert child["networks.lan.port_security"].kinds == ("network",)
    assert child["app_credentials.max_days"].kinds == ()
    monkeypatch.setattr(room, "enforced", lambda _: ())
    assert room.bearers("networks.lan.port_security") == ()
    assert room.bearers("services.required") == (room.PLAN,)
