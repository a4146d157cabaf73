"""People come in by an identity provider, on the sandbox: into the groups of their tenant, for a time, and nowhere else.

Each policy is also taken away behind the tool's back: what it keeps out then comes in, and the plan says what is missing.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from provision import sandbox as control
from provision import workflow
from provision.cloud.connect import connect
from provision.errors import StalePlan
from provision.model.federation import Admission, Attributes, rules, size
from provision.model.plan import Action

pytestmark = pytest.mark.sandbox
TTL = 90
ISSUER = "https://id.example/realms/cloud"
ESTATE = """
estate: NAME
federation:
  identity_providers:
    NAME:
      protocol: mapped
      remote_ids: [ISSUER]
      authorization_ttl: TTL
      attributes: {issuer: OIDC_ISS, id: OIDC_SUB, name: OIDC_WHO, groups: OIDC_GROUPS}
"""
PROFILE = """
profile: plain
version: 1.0.0
title: Plain
owner: {name: Somebody}
identity:
  source: oidc
  domain: shared
  roles: {allowed: [reader, member]}
  groups: {admins: {roles: [member]}, readers: {roles: [reader]}}
"""
RETIRED = "state: retired\nretirement: {reason: end of the test, date: 2026-11-26}\n"
TENANTS = {"bakery": "", "clinic": "identity: {domain: dedicated}\n", "acme": ""}


class Door:
    """Keystone behind a web server (see front_door.py)."""

    def __init__(self, folder):
        self._process = subprocess.Popen(
            [
                sys.executable,
                Path(__file__).with_name("front_door.py"),
                folder / "keystone" / "keystone.conf",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._said() == "open"

    def ask(self, **asked):
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return self._said()

    def _said(self):
        line = self._process.stdout.readline()
        assert line, "the door fell shut"
        return json.loads(line)

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


@dataclass
class Town:
    folder: Path
    name: str
    door: Door
    cloud: object

    def key(self, tenant):
        return f"{self.name}-{tenant}"

    def group(self, tenant, group="admins"):
        return f"{self.key(tenant)}-{group}"

    def write(self, tenant, more=""):
        text = f"tenant: {self.key(tenant)}\nprofile: plain\n{TENANTS[tenant]}{more}"
        (self.folder / "tenants" / f"{self.key(tenant)}.yaml").write_text(text)

    def apply(self, *tenants):
        applied = workflow.apply(workflow.Question(self.folder, [self.key(each) for each in tenants]))
        assert set(applied.ends) <= {"DONE"}, [str(each.error) for each in applied.outcomes if each.error]
        return applied

    def plan(self, *tenants):
        return workflow.plan(workflow.Question(self.folder, [self.key(each) for each in tenants])).plan

    def missing(self):
        """What a plan would change, as (kind, field)."""
        return {(each.address.kind, field.field) for each in self.plan().pending for field in each.fields}

    def enter(self, *groups, who="zoe", issuer=ISSUER, **more):
        said = {
            "OIDC_ISS": issuer,
            "OIDC_SUB": who,
            "OIDC_WHO": who,
            "OIDC_GROUPS": ";".join(groups),
            **more,
        }
        return self.door.ask(provider=self.name, protocol="mapped", said=said)

    def groups(self, user):
        return {each["name"]: each for each in self.cloud.identity.get(f"/users/{user}/groups")["groups"]}

    def roles(self, token, tenant):
        """The roles that whoever came in has on a tenant's project; none where Keystone lets nobody in there."""
        (project,) = self.cloud.identity.list(
            "/projects", "projects", tags=f"provision.tenant={self.key(tenant)}"
        )
        identity = {"methods": ["token"], "token": {"id": token}}
        body = {"auth": {"identity": identity, "scope": {"project": {"id": project["id"]}}}}
        answer = requests.post(f"{self.cloud.identity.line.root}/auth/tokens", json=body, timeout=30)
        return {each["name"] for each in answer.json()["token"]["roles"]} if answer.ok else set()

    @property
    def mapping(self):
        mappings = self.cloud.identity.get("/OS-FEDERATION/mappings")["mappings"]
        return next(each for each in mappings if each["id"].startswith(f"{self.name}-"))

    def mapped(self, *groups, rules=None, **said):
        said = {"OIDC_SUB": "zoe", "OIDC_WHO": "zoe", "OIDC_GROUPS": ";".join(groups), **said}
        heard = {variable: value for variable, value in said.items() if value is not None}
        return self.door.ask(rules=rules or self.mapping["rules"], said=heard)


