"""How a value of a plan or a document is written for a person."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

_CONTROL: Final = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_NOTHING: Final = "–"


def clean(words: str) -> str:
    """Return words that came from a cloud with control characters made visible: a name must not steer a terminal."""
    return words.translate(_CONTROL)


def show(value: object) -> str:
    """Return one value on one line; what is absent is a dash."""
    if isinstance(value, str):
        return clean(value) or '""'
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return _NOTHING if value is None else _compound(value)


def _compound(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{clean(str(key))}: {show(each)}" for key, each in value.items()) + "}"
    if dataclasses.is_dataclass(value):
        return _record(value)
    if isinstance(value, Iterable):
        return "[" + ", ".join(show(each) for each in in_order(value)) + "]"
    return clean(str(value))


def in_order(values: Iterable[object]) -> list[object]:
    """Return a set's members sorted as they are shown, and a sequence as it is."""
    listed = list(values)
    return sorted(listed, key=show) if isinstance(values, set | frozenset) else listed


def _record(value: Any) -> str:  # noqa: ANN401 (any dataclass)
    """Return a dataclass in its own words when it has some, else its fields that say something."""
    if any("__str__" in vars(each) for each in type(value).__mro__[:-1]):
        return clean(str(value))
    pairs = ((each.name, getattr(value, each.name)) for each in dataclasses.fields(value))
    return " ".join(f"{name}={show(each)}" for name, each in pairs if each not in (None, "", ()))


def is_collection(value: object) -> bool:
    """Tell whether a value is a list or a set of things, shown best as what comes and what goes."""
    return isinstance(value, list | tuple | set | frozenset)


def comes_and_goes(before: object, after: object) -> tuple[list[str], list[str]]:
    """Return, of two collections, what is only in the second and what is only in the first, as shown."""
    old = [show(each) for each in in_order(before)] if isinstance(before, Iterable) else []
    new = [show(each) for each in in_order(after)] if isinstance(after, Iterable) else []
    return [each for each in new if each not in old], [each for each in old if each not in new]
