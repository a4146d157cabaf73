"""The closing look: what no answer showed is read back, many at once, before it counts as done.

A kind is looked at as soon as its last step has ended, while steps of other kinds go on.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from provision.apply.perform import WINDOW, disobeyed, pauses
from provision.errors import ProvisionError
from provision.model.event import Ended, Event, Listener
from provision.model.outcome import Outcome, Status
from provision.plan.compare import differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from provision.cloud.connect import Cloud
    from provision.kind import Kind
    from provision.model.address import Address
    from provision.model.resource import Desired, Live


Answer: TypeAlias = "Mapping[Address, Live[Any]] | ProvisionError"
"""What there is of a kind, the oldest of each address; an error is an answer too."""


@dataclass(slots=True)
class ClosingLook:
    """Looks at what becomes of the steps of one walk, of which it hears through `heard`; `window` is in seconds.

    Reads each kind once for all tenants that have something to show, and again over the window for what does not show yet:
    a read may be stale.
    """

    cloud: Cloud
    kinds: Mapping[str, Kind[Any]]
    wanted: Mapping[Address, Desired[Any]]
    steps: Counter[str]
    on_event: Listener
    window: float = WINDOW
    _unseen: dict[str, list[Desired[Any]]] = field(default_factory=lambda: defaultdict(list))
    _begun: dict[str, Future[Answer]] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        """Have threads of its own: kinds that ask `Cloud.each` would wait for ours in its pool."""
        self._pool = ThreadPoolExecutor(max(1, len(self.steps)), thread_name_prefix="closing")

    def __enter__(self) -> Self:
        """Begin to listen."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Begin no look any more, and end those under way."""
        self._pool.shutdown(cancel_futures=True)

    def heard(self, event: Event) -> None:
        """Pass an event on; when it was the end of a kind's last step, look at that kind."""
        if isinstance(event, Ended):
            self._ended(event.outcome)
        self.on_event(event)

    def _ended(self, outcome: Outcome) -> None:
        kind = outcome.address.kind
        self.steps[kind] -= 1
        if not outcome.shown:
            self._unseen[kind].append(self.wanted[outcome.address])
        if not self.steps[kind] and kind in self._unseen:
            self._look(kind)

    def _look(self, kind: str) -> None:
        self._begun[kind] = self._pool.submit(_found, self.cloud, self.kinds[kind], tuple(self._unseen[kind]))

    def confirmed(self, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
        """Return the outcomes of the walk, those that no answer showed now shown, or failed."""
        errors = self._still_unseen()
        for pause in pauses(self.window):
            if not errors:
                break
            time.sleep(pause)
            for kind in self._unseen:
                self._look(kind)
            errors = self._still_unseen()
        return tuple(each if each.shown else _told(each, errors.get(each.address)) for each in outcomes)

    def _still_unseen(self) -> dict[Address, ProvisionError]:
        """Keep what does not show yet, and return why, by address."""
        errors: dict[Address, ProvisionError] = {}
        for kind, wants in tuple(self._unseen.items()):
            found = self._begun[kind].result()
            refused = found if isinstance(found, ProvisionError) else None
            missing = wants if isinstance(found, ProvisionError) else list(_missing(self.kinds, wants, found))
            errors |= {want.address: refused or disobeyed() for want in missing}
            self._unseen[kind] = missing
            if not missing:
                del self._unseen[kind]
        return errors


def _told(outcome: Outcome, error: ProvisionError | None) -> Outcome:
    if error is None:
        return replace(outcome, shown=True)
    return replace(outcome, status=Status.FAILED, error=error, ended=time.time())


def _found(cloud: Cloud, kind: Kind[Any], wants: Iterable[Desired[Any]]) -> Answer:
    """Return what there is of ours of one kind, or the error."""
    try:
        there = [
            live for live in kind.observe(cloud, frozenset(w.address.tenant for w in wants)) if live.owned
        ]
    except ProvisionError as error:
        return error
    oldest_last = sorted(there, key=lambda live: (live.created_at, live.id), reverse=True)
    for live in oldest_last:
        cloud.ids.record_live(live)
    return {live.address: live for live in oldest_last}


def _missing(
    kinds: Mapping[str, Kind[Any]], wants: Iterable[Desired[Any]], there: Mapping[Address, Live[Any]]
) -> Iterator[Desired[Any]]:
    for want in wants:
        live = there.get(want.address)
        if live is None or differences(kinds[want.address.kind], want, live):
            yield want
