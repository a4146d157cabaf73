"""What our own ledger is worth, for who judges by it."""

from __future__ import annotations

from dataclasses import dataclass

from provision.text import Text


@dataclass(frozen=True, slots=True)
class Book:
    """What an examination of the ledger found: its entries (0: there is no ledger here), what was altered, what is missing."""

    entries: int = 0
    altered: tuple[Text, ...] = ()
    missing: tuple[Text, ...] = ()
