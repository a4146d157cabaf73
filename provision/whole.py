"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from provision.text import Text

_OWNER_ONLY: Final = 0o600
_FILE: Final = say("this", "ceci")


def write(path: Path, text: str, *, what: Text = _FILE, mode: int = _OWNER_ONLY) -> None:
    """Write a file in place of whatever was there, for its owner's eyes only unless its `mode` says otherwise.

    `what` it is (``the plan``) is for the error. Raises `UsageError`.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(text.encode())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise UsageError(
            say(
                "{what} cannot be written: {error}",
                "impossible d'écrire {what} : {error}",
                what=what,
                error=error.strerror,
            ),
            where=str(path),
        ) from error
