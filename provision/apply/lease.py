"""Hold an estate against every other apply, whatever machine it runs on; and stop writing when it is held no longer.

The lease hangs in the cloud (`provision.cloud.plate`), where all machines meet. It is good for `LIFE` seconds and renewed
while its holder lives, so that a crash needs nobody. Nobody's wall clock is believed: what is written down is the cloud's
own time, what is measured here is time that passes, sleep included (docs/decisions/0065, 0066).
"""

from __future__ import annotations

import math
import os
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from provision import who
from provision.apply import machine
from provision.cloud.plate import Door, Plate
from provision.errors import (
    CloudError,
    Conflict,
    Forbidden,
    LeaseLost,
    NotFound,
    ProvisionError,
    Refused,
    UnknownOutcome,
    Unreachable,
)
from provision.model.event import Listener, Noted, ignore
from provision.model.holder import Holder, instant
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provision.cloud.connect import Cloud

AnswerT = TypeVar("AnswerT")
LIFE: Final = 30.0
RENEWALS: Final = 3  # in a life: two may fail
MARGIN: Final = 1 / 6  # of a life, at its end: the holder writes no more, what it sent arrives
WATCH: Final = 1 / 2  # of a life: longer than a living holder stays silent
PATIENCE: Final = (0.5, 1.0, 2.0)  # seconds between tries of a Keystone that cannot just now
_PASSING: Final = frozenset({429, 502, 503, 504})
LONG_OVER: Final = (
    2  # lives: more than the clocks of one cloud may differ and still accept one another's tokens
)


def _passing() -> float:
    """Return seconds that pass while this machine sleeps too, where the system counts them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that pass, this machine's idea of the hour (for a cloud that does not say its own), and waiting."""

    passing: Callable[[], float] = _passing
    hour: Callable[[], float] = time.time
    wait: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Lease:
    """The right to write an estate until `deadline` (seconds of the clock that passes); once lost it stays lost."""

    clock: Clock
    margin: float = 0.0
    deadline: float = math.inf
    taken: bool = False

    @property
    def lost(self) -> bool:
        """Tell whether somebody else may hold the estate by now."""
        return self.taken or self.clock.passing() >= self.deadline - self.margin

    def fence(self) -> None:
        """Let a write pass. Raises `LeaseLost`."""
        if self.lost:
            raise LeaseLost(
                say(
                    "this run no longer holds the estate: {why}",
                    "cette exécution ne tient plus le parc : {why}",
                    why=_TAKEN if self.taken else _RAN_OUT,
                ),
                do=say(
                    "nothing more was written; apply again: it resumes by itself",
                    "plus rien n'a été écrit ; relancer apply : il reprend seul",
                ),
            )

    def extend(self, deadline: float) -> None:
        """Hold it longer, unless that comes too late."""
        if not self.lost:
            self.deadline = deadline


_TAKEN: Final = say("another apply took it over", "un autre apply l'a repris")
_RAN_OUT: Final = say(
    "it was paused, or could not renew its lease in time",
    "elle a été suspendue, ou n'a pas pu renouveler son bail à temps",
)


@contextmanager
def leased(  # noqa: PLR0913 (whose estate, where, and what tests turn)
    cloud: Cloud,
    domain: str,
    on_event: Listener = ignore,
    *,
    early: Callable[[], Hour | None] = lambda: None,
    life: float = LIFE,
    clock: Clock | None = None,
) -> Iterator[Lease]:
    """Hold `cloud`'s estate, in the domain of that name; every write of `cloud` asks the lease first.

    `early` returns what a `glance` at the door of this run saw. Raises `Refused` when another apply holds it. Who may not
    create projects goes on without, and is told so.
    """
    clock = clock or Clock()
    try:
        door = Door(cloud, _domain(cloud, domain), cloud.owner.estate, life / RENEWALS)
        held = Claim(door, clock, life, on_event, early).win()
    except (Forbidden, NotFound) as refused:
        on_event(_only_here(refused.what))
        yield Lease(clock)
        return
    cloud.wire.fence = held.lease.fence
    try:
        with held.renewed():
            yield held.lease
    finally:
        cloud.wire.fence = None
        held.release()


def glance(cloud: Cloud, estate: str, domain: str, clock: Clock | None = None) -> Hour | None:
    """Return the cloud's time if nobody held an estate then, None where it is to be looked at in earnest. Raises `CloudError`."""
    door = Door(cloud, _domain(cloud, domain), estate, LIFE / RENEWALS)
    free, hour = _timed(clock or Clock(), door.free)
    return hour if free else None


