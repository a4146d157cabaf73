"""The plan in one page: decide, cascade, guard, order, fingerprint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from provision.model.plan import Action, Plan, Problem
from provision.plan.canonical import fingerprint
from provision.plan.decide import Options, decide
from provision.plan.guard import cascade, guard
from provision.plan.order import order

if TYPE_CHECKING:
    from provision.kind import Kind
    from provision.model.address import Address
    from provision.model.plan import Change, Step
    from provision.model.resource import Desired, Live
    from provision.text import Text


def make(  # noqa: PLR0913 (everything a plan is made of, and nothing else)
    kinds: Mapping[str, Kind[Any]],
    desired: Iterable[Desired[Any]],
    live: Iterable[Live[Any]],
    *,
    cloud: str,
    tenants: Iterable[str],
    options: Options = Options(),  # noqa: B008 (frozen and empty)
    problems: Iterable[Problem] = (),
    left_out: Iterable[Change] = (),
    made_at: str = "",
    made_by: str = "",
    objections: Mapping[tuple[Address, str], Text] = MappingProxyType({}),
) -> Plan:
    """Return the plan that brings what is there to what is wanted; a tenant with a problem is left out of it whole.

    `left_out` are changes that only tell why something wanted is not made; `objections` are what the documents have
    against things that are left because nobody asked for them.
    """
    problems = tuple(problems)
    barred = {problem.tenant for problem in problems}
    wanted = {want.address: want for want in desired if want.address.tenant not in barred}
    there = [each for each in live if each.address.tenant not in barred]
    ours = {each.address: each for each in reversed(there) if each.owned}
    decided = guard(cascade(decide(kinds, wanted.values(), there, options), wanted, ours), wanted, options)
    spared = [change for change in left_out if change.address.tenant not in barred]
    told = (_objected(change, objections) for change in decided)
    changes = tuple(sorted([*told, *spared], key=lambda change: change.address))
    return Plan(
        cloud=cloud,
        changes=changes,
        steps=order(changes, wanted),
        problems=problems,
        fingerprint=fingerprint(cloud, changes),
        made_at=made_at,
        made_by=made_by,
        tenants=tuple(sorted(tenants)),
    )


def _objected(change: Change, objections: Mapping[tuple[Address, str], Text]) -> Change:
    """Return a change that leaves something, with what the documents have against it."""
    if change.action is not Action.LEAVE or change.have is None:
        return change
    said = objections.get((change.address, change.have.id))
    return change if said is None else replace(change, reason=said)


def join(cloud: str, plans: Iterable[Plan]) -> Plan:
    """Return one plan of several that share no tenant (at least one); of each, only what is to be told or done is kept."""
    parts = list(plans)
    if len(parts) == 1:
        return parts[0]
    changes = tuple(
        sorted((change for part in parts for change in part.changes), key=lambda each: each.address)
    )
    return replace(
        parts[0],
        changes=changes,
        steps=tuple(step for part in parts for step in part.steps),
        problems=tuple(problem for part in parts for problem in part.problems),
        fingerprint=fingerprint(cloud, changes),
        tenants=tuple(sorted(tenant for part in parts for tenant in part.tenants)),
    )


def part(whole: Plan, tenants: Collection[str]) -> Plan:
    """Return what a plan says of some of its tenants, under its own fingerprint."""
    return replace(
        whole,
        changes=tuple(change for change in whole.changes if change.address.tenant in tenants),
        steps=tuple(step for step in whole.steps if step.address.tenant in tenants),
        problems=tuple(problem for problem in whole.problems if problem.tenant in tenants),
        tenants=tuple(tenant for tenant in whole.tenants if tenant in tenants),
    )


def by_tenant(whole: Plan) -> dict[str, Plan]:
    """Return a plan's steps tenant by tenant, with the changes they make, under the whole's fingerprint."""
    changes: dict[str, list[Change]] = defaultdict(list)
    steps: dict[str, list[Step]] = defaultdict(list)
    for change in whole.changes:
        changes[change.address.tenant].append(change)
    for step in whole.steps:
        steps[step.address.tenant].append(step)
    return {
        tenant: replace(
            whole, changes=tuple(changes[tenant]), steps=tuple(its), problems=(), tenants=(tenant,)
        )
        for tenant, its in steps.items()
    }
