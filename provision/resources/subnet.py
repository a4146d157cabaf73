"""A network's addresses, one subnet a family: taken from a pool (the estate's, the tenant's own), or written in the documents."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.neutron import Found, chosen, found, head, listed, project_id, writing
from provision.kind import Kind, chosen_by_cloud, immutable, reference, register
from provision.model.address import Address
from provision.model.document import NAME, within, worded
from provision.model.pool import FAMILIES, POLICY
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from provision.cloud.connect import Cloud
    from provision.model.origin import Origin
    from provision.model.tenant import Tenant

AUTO: Final = "auto"
NONE: Final = "none"
SLAAC: Final = "slaac"
IPV6: Final = 6
_IN_USE: Final = say(
    "remove the machines and ports that still have an address of this subnet (for another gateway, take it off its"
    " router first), then apply again",
    "supprimer les machines et ports qui ont encore une adresse de ce sous-réseau (pour changer de passerelle, le"
    " détacher d'abord de son routeur), puis relancer apply",
)


@dataclass(frozen=True, slots=True)
class FromPool:
    """A pool, and how long a prefix to take from it: asked once, at creation, so the length makes no difference later.

    `own` pools are the tenant's, and bear the key that documents give them.
    """

    name: str
    length: int | None = field(default=None, compare=False)
    own: bool = False

    def __str__(self) -> str:
        """Return the pool's name."""
        return self.name


@dataclass(frozen=True)
class SubnetSpec:
    """A subnet; `pool` is None for a prefix of no pool, `mode` is how IPv6 addresses come about (``slaac``, ``none``)."""

    network: Annotated[str, immutable(), reference("network")]
    name: str
    family: Annotated[int, immutable()]
    cidr: Annotated[str | None, immutable(), chosen_by_cloud()] = None
    pool: Annotated[FromPool | None, immutable()] = None
    mode: Annotated[str | None, immutable()] = None
    gateway: Annotated[str | None, chosen_by_cloud()] = None
    dhcp: bool | None = None
    dns: tuple[str, ...] | None = None


def _address(family: int) -> dict[str, Any]:
    patterns = {4: r"^\d{1,3}(\.\d{1,3}){3}$", 6: "^[0-9a-fA-F]*:[0-9a-fA-F:.]*$"}
    examples = {4: "10.20.0.1", 6: "2001:db8:20::1"}
    return {
        "type": "string",
        "pattern": patterns[family],
        "says": {
            "en": f"an IPv{family} address ({examples[family]})",
            "fr": f"une adresse IPv{family} ({examples[family]})",
        },
    }


def _servers(*families: int) -> dict[str, Any]:
    addresses = [_address(family) for family in families]
    item = addresses[0] if len(addresses) == 1 else {"anyOf": addresses}
    return worded(
        say(
            "Name servers, in the order they are asked", "Serveurs de noms, dans l'ordre où on les interroge"
        ),
        {"type": "array", "items": item},
    )


def _addresses(family: int) -> dict[str, Any]:
    """Return the schema of ``ipv4`` or ``ipv6`` of a network."""
    dhcp = {
        4: say("Hand out addresses (the cloud's own way when left out)", "Distribuer les adresses (à la façon du cloud si rien n'est dit)"),
        6: say("false: addresses are set by hand, without SLAAC", "false : adresses fixées à la main, sans SLAAC"),
    }[family]  # fmt: skip
    given = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "cidr": {"anyOf": [{"enum": [AUTO]}, {"type": "string", "cidr": family}]},
            "pool": worded(
                say(
                    "A key of network.pools: the addresses are taken from it (auto: any that are free)",
                    "Une clé de network.pools : les adresses y sont prises (auto : n'importe lesquelles de libres)",
                ),
                {"type": "string", "pattern": NAME},
            ),
            "gateway": worded(say("The router's address", "L'adresse du routeur"), _address(family)),
            "dhcp": worded(dhcp, {"type": "boolean"}),
            "dns": _servers(family),
        },
    }
    about = say(
        "IPv{family} addresses: auto takes them from the estate's pool",
        "Adresses IPv{family} : auto les prend dans la réserve du parc",
        family=family,
    )
    schema = {"anyOf": [{"enum": [AUTO, NONE]}, {"type": "string", "cidr": family}, given]}
    return {**schema, "description": about.render("en"), "description_fr": about.render("fr")}