def _domain(cloud: Cloud, name: str) -> str:
    found = cloud.shared.domains().get(name)
    if found is None:
        raise NotFound(say("there is no domain {name}", "il n'y a pas de domaine {name}", name=name))
    return found


def _only_here(why: str | Text) -> Noted:
    return Noted(
        say(
            "no lease in the cloud ({why}): only this machine is kept from a second apply on this estate",
            "pas de bail dans le cloud ({why}) : seule cette machine est gardée d'un second apply sur ce parc",
            why=why,
        )
    )


@dataclass(slots=True)
class Hour:
    """The cloud's time, from the last answer, as bounds: `earliest` and `latest` it can be now; ours, if it tells none."""

    clock: Clock
    ours: bool = False
    _told: float = 0.0
    _sent: float = 0.0
    _heard: float = 0.0

    def hear(self, told: float | None, sent: float) -> None:
        """Take an answer's time, rounded down to the second, of a request sent at `sent` (seconds that pass)."""
        self.ours = told is None
        self._told = self.clock.hour() if told is None else told
        self._sent, self._heard = sent, self.clock.passing()

    @property
    def earliest(self) -> float:
        """Return the cloud's time as if the answer had just left when it came."""
        return self._told + (self.clock.passing() - self._heard)

    @property
    def latest(self) -> float:
        """Return the cloud's time as if the answer had left as the request was sent, at the end of its second."""
        return self._told + 1 + (self.clock.passing() - self._sent)


