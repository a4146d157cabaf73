"""The kinds of resource as a reference page, read off the kinds themselves."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, get_type_hints

from provision.kind import Mark

if TYPE_CHECKING:
    from provision.kind import Kind

_MODULES: Final = re.compile(r"\b(?:\w+\.)+(?=\w)")
_HEAD: Final = """# Kinds of resource

Written by `python -m provision.cli.reference --write` from the kinds themselves; change those, not this page.

A **kind** is one file in `provision/resources/`. Its **spec** is the same for what documents ask for and what the cloud has;
a field left out (`None`) is not managed. Marks: *immutable* (a difference means replacing), *chosen by cloud* (shown, not
compared, when left out), *reference* (the name of another resource of the tenant), *unordered*, *exact set* (extras are
removed), *unseen* (written, never compared: the service does not show it), *secret* (never shown).
"""

_MEMBERS: Final = " Members of a tenant's project may make it."


def markdown(kinds: Iterable[Kind[Any]]) -> str:
    """Return the page."""
    listed = list(kinds)
    index = ["| Kind | Service | What it is |", "|---|---|---|"]
    index += [f"| [{each.name}](#{each.name}) | {each.service} | {each.title.en} |" for each in listed]
    return "\n".join([_HEAD, *index, "", *(line for each in listed for line in _kind(each))]).rstrip() + "\n"


def _kind(kind: Kind[Any]) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield f"{kind.title.en} ({kind.title.fr}). Service: `{kind.service}`. {_after(kind)}{_MEMBERS if kind.by_members else ''}\n"
    said = inspect.getdoc(type(kind)) or ""
    if said:
        yield f"{said.splitlines()[0]}\n"
    yield "| Field | Type | Marks |\n|---|---|---|"
    yield from _fields(kind.spec)
    keys = list(document_keys(kind.document))
    if keys:
        written_in = "estate.yaml" if kind.of_estate else "a tenant's document"
        yield f"\n| Key in {written_in} | Takes | Means |\n|---|---|---|"
        yield from (f"| `{path}` | {_cell(taken)} | {_cell(means)} |" for path, taken, means in keys)
    yield ""


def _after(kind: Kind[Any]) -> str:
    names = ", ".join(f"`{name}`" for name in kind.observed_after)
    return f"Observed after: {names}." if names else "Observed first."


def _fields(spec: type) -> Iterator[str]:
    hints = get_type_hints(spec, include_extras=True)
    for each in dataclasses.fields(spec):
        hint = hints[each.name]
        marks = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Mark)]
        bare = hint.__origin__ if marks else hint
        yield f"| `{each.name}` | {_cell(f'`{_type(bare)}`')} | {', '.join(map(_mark, marks))} |"


def _mark(mark: Mark) -> str:
    word = mark.word.replace("_", " ")
    return f"{word}: {mark.of}" if mark.of else word


def _type(hint: object) -> str:
    return (
        hint.__name__
        if inspect.isclass(hint) and not hasattr(hint, "__args__")
        else _MODULES.sub("", str(hint))
    )


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def document_keys(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield each key that a fragment of schema knows: its dotted path, what it takes, what it means.

    A name that people choose is ``<name>`` in the path.
    """
    inner = {**schema.get("properties", {})}
    if isinstance(schema.get("additionalProperties"), Mapping):
        inner["<name>"] = schema["additionalProperties"]
    if not inner and path:
        yield path, takes(schema), str(schema.get("description", ""))
    for key, below in inner.items():
        yield from document_keys(below, f"{path}.{key}" if path else key)


def takes(schema: Mapping[str, Any]) -> str:
    """Return in a few words what a schema takes."""
    for known, words in _WORDS.items():
        if known in schema:
            return words(schema)
    return "anything"


def _either(schema: Mapping[str, Any]) -> str:
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return ", or ".join(dict.fromkeys(takes(each) for each in branches))


def _typed(schema: Mapping[str, Any]) -> str:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "array" in types and isinstance(schema.get("items"), Mapping):
        return f"list of: {takes(schema['items'])}"
    return " or ".join(types)


def _quota(schema: Mapping[str, Any]) -> str:
    unit = f" of {schema['quota']}" if schema["quota"] else ""
    return f"number{unit}, `unlimited`, `default`, `unmanaged`"


_WORDS: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "quota": _quota,
    "quantity": lambda schema: f"number of {schema['quantity']}",
    "cidr": lambda _: "prefix",
    "enum": lambda schema: ", ".join(f"`{each}`" for each in schema["enum"]),
    "const": lambda schema: f"`{schema['const']}`",
    "anyOf": _either,
    "oneOf": _either,
    "properties": lambda schema: "{" + ", ".join(f"`{key}`" for key in schema["properties"]) + "}",
    "type": _typed,
}
