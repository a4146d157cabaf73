"""Hosts that a tenant has to itself: an aggregate of Nova's, by which its machines go there and nobody else's do.

Two settings of Nova's make it so, and the proof `hosts-dedicated` sees whether a cloud has them: the scheduler's filter
AggregateMultiTenancyIsolation, and ``limit_tenants_to_placement_aggregate``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.others import tenant_of
from provision.cloud.unmet import missing
from provision.errors import NotFound
from provision.kind import Kind, Unmet, exact_set, manner, register, unordered
from provision.model.address import Address
from provision.model.document import closed, within, worded
from provision.model.resource import Desired, Live, Retirement
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

ISOLATION: Final = "hosts.isolation"
DEDICATED: Final = "dedicated"
ZONES: Final = "location.zones.compute"
FILTER: Final = "filter_tenant_id"
ANY: Final = "*"
_PROJECT: Final = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class HostAggregateSpec:
    """Which hosts, and whose machines alone: keys of tenants, ``project:<id>`` for who is none of this estate.

    A wanted host ``*`` is any of those `among`, in one of the `zones` where documents name some, which nobody has yet, until
    resolved.
    """

    hosts: Annotated[tuple[str, ...], unordered()] = ()
    only: Annotated[frozenset[str], exact_set()] = frozenset()
    among: Annotated[tuple[str, ...], manner()] = ()
    zones: Annotated[tuple[str, ...], manner()] = ()


@register
class HostAggregate(Kind[HostAggregateSpec]):
    """Nova takes no metadata at creation: the mark stands in the name."""

    name = "host_aggregate"
    title = say("dedicated hosts", "hôtes dédiés")
    service = "compute"
    spec = HostAggregateSpec
    document = within(
        "hosts",
        closed(
            {
                "isolation": worded(
                    say(
                        "Whether the tenant's machines have hosts to themselves, of those that the estate reserves",
                        "Si les machines du locataire ont des hôtes pour elles seules, parmi ceux que le parc réserve",
                    ),
                    {"enum": ["shared", DEDICATED]},
                ),
                "count": worded(
                    say("How many dedicated hosts (1)", "Combien d'hôtes dédiés (1)"),
                    {"type": "integer", "minimum": 1},
                ),
                "names": worded(
                    say("Which dedicated hosts, by name, instead of any", "Quels hôtes dédiés, nommément, au lieu de n'importe lesquels"),
                    {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 1},
                ),
            }
        ),
    )  # fmt: skip

    def concerns(self, tenant: Tenant) -> bool:
        """Tell whether documents speak of hosts."""
        return tenant.values.get(ISOLATION) is not None

    def desire(self, tenant: Tenant) -> Iterator[Desired[HostAggregateSpec]]:
        """Want an aggregate where ``hosts.isolation: dedicated`` is said, and none where ``shared`` is."""
        if not self.concerns(tenant):
            return
        origin = tenant.values.origin(ISOLATION)
        dedicated = tenant.values.get(ISOLATION) == DEDICATED
        names = tuple(tenant.values.items("hosts.names"))
        hosts = names or (ANY,) * int(tenant.values.get("hosts.count", 1))
        among = tuple(tenant.estate.items("hosts.reserved"))
        yield Desired(
            Address(self.name, tenant.key, tenant.key),
            HostAggregateSpec(
                hosts if dedicated else (), frozenset({tenant.key}), among, tuple(tenant.values.items(ZONES))
            ),
            origin,
            frozenset({Address("project", tenant.key, tenant.key)}),
            {"hosts": tenant.values.origin("hosts.names" if names else "hosts.count")},
            tenant.retirement() or (None if dedicated else Retirement("hosts.isolation: shared", "", origin)),
        )

    def resolve(self, cloud: Cloud, want: Desired[HostAggregateSpec]) -> Desired[HostAggregateSpec]:
        """Keep the hosts that it has, and take free ones for those it lacks. Raises `Unmet` when there are not enough."""
        if want.retired is not None:
            return want
        free = _free(cloud, want)
        chosen = _named(cloud, want, free) if ANY not in want.spec.hosts else _any(cloud, want, free)
        return replace(want, spec=replace(want.spec, hosts=chosen))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[HostAggregateSpec]]:
        """Ask once for all aggregates."""
        if cloud.ids.projects(tenants):
            yield from _ours(cloud, tenants)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[HostAggregateSpec], ...]:
        """Ask once for all aggregates: Nova finds none by name."""
        return tuple(_ours(cloud, frozenset({address.tenant})))

    def create(self, cloud: Cloud, want: Desired[HostAggregateSpec]) -> Live[HostAggregateSpec]:
        """Make it without hosts; whose it is and what is in it follows with the first update."""
        body = {"aggregate": {"name": _name(cloud, want.address)}}
        return _live(cloud, want.address, cloud.compute.post("/os-aggregates", body)["aggregate"], owned=True)

    def update(
        self, cloud: Cloud, have: Live[HostAggregateSpec], want: Desired[HostAggregateSpec]
    ) -> Live[HostAggregateSpec]:
        """Mark it, say whose it is before any host is in it, then let hosts in and out."""
        path, shown = f"/os-aggregates/{have.id}", have.raw
        if not have.owned:
            renamed = {"aggregate": {"name": _name(cloud, want.address)}}
            shown = cloud.compute.put(path, renamed)["aggregate"]
        for action in _actions(cloud, have, want):
            shown = cloud.compute.post(f"{path}/action", action)["aggregate"]
        return _live(cloud, want.address, shown, owned=True)

    def delete(self, cloud: Cloud, have: Live[HostAggregateSpec]) -> None:
        """Let its hosts out, and remove it; machines that run there go on."""
        path = f"/os-aggregates/{have.id}"
        cloud.shared.release(have.address)
        try:
            for host in cloud.compute.get(path)["aggregate"]["hosts"]:
                cloud.compute.post(f"{path}/action", {"remove_host": {"host": host}})
            cloud.compute.delete(path)
        except NotFound:
            return


def _name(cloud: Cloud, address: Address) -> str:
    return cloud.owner.describe(address.tenant, address)


def _ours(cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[HostAggregateSpec]]:
    """Yield those that bear our mark, and those that bear a tenant's name."""
    for body in cloud.compute.get("/os-aggregates")["aggregates"]:
        text, marked = cloud.owner.read(body["name"])
        if marked is not None and marked.tenant in tenants:
            yield _live(cloud, marked, body, owned=True)
        elif marked is None and text in tenants:
            yield _live(cloud, Address(HostAggregate.name, text, text), body, owned=False)


