"""`provision catalogue` as the operator runs it for a tenant of the estate, on the sandbox."""

from __future__ import annotations

import json

import pytest
from promised import SECURED, TOWN

from provision import cli, declare
from provision.cli import language
from provision.cloud.anybody import anybody
from provision.proof.containers import _remove

pytestmark = pytest.mark.sandbox


@pytest.fixture
def run(proven_estate, capsys):
    def run(*words):
        code = cli.main([*words, "--estate", str(proven_estate), "--format", "json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    yield run
    language.speak("en")


def key(folder, which):
    return f"{declare.load(folder).name}-{which}"


def test_the_operator_publishes_the_catalogue_of_a_tenant_once(run, proven_estate, stands):
    town = key(proven_estate, TOWN)
    code, said = run("catalogue", town)
    assert (code, said["written"]) == (0, None)
    assert anybody("GET", said["address"]).status == 404
    try:
        assert [run("catalogue", town, "--publish")[1]["written"] for _ in range(2)] == [True, False]
        assert json.loads(anybody("GET", said["address"]).body) == said["catalogue"]
    finally:
        account = stands[TOWN].guest.account(stands[TOWN].project)
        _remove(account, "donnees-publiques", "catalogue.jsonld")


def test_where_nothing_is_public_there_is_no_catalogue(run, proven_estate):
    code, said = run("catalogue", key(proven_estate, SECURED), "--publish")
    assert code == 3
    assert "nothing is published lawfully here" in said