@dataclass(slots=True)
class Held:
    """A plate that hangs, the lease it stands for, and the thread that keeps it."""

    door: Door
    plate: str
    holder: Holder
    lease: Lease
    hour: Hour
    life: float
    _over: threading.Event = field(default_factory=threading.Event)

    def renew(self) -> float:
        """Write a later end on the plate; return how long to wait before doing it again (seconds)."""
        sent = self.lease.clock.passing()
        later = replace(
            self.holder,
            until=math.ceil(self.hour.latest + self.life),
            renewed=self.holder.renewed + 1,
        )
        try:
            told = self.door.write(self.plate, str(later))
        except NotFound:
            self.lease.taken = True
        except ProvisionError:
            return self.life / RENEWALS / RENEWALS
        else:
            self.hour.hear(told, sent)
            self.holder = later
            self.lease.extend(sent + self.life)
        return self.life / RENEWALS

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Renew it from a thread as long as the block lasts."""
        thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(self.life / RENEWALS)

    def release(self) -> None:
        """Take the plate down, unless somebody may have hung another; what does not work now ends by itself."""
        if not self.lease.lost:
            with suppress(ProvisionError):
                self.door.take_down(self.plate)

    def _keep(self) -> None:
        pause = self.life / RENEWALS
        while not self._over.wait(pause) and not self.lease.lost:
            pause = self.renew()


@dataclass(frozen=True, slots=True)
class Claim:
    """One run's claim to an estate.

    Where `early` says that none hung there a moment ago, ours is hung without another look: only one can hang there.
    """

    door: Door
    clock: Clock
    life: float
    on_event: Listener = ignore
    early: Callable[[], Hour | None] = lambda: None
    here: str = field(default_factory=machine.this)

    def win(self) -> Held:
        """Hang our plate. Raises `Refused` when another run's hangs there and counts, `Forbidden`."""
        free = self.early()
        if free is not None:
            return self._hang(free, 1)
        found, hour = self._look()
        if found is None:
            return self._hang(hour, 1)
        before = self._holder(found)
        if before.machine == self.here and machine.has_ended(before.pid):
            self.on_event(Noted(_crashed(before)))
        elif before.until >= hour.earliest:
            raise self._held_by(before)
        elif not self._long_over(before, hour):
            return self._watch(found, before)
        self._patiently(partial(self.door.take_down, found.id))
        return self._hang(hour, before.epoch + 1)

    def _long_over(self, before: Holder, hour: Hour) -> bool:
        return not hour.ours and before.until + LONG_OVER * self.life < hour.earliest

    def _watch(self, found: Plate, before: Holder) -> Held:
        """Take what ran out a moment ago when, by no clock but our own, nobody touches it. Raises `Refused` when somebody does."""
        self.on_event(Noted(_watching(before, self.life * WATCH)))
        self.clock.wait(self.life * WATCH)
        now, hour = self._look()
        if now is None:
            return self._hang(hour, 1)
        if now != found:
            raise self._held_by(self._holder(now))
        self._patiently(partial(self.door.take_down, found.id))
        return self._hang(hour, before.epoch + 1)

    def _hang(self, hour: Hour, epoch: int) -> Held:
        sent = self.clock.passing()
        holder = Holder(
            who.runs(),
            os.getpid(),
            self.here,
            int(hour.latest),
            math.ceil(hour.latest + self.life),
            epoch,
        )
        plate, told = self._hung(holder)
        if told is not None:
            hour.hear(told, sent)
        lease = Lease(self.clock, self.life * MARGIN, sent + self.life)
        return Held(self.door, plate, holder, lease, hour, self.life)

    def _hung(self, holder: Holder) -> tuple[str, float | None]:
        """Hang the plate; where the answer says nothing and none hangs there, a few times more."""
        for pause in (*PATIENCE, None):
            try:
                return self.door.hang(str(holder))
            except CloudError as error:
                if not (isinstance(error, Conflict) or _may_pass(error)):
                    raise
                plate = self._resolve(holder, error)
                if plate is None and pause is None:
                    raise
            if plate is not None:
                return plate, None
            self.clock.wait(pause or 0.0)
        raise AssertionError(holder)

    def _resolve(self, ours: Holder, error: CloudError) -> str | None:
        """Return our plate's id when it hangs there after all, None when none does. Raises `Refused` when somebody was faster."""
        found, _ = self._look()
        if found is None:
            return None
        holder = self._holder(found)
        if holder != ours:
            raise self._held_by(holder) from error
        return found.id

    def _look(self) -> tuple[Plate | None, Hour]:
        return self._patiently(lambda: _timed(self.clock, self.door.look))

    def _patiently(self, ask: Callable[[], AnswerT]) -> AnswerT:
        """Ask what may be asked twice, until Keystone can answer."""
        for pause in PATIENCE:
            try:
                return ask()
            except CloudError as error:
                if not _may_pass(error):
                    raise
            self.clock.wait(pause)
        return ask()

    def _holder(self, found: Plate) -> Holder:
        holder = Holder.read(found.text) if found.ours else None
        if holder is None:
            raise Refused(
                say(
                    "a project stands where this estate's lease would be, and does not read as one",
                    "un projet occupe la place du bail de ce parc, et ne se lit pas comme tel",
                ),
                where=self.door.name,
                do=say(
                    "look at it; if nobody applies, delete that project",
                    "l'examiner ; si personne n'applique, supprimer ce projet",
                ),
            )
        return holder

    def _held_by(self, holder: Holder) -> Refused:
        return Refused(
            say(
                "another apply holds this estate: {who}, pid {pid}, since {since}; its lease runs until {until}",
                "un autre apply tient ce parc : {who}, pid {pid}, depuis {since} ; son bail court jusqu'à {until}",
                who=holder.who,
                pid=holder.pid,
                since=instant(holder.since),
                until=instant(holder.until),
            ),
            where=self.door.name,
            do=say(
                "wait for its end, then apply again; if it crashed, its lease ends by itself at that time",
                "attendre sa fin, puis relancer apply ; s'il s'est arrêté net, son bail finit seul à cette heure",
            ),
        )


def _timed(clock: Clock, ask: Callable[[], tuple[AnswerT, float | None]]) -> tuple[AnswerT, Hour]:
    """Ask at the door; return the answer, and the cloud's time that came with it."""
    hour, sent = Hour(clock), clock.passing()
    answer, told = ask()
    hour.hear(told, sent)
    return answer, hour


def _may_pass(error: CloudError) -> bool:
    """Tell an error that the next try may not meet."""
    return isinstance(error, UnknownOutcome | Unreachable) or error.status in _PASSING


def _crashed(holder: Holder) -> Text:
    return say(
        "the last apply on this estate ended without a word (pid {pid} on this machine): taking over",
        "le dernier apply sur ce parc s'est terminé sans un mot (pid {pid} sur cette machine) : reprise",
        pid=holder.pid,
    )


def _watching(holder: Holder, seconds: float) -> Text:
    return say(
        "the lease of {who}, pid {pid}, ran out at {until}: watching for {seconds:.0f} s whether it lives",
        "le bail de {who}, pid {pid}, a pris fin à {until} : observation pendant {seconds:.0f} s s'il vit encore",
        who=holder.who,
        pid=holder.pid,
        until=instant(holder.until),
        seconds=seconds,
    )
