"""The plan in one page: decide, cascade, guard, order, fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from provision.model.plan import Plan, Problem
from provision.plan.canonical import fingerprint
from provision.plan.decide import Options, decide
from provision.plan.guard import cascade, guard
from provision.plan.order import order

if TYPE_CHECKING:
    from provision.kind import Kind
    from provision.model.resource import Desired, Live


def make(  # noqa: PLR0913 (everything a plan is made of, and nothing else)
    kinds: Mapping[str, Kind[Any]],
    desired: Iterable[Desired[Any]],
    live: Iterable[Live[Any]],
    *,
    cloud: str,
    tenants: Iterable[str],
    options: Options = Options(),  # noqa: B008 (frozen and empty)
    problems: Iterable[Problem] = (),
    made_at: str = "",
    made_by: str = "",
) -> Plan:
    """Return the plan that brings what is there to what is wanted; a tenant with a problem is left out of it whole."""
    problems = tuple(problems)
    barred = {problem.tenant for problem in problems}
    wanted = {want.address: want for want in desired if want.address.tenant not in barred}
    there = [each for each in live if each.address.tenant not in barred]
    ours = {each.address: each for each in reversed(there) if each.owned}
    changes = guard(cascade(decide(kinds, wanted.values(), there, options), wanted, ours), wanted, options)
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
