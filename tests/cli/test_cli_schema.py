from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from provision.cli.schema import DOCUMENTS
from provision.report.schemas import RESULTS


def test_without_a_name_they_are_listed(run):
    assert run("schema")[1].startswith(
        "Documents: estate, tenant, profile, request, evidence\nResults: plan, apply"
    )
    assert json.loads(run("schema", "--format", "json")[1])["documents"] == list(DOCUMENTS)


@pytest.mark.parametrize("name", [*DOCUMENTS, *RESULTS])
def test_each_is_printed_as_json_whatever_the_format(run, name):
    code, out, err = run("schema", name)
    assert (code, err) == (0, "")
    schema = json.loads(out)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == name
    assert json.loads(run("schema", name, "--format", "json")[1]) == schema


def test_a_name_nobody_knows_gets_the_nearest_one(run):
    assert run("schema", "tenat") == (4, "", "schema: there is no schema 'tenat'\n  → did you mean tenant?\n")
    assert "known: estate" in run("schema", "zzz")[2]
