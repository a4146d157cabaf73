"""Stop what destroys and was not named, and whatever waits for something that is stopped."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provision.model.plan import Action, Change
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provision.model.address import Address
    from provision.model.resource import Desired, Live
    from provision.plan.decide import Options


def dependants(desired: Iterable[Desired[Any]]) -> Mapping[Address, frozenset[Address]]:
    """Return, for each address, the addresses that need it directly."""
    found: dict[Address, set[Address]] = defaultdict(set)
    for want in desired:
        for need in want.needs:
            found[need].add(want.address)
    return {address: frozenset(those) for address, those in found.items()}


def _reach(start: Iterable[Address], edges: Mapping[Address, frozenset[Address]]) -> dict[Address, Address]:
    """Return everything that can be reached, each with the start that it was first reached from."""
    reached: dict[Address, Address] = {}
    queue = deque((address, address) for address in start)
    while queue:
        address, source = queue.popleft()
        for following in sorted(edges.get(address, ())):
            if following not in reached:
                reached[following] = source
                queue.append((following, source))
    return reached


def cascade(
    changes: Iterable[Change], desired: Mapping[Address, Desired[Any]], live: Mapping[Address, Live[Any]]
) -> tuple[Change, ...]:
    """Replace too what stands on something that is replaced: a subnet cannot outlive its network."""
    by_address = {change.address: change for change in changes if change.action is not Action.LEAVE}
    left = [change for change in changes if change.action is Action.LEAVE]
    replaced = [address for address, change in by_address.items() if change.action is Action.REPLACE]
    for address, source in _reach(replaced, dependants(desired.values())).items():
        if address in live and (change := by_address.get(address, _unchanged(address, desired, live))):
            reason = say(
                "stands on {source}, which is replaced",
                "repose sur {source}, qui est remplacée",
                source=source,
            )
            by_address[address] = replace(change, action=Action.REPLACE, reason=reason)
    return tuple(sorted([*by_address.values(), *left], key=lambda change: change.address))


def _unchanged(
    address: Address, desired: Mapping[Address, Desired[Any]], live: Mapping[Address, Live[Any]]
) -> Change:
    return Change(Action.UPDATE, address, desired[address], live[address])


def guard(
    changes: Iterable[Change], desired: Mapping[Address, Desired[Any]], options: Options
) -> tuple[Change, ...]:
    """Block replacements that were not named, then everything that waits for something blocked."""
    guarded = [_guarded(change, options) for change in changes]
    blocked = [change.address for change in guarded if change.blocked is not None]
    waiting = _reach(blocked, dependants(desired.values()))
    return tuple(_waiting(change, waiting.get(change.address)) for change in guarded)


def _guarded(change: Change, options: Options) -> Change:
    if change.action is not Action.REPLACE or change.blocked or change.address in options.replace:
        return change
    blocked = say(
        "replacing destroys what is there: allow it with --replace {address}",
        "remplacer détruit l'existant : l'autoriser avec --replace {address}",
        address=change.address,
    )
    return replace(change, blocked=blocked)


def _waiting(change: Change, source: Address | None) -> Change:
    if source is None or change.blocked is not None or change.action in {Action.LEAVE, Action.DELETE}:
        return change
    blocked = say("waits for {source}, which is blocked", "attend {source}, qui est bloquée", source=source)
    return replace(change, blocked=blocked)
