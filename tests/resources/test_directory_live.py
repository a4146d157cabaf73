"""A tenant whose people are in a real OpenLDAP, over TLS; where this machine has none, that is said and nothing is shown.

`apt-get install slapd ldap-utils libldap2-dev libsasl2-dev && pip install python-ldap ldappool` beside the sandbox is what it takes.
"""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from openldap import LACKING, READER, SUFFIX, Directory, openldap

from provision import sandbox as control
from provision import workflow
from provision.cloud.connect import connect
from provision.errors import CloudError

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(bool(LACKING), reason=f"no OpenLDAP to ask: {', '.join(LACKING)} missing"),
]
PROFILE = """
profile: plain
version: 1.0.0
title: Plain
owner: {name: Somebody}
identity:
  domain: dedicated
  source: ldap
  roles: {allowed: [reader, member]}
  groups: {admins: {roles: [member]}, readers: {roles: [reader]}}
"""
VARIABLE = "CLINIC_LDAP_PASSWORD"
RETIRED = "state: retired\nretirement: {reason: end of the test, date: 2026-11-26}\n"


@dataclass
class Clinic:
    folder: Path
    key: str
    cloud: object
    directory: Directory

    @property
    def question(self):
        return workflow.Question(self.folder)

    def write(self, more="", **changed):
        ldap = {
            "url": self.directory.url,
            "ca_file": self.directory.ca_file,
            "suffix": SUFFIX,
            "user": READER,
            "password": f"{{env: {VARIABLE}}}",
            "users": f'{{tree: "ou=people,{SUFFIX}", objectclass: inetOrgPerson, id: uid, name: uid, email: mail}}',
            "groups": f'{{tree: "ou=groups,{SUFFIX}", objectclass: groupOfNames, id: cn, name: cn, member: member}}',
            **changed,
        }
        lines = "".join(f"    {name}: {value}\n" for name, value in ldap.items())
        text = f"tenant: {self.key}\nprofile: plain\nidentity:\n  ldap:\n{lines}{more}"
        (self.folder / "tenants" / f"{self.key}.yaml").write_text(text)

    def apply(self):
        applied = workflow.apply(self.question)
        assert set(applied.ends) <= {"DONE"}, [str(each.error) for each in applied.outcomes if each.error]

    def missing(self):
        plan = workflow.plan(self.question).plan
        return {(each.address.kind, field.field) for each in plan.pending for field in each.fields}

    def roles(self, who, password):
        """The roles that somebody of the directory has on the project; nothing where Keystone lets nobody in."""
        domain = {"name": self.key}
        user = {"name": who, "password": password, "domain": domain}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"name": self.key, "domain": domain}}}}
        answer = requests.post(f"{self.cloud.identity.line.root}/auth/tokens", json=body, timeout=30)
        return {each["name"] for each in answer.json()["token"]["roles"]} if answer.ok else set()


@pytest.fixture(scope="module")
def clinic(sandbox, tmp_path_factory):
    name, password = f"dir{secrets.token_hex(3)}", secrets.token_hex(8)
    key = f"{name}-clinic"
    people = {"ann": "not-a-secret-ann", "rob": "not-a-secret-rob", "eve": "not-a-secret-eve"}
    groups = {f"{key}-admins": ["ann"], f"{key}-readers": ["rob"], "elsewhere": ["eve"]}
    with pytest.MonkeyPatch.context() as patch, ExitStack() as end:
        for variable, value in control.environment(sandbox).items():
            patch.setenv(variable, value)
        patch.setenv(VARIABLE, password)
        directory = end.enter_context(
            openldap(tmp_path_factory.mktemp("ldap"), sandbox / "ldap", people, groups, password)
        )
        cloud = end.enter_context(closing(connect(None, estate=name)))
        end.enter_context(cloud.writing())
        made = Clinic(tmp_path_factory.mktemp("estate"), key, cloud, directory)
        for path, text in {
            "estate.yaml": f"estate: {name}\n",
            "profiles/plain/profile.yaml": PROFILE,
        }.items():
            (made.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (made.folder / path).write_text(text)
        (made.folder / "tenants").mkdir()
        made.write()
        made.apply()
        yield made
        made.write(RETIRED)
        made.apply()
        assert list(cloud.identity.list("/domains", "domains", name=key)) == []


def test_people_of_the_directory_come_in_with_the_roles_of_their_groups(clinic):
    assert workflow.plan(clinic.question).plan.pending == ()
    assert clinic.roles("ann", "not-a-secret-ann") == {"member", "reader"}
    assert clinic.roles("rob", "not-a-secret-rob") == {"reader"}
    assert clinic.roles("eve", "not-a-secret-eve") == set()
    assert clinic.roles("ann", "wrong") == set()


def test_the_directory_is_only_read(clinic):
    (domain,) = clinic.cloud.identity.list("/domains", "domains", name=clinic.key)
    with pytest.raises(CloudError):
        clinic.cloud.identity.post("/users", {"user": {"name": "max", "domain_id": domain["id"]}})
    assert "password" not in str(clinic.cloud.identity.get(f"/domains/{domain['id']}/config"))


def test_an_address_in_the_clear_that_somebody_wrote_is_put_right(clinic):
    (domain,) = clinic.cloud.identity.list("/domains", "domains", name=clinic.key)
    opened = {"config": {"ldap": {"url": clinic.directory.url, "tls_req_cert": "never"}}}
    clinic.cloud.identity.patch(f"/domains/{domain['id']}/config", opened)
    assert clinic.missing() == {("domain_directory", "options")}
    clinic.apply()
    assert clinic.missing() == set()


def test_a_password_that_is_no_longer_the_directorys_shows_and_is_written_again(clinic, monkeypatch):
    former = os.environ[VARIABLE]
    for password in ("another-not-a-secret", former):
        clinic.directory.rename_password(password)
        assert clinic.missing() >= {("domain_directory", "answers")}
        assert clinic.roles("ann", "not-a-secret-ann") == set()
        monkeypatch.setenv(VARIABLE, password)
        clinic.apply()
        assert clinic.missing() == set()
        assert clinic.roles("ann", "not-a-secret-ann") == {"member", "reader"}


def test_a_directory_that_does_not_answer_shows(clinic):
    clinic.directory.shut()
    assert ("domain_directory", "answers") in clinic.missing()
    clinic.directory.open()
    assert clinic.missing() == set()
