"""What a tenant's networks look like as one picture: networks in both families, routers, the way out, and filters."""

from __future__ import annotations

from dataclasses import dataclass

from provision.model.finding import Unseen
from provision.model.rule import Rule


@dataclass(frozen=True, slots=True)
class Subnet:
    """A network's addresses of one family; `prefix` is empty where the cloud is still to take one from the operator's pool."""

    family: int
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """A network and its subnets."""

    name: str
    subnets: tuple[Subnet, ...] = ()


@dataclass(frozen=True, slots=True)
class Router:
    """A router: the networks that meet in it, and the external one that it leads to (empty: the estate's; None: none)."""

    name: str
    networks: frozenset[str] = frozenset()
    outside: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A security group; `rules` is None where documents leave them to others."""

    name: str
    rules: frozenset[Rule] | None = None


@dataclass(frozen=True, slots=True)
class Topology:
    """A tenant's networks, routers and filters, by name; `unseen` is what could not be read of them."""

    networks: tuple[Network, ...] = ()
    routers: tuple[Router, ...] = ()
    filters: tuple[Filter, ...] = ()
    unseen: tuple[Unseen, ...] = ()

    def routers_of(self, network: str) -> tuple[Router, ...]:
        """Return the routers that a network meets others in."""
        return tuple(each for each in self.routers if network in each.networks)
