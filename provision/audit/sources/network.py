"""What stands on networks: ports, floating addresses, shares, both families of a network, packet logs, routers' redundancy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.audit.source import OfKind, Source, Thing, source
from provision.kind import kinds
from provision.model import port
from provision.model.pool import ESTATE, POLICY, approved
from provision.model.port import Port

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

EVERYBODY: Final = "*"
_SHARED: Final = ("network", "security_group", "qos_policy", "subnet_pool", "address_scope")
IPV6: Final = 6


@source
class Ports(Source):
    """The ports of the tenant (`Port`), those that people made by hand included; not those by which the cloud serves it."""

    name = "port"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return what a port of each network gets."""
        for name, item in tenant.values.section("networks").items():
            path = f"networks.{name}.port_security"
            filtered = bool(item.get("port_security", True))
            yield Thing(path, Port(filtered, grouped=filtered), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each port."""
        routers = {live.id for live in eyes.lives("router", tenant.key)}
        for body in eyes.by_project("port", "network", "/ports", "ports").get(eyes.project(tenant.key), ()):
            if not port.serves(body, routers):
                yield Thing(
                    f"{self.name}/{tenant.key}/{body['name'] or body['id']}", port.read(body), raw=body
                )


@dataclass(frozen=True, slots=True)
class FloatingIp:
    """An address that the outside reaches."""

    address: str


@source
class FloatingIps(Source):
    """The floating addresses of the tenant."""

    name = "floating_ip"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return the addresses that documents expose."""
        for index, item in enumerate(tenant.values.items("exposure")):
            if "address" in item:
                yield Thing(
                    f"exposure.{index}",
                    FloatingIp(item["address"]),
                    tenant.values.origin(f"exposure.{index}"),
                )

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each address."""
        every = eyes.by_project("floating_ip", "network", "/floatingips", "floatingips")
        for body in every.get(eyes.project(tenant.key), ()):
            address = body["floating_ip_address"]
            yield Thing(f"{self.name}/{tenant.key}/{address}", FloatingIp(address), raw=body)


@dataclass(frozen=True, slots=True)
class Share:
    """With whom something is shared: a tenant's key, a project's id, or ``*`` for everybody."""

    what: str
    target: str


@source
class Shares(Source):
    """What of the tenant is shared with other projects, whoever shared it: an entry belongs to who made it."""

    name = "share"
    drawn_from = ("rbac_policy",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return what documents share."""
        for name, item in tenant.values.section("networks").items():
            path = f"networks.{name}.shared_with"
            for target in item.get("shared_with", ()):
                yield Thing(path, Share(f"network {name}", target), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each RBAC entry of the tenant's project, and of others on what is the tenant's."""
        project = eyes.project(tenant.key)
        own = {live.id for kind in _SHARED for live in eyes.lives(kind, tenant.key)}
        for body in _entries(eyes, own, project):
            at = eyes.cloud.ids.address("project", body["target_tenant"])
            spec = Share(
                f"{body['object_type']} {body['object_id']}", at.tenant if at else body["target_tenant"]
            )
            yield Thing(f"{self.name}/{tenant.key}/{body['id']}", spec, raw=body)  # fmt: skip


def _entries(eyes: Eyes, own: set[str], project: str) -> list[Mapping[str, Any]]:
    """Return the entries that a project made, or that speak of what it owns."""
    made = eyes.by_project("share", "network", "/rbac-policies", "rbac_policies").get(project, ())
    by_object = eyes.by_project("share", "network", "/rbac-policies", "rbac_policies", owner="object_id")
    spoken_of = [body for each in own for body in by_object.get(each, ())]
    return list({body["id"]: body for body in (*made, *spoken_of)}.values())


@dataclass(frozen=True, slots=True)
class Stacks:
    """The address families of a network."""

    families: frozenset[int]


@source
class DualStack(Source):
    """Each network of the tenant with the families of its subnets."""

    name = "dual_stack"
    drawn_from = ("network", "subnet")

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return each network that documents want."""
        return self._paired(*(OfKind(kinds()[kind]).promised(tenant) for kind in ("network", "subnet")))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each network there is."""
        return self._paired(*(OfKind(kinds()[kind]).found(eyes, tenant) for kind in ("network", "subnet")))

    def _paired(self, networks: Iterable[Thing], subnets: Iterable[Thing]) -> Iterator[Thing]:
        families: dict[str, set[int]] = defaultdict(set)
        for subnet in subnets:
            families[subnet.spec.network].add(subnet.spec.family)
        for network in networks:
            name = network.address.split("/", 2)[2]
            yield Thing(network.address, Stacks(frozenset(families[name])), network.origin)


@dataclass(frozen=True, slots=True)
class Prefix:
    """An IPv6 prefix: the pool that it is of (empty: of none), and whether documents let it come from there."""

    cidr: str
    pool: str
    approved: bool


@source
class Ipv6Prefixes(Source):
    """The IPv6 prefixes of the tenant's networks, those of networks that people made included."""

    name = "ipv6_prefix"
    drawn_from = ("subnet", "subnet_pool", "address_scope")

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return where each prefix is to come from."""
        said = tenant.values.get(POLICY)
        for subnet in OfKind(kinds()["subnet"]).promised(tenant):
            pool = subnet.spec.pool
            where = pool and (pool.name if pool.own else ESTATE)
            if subnet.spec.family == IPV6:
                spec = Prefix(
                    subnet.spec.cidr or "auto", str(pool or ""), bool(where) and said in {None, where}
                )
                yield Thing(subnet.address, spec, subnet.origin)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each prefix there is; its pool is known by its id, whatever people call one of theirs."""
        good = frozenset(self._approved(eyes, tenant))
        for subnet in OfKind(kinds()["subnet"]).found(eyes, tenant):
            raw = subnet.raw or {}
            if subnet.spec.family == IPV6:
                spec = Prefix(subnet.spec.cidr, str(subnet.spec.pool or ""), raw.get("subnetpool_id") in good)
                yield Thing(subnet.address, spec, subnet.origin, raw)

    def _approved(self, eyes: Eyes, tenant: Tenant) -> Iterator[str]:
        """Yield the ids of the pools that are approved; one of the tenant's own as long as its scope is what is written."""
        scopes = {want.address: want.spec.scope for want in kinds()["subnet_pool"].desire(tenant)}
        lives = eyes.lives("subnet_pool", tenant.key)
        own = {
            live.id: live.address.name
            for live in lives
            if live.owned and scopes.get(live.address) == live.spec.scope
        }
        project = eyes.project(tenant.key)
        others = (pool for pool in eyes.cloud.shared.subnet_pools() if pool.get("project_id") != project)
        return approved(tenant, others, own)


@dataclass(frozen=True, slots=True)
class Logging:
    """How many packet logs are on."""

    logs: int


@source
class PacketLogs(Source):
    """Whether what security groups let pass and drop is logged."""

    name = "packet_log"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return whether documents want logs."""
        path = "network.logging"
        yield Thing(path, Logging(int(bool(tenant.values.get(path)))), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return how many logs of the project are on."""
        every = eyes.by_project("packet_log", "network", "/log/logs", "logs")
        on = [each for each in every.get(eyes.project(tenant.key), ()) if each["enabled"]]
        yield Thing(f"{self.name}/{tenant.key}/*", Logging(len(on)))


@dataclass(frozen=True, slots=True)
class Redundancy:
    """Whether a router survives the loss of a node."""

    redundant: bool


@source
class Routers(Source):
    """Each router of the tenant, for its redundancy."""

    name = "router_redundancy"
    drawn_from = ("router",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return each router as ``ha.network`` wants it."""
        for router in OfKind(kinds()["router"]).promised(tenant):
            yield Thing(
                router.address,
                Redundancy(bool(tenant.values.get("ha.network"))),
                tenant.values.origin("ha.network"),
            )

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each router there is; ``ha`` is told to administrators alone."""
        for router in OfKind(kinds()["router"]).found(eyes, tenant):
            raw = router.raw or {}
            spec = Redundancy(bool(raw.get("ha") or raw.get("distributed")))
            yield Thing(router.address, spec, router.origin, raw)
