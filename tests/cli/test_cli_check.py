from __future__ import annotations

import json

import pytest

from provision import declare
from provision.errors import DocumentErrors, Mistake
from provision.model.address import Address
from provision.model.estate import Estate
from provision.model.tenant import Tenant, Values
from provision.text import say

NOTHING = Values({}, {})
MISTAKES = [
    Mistake("estate.yaml", 2, say("no", "non")),
    Mistake("tenants/acme.yaml", 7, say("bad", "mauvais"), say("mend it", "le réparer")),
]


@pytest.fixture
def loading(monkeypatch):
    """Make `declare.load` return an estate of one tenant, or raise mistakes."""

    def loading(mistakes=(), wanted=lambda _: ()):
        def load(directory):
            if mistakes:
                raise DocumentErrors(mistakes)
            tenant = Tenant("acme", "startup", "1.0.0", NOTHING, NOTHING)
            return Estate(directory, "demo", None, NOTHING, {"acme": tenant}, {})

        monkeypatch.setattr(declare, "load", load)
        monkeypatch.setattr(declare, "desired", wanted)

    return loading


def test_documents_in_order_are_counted(run, loading, estate):
    loading()
    assert run("check", "--estate", estate) == (
        0,
        "✓ demo: 2 documents in order (1 tenant, 0 profiles to choose from).\n",
        "",
    )


def test_the_folder_of_an_estate_can_be_the_path(run, loading, estate):
    loading()
    assert run("check", estate)[0] == 0


def test_every_mistake_is_the_result_and_the_exit_code_four(run, loading, estate):
    loading(MISTAKES)
    code, out, err = run("check", "--estate", estate, "--lang", "fr")
    assert (code, err) == (4, "")
    assert (
        out
        == "estate.yaml:2: non\ntenants/acme.yaml:7: mauvais\n  → le réparer\n\n2 erreurs dans 2 fichiers\n"
    )


def test_json_is_a_list_empty_when_all_is_well(run, loading, estate):
    loading()
    assert json.loads(run("check", "--estate", estate, "--format", "json")[1]) == []
    loading(MISTAKES)
    code, out, _ = run("check", "--estate", estate, "--format", "json")
    assert code == 4
    assert json.loads(out)[1] == {"file": "tenants/acme.yaml", "line": 7, "what": "bad", "do": "mend it"}


def test_paths_narrow_what_is_told(run, loading, estate, monkeypatch):
    (estate / "tenants").mkdir()
    loading(MISTAKES)
    monkeypatch.chdir(estate)
    assert [each["file"] for each in json.loads(run("check", "tenants", "--format", "json")[1])] == [
        "tenants/acme.yaml"
    ]
    (estate / "other.yaml").touch()
    assert run("check", "other.yaml") == (0, "✓ Nothing wrong here.\n", "")


def test_a_path_that_is_not_there_is_a_usage_error(run, estate):
    code, _, err = run("check", estate / "nope.yaml", "--estate", estate)
    assert code == 4
    assert "there is no such file" in err


def test_two_kinds_that_want_one_address_are_a_mistake_too(run, loading, estate):
    address = Address("book", "acme", "one")

    def wanted(_):
        raise DocumentErrors([Mistake("tenants/acme.yaml", 1, f"{address} twice")])

    loading(wanted=wanted)
    code, out, _ = run("check", "--estate", estate)
    assert code == 4
    assert "tenants/acme.yaml:1: book/acme/one twice" in out


def test_check_needs_no_cloud(run, loading, estate, monkeypatch):
    loading()
    monkeypatch.setattr("provision.cloud.connect.connect", None)
    assert run("check", "--estate", estate)[0] == 0
