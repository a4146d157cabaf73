"""Make one step, and hold the service's own answer against what is wanted: a status alone proves nothing.

Where an answer says nothing, the step counts as not yet shown, and the closing look (`provision.apply.closing`) tells.
A create whose answer was lost is never sent again blindly: it is looked for by its marker over the consistency
window. Found once, it is ours; found nowhere, it is created; found twice, the oldest is kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from provision.errors import CloudError, Conflict, NotFound, ProvisionError, UnknownOutcome
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action, Change, Step
from provision.plan.compare import differences
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from provision.cloud.connect import Cloud
    from provision.kind import Kind
    from provision.model.address import Address
    from provision.model.resource import Desired, Live

WINDOW: Final = 5.0
ATTEMPTS: Final = 5  # of one write whose answers get lost
PAUSES: Final = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0)


@dataclass(frozen=True, slots=True)
class Performer:
    """Makes the steps of one plan on one cloud.

    `doubtful` are the addresses whose step an earlier run began and did not see the end of; `window` is how long
    (seconds) a cloud may take to show what was written. `found` gathers what was to be created and was there already.
    """

    cloud: Cloud
    kinds: Mapping[str, Kind[Any]]
    changes: Mapping[Address, Change]
    doubtful: frozenset[Address] = frozenset()
    window: float = WINDOW
    found: set[Address] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)

    def __call__(self, step: Step) -> Outcome:
        """Make one step; an error of ours becomes a FAILED outcome, a defect is raised."""
        started = time.time()
        shown, error = True, None
        try:
            shown = self._make(step)
        except ProvisionError as failed:
            error = failed
        status = Status.FAILED if error else Status.DONE
        ids = (error.request_id,) if isinstance(error, CloudError) and error.request_id else ()
        return Outcome(
            step.id,
            step.action,
            step.address,
            status,
            error,
            None,
            ids,
            started,
            time.time(),
            shown=shown,
            found=step.address in self.found,
        )

    def _make(self, step: Step) -> bool:
        """Make one step; return whether the answers showed what is wanted."""
        change = self.changes[step.address]
        if step.action is Action.DELETE:
            return self._delete(self.kinds[step.address.kind], _have(change))
        want = _want(change)
        kind = self.kinds[step.address.kind]
        if step.action is Action.CREATE:
            return self._create(kind, want)
        return self._update(kind, want, _have(change))

    def _create(self, kind: Kind[Any], want: Desired[Any]) -> bool:
        in_doubt = want.address in self.doubtful and not kind.stays
        known = self._left_behind(kind, want) if in_doubt else None
        if known is not None:
            self.found.add(want.address)
        known = known or self._brought(kind, want)
        return known is not None and self._settle(kind, want, known)

    def _brought(self, kind: Kind[Any], want: Desired[Any]) -> Live[Any] | None:
        """Create; what a lost answer left behind is looked for, and only where the window shows nothing it is sent again."""
        for left in reversed(range(ATTEMPTS)):
            try:
                made = self._made(kind, want)
                return made and replace(made, fresh=True)
            except (UnknownOutcome, Conflict) as error:
                found = self._await(kind, want)
                if found is not None:
                    if isinstance(error, Conflict) and left == ATTEMPTS - 1:
                        self.found.add(want.address)
                    return found
                if isinstance(error, Conflict) or not left:
                    raise
        raise AssertionError(want)

    def _made(self, kind: Kind[Any], want: Desired[Any]) -> Live[Any] | None:
        """Create; what it stands on may not show yet, so that "there is no such thing" is an answer only after the window."""
        for pause in self._pauses():
            try:
                return kind.create(self.cloud, want)
            except NotFound:
                time.sleep(pause)
        return kind.create(self.cloud, want)

    def _settle(self, kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> bool:
        """Finish what creation alone could not bring (rules, interfaces)."""
        self.cloud.ids.record(want.address, have.id)
        return not differences(kind, want, have) or self._update(kind, want, have)

    def _update(self, kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> bool:
        """Update; an answer that shows something else than what is wanted is given the window to come true."""
        self.cloud.ids.record(want.address, have.id)
        shown = self._write(kind, want, have)
        if shown is None:
            return False
        if differences(kind, want, shown):
            self._until(lambda: self._agrees(kind, want))
        return True

    def _write(self, kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> Live[Any] | None:
        """Update; where an answer was lost, look what came of it and do the rest, whatever the service then objects to.

        A conflict says that what was seen is not what is there (a read was stale): look again, a moment later each time.
        """
        lost = want.address in self.doubtful
        for left, pause in zip(reversed(range(ATTEMPTS)), self._pauses()[-ATTEMPTS:], strict=True):
            try:
                return kind.update(self.cloud, have, want)
            except CloudError as error:
                lost = lost or isinstance(error, UnknownOutcome)
                if not (left and (lost or isinstance(error, Conflict))):
                    raise
                if isinstance(error, Conflict):
                    time.sleep(pause)
                have = self._seen(kind, want)
        raise AssertionError(want)

    def _agrees(self, kind: Kind[Any], want: Desired[Any]) -> bool:
        found = self._oldest(kind, want)
        return found is not None and not differences(kind, want, found)

    def _until(self, agrees: Callable[[], bool]) -> None:
        for pause in (*self._pauses(), 0.0):
            if agrees():
                return
            time.sleep(pause)
        raise disobeyed()

    def _delete(self, kind: Kind[Any], have: Live[Any]) -> bool:
        for left in reversed(range(ATTEMPTS)):
            try:
                kind.delete(self.cloud, have)
                break
            except UnknownOutcome:
                if not left:
                    raise
        if not kind.stays:
            self._until(lambda: all(live.id != have.id for live in kind.look(self.cloud, have.address)))
        self.cloud.ids.forget(have.address)
        return True

    def _seen(self, kind: Kind[Any], want: Desired[Any]) -> Live[Any]:
        """Return what stands where something was just written. Raises `NotFound` when the window shows nothing."""
        found = self._await(kind, want)
        if found is None:
            raise NotFound(
                say(
                    "written, but not to be seen within {window} s",
                    "écrit, mais toujours invisible après {window} s",
                    window=self.window,
                ),
                where=str(want.address),
                do=say(
                    "apply again: it will be found by its marker",
                    "relancer apply : son marqueur le fera retrouver",
                ),
            )
        return found

    def _await(self, kind: Kind[Any], want: Desired[Any]) -> Live[Any] | None:
        """Return what shows of something wanted within the window: one missing answer right after a write proves nothing."""
        for pause in (*self._pauses(), 0.0):
            found = self._oldest(kind, want)
            if found is not None:
                return found
            time.sleep(pause)
        return None

    def _left_behind(self, kind: Kind[Any], want: Desired[Any]) -> Live[Any] | None:
        """Return what an earlier run may have created: one look is enough once the window since this one began is over."""
        for pause in (*self._pauses(), 0.0):
            last = time.monotonic() > self.began + self.window
            found = self._oldest(kind, want)
            if found is not None or last:
                return found
            time.sleep(pause)
        return None

    def _pauses(self) -> tuple[float, ...]:
        return pauses(self.window)

    def _oldest(self, kind: Kind[Any], want: Desired[Any]) -> Live[Any] | None:
        ours = [live for live in kind.look_for(self.cloud, want) if live.owned]
        return min(ours, key=lambda live: (live.created_at, live.id), default=None)


def pauses(window: float) -> tuple[float, ...]:
    """Return how long to wait between looks, in seconds, growing, `window` together."""
    return tuple(pause * window / sum(PAUSES) for pause in PAUSES)


def disobeyed() -> CloudError:
    """Return the error of a service that said yes and did something else."""
    return CloudError(
        say(
            "the cloud answered yes but still shows something else",
            "le cloud a répondu oui mais montre toujours autre chose",
        ),
        do=say(
            "plan again to see what differs; a service may be ignoring this setting (unified limits do)",
            "refaire le plan pour voir ce qui diffère ; un service ignore peut-être ce réglage (unified limits le font)",
        ),
    )


def _want(change: Change) -> Desired[Any]:
    if change.want is None:
        raise AssertionError(change)
    return change.want


def _have(change: Change) -> Live[Any]:
    if change.have is None:
        raise AssertionError(change)
    return change.have