@pytest.fixture(scope="module")
def town(sandbox, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, ExitStack() as end:
        for variable, value in control.environment(sandbox).items():
            patch.setenv(variable, value)
        name = f"fed{secrets.token_hex(3)}"
        door, cloud = (
            end.enter_context(closing(Door(sandbox))),
            end.enter_context(closing(connect(None, estate=name))),
        )
        end.enter_context(cloud.writing())
        made = Town(tmp_path_factory.mktemp("federation"), name, door, cloud)
        found(made)
        yield made
        for tenant in TENANTS:
            made.write(tenant, RETIRED)
        estate = made.folder / "estate.yaml"
        estate.write_text(estate.read_text() + "".join(f"      {line}\n" for line in RETIRED.splitlines()))
        made.apply()
        assert made.plan().pending == () and made.enter()["status"] == 404


def found(town):
    """Write the documents of an estate of three tenants, and apply them."""
    filled = ESTATE.replace("NAME", town.name).replace("ISSUER", f"'{ISSUER}'", 1).replace("TTL", str(TTL))
    for path, text in {"estate.yaml": filled, "profiles/plain/profile.yaml": PROFILE}.items():
        (town.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (town.folder / path).write_text(text)
    (town.folder / "tenants").mkdir()
    for tenant in TENANTS:
        town.write(tenant)
    town.apply()


def test_the_estate_is_planned_with_whoever_is_asked_about_and_the_second_plan_is_empty(town, tmp_path):
    assert town.plan("acme").changes == ()
    assert town.plan("acme").tenants == (town.key("acme"),)
    path = f"/OS-FEDERATION/identity_providers/{town.name}"
    town.cloud.identity.patch(path, {"identity_provider": {"enabled": False}})
    assert town.enter()["status"] == 403
    planned = workflow.plan(workflow.Question(town.folder, [town.key("acme")]))
    assert [(str(each.address), each.action) for each in planned.plan.pending] == [
        (f"identity_provider/@estate/{town.name}", Action.UPDATE)
    ]
    workflow.save(planned, tmp_path / "plan.json")
    question = workflow.Question(town.folder)
    applied = workflow.apply(question, saved=tmp_path / "plan.json")
    assert [str(each.address) for each in applied.outcomes] == [f"identity_provider/@estate/{town.name}"]
    assert town.plan().changes == () and town.enter()["status"] == 201
    with pytest.raises(StalePlan):
        workflow.apply(question, saved=tmp_path / "plan.json")


def kept(sandbox, mapping):
    """How many bytes Keystone keeps of a mapping."""
    with closing(sqlite3.connect(sandbox / "databases" / "keystone.sqlite", timeout=30)) as database:
        return database.execute("SELECT length(rules) FROM mapping WHERE id = ?", (mapping,)).fetchone()[0]


def test_one_mapping_for_all_in_an_order_that_does_not_move(town, sandbox):
    person, shared, own = town.mapping["rules"]
    assert "user" in person["local"][0]
    assert shared["local"] == [{"groups": "{2}", "domain": {"name": "Default"}}]
    assert own["local"] == [{"groups": "{2}", "domain": {"name": town.key("clinic")}}]
    (expression,) = shared["remote"][-1]["whitelist"]
    assert expression == rf"\A{town.name}-(?:acme|bakery)-(?:admins|readers)\Z"
    assert kept(sandbox, town.mapping["id"]) == size(town.mapping["rules"])


def test_who_comes_in_has_the_roles_of_its_groups_on_its_tenant_and_none_elsewhere(town):
    zoe = town.enter(town.group("acme"))
    assert {tenant: town.roles(zoe["token"], tenant) for tenant in TENANTS} == {
        "acme": {"member", "reader"},
        "bakery": set(),
        "clinic": set(),
    }
    max_ = town.enter(town.group("clinic", "readers"), who="max")
    assert town.roles(max_["token"], "clinic") == {"reader"}
    assert town.roles(max_["token"], "acme") == set()
    assert town.cloud.identity.get(f"/users/{zoe['user']}")["user"]["domain_id"] == "default"


def test_who_lacks_what_tells_a_person_is_not_let_in(town):
    assert town.enter(town.group("acme"), OIDC_SUB="")["status"] == 401
    for variable in ("OIDC_SUB", "OIDC_WHO", "OIDC_GROUPS"):
        assert town.mapped(town.group("acme"), **{variable: None}) == {"refused": "ValidationError"}, variable


def crafted(town):
    """Names of groups that somebody might think of, to be let in next door; what a list of names keeps out."""
    target, domain = town.group("bakery"), town.key("clinic")
    yield f"x{target}", target
    yield f"{target}-x", target
    yield f"{target}\n", target
    yield target.upper(), target
    yield "operators", "operators"
    yield f"['{target}']", target
    yield f'JSON:{{"name": "{town.group("clinic")}", "domain": {{"name": "{domain}"}}}}', town.group("clinic")
    yield town.group("nobody"), town.group("nobody")


def test_no_name_of_a_group_but_the_very_one_lets_in(town):
    for name, _ in crafted(town):
        assert town.mapped(town.group("acme"), name)["groups"] == [f"{town.group('acme')}@Default"], name


def test_without_the_list_of_names_they_do(town):
    """The same names, by a mapping from which the list was taken away: so the test above can fail."""
    person, shared, own = town.mapping["rules"]
    bare = [*shared["remote"][:-1], {"type": "OIDC_GROUPS"}]
    rules = [person, {**shared, "remote": bare}, own]
    found = {name: town.mapped(name, rules=rules)["groups"] for name, _ in crafted(town)}
    landed = [
        name for name, target in crafted(town) if target in {each.partition("@")[0] for each in found[name]}
    ]
    quoted, operators = f"['{town.group('bakery')}']", "operators"
    assert {operators, quoted} < set(landed) and any(each.startswith("JSON:") for each in landed)


def test_a_name_with_name_in_it_is_let_in_by_a_rule_of_its_own(town):
    """Keystone takes a list in which it sees "name" for JSON, and nobody of that group would come in."""
    told = Attributes("OIDC_SUB", "OIDC_WHO", "OIDC_GROUPS")
    made = rules(told, [Admission("Default", "tournament-admins"), Admission("Default", "acme-admins")])
    assert town.mapped("tournament-admins", "acme-admins", rules=made)["groups"] == [
        "acme-admins@Default",
        "tournament-admins@Default",
    ]
    listed = [made[0], {**made[1], "remote": [*made[1]["remote"][:-1], {"type": "OIDC_GROUPS"}]}]
    assert town.mapped("tournament-admins", "acme-admins", rules=listed) == {"refused": "ValidationError"}


def test_what_a_login_brought_ends_after_the_time_that_is_set(town):
    zoe = town.enter(town.group("acme"), who="tim")
    until = datetime.fromisoformat(town.groups(zoe["user"])[town.group("acme")]["membership_expires_at"])
    until = until.replace(tzinfo=UTC)
    assert timedelta(minutes=TTL - 2) < until - datetime.now(UTC) < timedelta(minutes=TTL + 1)
    again = town.enter(town.group("acme", "readers"), who="tim")
    assert again["user"] == zoe["user"]
    assert set(town.groups(zoe["user"])) == {town.group("acme", "readers")}


@contextmanager
def patched(town, path, key, body, back):
    town.cloud.identity.patch(f"/OS-FEDERATION/{path}", {key: body})
    yield
    town.cloud.identity.patch(f"/OS-FEDERATION/{path}", {key: back})


def test_without_the_time_nothing_lasts_and_the_plan_says_so(town):
    path = f"identity_providers/{town.name}"
    with patched(town, path, "identity_provider", {"authorization_ttl": None}, {"authorization_ttl": TTL}):
        zoe = town.enter(town.group("acme"), who="ada")
        assert town.group("acme") not in {
            name
            for name, each in town.groups(zoe["user"]).items()
            if datetime.fromisoformat(each["membership_expires_at"]).replace(tzinfo=UTC) > datetime.now(UTC)
        }
        assert town.missing() == {("identity_provider", "authorization_ttl")}
    assert town.missing() == set()


def test_another_issuer_is_refused_and_without_remote_ids_it_is_not(town):
    assert town.enter(town.group("acme"), issuer="https://evil.example")["status"] == 403
    path = f"identity_providers/{town.name}"
    with patched(town, path, "identity_provider", {"remote_ids": []}, {"remote_ids": [ISSUER]}):
        assert town.enter(town.group("acme"), issuer="https://evil.example")["status"] == 201
        assert town.missing() == {("identity_provider", "remote_ids")}


def test_a_protocol_that_looks_elsewhere_for_the_issuer_is_put_right(town):
    path = f"identity_providers/{town.name}/protocols/mapped"
    mapping = town.mapping["id"]
    with patched(
        town,
        path,
        "protocol",
        {"mapping_id": mapping, "remote_id_attribute": ""},
        {"mapping_id": mapping, "remote_id_attribute": "OIDC_ISS"},
    ):
        assert town.enter(town.group("acme"), issuer="https://evil.example")["status"] == 201
        assert town.missing() == {("federation_protocol", "remote_id_attribute")}


def test_rules_and_mappings_of_somebody_else_are_seen_and_removed(town):
    rules, mapping = town.mapping["rules"], town.mapping["id"]
    opened = {
        "local": [{"group": {"name": town.group("bakery"), "domain": {"name": "Default"}}}],
        "remote": [{"type": "OIDC_SUB"}],
    }
    path = f"/OS-FEDERATION/mappings/{mapping}"
    town.cloud.identity.patch(path, {"mapping": {"rules": [*rules, opened], "schema_version": "2.0"}})
    other = {"mapping": {"rules": [rules[0], opened], "schema_version": "1.0"}}
    town.cloud.identity.put(f"/OS-FEDERATION/mappings/{town.name}", other)
    protocol = f"/OS-FEDERATION/identity_providers/{town.name}/protocols/mapped"
    town.cloud.identity.patch(protocol, {"protocol": {"mapping_id": town.name}})
    assert town.roles(town.enter(town.group("acme"), who="eve")["token"], "bakery") == {"member", "reader"}
    assert town.missing() == {
        ("federation_mapping", "other_rules"),
        ("federation_mapping", "schema_version"),
        ("federation_protocol", "mapping"),
    }
    town.apply()
    assert town.plan().changes == () and town.mapping["rules"] == rules
    assert town.roles(town.enter(town.group("acme"), who="eve")["token"], "bakery") == set()
    town.cloud.identity.delete(f"/OS-FEDERATION/mappings/{town.name}")


def test_a_tenant_that_goes_is_let_in_no_more(town):
    zoe = town.enter(town.group("bakery"), who="ben")
    assert town.roles(zoe["token"], "bakery") == {"member", "reader"}
    town.write("bakery", RETIRED)
    town.apply("bakery")
    assert town.mapped(town.group("bakery"))["groups"] == []
    assert town.plan().pending == ()
    town.write("bakery")
    town.apply("bakery")
    assert town.mapped(town.group("bakery"))["groups"] == [f"{town.group('bakery')}@Default"]
