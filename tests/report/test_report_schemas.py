from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from samples import COST, a_plan, full_plan, mixed_outcomes

from provision.errors import Mistake
from provision.model.applied import Applied
from provision.report import apply, check, plan, services
from provision.report.encode import as_json
from provision.report.schemas import RESULTS, result
from provision.sandbox.report import Service
from provision.text import say


def valid(name, data):
    Draft202012Validator(result(name)).validate(json.loads(as_json(data)))


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_each_is_a_schema(name):
    Draft202012Validator.check_schema(result(name))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_plans_and_applies_are_as_their_schemas_say(language):
    valid("plan", plan.data(full_plan(), COST, language))
    valid("plan", plan.data(a_plan(), COST, language))
    ends = tuple(mixed_outcomes())
    ended = Applied(
        full_plan(), ends, {}, 0.0, {}, undone=ends, halted=say("why", "pourquoi"), unbegun=("beta",)
    )
    valid("apply", apply.data(ended, COST, language))


def test_the_other_results_are_as_their_schemas_say():
    valid("sandbox-status", services.data([Service("nova", "http://127.0.0.1:1", None, 0.0, "down")]))
    valid("check", check.data([Mistake("estate.yaml", 1, "no", "yes")], "en"))


def test_a_schema_refuses_what_is_not_announced():
    with pytest.raises(ValidationError):
        valid("plan", {**plan.data(a_plan(), COST, "en"), "surprise": 1})


def test_json_keeps_accents_and_ends_its_line():
    assert as_json({"où": "là"}) == '{\n  "où": "là"\n}\n'


def test_paths_are_written_as_text():
    with pytest.raises(TypeError):
        as_json({"folder": Path()})
