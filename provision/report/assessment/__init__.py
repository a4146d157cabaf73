"""An audit in the formats that other tools read: one file a format, found by being there.

Each has a `NAME` (of the file) and `write(audited, language)`, which returns its text, or None where there is nothing to say.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provision.model.finding import Audited
    from provision.text import Language


def files(audited: Audited, language: Language) -> dict[str, str]:
    """Return every format's file, by name."""
    rooms = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    made = {room.NAME: room.write(audited, language) for room in rooms}
    return {name: text for name, text in made.items() if text is not None}
