"""How an apply goes through many tenants: in waves, canaries first, up to so many failures, taken back or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from provision.errors import UsageError
from provision.text import say

ItemT = TypeVar("ItemT")
WAVE: Final = 500
_WRITTEN: Final = re.compile(r"(?P<number>\d{1,9})(?P<percent>\s*%)?")
_ALL: Final = 100


@dataclass(frozen=True, slots=True)
class Budget:
    """How many tenants may fail before nothing new is begun: a number, or a share of all (percent)."""

    number: int
    percent: bool = False

    @classmethod
    def parse(cls, text: str) -> Budget:
        """Read ``5`` or ``5%``. Raises `UsageError`."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None or (found["percent"] and int(found["number"]) > _ALL):
            raise UsageError(
                say(
                    "{text!r} is no number of tenants",
                    "{text!r} n'est pas un nombre de locataires",
                    text=text,
                ),
                where="--max-failures",
                do=say("write 5, or 5% of the tenants", "écrire 5, ou 5% des locataires"),
            )
        return cls(int(found["number"]), found["percent"] is not None)

    def exceeded(self, failed: int, tenants: int) -> bool:
        """Tell whether so many failed tenants of so many are too many."""
        return failed * _ALL > self.number * tenants if self.percent else failed > self.number

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.number}%" if self.percent else str(self.number)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How to go through the tenants.

    `canary`: so many go first, and unless all of them come whole, nobody else does. `wave`: so many at a time after
    that. `budget`: None lets any number fail. `rollback`: of a tenant that does not come whole, what was created is
    removed again.
    """

    canary: int = 0
    wave: int = WAVE
    budget: Budget | None = None
    rollback: bool = False

    def waves(self, tenants: Sequence[ItemT]) -> Iterator[Sequence[ItemT]]:
        """Yield the tenants wave by wave, the canaries first."""
        if self.canary:
            yield tenants[: self.canary]
        for start in range(self.canary, len(tenants), self.wave):
            yield tenants[start : start + self.wave]