@register
class Subnet(Kind[SubnetSpec]):
    """Named after its network and family. Its prefix is asked for once and then stays, whatever becomes of the pool."""

    name = "subnet"
    title = say("subnet", "sous-réseau")
    service = "network"
    spec = SubnetSpec
    by_members = True
    observed_after = ("project", "network", "subnet_pool")
    carries = (POLICY,)
    document = within(
        "networks",
        {
            "additionalProperties": {
                "properties": {
                    "ipv4": _addresses(4),
                    "ipv6": _addresses(6),
                    "dns": _servers(4, 6),
                }
            }
        },
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[SubnetSpec]]:
        """Want one for each family that a network of the documents has."""
        for network, item in tenant.values.section("networks").items():
            for family in FAMILIES:
                if item.get(family, NONE) != NONE:
                    yield _wanted(tenant, network, item, family)

    def resolve(self, cloud: Cloud, want: Desired[SubnetSpec]) -> Desired[SubnetSpec]:
        """Look for the operator's pool. Raises `Unmet` where this cloud has none of its name, or several."""
        pool = want.spec.pool
        if pool is not None and not pool.own and want.retired is None:
            _offered(cloud, want, pool)
        return want

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[SubnetSpec]]:
        """List the subnets of all these projects at once."""
        for tenant, body in listed(cloud, "subnets", tenants):
            yield _live(cloud, tenant, body)

    def create(self, cloud: Cloud, want: Desired[SubnetSpec]) -> Live[SubnetSpec]:
        """Create it, marked; Neutron allocates a free prefix when it comes from a pool."""
        spec = want.spec
        body = {
            **head(cloud, want, None),
            **_settings(spec),
            **_prefix(cloud, want),
            "ip_version": spec.family,
            "network_id": cloud.ids.of(Address("network", want.address.tenant, spec.network)),
            "project_id": project_id(cloud, want.address),
        }
        if spec.mode == SLAAC:
            body.update(ipv6_ra_mode=SLAAC, ipv6_address_mode=SLAAC)
        with writing(_IN_USE):
            made = cloud.network.post("/subnets", {"subnet": body})["subnet"]
        return _live(cloud, want.address.tenant, made)

    def update(self, cloud: Cloud, have: Live[SubnetSpec], want: Desired[SubnetSpec]) -> Live[SubnetSpec]:
        """Set what differs, and our marker."""
        now = _settings(have.spec)
        settings = {key: value for key, value in _settings(want.spec).items() if value != now.get(key)}
        if "gateway_ip" in settings:
            settings["allocation_pools"] = list(_around(settings["gateway_ip"], have.raw["allocation_pools"]))
        body = {**head(cloud, want, None, have), **settings}
        if not body:
            return have
        with writing(_IN_USE):
            there = cloud.network.put(f"/subnets/{have.id}", {"subnet": body})["subnet"]
        return _live(cloud, want.address.tenant, there)

    def delete(self, cloud: Cloud, have: Live[SubnetSpec]) -> None:
        """Delete it. Raises `Conflict` while a machine or a router has an address of it."""
        with writing(_IN_USE):
            cloud.network.delete(f"/subnets/{have.id}")


def _wanted(tenant: Tenant, network: str, item: Mapping[str, Any], family: str) -> Desired[SubnetSpec]:
    path = f"networks.{network}.{family}"
    said = item[family] if isinstance(item[family], Mapping) else {"cidr": item[family]}
    name = f"{network}-{family}"
    spec = _spec(tenant, network, said, family, item.get("dns"))
    needed = {Address("network", tenant.key, network)}
    if spec.pool is not None and spec.pool.own:
        needed.add(Address("subnet_pool", tenant.key, spec.pool.name))
    return Desired(
        Address(Subnet.name, tenant.key, name),
        spec,
        tenant.values.origin(path),
        frozenset(needed),
        _origins(tenant, network, family),
        tenant.retirement(f"networks.{network}"),
    )


def _origins(tenant: Tenant, network: str, family: str) -> dict[str, Origin]:
    origin, own = tenant.values.origin, f"networks.{network}.{family}"
    dns = f"{own}.dns" if tenant.values.get(f"{own}.dns") is not None else f"networks.{network}.dns"
    fields = {each: origin(f"{own}.{each}") for each in ("cidr", "pool", "gateway", "dhcp")}
    return {**fields, "dns": origin(dns), "mode": origin(f"{own}.dhcp")}


def _spec(
    tenant: Tenant, network: str, said: Mapping[str, Any], family: str, servers: Iterable[str] | None
) -> SubnetSpec:
    version, cidr = FAMILIES[family], said.get("cidr", AUTO)
    given = said.get("dns", servers)
    dhcp, gateway = said.get("dhcp"), said.get("gateway")
    return SubnetSpec(
        network=network,
        name=f"{network}-{family}",
        family=version,
        cidr=None if cidr == AUTO else str(ipaddress.ip_network(cidr)),
        pool=_wanted_pool(tenant, said, family),
        mode=_wanted_mode(version, dhcp),
        gateway=gateway and str(ipaddress.ip_address(gateway)),
        dhcp=None if version == IPV6 else dhcp,
        dns=None if given is None else _of_family(version, given),
    )


def _wanted_pool(tenant: Tenant, said: Mapping[str, Any], family: str) -> FromPool | None:
    if "pool" in said:
        return FromPool(said["pool"], own=True)
    if said.get("cidr", AUTO) != AUTO:
        return None
    name, length = (tenant.estate.get(f"{each}.{family}") for each in ("pools", "prefix_lengths"))
    return FromPool(str(name or ""), length)


def _wanted_mode(family: int, dhcp: bool | None) -> str | None:  # noqa: FBT001 (as documents say it)
    if family != IPV6:
        return None
    return NONE if dhcp is False else SLAAC


