"""Quantities with units, and the four words of a quota."""

from __future__ import annotations

import re
from typing import Final, Literal

from provision.text import Text, say

QuotaWord = Literal["unmanaged", "default"]
UNLIMITED: Final = -1
QUOTA_WORDS: Final = ("unmanaged", "default", "unlimited")
_FACTORS: Final = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50}
_RATES: Final = {"kbit/s": 1, "Mbit/s": 1000, "Gbit/s": 1000**2}
_RATE: Final = re.compile(r"^(?P<prefix>[kmg])(?:bit|b|bps)?(?:/s|ps)?$", re.IGNORECASE)
_QUANTITY: Final = re.compile(r"^\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[A-Za-zµ]*(?:/s)?)\s*$")

Unit = Literal["", "B", "MiB", "GiB", "kbit/s"]


class QuantityError(ValueError):
    """A quantity that cannot be read; `what` and `do` are for a person."""

    def __init__(self, what: Text, do: Text) -> None:
        """Keep both sentences."""
        super().__init__(str(what))
        self.what = what
        self.do = do


def parse(value: object, unit: Unit) -> int:
    """Return a quantity as a whole number of `unit` ('' for plain counts).

    Takes ``12`` (only when `unit` is ''), ``"96 GiB"``, ``"2 TiB"``, ``"100 Mbit/s"``. Raises `QuantityError` on a missing, unknown or
    decimal (GB) unit, on a negative number, and on a value that is not a whole number of `unit`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _unreadable(value, unit)
    found = _QUANTITY.match(str(value))
    if found is None:
        raise _unreadable(value, unit)
    number, given = float(found["number"]), found["unit"]
    if unit == "":
        if given or not number.is_integer():
            raise _unreadable(value, unit)
        return int(number)
    return _scaled(value, number, given, unit)


def _scaled(value: object, number: float, given: str, unit: Unit) -> int:
    factors = _factors(unit)
    if given not in factors:
        raise _wrong_unit(value, given, unit)
    size = number * factors[given] / factors[unit]
    if not size.is_integer():
        raise QuantityError(
            say(
                "{value} is not a whole number of {unit}",
                "{value} n'est pas un nombre entier de {unit}",
                value=value,
                unit=unit,
            ),
            say("round it to {unit}", "l'arrondir en {unit}", unit=unit),
        )
    return int(size)


def _factors(unit: Unit) -> dict[str, int]:
    """Return the units that can be made into one: of sizes (powers of 1024), or of rates (powers of 1000)."""
    return _RATES if unit in _RATES else _FACTORS


def _unreadable(value: object, unit: Unit) -> QuantityError:
    return QuantityError(
        say("{value!r} is not a quantity", "{value!r} n'est pas une quantité", value=value),
        say(
            "write a number of {unit}, for example 20 {unit}",
            "écrire un nombre de {unit}, par exemple 20 {unit}",
            unit=unit,
        )
        if unit
        else say("write a whole number, for example 20", "écrire un nombre entier, par exemple 20"),
    )


def _wrong_unit(value: object, given: str, unit: Unit) -> QuantityError:
    if not given:
        return QuantityError(
            say("{value!r} has no unit", "{value!r} n'a pas d'unité", value=value),
            say("write {value} {unit}", "écrire {value} {unit}", value=value, unit=unit),
        )
    number = str(value).strip().removesuffix(given).strip()
    return QuantityError(
        say(
            "{given!r} is not a unit OpenStack counts in",
            "{given!r} n'est pas une unité dans laquelle OpenStack compte",
            given=given,
        ),
        say("write {number} {meant}", "écrire {number} {meant}", number=number, meant=_meant(given, unit)),
    )


def _meant(given: str, unit: Unit) -> str:
    """Return the unit that somebody seems to have meant; MB/s counts bytes, and is taken for no rate of bits."""
    if unit in _RATES:
        rate = _RATE.match(given)
        found = rate and not given.endswith(("B/s", "Bps", "B")) and rate["prefix"].lower()
        return {"k": "kbit/s", "m": "Mbit/s", "g": "Gbit/s"}.get(found or "", unit)
    return {
        "KB": "KiB",
        "MB": "MiB",
        "GB": "GiB",
        "TB": "TiB",
        "PB": "PiB",
        "K": "KiB",
        "M": "MiB",
        "G": "GiB",
        "T": "TiB",
        "KO": "KiB",
        "MO": "MiB",
        "GO": "GiB",
        "TO": "TiB",
    }.get(given.upper(), unit)


def quota(value: object, unit: Unit) -> int | QuotaWord:
    """Return a quota: ``unmanaged``, ``default``, -1 for ``unlimited``, else a number of `unit`. Raises `QuantityError`."""
    if value in ("unmanaged", "default"):
        return value
    if value == "unlimited":
        return UNLIMITED
    return parse(value, unit)


def spelt(value: int, unit: Unit) -> str:
    """Return a number of `unit` as a document spells it: 40960 MiB is ``40 GiB``, 1000 kbit/s ``1 Mbit/s``, -1 ``unlimited``."""
    if value == UNLIMITED:
        return "unlimited"
    if unit == "":
        return str(value)
    factors = _factors(unit)
    size = value * factors[unit]
    fitting = [name for name, factor in factors.items() if size >= factor and size % factor == 0]
    name = fitting[-1] if fitting else unit
    return f"{size // factors[name]} {name}"
