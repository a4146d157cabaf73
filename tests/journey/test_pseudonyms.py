"""An estate whose tenants go by pseudonyms, on the real Keystone: nothing there tells who they are."""

from __future__ import annotations

import json
import secrets
from contextlib import closing

import pytest

from provision import declare, workflow
from provision import sandbox as control
from provision.cloud.connect import connect
from provision.declare.naming import pseudonym

pytestmark = pytest.mark.sandbox
PROFILE = """\
profile: bare
version: 1.0.0
title: {fr: Nu, en: Bare}
summary: {fr: Rien, en: Nothing}
identity:
  groups:
    team: {description: "{{ tenant.title }}: the team", roles: [member]}
  roles: {delegated: manager, allowed: [member]}
"""
KEYS = {
    "clinique": (
        "identity: {domain: dedicated, groups: {admins: {domain_roles: [manager]}},"
        " accounts: {u7: {name: Zoe Unheard-Of, email: zoe@unheard-of.example, groups: [admins]}}}\n"
    ),
    "studio": "",
}


def listed(operator):
    """Everything that Keystone lists of domains, projects, groups and people, as text."""
    kinds = ("domains", "projects", "groups")
    found = {kind: list(operator.identity.list(f"/{kind}", kind)) for kind in kinds}
    domains = [each["id"] for each in found["domains"]]
    found["users"] = [
        each for domain in domains for each in operator.identity.list("/users", "users", domain_id=domain)
    ]
    return {kind: [json.dumps(each) for each in those] for kind, those in found.items()}


def test_nobody_reads_in_keystone_who_a_tenant_is(sandbox, tmp_path, monkeypatch):
    for name, value in control.environment(sandbox).items():
        monkeypatch.setenv(name, value)
    estate, salt = f"hidden{secrets.token_hex(3)}", secrets.token_hex(16)
    document = tmp_path / "estate.yaml"
    document.write_text(f"estate: {estate}\n")
    (tmp_path / "profiles" / "bare").mkdir(parents=True)
    (tmp_path / "profiles" / "bare" / "profile.yaml").write_text(PROFILE)
    (tmp_path / "tenants").mkdir()
    keys = [f"{estate}-{key}" for key in KEYS]
    for key, rest in zip(keys, KEYS.values(), strict=True):
        text = f"tenant: {key}\nprofile: bare\ntitle: Société {key.upper()}\n{rest}"
        (tmp_path / "tenants" / f"{key}.yaml").write_text(text)
    question = workflow.Question(tmp_path)

    with closing(connect(None, estate=estate)) as operator:
        before = {kind: len(found) for kind, found in listed(operator).items()}
        assert set(workflow.apply(question).ends) == {"DONE"}
        assert any(key in each for each in listed(operator)["projects"] for key in keys), (
            "known by their keys"
        )
        assert any("Zoe Unheard-Of" in each for each in listed(operator)["users"])

        document.write_text(f"estate: {estate}\nnaming: {{pseudonyms: {salt}}}\n")
        assert set(workflow.apply(question).ends) == {"DONE"}
        assert workflow.plan(question).plan.pending == ()
        found = listed(operator)
        told = [
            text
            for texts in found.values()
            for text in texts
            if any(
                word in text
                for key in keys
                for word in (key, key.upper(), "Zoe Unheard-Of", "zoe@unheard-of")
            )
        ]
        assert told == []
        assert salt not in json.dumps(found)
        for key in keys:
            assert any(pseudonym(salt, estate, key) in each for each in found["projects"])
            assert declare.load(tmp_path).tenants[key].names["project"] == pseudonym(salt, estate, key)

        for key in keys:
            file = tmp_path / "tenants" / f"{key}.yaml"
            file.write_text(
                f"{file.read_text()}state: retired\nretirement: {{reason: end, date: 2026-11-26}}\n"
            )
        assert set(workflow.apply(question).ends) == {"DONE"}
        assert {kind: len(those) for kind, those in listed(operator).items()} == before
