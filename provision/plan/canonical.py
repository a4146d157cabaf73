"""One spelling for every value of a plan, for fingerprints and for JSON."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provision.model.plan import Change


def plain(value: object) -> Any:  # noqa: ANN401 (a JSON value)
    """Return a value as JSON has it: dataclasses become objects, sets sorted lists, everything else as it is or its text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    if isinstance(value, dict):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _fields(type(value))}
    return plain(dict(value)) if isinstance(value, Mapping) else str(value)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind))


def digest(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def change_digest(change: Change) -> str:
    """Return what a change stands for: its action, what differs, what is there and what is wanted, and whether it may go."""
    have = change.have and {"id": change.have.id, "spec": change.have.spec}
    fields = [(each.field, each.before, each.after) for each in change.fields]
    want = change.want and {
        "spec": change.want.spec,
        "needs": change.want.needs,
        "retired": change.want.retired is not None,
    }
    return digest([change.action, str(change.address), fields, have, want, change.blocked is not None])


def fingerprint(cloud: str, changes: Iterable[Change]) -> str:
    """Return the fingerprint of a plan: equal when, and only when, applying would do the same to the same things."""
    return digest([cloud, *((str(change.address), change_digest(change)) for change in changes)])
