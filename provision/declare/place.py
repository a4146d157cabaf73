"""A mistake at the place where a value was written."""

from __future__ import annotations

from provision.declare.node import Origins, spoken
from provision.errors import Mistake
from provision.model.origin import Origin
from provision.model.tenant import Values
from provision.text import Text


def mistake(values: Values, path: str, what: Text, do: Text) -> Mistake:
    """Return a mistake at the line of a dotted path; of a value that a size made, at the line that says the size."""
    origin = _line(values, path)
    return Mistake(origin.file, origin.line, what, do)


def _line(values: Values, path: str) -> Origin:
    root = values.origins.root if isinstance(values.origins, Origins) else None
    node = root.at(path.split(".")) if root else None
    return spoken(root, node) if root and node else values.origin(path)
