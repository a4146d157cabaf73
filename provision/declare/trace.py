"""How a value came about, and whether anything in the cloud follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from provision.declare.layers import Said, told
from provision.declare.node import Origins
from provision.declare.schema import shut
from provision.kind import kinds
from provision.model.estate import Profile
from provision.model.tenant import Tenant


def explain(subject: Tenant | Profile, path: str) -> tuple[Said, ...]:
    """Return what each layer says about a dotted path, the one in force first; empty for a path without value.

    Of a value that a size made, the place is the line that says the size; what it multiplied follows.
    """
    origins = subject.values.origins
    if not isinstance(origins, Origins):
        return ()
    root = origins.root
    node, size = root.at(path.split(".")), root.at(("size",))
    said = told(node) if node else ()
    return tuple(
        replace(each, origin=size.origin) if size and each.layer.kind == "size" else each for each in said
    )


def enforced(path: str) -> tuple[str, ...]:
    """Return the kinds of resource that carry a path of the tree into the cloud; none means: recorded, not enforced."""
    parts = tuple(path.split("."))
    return tuple(
        name
        for name, document in _documents().items()
        if path in kinds()[name].carries or _knows(document, parts)
    )


@cache
def _documents() -> Mapping[str, Any]:
    return {name: shut(kind.document) for name, kind in kinds().items()}


def _knows(schema: Any, parts: tuple[str, ...]) -> bool:  # noqa: ANN401 (a schema)
    if not parts or not isinstance(schema, Mapping):
        return isinstance(schema, Mapping)
    inner = schema.get("properties", {}).get(
        parts[0], schema.get("additionalProperties", schema.get("items"))
    )
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return _knows(inner, parts[1:]) or any(_knows(branch, parts) for branch in branches)