def _of_family(family: int, servers: Iterable[str]) -> tuple[str, ...]:
    addresses = (ipaddress.ip_address(server) for server in servers)
    return tuple(str(address) for address in addresses if address.version == family)


def _offered(cloud: Cloud, want: Desired[SubnetSpec], pool: FromPool) -> str:
    """Return the id of the operator's pool. A tenant may name one of its own like it: one that is shared comes first."""
    offered = [each for each in cloud.shared.subnet_pools() if each["ip_version"] == want.spec.family]
    shared = [each for each in offered if each["shared"]]
    offered = shared if any(each["name"] == pool.name for each in shared) else offered
    what = say("IPv{family} subnet pool", "réserve de sous-réseaux IPv{family}", family=want.spec.family)
    return str(chosen(what, pool.name, offered, want.where("cidr"))["id"])


def _pool(cloud: Cloud, want: Desired[SubnetSpec], pool: FromPool) -> str:
    if pool.own:
        return cloud.ids.of(Address("subnet_pool", want.address.tenant, pool.name))
    return _offered(cloud, want, pool)


def _prefix(cloud: Cloud, want: Desired[SubnetSpec]) -> dict[str, Any]:
    """Return what asks for the addresses, in Neutron's words: a prefix, or a pool, or a prefix of a pool."""
    cidr, pool = want.spec.cidr, want.spec.pool
    asked: dict[str, Any] = {} if cidr is None else {"cidr": cidr}
    if pool is None:
        return asked
    length = {"prefixlen": pool.length} if pool.length and cidr is None else {}
    return {**asked, **length, "subnetpool_id": _pool(cloud, want, pool)}


def _settings(spec: SubnetSpec) -> dict[str, Any]:
    """Return what is managed and can change, in Neutron's words; an IPv6 subnet without SLAAC hands out nothing."""
    settings = {
        "gateway_ip": spec.gateway,
        "enable_dhcp": False if spec.mode == NONE else spec.dhcp,
        "dns_nameservers": None if spec.dns is None else list(spec.dns),
    }
    return {key: value for key, value in settings.items() if value is not None}


def _around(gateway: str, pools: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """Yield what is handed out now without the new gateway, which Neutron refuses while a pool holds it."""
    taken = ipaddress.ip_address(gateway)
    for pool in pools:
        start, end = (ipaddress.ip_address(pool[each]) for each in ("start", "end"))
        if not int(start) <= int(taken) <= int(end):
            yield {"start": str(start), "end": str(end)}
            continue
        if start != taken:
            yield {"start": str(start), "end": str(taken - 1)}
        if end != taken:
            yield {"start": str(taken + 1), "end": str(end)}


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[SubnetSpec]:
    at = found(cloud, Subnet.name, tenant, body)
    family, gateway = int(body["ip_version"]), body.get("gateway_ip")
    spec = SubnetSpec(
        network=_found_network(cloud, at, body["network_id"]),
        name=body["name"],
        family=family,
        cidr=str(ipaddress.ip_network(body["cidr"])),
        pool=_found_pool(cloud, tenant, body),
        mode=_found_mode(body) if family == IPV6 else None,
        gateway=gateway and str(ipaddress.ip_address(gateway)),
        dhcp=body.get("enable_dhcp") if family != IPV6 else None,
        dns=_of_family(family, body.get("dns_nameservers", ())),
    )
    return Live(at.address, body["id"], spec, at.owned, body, body.get("created_at", ""))


def _found_network(cloud: Cloud, subnet: Found, identifier: str) -> str:
    """Return the network's name in addresses, or its id where that name means another network, of ours.

    A subnet stays on the network it was made on, and goes with it. So where one of ours shows, and neither its network nor
    another of that name does, the list of networks is older than that of subnets, and its marker says the name (0185).
    """
    tenant = subnet.address.tenant
    at = cloud.ids.address("network", identifier)
    if at is None and subnet.owned:
        at = Address("network", tenant, subnet.address.name.rpartition("-")[0])
    known = at is not None and at.tenant == tenant and cloud.ids.find(at) in {None, identifier}
    return at.name if at is not None and known else identifier


def _found_pool(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> FromPool | None:
    """Return the pool that a subnet is of: ours by its key, the operator's by its name, one that people made by its id."""
    identifier = body.get("subnetpool_id")
    if identifier is None:
        return None
    length = ipaddress.ip_network(body["cidr"]).prefixlen
    at = cloud.ids.address("subnet_pool", identifier)
    if at is not None and at.tenant == tenant and cloud.ids.find(at) == identifier:
        return FromPool(at.name, length, own=True)
    names = {
        pool["id"]: pool["name"]
        for pool in cloud.shared.subnet_pools()
        if pool["project_id"] != body["project_id"]
    }
    return FromPool(str(names.get(identifier, identifier)), length)


def _found_mode(body: Mapping[str, Any]) -> str:
    modes = [body.get("ipv6_ra_mode"), body.get("ipv6_address_mode")]
    return "/".join(dict.fromkeys(mode or NONE for mode in modes))
