"""A tenant's router: which of its subnets meet, and whether they reach the outside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.neutron import (
    ZONES,
    chosen,
    found,
    grounds,
    head,
    hinted,
    hints,
    kept,
    listed,
    project_id,
    writing,
    zones,
)
from provision.errors import NotFound
from provision.kind import Kind, exact_set, immutable, reference, register, unordered
from provision.model.address import Address
from provision.model.document import NAME, WORDS, named, worded
from provision.model.resource import Desired, Live
from provision.model.tenant import in_words
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

NONE: Final = "none"
EXTERNAL: Final = "external"
FAMILIES: Final = ("ipv4", "ipv6")
INTERFACES: Final = (
    "network:router_interface",
    "network:router_interface_distributed",
    "network:ha_router_replicated_interface",
)
_IN_USE: Final = say(
    "release the floating addresses that go through this router, and take off it what is not of these documents,"
    " then apply again",
    "libérer les adresses flottantes qui passent par ce routeur, en détacher ce qui n'est pas de ces documents,"
    " puis relancer apply",
)


@dataclass(frozen=True)
class RouterSpec:
    """A router; `gateway` is an external network's name or ``none``, `zones` where it is served, for good.

    `interfaces` are the tenant's own subnets: what somebody else attached is neither shown nor taken off.
    """

    name: str
    description: str | None = None
    gateway: str = NONE
    snat: bool | None = None
    interfaces: Annotated[frozenset[str], exact_set(), reference("subnet")] = frozenset()
    zones: Annotated[tuple[str, ...] | None, immutable(), unordered()] = None


_DOCUMENT: Final = {
    "properties": {
        "routers": named(
            say("Routers of the tenant", "Les routeurs du locataire"),
            {
                "description": worded(say("What the router is for", "À quoi sert le routeur"), WORDS),
                "gateway": worded(
                    say(
                        "external: to the estate's external network (none when left out)",
                        "external : vers le réseau externe du parc (none si rien n'est dit)",
                    ),
                    {"enum": [EXTERNAL, NONE]},
                ),
                "snat": worded(
                    say(
                        "Machines without a floating address may call out (the cloud's own when left out)",
                        "Les machines sans adresse flottante peuvent appeler dehors (au choix du cloud si rien n'est dit)",
                    ),
                    {"type": "boolean"},
                ),
            },
        ),
        "networks": {
            "additionalProperties": {
                "properties": {
                    "router": worded(
                        say("A key of routers, or none", "Une clé de routers, ou none"),
                        {"type": "string", "pattern": NAME},
                    )
                }
            }
        },
    }
}


@register
class Router(Kind[RouterSpec]):
    """Marked in its description. A network of the documents says which router it is attached to."""

    name = "router"
    title = say("router", "routeur")
    service = "network"
    spec = RouterSpec
    by_members = True
    observed_after = ("project", "subnet")
    carries = (ZONES,)
    document = _DOCUMENT

    def desire(self, tenant: Tenant) -> Iterator[Desired[RouterSpec]]:
        """Want each router of the documents, attached to the subnets of the networks that name it."""
        for key, item in tenant.values.section("routers").items():
            path = f"routers.{key}"
            spec = RouterSpec(
                name=key,
                description=in_words(item["description"]) if "description" in item else None,
                gateway=_wanted_gateway(tenant, item),
                snat=item.get("snat") if item.get("gateway", NONE) != NONE else None,
                interfaces=frozenset(_subnets(tenant, key, staying=True)),
                zones=zones(tenant),
            )
            subnets = {Address("subnet", tenant.key, name) for name in _subnets(tenant, key, staying=False)}
            yield Desired(
                Address(self.name, tenant.key, key),
                spec,
                tenant.values.origin(path),
                grounds(tenant.key) | subnets,
                {
                    **{
                        field: tenant.values.origin(f"{path}.{field}")
                        for field in ("description", "gateway", "snat")
                    },
                    "zones": tenant.values.origin(ZONES),
                },
                tenant.retirement(path),
            )

    def resolve(self, cloud: Cloud, want: Desired[RouterSpec]) -> Desired[RouterSpec]:
        """Cut the description; look for the external network. Raises `Unmet` where there is none of its name, or several."""
        if want.spec.gateway != NONE and want.retired is None:
            _external(cloud, want)
        return replace(want, spec=replace(want.spec, description=kept(cloud, want)))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[RouterSpec]]:
        """List the routers of all these projects at once, and the ports that are their interfaces."""
        routers = list(listed(cloud, "routers", tenants))
        attached: dict[str, set[str]] = defaultdict(set)
        for tenant, port in listed(cloud, "ports", tenants, device_owner=INTERFACES) if routers else ():
            subnets = (each["subnet_id"] for each in port["fixed_ips"])
            attached[port["device_id"]].update(_own_subnets(cloud, tenant, subnets))
        for tenant, body in routers:
            yield _live(cloud, tenant, body, frozenset(attached[body["id"]]))

    def create(self, cloud: Cloud, want: Desired[RouterSpec]) -> Live[RouterSpec]:
        """Create it, marked, with its gateway; its interfaces follow with the first update.

        Only operators may say ``enable_snat`` (Neutron's default policy), so it is said where it is not what Neutron does
        anyway; a Neutron that does otherwise shows it in its answer, and the first update says it.
        """
        usual = replace(want, spec=replace(want.spec, snat=None)) if want.spec.snat else want
        body = {
            **head(cloud, want, want.spec.description),
            **_gateway(cloud, usual),
            **hints(want.spec.zones),
            "project_id": project_id(cloud, want.address),
        }
        with writing(_IN_USE):
            made = cloud.network.post("/routers", {"router": body})["router"]
        return _live(cloud, want.address.tenant, made, frozenset())

    def update(self, cloud: Cloud, have: Live[RouterSpec], want: Desired[RouterSpec]) -> Live[RouterSpec]:
        """Set what differs, and our marker; then take off and attach subnets, each of which its answer names."""
        body = head(cloud, want, want.spec.description, have)
        if _leads_elsewhere(have.spec, want.spec):
            body.update(_gateway(cloud, want))
        there = have.raw
        with writing(_IN_USE):
            if body:
                there = cloud.network.put(f"/routers/{have.id}", {"router": body})["router"]
            for subnet in sorted(have.spec.interfaces - want.spec.interfaces):
                _detach(cloud, have, subnet)
            attached = [
                _attach(cloud, have, subnet) for subnet in sorted(want.spec.interfaces - have.spec.interfaces)
            ]
        kept = have.spec.interfaces & want.spec.interfaces
        return _live(cloud, want.address.tenant, there, kept.union(*attached))

    def delete(self, cloud: Cloud, have: Live[RouterSpec]) -> None:
        """Take off our subnets, then delete it, and its gateway with it. Raises `Conflict` while it serves somebody else."""
        there = next((live for live in self.look(cloud, have.address) if live.id == have.id), None)
        with writing(_IN_USE):
            for subnet in sorted(there.spec.interfaces) if there else ():
                _detach(cloud, have, subnet)
            cloud.network.delete(f"/routers/{have.id}")


def _wanted_gateway(tenant: Tenant, item: Mapping[str, Any]) -> str:
    if item.get("gateway", NONE) == NONE:
        return NONE
    return str(tenant.estate.get("external_network", ""))


def _subnets(tenant: Tenant, router: str, *, staying: bool) -> Iterator[str]:
    """Yield the subnets of the networks that name a router; `staying`: of those only that are not retired."""
    for network, item in tenant.values.section("networks").items():
        gone = staying and tenant.retirement(f"networks.{network}") is not None
        if item.get("router", NONE) == router and not gone:
            yield from (f"{network}-{family}" for family in FAMILIES if item.get(family, NONE) != NONE)


def _external(cloud: Cloud, want: Desired[RouterSpec]) -> str:
    what = say("external network", "réseau externe")
    offered = cloud.shared.external_networks()
    return str(chosen(what, want.spec.gateway, offered, want.where("gateway"))["id"])


def _gateway(cloud: Cloud, want: Desired[RouterSpec]) -> dict[str, Any]:
    """Return the way out in Neutron's words; an empty one takes it away."""
    if want.spec.gateway == NONE:
        return {"external_gateway_info": {}}
    snat = {} if want.spec.snat is None else {"enable_snat": want.spec.snat}
    return {"external_gateway_info": {"network_id": _external(cloud, want), **snat}}


def _leads_elsewhere(have: RouterSpec, want: RouterSpec) -> bool:
    return have.gateway != want.gateway or want.snat not in {None, have.snat}


def _subnet_id(cloud: Cloud, router: Live[RouterSpec], subnet: str) -> str:
    return cloud.ids.of(Address("subnet", router.address.tenant, subnet))


def _attach(cloud: Cloud, router: Live[RouterSpec], subnet: str) -> frozenset[str]:
    """Attach a subnet, and return those of ours that the answer says are attached by it."""
    body = {"subnet_id": _subnet_id(cloud, router, subnet)}
    made = cloud.network.put(f"/routers/{router.id}/add_router_interface", body)
    return frozenset(_own_subnets(cloud, router.address.tenant, made["subnet_ids"]))


def _detach(cloud: Cloud, router: Live[RouterSpec], subnet: str) -> None:
    try:
        body = {"subnet_id": _subnet_id(cloud, router, subnet)}
        cloud.network.put(f"/routers/{router.id}/remove_router_interface", body)
    except NotFound:
        return


def _own_subnets(cloud: Cloud, tenant: str, identifiers: Iterable[str]) -> Iterator[str]:
    """Yield the names of those subnets that are the tenant's and ours."""
    for identifier in identifiers:
        at = cloud.ids.address("subnet", identifier)
        if at is not None and at.tenant == tenant and cloud.ids.find(at) == identifier:
            yield at.name


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any], interfaces: frozenset[str]) -> Live[RouterSpec]:
    at = found(cloud, Router.name, tenant, body)
    way = body.get("external_gateway_info") or {}
    spec = RouterSpec(
        name=body["name"],
        description=at.text,
        gateway=_found_gateway(cloud, way),
        snat=way.get("enable_snat"),
        interfaces=interfaces,
        zones=hinted(body),
    )
    return Live(at.address, body["id"], spec, at.owned, body, body.get("created_at", ""))


def _found_gateway(cloud: Cloud, way: Mapping[str, Any]) -> str:
    if not way:
        return NONE
    names = {network["id"]: network["name"] for network in cloud.shared.external_networks()}
    return str(names.get(way["network_id"], way["network_id"]))
