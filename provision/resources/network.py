"""A tenant's network: what its subnets and the ports of its machines stand on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.neutron import (
    BANDWIDTH,
    ZONES,
    found,
    grounds,
    head,
    hinted,
    hints,
    kept,
    limits,
    listed,
    project_id,
    writing,
    zones,
)
from provision.kind import Kind, chosen_by_cloud, immutable, reference, register, unordered
from provision.model.address import Address
from provision.model.document import WORDS, named, within, worded
from provision.model.resource import Desired, Live
from provision.model.tenant import in_words
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

_IN_USE: Final = say(
    "remove the machines, ports and floating addresses that still use this network, then apply again",
    "supprimer les machines, ports et adresses flottantes qui utilisent encore ce réseau, puis relancer apply",
)
NONE: Final = "none"
_SMALLEST_MTU: Final = 1280
_LARGEST_MTU: Final = 9216


@dataclass(frozen=True)
class NetworkSpec:
    """A network; its description without our marker, `mtu` in bytes, `zones` where it is served, for good.

    `qos_policy` is the key of one of ours, ``none``, or the id of somebody else's.
    """

    name: str
    description: str | None = None
    port_security: bool | None = True
    mtu: Annotated[int | None, chosen_by_cloud()] = None
    qos_policy: Annotated[str | None, reference("qos_policy")] = None
    zones: Annotated[tuple[str, ...] | None, immutable(), unordered()] = None


@register
class Network(Kind[NetworkSpec]):
    """Marked in its description, so that one that somebody renamed keeps its address."""

    name = "network"
    title = say("network", "réseau")
    service = "network"
    spec = NetworkSpec
    by_members = True
    observed_after = ("project", "qos_policy")
    carries = (ZONES,)
    document = within(
        "networks",
        named(
            say("Networks of the tenant", "Les réseaux du locataire"),
            {
                "description": worded(say("What the network is for", "À quoi sert le réseau"), WORDS),
                "port_security": worded(
                    say(
                        "Ports drop what bears another address than their own (true when left out)",
                        "Les ports rejettent ce qui porte une autre adresse que la leur (true si rien n'est dit)",
                    ),
                    {"type": "boolean"},
                ),
                "mtu": worded(
                    say(
                        "Largest packet, in bytes (the cloud's own when left out)",
                        "Taille maximale d'un paquet, en octets (celle du cloud si rien n'est dit)",
                    ),
                    {"type": "integer", "minimum": _SMALLEST_MTU, "maximum": _LARGEST_MTU},
                ),
            },
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[NetworkSpec]]:
        """Want each network of the documents."""
        for key, item in tenant.values.section("networks").items():
            path = f"networks.{key}"
            description = in_words(item["description"]) if "description" in item else None
            yield Desired(
                Address(self.name, tenant.key, key),
                NetworkSpec(
                    key,
                    description,
                    item.get("port_security", True),
                    item.get("mtu"),
                    _policy(key, item),
                    zones(tenant),
                ),
                tenant.values.origin(path),
                grounds(tenant.key)
                | ({Address("qos_policy", tenant.key, key)} if BANDWIDTH in item else frozenset()),
                {
                    **{
                        field: tenant.values.origin(f"{path}.{field}")
                        for field in ("description", "port_security", "mtu")
                    },
                    "qos_policy": tenant.values.origin(f"{path}.{BANDWIDTH}"),
                    "zones": tenant.values.origin(ZONES),
                },
                tenant.retirement(path),
            )

    def resolve(self, cloud: Cloud, want: Desired[NetworkSpec]) -> Desired[NetworkSpec]:
        """Cut the description to what there is room for."""
        return replace(want, spec=replace(want.spec, description=kept(cloud, want)))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[NetworkSpec]]:
        """List the networks of all these projects at once."""
        for tenant, body in listed(cloud, "networks", tenants):
            yield _live(cloud, tenant, body)

    def create(self, cloud: Cloud, want: Desired[NetworkSpec]) -> Live[NetworkSpec]:
        """Create it, marked."""
        body = {
            **head(cloud, want, want.spec.description),
            **_settings(cloud, want.address.tenant, want.spec),
            **hints(want.spec.zones),
            "project_id": project_id(cloud, want.address),
        }
        with writing(_IN_USE):
            made = cloud.network.post("/networks", {"network": body})["network"]
        return _live(cloud, want.address.tenant, made)

    def update(self, cloud: Cloud, have: Live[NetworkSpec], want: Desired[NetworkSpec]) -> Live[NetworkSpec]:
        """Set what differs, and our marker."""
        settings = {
            key: value
            for key, value in _settings(cloud, want.address.tenant, want.spec).items()
            if value != have.raw.get(key)
        }
        body = {**head(cloud, want, want.spec.description, have), **settings}
        if not body:
            return have
        with writing(_IN_USE):
            there = cloud.network.put(f"/networks/{have.id}", {"network": body})["network"]
        return _live(cloud, want.address.tenant, there)

    def delete(self, cloud: Cloud, have: Live[NetworkSpec]) -> None:
        """Delete it. Raises `Conflict` while something has a port on it."""
        with writing(_IN_USE):
            cloud.network.delete(f"/networks/{have.id}")


def _policy(key: str, item: Mapping[str, Any]) -> str | None:
    """Return the policy that a network is to have: its own, which bears its key, or none; None when nothing is said."""
    if BANDWIDTH not in item:
        return None
    return key if limits(item) else NONE


def _settings(cloud: Cloud, tenant: str, spec: NetworkSpec) -> dict[str, Any]:
    """Return what is managed, in Neutron's words."""
    settings: dict[str, Any] = {"port_security_enabled": spec.port_security, "mtu": spec.mtu}
    managed = {key: value for key, value in settings.items() if value is not None}
    if spec.qos_policy == NONE:
        return {**managed, "qos_policy_id": None}
    if spec.qos_policy:
        managed["qos_policy_id"] = cloud.ids.of(Address("qos_policy", tenant, spec.qos_policy))
    return managed


def _policy_found(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> str:
    policy = body.get("qos_policy_id")
    if not policy:
        return NONE
    at = cloud.ids.address("qos_policy", policy)
    ours = at is not None and at.tenant == tenant and cloud.ids.find(at) == policy
    return at.name if at and ours else str(policy)


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[NetworkSpec]:
    at = found(cloud, Network.name, tenant, body)
    spec = NetworkSpec(
        body["name"],
        at.text,
        body.get("port_security_enabled"),
        body.get("mtu"),
        _policy_found(cloud, tenant, body),
        hinted(body),
    )
    return Live(at.address, body["id"], spec, at.owned, body, body.get("created_at", ""))
