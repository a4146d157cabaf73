"""Numbers, durations and counts as each language writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.text import Text, same, say

if TYPE_CHECKING:
    from collections.abc import Sequence

_MINUTE: Final = 60
_HOUR: Final = 3600
_PRECISE_BELOW: Final = 10
_NARROW_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"


def number(value: int) -> Text:
    """Return a whole number with its thousands apart: ``10,000`` and ``10 000``."""
    grouped = f"{value:,}"
    return Text(grouped, grouped.replace(",", _NARROW_SPACE))


def counted(value: int, one: Text, many: Text) -> Text:
    """Return a count with its noun, which both take as ``{n}``; French counts zero in the singular."""
    english, french = (one if value == 1 else many), (one if value in (0, 1) else many)
    return say(english.en, french.fr, n=number(value))


def duration(seconds: float) -> Text:
    """Return a length of time as people say it: ``1.8 s``, ``42 s``, ``2 min 05 s``, ``1 h 02 min``."""
    if seconds < _PRECISE_BELOW:
        tenths = f"{seconds:.1f} s"
        return Text(tenths, tenths.replace(".", ","))
    whole = round(seconds)
    if whole < _MINUTE:
        return same(f"{whole} s")
    if whole < _HOUR:
        return same(f"{whole // _MINUTE} min {whole % _MINUTE:02} s")
    return same(f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min")


def requests(value: int) -> Text:
    """Return a count of requests."""
    return counted(value, say("{n} request", "{n} requête"), say("{n} requests", "{n} requêtes"))


def tenants(value: int) -> Text:
    """Return a count of tenants."""
    return counted(value, say("{n} tenant", "{n} locataire"), say("{n} tenants", "{n} locataires"))


def listed(parts: Sequence[Text]) -> Text:
    """Return parts with commas between them."""
    return Text(
        ", ".join(each.render("en") for each in parts), ", ".join(each.render("fr") for each in parts)
    )
