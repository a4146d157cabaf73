"""Promises whose mutations would break other tests of the same tenant: each is put to the test by itself."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from plain_swift import in_clear
from promised import SECURED

from provision.model import signature
from provision.model.tenant import Values
from provision.proof.promise import promises
from provision.proof.run import set_up, tried

pytestmark = pytest.mark.sandbox
ALONE = {"images-signed", "objects-encrypted", "zones-hold-networks", "zones-hold-volumes"}
SIGNATURE = {
    "img_signature": "c2ln",
    "img_signature_hash_method": "SHA-256",
    "img_signature_key_type": "RSA-PSS",
    "img_signature_certificate_uuid": "5d4d1ef4-5c8c-4d5f-9d0f-0d6f9b3f4a01",
}
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}


def proof(stand, name, **images):
    """Try one promise, with something else said of images."""
    (found,) = [each for each in promises() if each.name == name]
    values = stand.tenant.values
    said = replace(stand.tenant, values=Values({**values.tree, "images": images or {}}, values.origins))
    (key,) = found.made(said)
    return tried((found, key), set_up(said, stand.operator, stand.guest, lambda: stand.next_door))


def change(operator, image, op, **properties):
    import json  # noqa: PLC0415 (one body)

    patch = [
        {"op": op, "path": f"/{name}", **({"value": value} if op == "add" else {})}
        for name, value in properties.items()
    ]
    operator.api("image").send("PATCH", f"/images/{image}", content=json.dumps(patch).encode(), headers=PATCH)


@contextmanager
def signed(operator):
    """Every public image has what a signature takes; one that nobody but the operator sees does not matter."""
    images = sorted({each["id"] for each in operator.shared.images() if each["visibility"] == "public"})
    for image in images:
        change(operator, image, "add", **SIGNATURE)
    try:
        yield images
    finally:
        for image in images:
            change(operator, image, "add", **SIGNATURE)  # whatever a test left away
            change(operator, image, "remove", **SIGNATURE)


def test_an_image_that_lacks_any_part_of_a_signature_is_told(stands):
    stand = stands[SECURED]
    assert proof(stand, "images-signed", signed=True).verdict == "BROKEN"
    with signed(stand.operator) as images:
        assert proof(stand, "images-signed", signed=True).verdict == "HELD"
        for name in signature.PROPERTIES:
            change(stand.operator, images[0], "remove", **{name: ""})
            broken = proof(stand, "images-signed", signed=True)
            assert (broken.verdict, name in str(broken.seen)) == ("BROKEN", True)
            change(stand.operator, images[0], "add", **{name: SIGNATURE[name]})


def test_an_object_store_that_stops_encrypting_is_told(stands, sandbox, tmp_path):
    stand = stands[SECURED]
    assert proof(stand, "objects-encrypted").verdict == "HELD"
    with in_clear(sandbox, tmp_path, stand.operator) as elsewhere:
        broken = proof(replace(stand, operator=elsewhere), "objects-encrypted")
    assert (broken.verdict, broken.error) == ("BROKEN", None)
    config = stand.operator.connection.config.config
    key = config.pop("swift_info_key")
    untold = proof(stand, "objects-encrypted")
    config["swift_info_key"] = key
    assert (untold.verdict, untold.error) == ("NOT_PROVABLE", None)


@contextmanager
def volume_services_off():
    """Every volume service is switched off in Cinder's own table: this release's API says so and does nothing."""
    file = Path(os.environ["OS_CLIENT_CONFIG_FILE"]).parent / "databases" / "cinder.sqlite"
    switch = "UPDATE services SET disabled = ? WHERE topic = 'cinder-volume'"
    with closing(sqlite3.connect(file, timeout=30)) as rows:
        try:
            with rows:
                assert rows.execute(switch, (True,)).rowcount == 1
            yield
        finally:
            with rows:
                rows.execute(switch, (False,))


@contextmanager
def network_agents_down(operator):
    agents = [each["id"] for each in operator.network.list("/agents", "agents")]
    for up in (False, True):
        for agent in agents:
            operator.network.put(f"/agents/{agent}", {"agent": {"admin_state_up": up}})
        if not up:
            yield


def test_a_zone_whose_network_agents_are_down_is_told(stands):
    stand = stands[SECURED]
    assert [each.verdict for each in stand.try_all(only=["zones-hold-networks"])] == ["HELD"]
    with network_agents_down(stand.operator):
        (broken,) = stand.try_all(only=["zones-hold-networks"])
    assert (broken.verdict, broken.error) == ("BROKEN", None)
    assert "lacking: nova" in str(broken.seen)


def test_a_zone_whose_volume_services_are_off_is_told(stands):
    stand = stands[SECURED]
    assert [each.verdict for each in stand.try_all(only=["zones-hold-volumes"])] == ["HELD"]
    with volume_services_off():
        (broken,) = stand.try_all(only=["zones-hold-volumes"])
    assert (broken.verdict, broken.error) == ("BROKEN", None)
    assert "lacking: nova" in str(broken.seen)
