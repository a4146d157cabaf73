"""Pieces of JSON Schema that the documents of several kinds are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provision.text import Text, say

Schema = Mapping[str, Any]
DAY: Final = {
    "type": "string",
    "pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
    "says": {"en": "a date (2026-11-01)", "fr": "une date (2026-11-01)"},
}
NAME: Final = "^[a-z][a-z0-9-]{0,62}$"


def worded(text: Text, schema: Schema) -> dict[str, Any]:
    """Return a schema with what it is about, in both languages."""
    return {**schema, "description": text.en, "description_fr": text.fr}


def closed(properties: Schema) -> dict[str, Any]:
    """Return the schema of an object that has these keys and no other."""
    return {"type": "object", "additionalProperties": False, "properties": properties}


def section(text: Text, properties: Schema) -> dict[str, Any]:
    """Return the schema of a section whose keys are known."""
    return worded(text, closed(properties))


def within(path: str, schema: Schema) -> dict[str, Any]:
    """Return the fragment of the tenant's schema that has `schema` at a dotted path."""
    for name in reversed(path.split(".")):
        schema = closed({name: schema})
    return {"properties": schema["properties"]}


def named(text: Text, item: Schema, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the schema of a section of named items, each of which can be retired; `item` holds an item's own keys."""
    one = {**closed({**item, **RETIRABLE}), **({"required": list(required)} if required else {})}
    return worded(text, {"type": "object", "propertyNames": {"pattern": NAME}, "additionalProperties": one})


RETIRABLE: Final[Schema] = {
    "state": worded(
        say(
            "retired: to be removed; absence never removes",
            "retired : à supprimer ; une absence ne supprime jamais",
        ),
        {"enum": ["active", "retired"]},
    ),
    "retirement": worded(
        say("Why and since when, once retired", "Pourquoi et depuis quand, une fois retiré"),
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["reason", "date"],
            "properties": {"reason": {"type": "string", "minLength": 1}, "date": DAY},
        },
    ),
}
WORDS: Final[Schema] = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"fr": {"type": "string"}, "en": {"type": "string"}},
            "additionalProperties": False,
        },
    ]
}
