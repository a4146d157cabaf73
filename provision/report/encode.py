"""Data becomes JSON text."""

from __future__ import annotations

import json


def as_json(data: object) -> str:
    """Return data as indented JSON with a final line end; accents stay readable."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
