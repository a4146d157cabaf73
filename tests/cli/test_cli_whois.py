from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from provision.declare.naming import pseudonym
from provision.report.schemas import result

SALT = "a salt that nobody guesses"
ALIAS = pseudonym(SALT, "demo", "acme")


@pytest.fixture
def hidden(estate):
    (estate / "estate.yaml").write_text(f"estate: demo\nnaming: {{pseudonyms: {SALT}}}\n")
    (estate / "profiles" / "bare").mkdir(parents=True)
    (estate / "profiles" / "bare" / "profile.yaml").write_text(
        "profile: bare\nversion: 1.0.0\ntitle: Bare\nidentity: {groups: {team: {}}, domain: dedicated}\n"
    )
    (estate / "tenants").mkdir()
    (estate / "tenants" / "acme.yaml").write_text("tenant: acme\nprofile: bare\n")
    return estate


@pytest.mark.parametrize("name", ["acme", ALIAS])
def test_a_tenant_is_known_by_its_key_and_by_its_pseudonym(run, hidden, name):
    code, out, err = run("whois", name, "--estate", hidden, "--format", "json")
    found = json.loads(out)
    Draft202012Validator(result("whois")).validate(found)
    assert (code, err) == (0, "")
    assert {each["tenant"] for each in found} == {"acme"}
    assert [(each["what"], each["name"]) for each in found] == [
        ("domain", ALIAS),
        ("project", ALIAS),
        ("group", f"{ALIAS}-team"),
    ]


def test_one_name_is_told_in_one_line(run, hidden):
    assert run("whois", f"{ALIAS}-team", "--estate", hidden)[:2] == (0, f"{ALIAS}-team  group  acme (bare)\n")


def test_a_name_of_nobody_is_exit_1(run, hidden):
    assert run("whois", "else", "--estate", hidden) == (1, "", "Nobody here is called else.\n")
