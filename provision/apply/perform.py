"""Make one step, then look again: a step is done when the cloud shows it, not when a call returned.

A create whose answer was lost is never sent again blindly: it is looked for by its marker over the consistency
window. Found once, it is ours; found nowhere, it is created; found twice, the oldest is kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
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
PAUSES: Final = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0)


@dataclass(frozen=True, slots=True)
class Performer:
    """Makes the steps of one plan on one cloud.

    `doubtful` are the addresses whose creation an earlier run began and did not see the end of; `window` is how long
    (seconds) a cloud may take to show what was written.
    """

    cloud: Cloud
    kinds: Mapping[str, Kind[Any]]
    changes: Mapping[Address, Change]
    doubtful: frozenset[Address] = frozenset()
    window: float = WINDOW

    def __call__(self, step: Step) -> Outcome:
        """Make one step; an error of ours becomes a FAILED outcome, a defect is raised."""
        started = time.time()
        try:
            status, error = self._make(step), None
        except ProvisionError as failed:
            status, error = Status.FAILED, failed
        ids = (error.request_id,) if isinstance(error, CloudError) and error.request_id else ()
        return Outcome(step.id, step.action, step.address, status, error, None, ids, started, time.time())

    def _make(self, step: Step) -> Status:
        change = self.changes[step.address]
        if step.action is Action.DELETE:
            return self._delete(self.kinds[step.address.kind], _have(change))
        want = _want(change)
        kind = self.kinds[step.address.kind]
        if step.action is Action.CREATE:
            return self._create(kind, want)
        return self._update(kind, want, _have(change))

    def _create(self, kind: Kind[Any], want: Desired[Any]) -> Status:
        address = want.address
        known = self._await(kind, address) if address in self.doubtful else None
        if known is None:
            try:
                identifier = kind.create(self.cloud, want)
            except (UnknownOutcome, Conflict) as error:
                known = self._resolve(kind, want, error)
            else:
                self.cloud.ids.record(address, identifier)
                known = self._seen(kind, address)
        self.cloud.ids.record(address, known.id)
        return self._settle(kind, want, known)

    def _resolve(self, kind: Kind[Any], want: Desired[Any], error: CloudError) -> Live[Any]:
        """Return what a doubtful create left behind; create again only when the window has passed and nothing showed."""
        found = self._await(kind, want.address)
        if found is not None:
            return found
        if isinstance(error, Conflict):
            raise error
        self.cloud.ids.record(want.address, kind.create(self.cloud, want))
        return self._seen(kind, want.address)

    def _update(self, kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> Status:
        self._write(kind, want, have)
        self.cloud.ids.record(want.address, have.id)
        return self._settle(kind, want, self._seen(kind, want.address))

    def _settle(self, kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> Status:
        """Finish what creation alone could not bring (rules, interfaces), then demand that nothing differs any more."""
        if differences(kind, want, have):
            self._write(kind, want, have)
            self._until(lambda: self._agrees(kind, want))
        return Status.DONE

    def _write(self, kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> None:
        """Update; where an answer was lost, look what came of it and do the rest."""
        try:
            kind.update(self.cloud, have, want)
        except UnknownOutcome:
            kind.update(self.cloud, self._seen(kind, want.address), want)

    def _agrees(self, kind: Kind[Any], want: Desired[Any]) -> bool:
        found = self._oldest(kind, want.address)
        return found is not None and not differences(kind, want, found)

    def _until(self, agrees: Callable[[], bool]) -> None:
        for pause in (*self._pauses(), 0.0):
            if agrees():
                return
            time.sleep(pause)
        raise CloudError(
            say(
                "the cloud answered yes but still shows something else",
                "le cloud a répondu oui mais montre toujours autre chose",
            ),
            do=say(
                "plan again to see what differs; a service may be ignoring this setting (unified limits do)",
                "refaire le plan pour voir ce qui diffère ; un service ignore peut-être ce réglage (unified limits le font)",
            ),
        )

    def _delete(self, kind: Kind[Any], have: Live[Any]) -> Status:
        try:
            kind.delete(self.cloud, have)
        except UnknownOutcome:
            kind.delete(self.cloud, have)
        if not kind.stays:
            self._until(lambda: all(live.id != have.id for live in kind.look(self.cloud, have.address)))
        self.cloud.ids.forget(have.address)
        return Status.DONE

    def _seen(self, kind: Kind[Any], address: Address) -> Live[Any]:
        """Return what stands at an address that was just written. Raises `NotFound` when the window shows nothing."""
        found = self._await(kind, address)
        if found is None:
            raise NotFound(
                say(
                    "written, but not to be seen within {window} s",
                    "écrit, mais toujours invisible après {window} s",
                    window=self.window,
                ),
                where=str(address),
                do=say(
                    "apply again: it will be found by its marker",
                    "relancer apply : son marqueur le fera retrouver",
                ),
            )
        return found

    def _await(self, kind: Kind[Any], address: Address) -> Live[Any] | None:
        """Return what shows at an address within the window: one missing answer right after a write proves nothing."""
        for pause in (*self._pauses(), 0.0):
            found = self._oldest(kind, address)
            if found is not None:
                return found
            time.sleep(pause)
        return None

    def _pauses(self) -> tuple[float, ...]:
        return tuple(pause * self.window / sum(PAUSES) for pause in PAUSES)

    def _oldest(self, kind: Kind[Any], address: Address) -> Live[Any] | None:
        ours = [live for live in kind.look(self.cloud, address) if live.owned]
        return min(ours, key=lambda live: (live.created_at, live.id), default=None)


def _want(change: Change) -> Desired[Any]:
    if change.want is None:
        raise AssertionError(change)
    return change.want


def _have(change: Change) -> Live[Any]:
    if change.have is None:
        raise AssertionError(change)
    return change.have
