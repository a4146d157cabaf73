"""Colour, or none: the same words either way, so that nothing is said by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_CODES: Final = {"good": "32", "bad": "31", "change": "33", "strong": "1", "quiet": "2", "name": "36"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Paints words by what they mean; without `colour` it returns them as they are."""

    colour: bool = False

    def __call__(self, meaning: str, words: str) -> str:
        """Return words painted as ``good``, ``bad``, ``change``, ``strong``, ``quiet`` or ``name``."""
        return f"\x1b[{_CODES[meaning]}m{words}\x1b[0m" if self.colour and words else words


PLAIN: Final = Paint()
