from __future__ import annotations

import base64
import io
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from written import written

from provision.errors import ProvisionError, Refused, UnknownOutcome, UsageError
from provision.keyring import Brought, Ring, read
from provision.model.address import Address
from provision.model.key import Fault, Key, KeyPolicy, called, read_name, read_time
from provision.model.marker import Owner

NOW = datetime(2026, 11, 26, tzinfo=UTC)
KEY = Key("payments", 1, "s1", "aes", 256, NOW - timedelta(days=10), project=False)
WANTED = {"acl": "private", "rotation_days": 365, "floor": {"algorithm": "aes", "bit_length": 256}}
POLICY = KeyPolicy.of(written("acme", {"keys": WANTED}))
OWNER = Owner("estate")


def test_a_key_as_wanted_has_no_fault():
    assert KeyPolicy(private=True, days=365, algorithm="aes", bits=256) == POLICY
    assert POLICY.faults(KEY, NOW) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"project": True}, Fault.OPEN),
        ({"created": NOW - timedelta(days=365)}, Fault.OLD),
        ({"bits": 128}, Fault.WEAK),
        ({"algorithm": "3des"}, Fault.WEAK),
    ],
)
def test_each_policy_has_its_fault_and_none_without_the_policy(change, fault):
    key = replace(KEY, **change)
    assert POLICY.faults(key, NOW) == (fault,)
    assert KeyPolicy.of(written("acme", {})).faults(key, NOW) == ()


def test_a_former_generation_may_be_old_and_weak_but_not_open():
    former = replace(KEY, current=False, created=NOW - timedelta(days=999), bits=128)
    assert POLICY.faults(former, NOW) == ()
    assert POLICY.due(former) is None
    assert POLICY.faults(replace(former, project=True), NOW) == (Fault.OPEN,)


def test_a_name_says_which_generation_of_which_key_and_whose():
    for brought in (False, True):
        secret = called(OWNER, "acme", "payments", 12, brought=brought)
        assert secret.startswith("payments/12 ")
        assert read_name(OWNER, "acme", secret) == ("payments", 12, brought)
        assert read_name(OWNER, "beta", secret) is None
        assert read_name(Owner("other"), "acme", secret) is None
    other = f"billing/1 {OWNER.marker(Address('key', 'acme', 'payments'))}"
    assert [read_name(OWNER, "acme", name) for name in (other, "payments/1", "", None)] == [None] * 4


def test_barbicans_time_is_utc():
    assert read_time("2026-11-26T11:35:22.023079").tzinfo is UTC
    assert read_time("2026-11-26T11:35:22+00:00") == read_time("2026-11-26T11:35:22")


CONTENT = bytes(range(32))


def test_a_key_comes_from_a_file_that_only_its_owner_reads(tmp_path):
    file = tmp_path / "key"
    file.write_bytes(CONTENT)
    file.chmod(0o600)
    assert read(file, io.BytesIO(), encoded=False) == Brought(CONTENT)
    file.write_bytes(base64.b64encode(CONTENT) + b"\n")
    assert read(file, io.BytesIO(), encoded=True).bits == 256
    for mode in (0o640, 0o604):
        file.chmod(mode)
        with pytest.raises(Refused, match="others than its owner"):
            read(file, io.BytesIO(), encoded=True)


def test_a_link_is_judged_by_what_is_opened(tmp_path):
    file, link = tmp_path / "key", tmp_path / "link"
    file.write_bytes(CONTENT)
    file.chmod(0o644)
    link.symlink_to(file)
    with pytest.raises(Refused):
        read(link, io.BytesIO(), encoded=False)
    with pytest.raises(UsageError, match="No such file"):
        read(tmp_path / "none", io.BytesIO(), encoded=False)


@pytest.mark.parametrize("content", [b"", os.urandom(2000)])
def test_what_is_no_key_is_refused(content):
    with pytest.raises(UsageError, match="1 to 1024 bytes"):
        read(None, io.BytesIO(content), encoded=False)


def test_what_is_no_base64_and_what_is_one_byte_is_refused_without_being_shown():
    with pytest.raises(UsageError, match="not base64") as wrong:
        read(None, io.BytesIO(b"secret-of-mine!"), encoded=True)
    assert "secret" not in str(wrong.value)
    with pytest.raises(Refused, match="one byte over and over"):
        read(None, io.BytesIO(b"a" * 32), encoded=False)
    assert "bytes" not in repr(Brought(CONTENT)) and repr(Brought(CONTENT)) == "Brought()"


class Orders:
    """A key manager whose orders come to an end of our choosing, and that has a secret of no name."""

    def __init__(self, *orders):
        self.orders, self.deleted = list(orders), []

    def post(self, path, body):
        if not self.orders:
            raise UnknownOutcome("lost", where=path)
        return {"order_ref": "https://keys/v1/orders/o1"}

    def get(self, path, **params):
        return self.orders.pop(0) if path == "/orders/o1" else {"secrets": []}

    def list(self, path, key, **params):
        return iter(())


def ring(*orders):
    keys = Orders(*orders)
    return Ring(SimpleNamespace(api=lambda _: keys, owner=OWNER, each=lambda *_: ()), "acme", POLICY)


def test_an_order_that_fails_and_an_answer_lost_before_anything_was_made_are_said(monkeypatch):
    monkeypatch.setattr("provision.keyring.ring.PAUSE", 0)
    with pytest.raises(ProvisionError, match="ERROR no room"):
        ring({"status": "PENDING"}, {"status": "ERROR", "error_reason": "no room"}).create("payments")
    with pytest.raises(UnknownOutcome):
        ring().create("payments")
    monkeypatch.setattr("provision.keyring.ring.PATIENCE", -1)
    with pytest.raises(ProvisionError, match="PENDING"):
        ring({"status": "PENDING"}).create("payments")


def test_a_ring_of_aes_keys_makes_no_others():
    policy = replace(POLICY, algorithm="rsa", bits=4096)
    with pytest.raises(Refused, match="rsa") as refused:
        replace(ring(), policy=policy).create("payments")
    assert "keys.floor.algorithm: aes" in refused.value.render("fr")
