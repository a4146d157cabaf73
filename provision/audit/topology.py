"""Draw a tenant's networks together, promised or found, from the sources that controls judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from provision.audit.eyes import why
from provision.audit.source import Source, Thing, sources
from provision.errors import ProvisionError
from provision.kind import kinds
from provision.model.finding import Unseen
from provision.model.topology import Filter, Network, Router, Subnet, Topology

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

NONE: Final = "none"
Looked = Callable[[Source], Iterable[Thing]]


def promised(tenant: Tenant) -> Topology:
    """Return what a tenant's documents make."""
    return _drawn(lambda source: source.promised(tenant))


def found(eyes: Eyes, tenant: Tenant) -> Topology:
    """Return what the cloud has of a tenant."""
    return _drawn(lambda source: source.found(eyes, tenant))


def _drawn(look: Looked) -> Topology:
    unseen: list[Unseen] = []

    def things(kind: str) -> Sequence[Thing]:
        try:
            return sorted(look(sources()[kind]), key=lambda each: each.address)
        except ProvisionError as error:
            unseen.append(Unseen(kinds()[kind].name, why(error)))
            return ()

    subnets = things("subnet")
    stands_on = {_name(each): each.spec.network for each in subnets}
    of_network: dict[str, list[Subnet]] = defaultdict(list)
    for each in subnets:
        of_network[each.spec.network].append(Subnet(each.spec.family, each.spec.cidr or ""))
    return Topology(
        tuple(Network(_name(each), tuple(of_network[_name(each)])) for each in things("network")),
        tuple(_router(each, stands_on) for each in things("router")),
        tuple(Filter(_name(each), each.spec.rules) for each in things("security_group")),
        tuple(unseen),
    )


def _name(thing: Thing) -> str:
    return thing.address.split("/", 2)[2]


def _router(thing: Thing, stands_on: dict[str, str]) -> Router:
    met = frozenset(stands_on[each] for each in thing.spec.interfaces if each in stands_on)
    return Router(_name(thing), met, None if thing.spec.gateway == NONE else thing.spec.gateway)
