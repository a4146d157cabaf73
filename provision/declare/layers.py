"""One layer over another: floor > tenant > profile > parent profile > estate defaults.

Mappings are merged key by key; everything else replaces what is below. A list replaces too, unless it is written
``{add: […]}``, ``{remove: […]}`` or ``{replace: […]}``. Each node keeps what it hides, so that the way a value
came about can be told afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final

from provision.declare.node import Layer, Node, mapping, sequence
from provision.errors import Mistake
from provision.model.origin import Origin
from provision.text import Text, say

LIST_WORDS: Final = ("replace", "add", "remove")


@dataclass(frozen=True, slots=True)
class Said:
    """What one layer says about a path: `explain` returns these, the one in force first."""

    layer: Layer
    origin: Origin
    value: Any


def is_list_change(value: object) -> bool:
    """Tell ``{add: […]}`` and its like from a mapping that happens to be one."""
    return (
        isinstance(value, dict)
        and bool(value)
        and value.keys() <= set(LIST_WORDS)
        and all(isinstance(items, list) for items in value.values())
    )


def overlay(low: Node | None, high: Node, mistakes: list[Mistake]) -> Node:
    """Return `high` laid over `low`; mistakes in list changes are added to `mistakes`."""
    if is_list_change(high.value):
        return _changed_list(low, high, mistakes)
    if not high.is_mapping:
        return high if low is None else replace(high, below=low)
    if low is not None and not low.is_mapping:
        return replace(overlay(None, high, mistakes), below=low)
    children = dict(low.children) if low else {}
    for key, child in high.children.items():
        children[key] = overlay(children.get(key), child, mistakes)
    return mapping(children, high.origin, high.layer, low)


def _changed_list(low: Node | None, change: Node, mistakes: list[Mistake]) -> Node:
    words = change.children
    if low is not None and not low.is_list and "replace" not in words:
        mistakes.append(_no_list(low, change))
        return low
    source = words.get("replace") or low
    items = list(source.children.values()) if source else []
    if "remove" in words:
        items = _without(items, words["remove"], mistakes)
    if "add" in words:
        held = [item.value for item in items]
        items += [item for item in words["add"].children.values() if item.value not in held]
    return sequence(items, change.origin, change.layer, low)


def _without(items: Sequence[Node], removed: Node, mistakes: list[Mistake]) -> list[Node]:
    held = [item.value for item in items]
    mistakes.extend(_not_there(item, held) for item in removed.children.values() if item.value not in held)
    gone = removed.value
    return [item for item in items if item.value not in gone]


def _no_list(low: Node, change: Node) -> Mistake:
    return Mistake(
        change.origin.file,
        change.origin.line,
        say(
            "there is no list to add to or remove from: {place} says {value}",
            "il n'y a pas de liste à compléter ou à réduire : {place} dit {value}",
            place=low.origin,
            value=low.value,
        ),
        say("write the list itself, or {replace: […]}", "écrire la liste elle-même, ou {replace: […]}"),
    )


def _not_there(item: Node, held: Sequence[Any]) -> Mistake:
    return Mistake(
        item.origin.file,
        item.origin.line,
        say(
            "{value} cannot be removed: it is not in the list",
            "{value} ne peut pas être retiré : il n'est pas dans la liste",
            value=item.value,
        ),
        suggestion(str(item.value), [str(each) for each in held]),
    )


def suggestion(given: str, known: Sequence[str]) -> Text:
    """Return ``did you mean …?`` with the closest known word, and the list of what is known."""
    close = get_close_matches(given, known, n=1, cutoff=0.6)
    shown = ", ".join(sorted(known)) or "–"
    if close:
        return say(
            "did you mean {close}? known: {known}",
            "vouliez-vous dire {close} ? connus : {known}",
            close=close[0],
            known=shown,
        )
    return say("known: {known}", "connus : {known}", known=shown)


def told(node: Node) -> Iterator[Said]:
    """Yield what each layer says about a node, the one in force first."""
    found: Node | None = node
    while found is not None:
        yield Said(found.layer, found.origin, found.value)
        found = found.below
