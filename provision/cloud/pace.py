"""How fast a service is asked, and how long one call goes on when it is pushed back.

A service that has never pushed back is asked as fast as the workers can. When it does (429, or many 503), all workers share
a rate: it is set from what the service accepted in the last second, at worst halved, and then grows: fast until the next
refusal where the limit is not known yet, else by small even steps, larger after some seconds without a refusal. Once it
has held nobody up for a minute it is dropped.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil, exp
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SLOWEST: Final = 1.0
PERIOD: Final = 1.0
STEP: Final = 0.03
"""By which part of what is accepted the rate grows in a period."""
SEARCH: Final = 0.5
"""By which part of itself it grows while what was last accepted says little: many waited, or nothing was."""
SURE: Final = 5
"""After how many periods without a refusal the steps become larger."""
TOLERATED: Final = 0.025
"""Which part of the answers may be refusals that say nothing of our rate."""
CHANCE: Final = 0.1
"""How unlikely so many refusals must be, were only that part refused at random, to mean that we are too fast."""
MEMORY: Final = 0.5
"""Which part of what earlier periods said counts in the next: few answers alone say little."""
MANY: Final = 0.2
"""From which part of the answers on 503 means that there is too much of us, and not that a worker of theirs is gone."""
CALM: Final = 60.0
CREDIT: Final = 0.1
"""How many seconds of turns that nobody took may still be taken (a thread wakes late)."""

LONGEST: Final = 60.0
SHORTEST: Final = 0.25
FIRST: Final = 0.5
REFUSALS: Final = 2
"""How often a service is asked again that takes no connection: who is away is told soon."""
LOSSES: Final = 5
"""How often what may be done twice is asked again where the answer was lost: with one call in ten lost, one of a million is given up."""
PUSH_BACKS: Final = 8
PATIENCE: Final = 300.0


class Pace:
    """One service's rate, shared by all workers; None is no limit."""

    def __init__(self, hurry: threading.Event) -> None:
        """Begin without a limit; once `hurry` is set nobody waits any more."""
        self._hurry = hurry
        self._lock, self._queue = threading.Lock(), threading.Lock()
        self._rate: float | None = None
        self._next = self._waited_at = 0.0
        self._restart(time.monotonic())
        self._clean, self._searching = 0, False
        self._answers = self._refusals = 0.0

    @property
    def rate(self) -> float | None:
        """Return the requests a second allowed now; None is no limit."""
        return self._rate

    def turn(self) -> None:
        """Wait until it is our turn."""
        if self._rate is not None:
            # One waits for the next turn, the others for that one: what was booked at an old rate would hold up the new.
            with self._queue:
                self._hurry.wait(self._book())

    def _book(self) -> float:
        """Take the next turn, and return in how many seconds it is."""
        with self._lock:
            now = time.monotonic()
            if self._rate is None:
                return 0.0
            turn = max(now - CREDIT, self._next)
            self._next = turn + 1 / self._rate
            if turn > now:
                self._waited_at = now
            return max(turn - now, 0.0)

    def heard(self, *, limited: bool, unavailable: bool) -> None:
        """Learn from one answer: `limited` means slower (429 and its like), `unavailable` (503) only when there are many."""
        with self._lock:
            now = time.monotonic()
            age = now - self._began
            if age >= PERIOD:
                self._adjust(min(age, 2 * PERIOD), now)
                self._restart(now)
            self._heard += 1
            self._limited += limited
            self._unavailable += unavailable

    def _restart(self, now: float) -> None:
        self._began = now
        self._heard = self._limited = self._unavailable = 0

    def _adjust(self, age: float, now: float) -> None:
        heard, overloaded = self._heard, self._unavailable > MANY * self._heard
        refused = self._limited + (self._unavailable if overloaded else 0)
        accepted = (heard - refused) / age
        self._answers = MEMORY * self._answers + heard
        self._refusals = MEMORY * self._refusals + refused
        if refused and _telling(self._refusals, self._answers):
            self._slow_down(accepted, heard / age, 1 - refused / heard, now)
            self._answers = self._refusals = 0.0
        elif self._rate is not None and self._waited_at >= self._began:
            self._clean += 1
            step = max(1, self._clean - SURE) * STEP * accepted
            self._rate += self._rate * SEARCH if self._searching else step
        elif now - self._waited_at > CALM:
            self._rate = None

    def _slow_down(self, accepted: float, asked: float, kept: float, now: float) -> None:
        """Ask for what was accepted; at worst for half.

        Where fewer asked than might have, what was accepted says little: the part that was `kept` (1: nothing was refused)
        is kept of the rate too, so that a service that refuses a few at random is not taken for a slow one.
        """
        if self._rate is None:
            self._rate, self._next, self._waited_at = asked, now, now
            self._searching = True
        else:
            self._searching = accepted < self._rate / 4
        self._rate, self._clean = max(accepted, self._rate * max(kept, 0.5), SLOWEST), 0


def _telling(refusals: float, answers: float) -> bool:
    """Say whether so many refusals are more than chance (Poisson's tail) where `TOLERATED` of the answers are refused at random."""
    expected = TOLERATED * answers
    fewer, just_so_many = 0.0, exp(-expected)
    for count in range(ceil(refusals)):
        fewer += just_so_many
        just_so_many *= expected / (count + 1)
    return 1 - fewer < CHANCE


@dataclass(slots=True)
class Tries:
    """How long one call goes on: few refused connections, some losses and push-backs, and never longer than `PATIENCE` seconds.

    Once `hurry` is set nothing is tried again.
    """

    hurry: threading.Event
    refusals: int = 0
    losses: int = 0
    push_backs: int = 0
    began: float = field(default_factory=time.monotonic)

    def after_refusal(self) -> bool:
        """Wait a moment for a service that took no connection and say yes, or say that it was tried often enough."""
        self.refusals += 1
        return self.refusals <= REFUSALS and self._wait(_backoff(self.refusals))

    def after_loss(self) -> bool:
        """Wait a moment and say yes, or say that enough answers were lost."""
        self.losses += 1
        return self.losses <= LOSSES and self._wait(_backoff(self.losses))

    def after_push_back(self, asked: float | None) -> bool:
        """Wait for as long as the service `asked` (seconds; None: it did not say) and say yes, or say that it is enough."""
        self.push_backs += 1
        if self.push_backs > PUSH_BACKS:
            return False
        if asked is None:
            return self._wait(_backoff(self.push_backs))
        return self._wait(min(max(asked, SHORTEST), LONGEST) * random.uniform(1.0, 1.25))  # noqa: S311 (no secret)

    def _wait(self, seconds: float) -> bool:
        if time.monotonic() + seconds - self.began > PATIENCE:
            return False
        return not self.hurry.wait(seconds)


def _backoff(time_of: int) -> float:
    return min(FIRST * float(2 ** (time_of - 1)), LONGEST) * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that ``Retry-After`` asks for, given in seconds or as a date; None where it says nothing sound."""
    told = (headers.get("retry-after") or "").strip()
    if not told:
        return None
    try:
        return float(told) if told.isdigit() else _until(parsedate_to_datetime(told))
    except ValueError:
        return None


def _until(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()
