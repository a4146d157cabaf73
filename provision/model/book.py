"""What our own ledger is worth, for who judges by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from provision.text import Text


@dataclass(frozen=True, slots=True)
class Dated:
    """That a third party vouches for the first so many entries, since a day."""

    entries: int
    day: date
    by: str


@dataclass(frozen=True, slots=True)
class Book:
    """What an examination of the ledger found: its entries (0: there is no ledger here), what was altered, what is missing.

    `dated` is the last stamp of a third party that holds, where somebody looked.
    """

    entries: int = 0
    altered: tuple[Text, ...] = ()
    missing: tuple[Text, ...] = ()
    dated: Dated | None = None
