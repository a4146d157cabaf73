"""One document, or one effective tree, against its schema: every error becomes a mistake at its line."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from provision.declare.layers import is_list_change
from provision.declare.node import Node, drop, is_template
from provision.declare.policy import Schema
from provision.declare.schema import tree_schema
from provision.declare.words import sentence, unknown_key
from provision.errors import Mistake
from provision.model import quantity
from provision.model.quantity import QuantityError
from provision.model.tenant import Path
from provision.text import Text, say

_Errors = Iterator[ValidationError]


def shape(root: Node, schema: Schema, *, whole: bool = False) -> tuple[Node, list[Mistake]]:
    """Check a tree; return it without what is wrong in it, and the mistakes.

    Unless `whole`, the tree is one layer of several: it may hold changes to lists, and what it lacks may stand
    in another layer. Templates pass: they are checked once they are filled in.
    """
    wrong: dict[Path, Mistake] = {}
    useless: set[Path] = set()
    for error in _validator(whole)(schema).iter_errors(root.value):
        best = _best(error)
        if not _excused(best, whole=whole):
            for path, mistake in _located(root, best):
                wrong.setdefault(path, mistake)
                if best.validator != "required":
                    useless.add(_item(root, path))
    for path in sorted(useless - {()}, key=_last_items_first, reverse=True):
        root = drop(root, path)
    return root, list(wrong.values())


def _item(root: Node, path: Path) -> Path:
    """Cut a path at the list item it leads into: an item with a mistake in it is of no use."""
    for depth in range(len(path)):
        node = root.at(path[:depth])
        if node is not None and node.is_list:
            return path[: depth + 1]
    return path


def _last_items_first(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdigit() else -1, part) for part in path)


@cache
def _validator(whole: bool) -> Any:  # noqa: ANN401, FBT001 (a class that jsonschema makes at run time)
    ours = {"quota": _quota, "quantity": _quantity, "cidr": _cidr, "template": _template}
    layered = {} if whole else {"type": _type, "items": _items}
    return validators.extend(Draft202012Validator, {**ours, **layered})  # type: ignore[no-untyped-call]


def _quota(_validator: Any, unit: Any, value: Any, _schema: Schema) -> _Errors:  # noqa: ANN401
    try:
        quantity.quota(value, unit)
    except QuantityError as error:
        yield ValidationError("quota", cause=error)


def _quantity(_validator: Any, unit: Any, value: Any, _schema: Schema) -> _Errors:  # noqa: ANN401
    try:
        quantity.parse(value, unit)
    except QuantityError as error:
        yield ValidationError("quantity", cause=error)


def _cidr(_validator: Any, family: int, value: Any, _schema: Schema) -> _Errors:  # noqa: ANN401
    if isinstance(value, str) and (problem := prefix_problem(value, family)):
        yield ValidationError("cidr", cause=ValueError(problem))


def _template(_validator: Any, _never: bool, value: Any, _schema: Schema) -> _Errors:  # noqa: ANN401, FBT001
    for path in _templates(value, ()):
        yield ValidationError("template", path=path)


def _templates(value: object, path: Path) -> Iterator[Path]:
    if is_template(value):
        yield path
    elif isinstance(value, dict | list):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _templates(entry, (*path, str(key)))


def prefix_problem(value: str, family: int) -> Text | None:
    """Return what to do about a prefix of the wrong family (4, 6, 0 for either), with host bits or unreadable; or None."""
    try:
        found = ipaddress.ip_interface(value) if "/" in value else None
    except ValueError:
        found = None
    if found is None:
        example = "2001:db8:20::/64" if family == 6 else "10.20.0.0/24"  # noqa: PLR2004
        return say(
            "write a prefix with its length ({example})",
            "écrire un préfixe avec sa longueur ({example})",
            example=example,
        )
    if family and found.version != family:
        return say(
            "this is IPv{given}; write an IPv{wanted} prefix",
            "c'est de l'IPv{given} ; écrire un préfixe IPv{wanted}",
            given=found.version,
            wanted=family,
        )
    if found.ip != found.network.network_address:
        return say(
            "it has host bits; write {network}",
            "il a des bits d'hôte ; écrire {network}",
            network=found.network,
        )
    return None


_PLAIN: Final = Draft202012Validator.VALIDATORS


def _type(validator: Any, types: Any, value: Any, schema: Schema) -> _Errors:  # noqa: ANN401
    if "array" in ([types] if isinstance(types, str) else types) and is_list_change(value):
        return
    yield from _PLAIN["type"](validator, types, value, schema)


def _items(validator: Any, items: Any, value: Any, schema: Schema) -> _Errors:  # noqa: ANN401
    if not is_list_change(value):
        yield from _PLAIN["items"](validator, items, value, schema)
        return
    for word, entries in value.items():
        for index, entry in enumerate(entries):
            yield from validator.descend(entry, items, path=f"{word}/{index}")


def _best(error: ValidationError) -> ValidationError:
    """Return the one error that helps: of several alternatives, the one that the author came closest to."""
    while error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.relative_schema_path[0], []).append(inner)
        fitting = [
            errors
            for errors in branches.values()
            if not any(
                each.validator in ("type", "enum", "const") and not each.relative_path for each in errors
            )
        ]
        if len(fitting) != 1:
            return error
        error = max(fitting[0], key=lambda each: (len(each.relative_path), -len(each.context or ())))
    return error


def _excused(error: ValidationError, *, whole: bool) -> bool:
    if error.validator == "template":
        return False
    if is_template(error.instance):
        return True
    if whole or error.validator != "required":
        return False
    path = [str(part) for part in error.absolute_path]
    return bool(path) and not any(part.isdigit() or "/" in part for part in path)


def _located(root: Node, error: ValidationError) -> Iterator[tuple[Path, Mistake]]:
    path = tuple(piece for part in error.absolute_path for piece in str(part).split("/"))
    if error.validator == "additionalProperties":
        yield from _unknown_keys(root, path, error)
        return
    if "propertyNames" in error.absolute_schema_path:
        path_of_key = (*path, str(error.instance))
        yield path_of_key, _mistake(root, path_of_key, sentence(dotted(path), error))
        return
    yield path, _mistake(root, path, sentence(dotted(path), error))


def _unknown_keys(root: Node, path: Path, error: ValidationError) -> Iterator[tuple[Path, Mistake]]:
    known = sorted(error.schema.get("properties", {})) if isinstance(error.schema, Mapping) else []
    given: Any = error.instance
    for key in given:
        if key not in known:
            words = unknown_key(dotted(path), key, known, _homes().get(key, ()))
            yield (*path, key), _mistake(root, (*path, key), words)


@cache
def _homes() -> Mapping[str, Sequence[str]]:
    """Return, for each key of the tree, the sections that know it."""
    found: dict[str, list[str]] = {}
    waiting: list[tuple[str, Any]] = [("", tree_schema())]
    while waiting:
        place, schema = waiting.pop()
        for key, inner in schema.get("properties", {}).items():
            if place:
                found.setdefault(key, []).append(place)
            waiting.append((f"{place}.{key}" if place else key, inner))
    return {key: tuple(sorted(places)) for key, places in found.items()}


def _mistake(root: Node, path: Path, words: tuple[Text, Text]) -> Mistake:
    origin = (root.at(path) or root).origin
    return Mistake(origin.file, origin.line, *words)


def dotted(path: Sequence[str]) -> str:
    """Return a path as people write it."""
    return ".".join(path)
