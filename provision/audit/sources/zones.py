"""The zones that documents keep apart, by the networks that stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from provision.audit.source import OfKind, Source, Thing, source
from provision.kind import kinds

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

ZONES: Final = "network.zones"


@dataclass(frozen=True, slots=True)
class Zoned:
    """The zones that a network stands in; or (`empty`) one in which no network stands."""

    zones: tuple[str, ...]
    empty: bool = False


@source
class NetworkZones(Source):
    """Each network of the tenant with its zones, and each zone without a network."""

    name = "network_zone"
    drawn_from = ("network",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return the networks that documents want."""
        return _placed(tenant, OfKind(kinds()["network"]).promised(tenant))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return those that are there, by whomever they were made."""
        return _placed(tenant, OfKind(kinds()["network"]).found(eyes, tenant))


def _placed(tenant: Tenant, networks: Iterable[Thing]) -> Iterator[Thing]:
    zones = tenant.values.section(ZONES)
    names = set()
    for network in networks:
        name = network.address.split("/", 2)[2]
        names.add(name)
        stands = tuple(zone for zone, within in zones.items() if name in within)
        yield Thing(network.address, Zoned(stands), network.origin, network.raw)
    for zone, within in zones.items():
        if not names & set(within):
            path = f"{ZONES}.{zone}"
            yield Thing(path, Zoned((zone,), empty=True), tenant.values.origin(path))
