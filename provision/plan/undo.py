"""Take back what a run created, and nothing else: a plan like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.model.plan import Action, Change, Plan
from provision.plan.canonical import fingerprint
from provision.plan.order import order
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from provision.model.address import Address
    from provision.model.resource import Desired, Live


def undo(
    made: Plan,
    desired: Mapping[Address, Desired[Any]],
    created: Collection[Address],
    live: Iterable[Live[Any]],
) -> Plan:
    """Return the plan that removes what is there of what was created on the way through `made`, users before what they use.

    What was there before, whoever made it, is in no list of what was created, and stays.
    """
    there = {each.address: each for each in live if each.owned and each.address in created}
    reason = say("created by this run, which failed", "créée par cette exécution, qui a échoué")
    changes = tuple(
        Change(Action.DELETE, address, desired.get(address), there[address], (), reason)
        for address in sorted(there)
    )
    return Plan(
        cloud=made.cloud,
        changes=changes,
        steps=order(changes, desired),
        problems=(),
        fingerprint=fingerprint(made.cloud, changes),
        made_at=made.made_at,
        made_by=made.made_by,
        tenants=tuple(sorted({address.tenant for address in there})),
    )
