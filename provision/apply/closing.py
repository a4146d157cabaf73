"""The closing look: what no answer showed is read back, many at once, before it counts as done."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provision.apply.perform import WINDOW, disobeyed, pauses
from provision.errors import ProvisionError
from provision.model.outcome import Outcome, Status
from provision.plan.compare import differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from provision.cloud.connect import Cloud
    from provision.kind import Kind
    from provision.model.address import Address
    from provision.model.resource import Desired, Live


def confirmed(
    cloud: Cloud,
    kinds: Mapping[str, Kind[Any]],
    wanted: Mapping[Address, Desired[Any]],
    outcomes: Sequence[Outcome],
    *,
    window: float = WINDOW,
) -> tuple[Outcome, ...]:
    """Return the outcomes, those that no answer showed now shown, or failed.

    Reads each kind once for all tenants that have something to show, and again over the window (seconds) for what does
    not show yet: a read may be stale.
    """
    unseen = {each.address: wanted[each.address] for each in outcomes if not each.shown}
    errors: dict[Address, ProvisionError] = {}
    for pause in (*pauses(window), None):
        unseen, errors = _still_unseen(cloud, kinds, unseen)
        if not unseen or pause is None:
            break
        time.sleep(pause)
    return tuple(each if each.shown else _told(each, unseen, errors) for each in outcomes)


def _told(
    outcome: Outcome, unseen: Mapping[Address, Desired[Any]], errors: Mapping[Address, ProvisionError]
) -> Outcome:
    if outcome.address not in unseen:
        return replace(outcome, shown=True)
    error = errors.get(outcome.address) or disobeyed()
    return replace(outcome, status=Status.FAILED, error=error, ended=time.time())


def _still_unseen(
    cloud: Cloud, kinds: Mapping[str, Kind[Any]], unseen: Mapping[Address, Desired[Any]]
) -> tuple[dict[Address, Desired[Any]], dict[Address, ProvisionError]]:
    """Return what does not show yet, and the errors of those that could not be asked about."""
    by_kind: dict[str, list[Desired[Any]]] = defaultdict(list)
    for want in unseen.values():
        by_kind[want.address.kind].append(want)
    left: dict[Address, Desired[Any]] = {}
    errors: dict[Address, ProvisionError] = {}
    for wants, found in zip(by_kind.values(), _by_kind(cloud, kinds, by_kind), strict=True):
        missing = wants if isinstance(found, ProvisionError) else list(_missing(kinds, wants, found))
        left.update((want.address, want) for want in missing)
        if isinstance(found, ProvisionError):
            errors.update((want.address, found) for want in missing)
    return left, errors


def _by_kind(
    cloud: Cloud, kinds: Mapping[str, Kind[Any]], by_kind: Mapping[str, list[Desired[Any]]]
) -> list[Mapping[Address, Live[Any]] | ProvisionError]:
    """Look at all kinds at once, from threads of their own: kinds that ask `Cloud.each` would wait for ours in its pool."""
    with ThreadPoolExecutor(max(1, len(by_kind)), thread_name_prefix="closing") as pool:
        return list(pool.map(lambda kind: _found(cloud, kinds[kind], by_kind[kind]), by_kind))


def _found(
    cloud: Cloud, kind: Kind[Any], wants: Iterable[Desired[Any]]
) -> Mapping[Address, Live[Any]] | ProvisionError:
    """Return what there is of ours of one kind, the oldest of each address; an error is an answer too."""
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
