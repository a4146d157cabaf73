from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from provision.declare import (
    estate_schema,
    evidence_schema,
    profile_schema,
    published,
    request_schema,
    tenant_schema,
)
from provision.declare.schema import at, merged, shut, tree_schema
from provision.kind import kinds

SCHEMAS = [tenant_schema, profile_schema, estate_schema, request_schema, evidence_schema]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_schemas_are_valid_json_schemas_that_other_tools_can_read(schema):
    whole = json.loads(json.dumps(published(schema())))
    Draft202012Validator.check_schema(whole)
    assert whole["additionalProperties"] is False


def test_a_published_schema_takes_changes_to_lists():
    validator = Draft202012Validator(published(tenant_schema()))
    document = {"tenant": "acme", "profile": "startup", "location": {"allowed": {"add": ["fr-par"]}}}
    assert validator.is_valid(document)
    assert not validator.is_valid({**document, "location": {"allowed": {"put": ["fr-par"]}}})


def sections(schema, path=()):
    yield path, schema
    for key, inner in schema.get("properties", {}).items():
        yield from sections(inner, (*path, key))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from sections(schema["additionalProperties"], (*path, "*"))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_section_takes_keys_that_nobody_knows(schema):
    for path, section in sections(schema()):
        if "properties" in section:
            assert section.get("additionalProperties", True) is not True, path


def test_every_kind_can_be_asked_for():
    for kind in kinds().values():
        document = estate_schema() if kind.of_estate else tree_schema()
        for key, fragment in kind.document.get("properties", {}).items():
            for path, _ in sections(fragment, (key,)):
                assert at(document, path) is not None, (kind.name, path)


def test_two_kinds_share_a_section_and_agree():
    left = {"properties": {"a": {"properties": {"b": {"type": "string", "description": "x"}}}}}
    right = {"properties": {"a": {"properties": {"b": {"type": "string"}, "c": {"type": "integer"}}}}}
    joined = merged(left, right)
    assert joined["properties"]["a"]["properties"].keys() == {"b", "c"}
    with pytest.raises(ValueError, match=r"two fragments disagree about \.a\.b"):
        merged(left, {"properties": {"a": {"properties": {"b": {"type": "integer"}}}}})


def test_a_kind_may_describe_what_another_leaves_bare():
    left = {"properties": {"b": {"type": "string"}}}
    assert merged(left, {"properties": {"b": {"type": "string", "description_fr": "x"}}}) == left


def test_tables_are_joined_too():
    left = {"additionalProperties": {"properties": {"x": {}}}}
    right = {"additionalProperties": {"properties": {"y": {}}}}
    assert merged(left, right)["additionalProperties"]["properties"].keys() == {"x", "y"}


def test_sections_are_shut_unless_they_say_otherwise():
    assert shut({"properties": {"a": {"properties": {}}}})["properties"]["a"]["additionalProperties"] is False
    assert shut({"properties": {}, "additionalProperties": True})["additionalProperties"] is True


def test_unknown_paths_have_no_schema():
    assert at(tree_schema(), ("quotas", "compute", "cores")) is not None
    assert at(tree_schema(), ("networks", "*", "port_security")) is not None
    assert at(tree_schema(), ("quotas", "compute", "core")) is None
