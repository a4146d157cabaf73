"""Observe every kind, concurrently, each as soon as the kinds whose ids it needs have been observed."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from provision.errors import CloudError
from provision.kind import observing_order
from provision.model.event import Listener, Reading, ignore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.cloud.connect import Cloud
    from provision.kind import Kind
    from provision.model.resource import Live

Found = tuple["Live[Any]", ...]


def survey(  # noqa: PLR0913 (a look has these)
    cloud: Cloud,
    kinds: Mapping[str, Kind[Any]],
    tenants: frozenset[str],
    on_event: Listener = ignore,
    *,
    narrowed: Mapping[str, frozenset[str]] | None = None,
    refused: dict[str, CloudError] | None = None,
) -> Found:
    """Return everything of these tenants that the cloud has, ours or not, and remember its ids in `cloud.ids`.

    `narrowed` names kinds that are read for some of the tenants only.
    Kinds of a service that this cloud lacks are passed over (whether a tenant needs them is the plan's business).
    Raises the first `CloudError` that a kind meets; with `refused`, notes it there by kind, and reads on.
    """
    present = [kind for kind in kinds.values() if kind.service in cloud.services]
    graph = TopologicalSorter(observing_order(present))
    graph.prepare()
    found: list[Live[Any]] = []
    running: dict[Future[Found], str] = {}
    done = 0
    with ThreadPoolExecutor(max(1, len(present)), thread_name_prefix="survey") as pool:
        try:
            while graph.is_active():
                for name in graph.get_ready():
                    running[
                        pool.submit(_observe, cloud, kinds[name], (narrowed or {}).get(name, tenants))
                    ] = name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    name = running.pop(future)
                    found.extend(_taken(name, future, refused))
                    graph.done(name)
                    done += 1
                    on_event(Reading(name, done, len(present)))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(found)


def _taken(name: str, future: Future[Found], refused: dict[str, CloudError] | None) -> Found:
    try:
        return future.result()
    except CloudError as error:
        if refused is None:
            raise
        refused[name] = error
        return ()


def _observe(cloud: Cloud, kind: Kind[Any], tenants: frozenset[str]) -> Found:
    found = tuple(kind.observe(cloud, tenants))
    for live in sorted(found, key=lambda each: (each.created_at, each.id)):
        cloud.ids.record_live(live)
    return found
