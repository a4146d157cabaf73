"""A mistake at the place where a value was written."""

from __future__ import annotations

from provision.errors import Mistake
from provision.model.tenant import Values
from provision.text import Text


def mistake(values: Values, path: str, what: Text, do: Text) -> Mistake:
    """Return a mistake at the line of a dotted path."""
    origin = values.origin(path)
    return Mistake(origin.file, origin.line, what, do)
