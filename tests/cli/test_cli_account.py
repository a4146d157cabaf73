"""The first sign-in of an account that a document names, on the real Keystone, through the command line."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import struct
import time
from contextlib import closing
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import openstack
import pytest
from jsonschema import validate
from keystoneauth1 import exceptions as ksa
from ruamel.yaml import YAML

from provision import sandbox as control
from provision import workflow
from provision.cloud import sheet
from provision.cloud.anybody import anybody
from provision.cloud.connect import connect
from provision.errors import ProvisionError
from provision.record.ledger import Ledger
from provision.report.schemas import result

pytestmark = pytest.mark.sandbox
PROFILE = """
profile: people
version: 1.0.0
title: {en: People, fr: Personnes}
identity:
  domain: dedicated
  roles: {allowed: [member]}
  groups: {team: {roles: [member]}}
  auth: {mfa: {min_methods: 2}, bypass: none}
accounts: {owner_required: true}
"""
ACCOUNTS = "identity: {accounts: {ana: {name: Ana Silva, email: ana@town.example, groups: [team]}}}\n"
GONE = "state: retired\nretirement: {reason: end of the test, date: 2026-11-26}\n"


@pytest.fixture(scope="module")
def town(sandbox, tmp_path_factory):
    """An estate whose one tenant names one person, on the cloud; gone at the end."""
    folder, name = tmp_path_factory.mktemp("people"), f"town{secrets.token_hex(3)}"
    for path, text in {
        "estate.yaml": f"estate: {name}\n",
        "profiles/people/profile.yaml": PROFILE,
        f"tenants/{name}.yaml": f"tenant: {name}\nprofile: people\n{ACCOUNTS}",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    document = folder / f"tenants/{name}.yaml"
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in control.environment(sandbox).items():
            patch.setenv(variable, value)
        assert set(workflow.apply(workflow.Question(folder)).ends) == {"DONE"}
        with closing(connect(None, estate=name)) as operator, operator.writing():
            yield SimpleNamespace(folder=folder, name=name, operator=operator, document=document)
        document.write_text(document.read_text() + GONE)
        assert set(workflow.apply(workflow.Question(folder)).ends) == {"DONE"}


@pytest.fixture
def there(run, town, sandbox, monkeypatch):
    """Run a command on the estate; return exit code, stdout and stderr."""
    for variable, value in control.environment(sandbox).items():
        monkeypatch.setenv(variable, value)
    return lambda *said: run(*said, "--estate", town.folder)


@pytest.fixture
def issued(there, town, tmp_path):
    """Hand the first sign-in over; return what the sheet holds, and everything that was said."""

    def issue(*more):
        path = tmp_path / f"{secrets.token_hex(3)}.yaml"
        code, out, err = there("account", "issue", town.name, "ana", "--out", path, "--format", "json", *more)
        assert (code, err) == (0, "")
        validate(json.loads(out), result("account-issue"))
        assert path.stat().st_mode & 0o777 == 0o600
        return YAML(typ="safe").load(path), path, out

    yield issue
    user = account(town)
    town.operator.identity.patch(f"/users/{user['id']}", {"user": {"password": None, "provision_first_sign_in": None}})  # fmt: skip
    for each in factors(town):
        town.operator.identity.delete(f"/credentials/{each}")


def account(town):
    domain = town.operator.shared.domains()[town.name]
    (found,) = town.operator.identity.list("/users", "users", domain_id=domain, name="ana")
    return found


def factors(town):
    found = town.operator.identity.list("/credentials", "credentials", user_id=account(town)["id"])
    return [each["id"] for each in found]


def code_of(seed):
    """Return the code of the moment (RFC 6238), as an application for codes would."""
    digest = hmac.digest(base64.b32decode(seed), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def alone(held):
    """Return what Keystone answers to the password alone."""
    who = {"name": held["username"], "domain": {"name": held["user_domain_name"]}, "password": held["password"]}  # fmt: skip
    said = {"auth": {"identity": {"methods": ["password"], "password": {"user": who}}}}
    url = f"{held['auth_url'].rstrip('/')}/auth/tokens"
    return anybody("POST", url, json.dumps(said).encode(), {"Content-Type": "application/json"})


def with_both(held, seed=None, **scope):
    """Be the person, with both methods, in a project."""
    where = scope or {name: held[name] for name in ("project_name", "project_domain_name")}
    auth = {name: held[name] for name in ("auth_url", "username", "user_domain_name", "password")}
    return openstack.connect(
        auth_type="v3multifactor",
        auth_methods=["v3password", "v3totp"],
        auth={**auth, **where, "passcode": code_of(seed or held["totp"]["secret"])},
        load_yaml_config=False,
        load_envvars=False,
    )


def opens(held, **more):
    """Tell whether both methods bring a token."""
    with closing(with_both(held, **more)) as person:
        try:
            return bool(person.session.get_token())
        except ksa.Unauthorized:
            return False


def test_before_it_is_handed_over_nothing_opens_the_account(town):
    held = {"auth_url": town.operator.connection.config.auth["auth_url"], "username": "ana", "user_domain_name": town.name}  # fmt: skip
    for password in ("", "ana", "password"):
        assert alone({**held, "password": password}).status == 401


def test_the_password_alone_is_refused_and_both_methods_open_the_persons_own_project_and_no_other(
    issued, town
):
    held, _, _ = issued()
    refused = alone(held)
    assert (refused.status, b"receipt" in refused.body) == (401, True)
    time.sleep(1.1)  # Keystone ends what is issued in the second of a change of password
    assert opens(held)
    with closing(with_both(held)) as person:
        assert person.current_project.name == town.name
        assert {each["name"] for each in person.session.get("/auth/projects", endpoint_filter={"service_type": "identity"}).json()["projects"]} == {town.name}  # fmt: skip
        assert person.network.networks() is not None
    assert not opens(held, project_id=town.operator.project)
    assert not opens(held, seed=base64.b32encode(b"0" * 20).decode())
    shown = urlsplit(held["totp"]["uri"])
    assert (shown.scheme, shown.netloc, unquote(shown.path)) == (
        "otpauth",
        "totp",
        f"/{town.name}:ana@{town.name}",
    )
    assert parse_qs(shown.query)["secret"] == [held["totp"]["secret"]]


def test_it_is_handed_over_once_and_another_time_only_for_a_reason(issued, there, town, tmp_path):
    first, path, _ = issued()
    code, out, err = there("account", "issue", town.name, "ana", "--out", tmp_path / "second.yaml")
    assert (code, out, (tmp_path / "second.yaml").exists()) == (3, "", False)
    assert "--again" in err
    assert there("account", "issue", town.name, "ana", "--out", path, "--again", "lost")[0] == 4
    assert alone(first).status == 401
    assert b"receipt" in alone(first).body  # what was refused has ended nothing
    second, _, _ = issued("--again", "lost the telephone")
    assert b"receipt" not in alone(first).body
    assert b"receipt" in alone(second).body
    assert len(factors(town)) == 1
    last = workflow.ledger(town.folder).lines[-1].entry
    assert (last.action, last.about["address"], last.about["again"]) == ("account.issued", f"user/{town.name}/ana", "lost the telephone")  # fmt: skip


def test_what_opens_it_stands_in_its_file_and_nowhere_else(issued, there, town, tmp_path, caplog):
    with caplog.at_level("DEBUG"):
        held, path, out = issued()
        saved = there("plan", "--out", tmp_path / "kept.plan", "--format", "json")
        said = [out, *saved, *there("apply", "--yes"), *there("ledger", "show"), *there("ledger", "export"), caplog.text]  # fmt: skip
    kept = [each for folder in (town.folder, tmp_path) for each in folder.rglob("*") if each.is_file()]
    texts = [str(each) for each in said] + [
        each.read_text("utf-8", "replace") for each in kept if each != path
    ]
    assert any("account.issued" in each for each in texts)
    for secret in (held["password"], held["totp"]["secret"]):
        assert secret in path.read_text()
        assert [each for each in texts if secret in each] == []


def test_a_rule_of_one_method_beside_is_seen_proven_wrong_and_put_right_and_nothing_is_handed_over_meanwhile(
    issued, there, town, tmp_path
):
    held, _, _ = issued()
    opened = {"multi_factor_auth_rules": [["password", "totp"], ["password"]]}
    town.operator.identity.patch(f"/users/{account(town)['id']}", {"user": {"options": opened}})
    assert alone(held).status == 201
    code, out, _ = there("plan", "--format", "json")
    (change,) = json.loads(out)["changes"]
    assert (code, change["address"], [each["field"] for each in change["fields"]]) == (2, f"user/{town.name}/ana", ["sign_in"])  # fmt: skip
    proofs = json.loads(there("prove", "--format", "json")[1])["proofs"]
    broken = {each["name"] for each in proofs if each["status"] == "BROKEN"}
    assert {"accounts-mfa", "password-alone"} <= broken
    refused = there("account", "issue", town.name, "ana", "--out", tmp_path / "new.yaml", "--again", "lost")
    assert (refused[0], "differs from the documents in sign_in" in refused[2]) == (3, True)
    assert there("apply", "--yes")[0] == 0
    assert alone(held).status == 401
    proofs = json.loads(there("prove", "--format", "json")[1])["proofs"]
    assert not {each["name"] for each in proofs if each["status"] == "BROKEN"} & {"accounts-mfa", "password-alone"}  # fmt: skip


@pytest.mark.parametrize("place", ["sheet", "ledger"])
def test_what_cannot_be_written_down_opens_nothing(there, town, tmp_path, monkeypatch, place):
    seen = []

    def full(*said):
        seen.append(said)
        raise ProvisionError("no space left")

    monkeypatch.setattr(*((sheet, "write") if place == "sheet" else (Ledger, "add")), full)
    path = tmp_path / "ana.yaml"
    code, _, err = there("account", "issue", town.name, "ana", "--out", path)
    assert (code, "no space left" in err, path.exists(), len(seen)) == (1, True, False, 1)
    assert (factors(town), account(town).get("provision_first_sign_in")) == ([], None)


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [("anna", 4, "did you mean ana?"), ("bob", 4, "write it into identity.accounts")],
)
def test_an_account_that_no_document_names_is_not_opened(there, town, tmp_path, asked, code, told):
    found = there("account", "issue", town.name, asked, "--out", tmp_path / "x.yaml")
    assert (found[0], told in found[2]) == (code, True)


@pytest.fixture
def as_manager(town, tmp_path):
    """Be whoever manages the tenant's own domain, which its own people may: not the operator."""
    identity, domain = town.operator.identity, account(town)["domain_id"]
    password = secrets.token_urlsafe(24)
    boss = identity.post("/users", {"user": {"name": "boss", "domain_id": domain, "password": password}})["user"]["id"]  # fmt: skip
    identity.put(f"/domains/{domain}/users/{boss}/roles/{town.operator.shared.roles()['manager']}")
    auth = {"auth_url": town.operator.connection.config.auth["auth_url"], "user_id": boss, "password": password, "domain_id": domain}  # fmt: skip
    region = town.operator.connection.config.get_region_name()
    YAML().dump({"clouds": {"boss": {"auth": auth, "region_name": region}}}, tmp_path / "clouds.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
        connected = connect("boss", estate=town.name)
    with closing(connected) as manager, manager.writing():
        yield manager
    identity.delete(f"/users/{boss}")


def test_a_domains_manager_makes_accounts_that_plans_tell_of_and_hands_over_no_second_factor(
    as_manager, issued, there, run, town, tmp_path, monkeypatch
):
    held, _, _ = issued()
    with monkeypatch.context() as patch:
        patch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
        told = run("account", "issue", town.name, "ana", "--out", tmp_path / "new.yaml", "--again", "lost", "--estate", town.folder, "--cloud", "boss")  # fmt: skip
    assert (told[0], "only an administrator of Keystone" in told[2]) == (1, True)
    assert b"receipt" in alone(held).body  # and nothing of what was handed over has ended
    assert len(factors(town)) == 1
    domain = account(town)["domain_id"]
    made = as_manager.identity.post("/users", {"user": {"name": "bob", "domain_id": domain}})["user"]["id"]
    try:
        left = {each["address"]: each for each in json.loads(there("plan", "--format", "json")[1])["changes"]}
        bob = left[f"user/{town.name}/bob"]
        assert bob["action"] == "LEAVE"
        assert "no document names this account, and it opens" in bob["reason"]
    finally:
        as_manager.identity.delete(f"/users/{made}")


def test_an_account_that_documents_close_is_not_opened(there, town, tmp_path):
    before = town.document.read_text()
    try:
        town.document.write_text(before.replace("groups: [team]", "groups: [team], enabled: false"))
        code, _, err = there("account", "issue", town.name, "ana", "--out", tmp_path / "x.yaml")
        assert (code, "the documents close this account" in err) == (3, True)
    finally:
        town.document.write_text(before)
