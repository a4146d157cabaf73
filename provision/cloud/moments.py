"""Accounts that this process made for a moment: what looks at a tenant's people must not take them for some."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PROOF: Final = "provision-proof"
_NAMES: Final[set[str]] = set()
_LOCK: Final = threading.Lock()


@contextmanager
def named(stem: str = PROOF) -> Iterator[str]:
    """Yield a name nobody has, and know it for a moment's until the end: a name alone, not its looks, is what is known."""
    name = f"{stem}-{secrets.token_hex(8)}"
    with _LOCK:
        _NAMES.add(name)
    try:
        yield name
    finally:
        with _LOCK:
            _NAMES.discard(name)


def is_one(name: str) -> bool:
    """Tell whether an account is one of this process's, by its name."""
    with _LOCK:
        return name in _NAMES
