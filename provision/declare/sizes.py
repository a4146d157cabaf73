"""A size: one letter by which a tenant gets a multiple of its profile's quotas.

The profile's lines are what a tenant without a size gets. What a tenant writes itself is not multiplied, nor is what a floor
pins, nor how large one thing may be. What is not whole is rounded up to the unit that OpenStack counts in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from provision.declare.floors import matches, pins
from provision.declare.node import Layer, Node, put, scalar
from provision.declare.policy import Schema
from provision.declare.schema import tree_schema
from provision.errors import Mistake
from provision.model import quantity
from provision.model.estate import Floor
from provision.model.quantity import QUOTA_WORDS, Unit
from provision.model.tenant import Path
from provision.text import say

SIZE: Final = "size"
FACTORS: Final = "sizes"


def sized(base: Node, size: Node, floors: Sequence[Floor], mistakes: list[Mistake]) -> Node:
    """Return a profile's tree with its quotas multiplied as a size says; mistakes are added to `mistakes`."""
    factor = base.at((FACTORS, str(size.value)))
    if factor is None:
        mistakes.append(_without_factor(size))
        return base
    layer = Layer("size", f"{size.value} × {factor.value}")
    times = Fraction(str(factor.value))
    for path, unit in multiplied(base):
        node = _at(base, path)
        if node.template:
            mistakes.append(_unknowable(node, path))
        elif not _pinned(path, node.value, floors):
            grown = scalar(_times(node.value, unit, times), node.origin, layer, node)
            base = put(base, path, grown)
    return base


def multiplied(root: Node) -> Iterator[tuple[Path, Unit]]:
    """Yield the path and unit of each quota in a tree that a size multiplies; words (``unlimited``) are no quantity."""
    for path, schema in _quotas(root, tree_schema(), ()):
        if schema.get("sized") and _at(root, path).value not in QUOTA_WORDS:
            yield path, schema["quota"]


def _quotas(node: Node, schema: Schema, path: Path) -> Iterator[tuple[Path, Schema]]:
    if "quota" in schema:
        yield path, schema
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    for key, child in node.children.items():
        below = known.get(key, others)
        if isinstance(below, dict):
            yield from _quotas(child, below, (*path, key))


def _at(root: Node, path: Path) -> Node:
    found = root.at(path)
    if found is None:
        raise AssertionError(path)
    return found


def _pinned(path: Path, value: object, floors: Sequence[Floor]) -> bool:
    return any(matches(floor.path, ".".join(path)) and pins(floor, value) for floor in floors)


def _times(value: Any, unit: Unit, times: Fraction) -> int | str:  # noqa: ANN401 (a number, or a text with its unit)
    number = math.ceil(quantity.parse(value, unit) * times)
    return quantity.spelt(number, unit) if unit else number


def _without_factor(size: Node) -> Mistake:
    return Mistake(
        size.origin.file,
        size.origin.line,
        say(
            "size {size}: neither the estate nor the profile says what it multiplies by",
            "taille {size} : ni le parc ni le profil ne dit par quoi elle multiplie",
            size=size.value,
        ),
        say(
            "write defaults: {line} in estate.yaml, or {line} in the profile",
            "écrire defaults: {line} dans estate.yaml, ou {line} dans le profil",
            line=f"{{sizes: {{{size.value}: 2}}}}",
        ),
    )


def _unknowable(node: Node, path: Path) -> Mistake:
    return Mistake(
        node.origin.file,
        node.origin.line,
        say("{path}: a size cannot multiply a template", "{path} : une taille ne multiplie pas un modèle", path=".".join(path)),
        say("write the number itself, or no size", "écrire le nombre lui-même, ou pas de taille"),
    )  # fmt: skip
