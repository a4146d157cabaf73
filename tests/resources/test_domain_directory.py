from __future__ import annotations

import json

import pytest
from answers import Answers, cloud, with_tenant
from written import merged, written

from provision.errors import CloudError, Forbidden, UsageError
from provision.kind import kinds
from provision.model.address import Address
from provision.plan.canonical import plain
from provision.plan.compare import differences
from provision.plan.decide import Options
from provision.plan.file import save
from provision.plan.make import make
from provision.resources.domain_directory import DomainDirectory

SECRET = "correct-horse-battery"
LDAP = {
    "url": "ldaps://ldap.example",
    "suffix": "dc=example",
    "user": "cn=keystone,dc=example",
    "password": {"env": "CLINIC_PASSWORD"},
}
CLINIC = {"identity": {"domain": "dedicated", "source": "ldap", "ldap": LDAP}}
GONE = {"state": "retired", "retirement": {"reason": "over", "date": "2026-11-01"}}


class Keystone(Answers):
    """Keeps what is PUT, and shows all of it but the password; `status` is how it answers for people of the domain."""

    def __init__(self, config=None, status=200):
        super().__init__()
        self.status, self.written = status, []
        if config is not None:
            self.tables["/domains/own/config"] = {"config": config}
        self.tables["/users"] = self._people

    def at(self, within):
        return self

    def put(self, path, body):
        self.written.append(body)
        return {"config": without_password(body["config"])}

    def _people(self, domain_id, name):
        if self.status != 200:
            raise (Forbidden if self.status == 403 else CloudError)("no", status=self.status)
        return {"users": []}


def wanted(tree=CLINIC):
    return tuple(DomainDirectory().desire(written("clinic", tree)))


def at(keystone):
    return with_tenant(cloud(identity=keystone), "clinic", domain="own")


def created(monkeypatch, tree=CLINIC):
    monkeypatch.setenv("CLINIC_PASSWORD", SECRET)
    keystone, (want,) = Keystone(), wanted(tree)
    DomainDirectory().create(at(keystone), want)
    (body,) = keystone.written
    return body["config"], want


def without_password(config):
    return {**config, "ldap": {name: value for name, value in config["ldap"].items() if name != "password"}}


def test_the_password_is_written_and_nowhere_else(monkeypatch, tmp_path):
    config, want = created(monkeypatch)
    assert config["ldap"]["password"] == SECRET
    assert config["identity"] == {"driver": "ldap"}
    assert config["ldap"]["tls_req_cert"] == "demand"
    plan = make(kinds(), [want], [], cloud="sandbox", tenants=["clinic"])
    save(plan, Options(), tmp_path / "plan.json")
    for told in ((tmp_path / "plan.json").read_text(), json.dumps(plain(plan)), repr(plan)):
        assert SECRET not in told
    assert [each.field for each in plan.changes[0].fields] == ["options", "answers"]


def test_what_was_written_is_read_back_without_a_difference(monkeypatch):
    config, want = created(monkeypatch)
    (seen,) = DomainDirectory().observe(at(Keystone(without_password(config))), frozenset({"clinic"}))
    assert seen.owned and differences(DomainDirectory(), want, seen) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"url": "ldap://ldap.example"},
        {"tls_req_cert": "never"},
        {"use_tls": True},
        {"user_allow_create": True},
        {"suffix": None},
    ],
)
def test_what_somebody_changed_is_a_difference(monkeypatch, change):
    config, want = created(monkeypatch)
    found = merged(without_password(config), {"ldap": change})
    (seen,) = DomainDirectory().observe(at(Keystone(found)), frozenset({"clinic"}))
    assert [each.field for each in differences(DomainDirectory(), want, seen)] == ["options"]


@pytest.mark.parametrize(
    ("status", "fields"), [(200, []), (500, ["answers"]), (504, ["answers"]), (None, ["answers"])]
)
def test_a_directory_that_does_not_answer_is_a_difference(monkeypatch, status, fields):
    config, want = created(monkeypatch)
    seen_by = at(Keystone(without_password(config), status))
    (seen,) = DomainDirectory().observe(seen_by, frozenset({"clinic"}))
    assert [each.field for each in differences(DomainDirectory(), want, seen)] == fields
    (unchecked,) = wanted(merged(CLINIC, {"identity": {"ldap": {"answers": "unchecked"}}}))
    assert differences(DomainDirectory(), unchecked, seen) == ()


def test_who_may_not_ask_is_told_so(monkeypatch):
    config, _ = created(monkeypatch)
    with pytest.raises(Forbidden):
        list(DomainDirectory().observe(at(Keystone(without_password(config), 403)), frozenset({"clinic"})))


def test_a_password_in_a_file_that_only_its_owner_reads(tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\n")
    tree = merged(CLINIC, {"identity": {"ldap": {"password": {"env": None, "file": str(file)}}}})
    (want,) = wanted(tree)
    file.chmod(0o640)
    with pytest.raises(UsageError, match="others than its owner may read it"):
        DomainDirectory().create(at(Keystone()), want)
    file.chmod(0o600)
    keystone = Keystone()
    DomainDirectory().create(at(keystone), want)
    assert keystone.written[0]["config"]["ldap"]["password"] == SECRET
    file.unlink()
    with pytest.raises(UsageError, match="it cannot be read"):
        DomainDirectory().create(at(Keystone()), want)


def test_without_its_variable_nothing_is_written(monkeypatch):
    monkeypatch.delenv("CLINIC_PASSWORD", raising=False)
    keystone, (want,) = Keystone(), wanted()
    with pytest.raises(UsageError, match="there is no password there") as caught:
        DomainDirectory().create(at(keystone), want)
    assert caught.value.where == "env:CLINIC_PASSWORD" and keystone.written == []


@pytest.mark.parametrize(
    "tree",
    [
        {},
        merged(CLINIC, {"identity": {"domain": "shared"}}),
        merged(CLINIC, {"identity": {"source": "local"}}),
        {"identity": {"domain": "dedicated", "source": "ldap"}},
    ],
)
def test_who_asks_for_no_directory_has_none(tree):
    assert wanted(tree) == ()


def test_it_goes_with_its_tenant_or_when_documents_say_so():
    assert [each.retired.reason for each in wanted({**CLINIC, **GONE})] == ["over"]
    left = merged(CLINIC, {"identity": {"source": "local", "ldap": GONE}})
    assert [each.retired.reason for each in wanted(left)] == ["over"]


def test_one_that_is_gone_is_not_seen_and_a_tenant_without_a_domain_is_not_asked_about():
    assert list(DomainDirectory().observe(at(Keystone()), frozenset({"clinic", "acme"}))) == []


def test_it_needs_the_domain():
    (want,) = wanted()
    assert want.needs == {Address("domain", "clinic", "clinic")}
