"""Ports as filters see them: whose a port is, and what lets traffic past its filter."""

from __future__ import annotations

import ipaddress
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provision.text import Text, say

_OF_ROUTERS: Final = {
    f"network:{owner}"
    for owner in (
        "router_interface",
        "router_interface_distributed",
        "ha_router_replicated_interface",
        "router_gateway",
        "router_centralized_snat",
    )
}
_OF_SERVICES: Final = {"network:dhcp", "network:distributed"}
_EVERYTHING: Final = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


@dataclass(frozen=True, slots=True)
class Port:
    """Whether a port filters, whether it is in a security group, and the addresses it may bear beside its own."""

    filtered: bool
    grouped: bool
    pairs: tuple[str, ...] = ()

    def faults(self) -> Iterator[Text]:
        """Yield what is wrong with it; pairs that hold half of a family's addresses hold any (Neutron lets nobody say all)."""
        if not self.filtered:
            yield say("port security is off", "la sécurité de port est désactivée")
        if not self.grouped:
            yield say("in no security group", "dans aucun groupe de sécurité")
        pairs = [ipaddress.ip_network(each, strict=False) for each in self.pairs]
        for everything in _EVERYTHING:
            held: list[Any] = [each for each in pairs if each.version == everything.version]
            borne = sum(each.num_addresses for each in ipaddress.collapse_addresses(held))
            if 2 * borne >= everything.num_addresses:
                yield say(
                    "may bear any IPv{family} address",
                    "peut porter toute adresse IPv{family}",
                    family=everything.version,
                )


def read(body: Mapping[str, Any]) -> Port:
    """Return a port as Neutron shows it."""
    pairs = tuple(str(pair["ip_address"]) for pair in body.get("allowed_address_pairs", ()))
    return Port(bool(body.get("port_security_enabled")), bool(body.get("security_groups")), pairs)


def serves(body: Mapping[str, Any], routers: Container[str]) -> bool:
    """Tell whether a port is one by which the cloud serves the tenant: Neutron filters none of these.

    That of a router must belong to a router that is there; that of another service bears the network's id in its device's.
    """
    owner, device = body["device_owner"], body["device_id"]
    if owner in _OF_ROUTERS:
        return device in routers
    return owner in _OF_SERVICES and device.endswith(body["network_id"])