def _live(cloud: Cloud, address: Address, body: Mapping[str, Any], *, owned: bool) -> Live[HostAggregateSpec]:
    only = frozenset(_whose(cloud, project) for project in _admitted(body))
    spec = HostAggregateSpec(tuple(body.get("hosts", ())), only)
    return Live(address, str(body["id"]), spec, owned, body, body.get("created_at") or "")


def _admitted(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield whom an aggregate admits: Nova takes every key that begins so, each a list with commas."""
    for key, said in (body.get("metadata") or {}).items():
        if key.startswith(FILTER):
            yield from (each.strip() for each in said.split(",") if each.strip())


def _whose(cloud: Cloud, project: str) -> str:
    return (_PROJECT.fullmatch(project) and tenant_of(cloud, project)) or f"project:{project}"


def _actions(
    cloud: Cloud, have: Live[HostAggregateSpec], want: Desired[HostAggregateSpec]
) -> Iterator[dict[str, Any]]:
    if have.spec.only != want.spec.only:
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        others = {key: None for key in have.raw.get("metadata") or {} if key.startswith(FILTER)}
        yield {"set_metadata": {"metadata": {**others, FILTER: project}}}
    for host in sorted(set(want.spec.hosts) - set(have.spec.hosts)):
        yield {"add_host": {"host": host}}
    for host in sorted(set(have.spec.hosts) - set(want.spec.hosts)):
        yield {"remove_host": {"host": host}}


def _present(cloud: Cloud, address: Address) -> list[str]:
    """Return the hosts that a tenant's aggregate had at the start, then those that it was given in this run."""
    there = [
        host
        for body in cloud.shared.aggregates()
        if cloud.owner.read(body["name"])[1] == address
        for host in body["hosts"]
    ]
    return [*there, *(host for host in cloud.shared.claimed(address) if host not in there)]


def _free(cloud: Cloud, want: Desired[HostAggregateSpec]) -> list[str]:
    """Return the reserved hosts that are its own, then those that no project has."""
    taken = {
        host
        for body in cloud.shared.aggregates()
        if cloud.owner.read(body["name"])[1] != want.address and any(map(_PROJECT.fullmatch, _admitted(body)))
        for host in body["hosts"]
    }
    own = [host for host in _present(cloud, want.address) if host in want.spec.among]
    return [*own, *(host for host in want.spec.among if host not in taken and host not in own)]


def _named(cloud: Cloud, want: Desired[HostAggregateSpec], free: list[str]) -> tuple[str, ...]:
    for host in want.spec.hosts:
        if host not in cloud.shared.compute_hosts():
            raise missing(
                say("compute host", "hôte de calcul"), host, cloud.shared.compute_hosts(), want.where("hosts")
            )
        if host not in free or not _to_be_had(cloud, want, host):
            raise _not_enough(want, [])
    return want.spec.hosts


def _any(cloud: Cloud, want: Desired[HostAggregateSpec], free: Iterable[str]) -> tuple[str, ...]:
    chosen: list[str] = []
    for host in free:
        if len(chosen) < len(want.spec.hosts) and _to_be_had(cloud, want, host):
            chosen.append(host)
    if len(chosen) < len(want.spec.hosts):
        raise _not_enough(want, chosen)
    return tuple(chosen)


def _to_be_had(cloud: Cloud, want: Desired[HostAggregateSpec], host: str) -> bool:
    """Tell whether a host is there, in the right zone, nobody else's in this run, and runs no machine of somebody else."""
    zone = cloud.shared.compute_hosts().get(host)
    if zone is None or (want.spec.zones and zone not in want.spec.zones):
        return False
    if host not in _present(cloud, want.address) and _others_on(cloud, want.address.tenant, host):
        return False
    return cloud.shared.claim(host, want.address)


def _others_on(cloud: Cloud, tenant: str, host: str) -> bool:
    project = cloud.ids.project(tenant)
    servers = cloud.compute.list("/servers/detail", "servers", all_tenants="true", host=host)
    return any(each["tenant_id"] != project for each in servers)


def _not_enough(want: Desired[HostAggregateSpec], chosen: list[str]) -> Unmet:
    return Unmet(
        say(
            "{tenant} is promised dedicated hosts ({wanted}; zones: {zones}), and of those reserved ({among}), free: {count}",
            "{tenant} s'est vu promettre des hôtes dédiés ({wanted} ; zones : {zones}), et parmi ceux réservés ({among}), disponibles : {count}",
            tenant=want.address.tenant,
            wanted=", ".join(want.spec.hosts),
            zones=", ".join(want.spec.zones) or "*",
            among=", ".join(want.spec.among) or "–",
            count=len(chosen),
        ),
        where=str(want.where("hosts")),
        do=say(
            "free one (nobody else's aggregate, no machine of others), or add one to hosts.reserved in estate.yaml",
            "en libérer un (ni agrégat d'un autre, ni machine d'autrui), ou en ajouter un à hosts.reserved dans estate.yaml",
        ),
    )
