"""Compare two specs of one kind, field by field, as the marks beside the fields say. Written once for all kinds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from provision.kind import marks
from provision.model.plan import FieldChange

if TYPE_CHECKING:
    from provision.kind import Kind
    from provision.model.resource import Desired, Live

HIDDEN: Final = "(secret)"


def differences(kind: Kind[Any], want: Desired[Any], have: Live[Any] | None) -> tuple[FieldChange, ...]:
    """Return the fields in which what is there is not what is wanted.

    A wanted None is unmanaged and never differs; nor does what the service does not show.

    With nothing there, every managed field is a difference from None.
    """
    marked = marks(kind.spec)
    return tuple(
        _change(each.name, want, have, marked[each.name])
        for each in dataclasses.fields(kind.spec)
        if _differs(getattr(want.spec, each.name), have and getattr(have.spec, each.name), marked[each.name])
    )


def _differs(wanted: object, found: object, words: frozenset[str]) -> bool:
    if wanted is None or words & {"unseen", "manner"}:
        return False
    if "by_key" in words:
        found = _named(wanted, found)
    return bool(_shape(wanted, words) != _shape(found, words))


def _named(wanted: Any, found: Any) -> Any:  # noqa: ANN401 (mappings, or nothing)
    """Return of a mapping that is there what a wanted one names."""
    return {key: value for key, value in (found or {}).items() if key in wanted}


def _shape(value: object, words: frozenset[str]) -> object:
    """Return a value as it is compared: sets lose their order, sequences become tuples."""
    if value is None or isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        return value
    if words & {"unordered", "exact_set"}:
        return frozenset(value)
    return tuple(value)


def _change(name: str, want: Desired[Any], have: Live[Any] | None, words: frozenset[str]) -> FieldChange:
    before = getattr(have.spec, name) if have else None
    after = getattr(want.spec, name)
    if "by_key" in words:
        before = have and _named(after, before)
    if "secret" in words:
        before, after = before and HIDDEN, HIDDEN
    return FieldChange(name, before, after, want.where(name))


def immutable(kind: Kind[Any], changes: Iterable[FieldChange]) -> tuple[str, ...]:
    """Return the names of the changed fields that the service cannot change."""
    marked = marks(kind.spec)
    return tuple(change.field for change in changes if "immutable" in marked[change.field])
