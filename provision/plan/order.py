"""Lay out the graph that apply walks; apply adds no order of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from provision.model.plan import Action, Change, Step

if TYPE_CHECKING:
    from provision.model.address import Address
    from provision.model.resource import Desired

_MAKING = {
    Action.CREATE: Action.CREATE,
    Action.UPDATE: Action.UPDATE,
    Action.ADOPT: Action.ADOPT,
    Action.REPLACE: Action.CREATE,
}
_REMOVING = {Action.DELETE, Action.REPLACE}


def order(changes: Iterable[Change], desired: Mapping[Address, Desired[Any]]) -> tuple[Step, ...]:
    """Return the steps of the changes that are not blocked, those that wait for nothing first.

    What is made waits for what it needs; what is removed waits until what needs it is removed, or updated (a router lets
    go of a subnet that is to go); a replacement is a removal and then a making. Raises `graphlib.CycleError` when kinds
    need one another in a circle (a defect).
    """
    open_changes = [change for change in changes if change.blocked is None]
    making = {
        change.address: _id(_MAKING[change.action], change.address)
        for change in open_changes
        if change.action in _MAKING
    }
    removing = {
        change.address: _id(Action.DELETE, change.address)
        for change in open_changes
        if change.action in _REMOVING
    }
    letting_go = {change.address for change in open_changes if change.action is Action.UPDATE}
    needed_by = _needed_by(desired)
    steps: dict[str, Step] = {}
    for address, step in removing.items():
        users = needed_by.get(address, ())
        waits = frozenset(removing[user] for user in users if user in removing)
        if address not in making:
            waits |= frozenset(making[user] for user in users if user in letting_go)
        steps[step] = Step(step, Action.DELETE, address, waits)
    for address, step in making.items():
        needs = desired[address].needs if address in desired else frozenset()
        waits = frozenset(making[need] for need in needs if need in making)
        own_removal = frozenset({removing[address]} if address in removing else ())
        steps[step] = Step(step, Action(step.split(":", 1)[0]), address, waits | own_removal)
    sequence = TopologicalSorter({step.id: sorted(step.waits_for) for step in steps.values()}).static_order()
    return tuple(steps[step] for step in sequence)


def _needed_by(desired: Mapping[Address, Desired[Any]]) -> Mapping[Address, list[Address]]:
    found: dict[Address, list[Address]] = defaultdict(list)
    for address in sorted(desired):
        for need in desired[address].needs:
            found[need].append(address)
    return found


def _id(action: Action, address: Address) -> str:
    return f"{action}:{address}"
