"""What our own ledger decides: that it was altered, that something is missing from it, that it holds what we wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from provision.audit.source import Thing
from provision.audit.sources.evidence import Shown
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

_ADDRESS: Final = "ledger"


def anchored(eyes: Eyes, _tenant: Tenant) -> Thing | None:
    """Decide against a ledger that somebody altered, and by the last stamp of a third party that holds; without one, not."""
    wrong, dated = _wrong(eyes.book.altered), eyes.book.dated
    if wrong is not None or dated is None:
        return wrong
    grounds = say(
        "{n} of {all} entries are dated by {by}, on {day}",
        "{n} entrées sur {all} sont datées par {by}, le {day}",
        n=dated.entries,
        all=eyes.book.entries,
        by=dated.by,
        day=dated.day,
    )
    return Thing(_ADDRESS, Shown((datetime.now(UTC).date() - dated.day).days), grounds=grounds)


def incomplete(eyes: Eyes, _tenant: Tenant) -> Thing | None:
    """Decide against a ledger from which something is missing; that others' counts agree is for them to show."""
    return _wrong(eyes.book.missing)


def journalled(eyes: Eyes, _tenant: Tenant) -> Thing | None:
    """Decide whether our writes are in the ledger, where there is one here."""
    wrong = _wrong((*eyes.book.altered, *eyes.book.missing))
    if wrong is not None or not eyes.book.entries:
        return wrong
    grounds = say(
        "the ledger has {n} entries, and verifies",
        "le registre a {n} entrées, et se vérifie",
        n=eyes.book.entries,
    )
    return Thing(_ADDRESS, Shown(), grounds=grounds)


def _wrong(problems: Sequence[Text]) -> Thing | None:
    if not problems:
        return None
    more = say("{first} (and {n} more)", "{first} (et {n} autres)", first=problems[0], n=len(problems) - 1)
    return Thing(_ADDRESS, Shown(fault=more if len(problems) > 1 else problems[0]))
