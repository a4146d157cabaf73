"""How much a project may use of Neutron: one PUT, only what differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.quota import against_usage, quota_writing, settle, usage
from provision.kind import Kind, manner, register
from provision.model import quota
from provision.model.address import Address
from provision.model.quota import Counted
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

QUOTAS: Final = (
    Counted("networks", say("networks", "réseaux"), wire="network"),
    Counted("subnets", say("subnets", "sous-réseaux"), wire="subnet"),
    Counted("ports", say("ports", "ports"), wire="port"),
    Counted("routers", say("routers", "routeurs"), wire="router"),
    Counted("floating_ips", say("floating addresses", "adresses flottantes"), wire="floatingip"),
    Counted("security_groups", say("security groups", "groupes de sécurité"), wire="security_group"),
    Counted(
        "security_group_rules",
        say("security group rules", "règles de groupes de sécurité"),
        wire="security_group_rule",
    ),
    Counted(
        "rbac_policies",
        say("shares with other projects", "partages avec d'autres projets"),
        wire="rbac_policy",
        sized=False,
    ),
    Counted("subnet_pools", say("subnet pools", "réserves de sous-réseaux"), wire="subnetpool", sized=False),
)
DETAILS: Final = "quota_details"


@dataclass(frozen=True)
class NetworkQuotaSpec:
    """Neutron's limits: a number, -1 for unlimited, ``default`` until resolved, None when not managed.

    `below_usage` is what to do where a limit is below what is used: ``refuse`` (None too), ``clamp`` or ``force``.
    """

    networks: int | str | None = None
    subnets: int | str | None = None
    ports: int | str | None = None
    routers: int | str | None = None
    floating_ips: int | str | None = None
    security_groups: int | str | None = None
    security_group_rules: int | str | None = None
    rbac_policies: int | str | None = None
    subnet_pools: int | str | None = None
    below_usage: Annotated[str | None, manner()] = None


@register
class NetworkQuota(Kind[NetworkQuotaSpec]):
    """Always there once the project is; a retired tenant's is put back to the defaults before its project goes."""

    name = "network_quota"
    title = say("network quota", "quota de réseau")
    service = "network"
    spec = NetworkQuotaSpec
    stays = True
    units = quota.units(QUOTAS)
    document = quota.held(
        quota.schema(
            "network",
            say("What the tenant may use of Neutron", "Ce que le locataire peut utiliser de Neutron"),
            QUOTAS,
        )
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[NetworkQuotaSpec]]:
        """Want what ``quotas.network`` says; of a retired tenant, that nothing stays behind."""
        retired = tenant.retirement()
        asked = {} if retired else quota.asked(tenant.values, "network", QUOTAS)
        yield Desired(
            Address(self.name, tenant.key, "network"),
            NetworkQuotaSpec(**asked, below_usage=None if retired else quota.below_usage(tenant.values)),
            tenant.values.origin("quotas.network"),
            frozenset({Address("project", tenant.key, tenant.key)}),
            quota.origins(tenant.values, "network", QUOTAS),
            retired,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[NetworkQuotaSpec]]:
        """Ask once for all projects: Neutron lists those that differ from its defaults, the others have just those."""
        projects = cloud.ids.projects(tenants)
        if not projects:
            return
        defaults = cloud.shared.quota_defaults(self.service)
        listed = cloud.network.get("/quotas")["quotas"]
        own = {body.get("project_id") or body["tenant_id"]: body for body in listed}
        for project, tenant in projects.items():
            yield self._live(tenant, project, {**defaults, **own.get(project, {})})

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[NetworkQuotaSpec], ...]:
        """Ask for one project."""
        project = cloud.ids.project(address.tenant)
        if project is None:
            return ()
        return (self._live(address.tenant, project, cloud.network.get(f"/quotas/{project}")["quota"]),)

    def _live(self, tenant: str, project: str, body: Mapping[str, Any]) -> Live[NetworkQuotaSpec]:
        spec = NetworkQuotaSpec(**quota.found(body, QUOTAS))
        return Live(Address(self.name, tenant, "network"), project, spec, owned=True, raw=body)

    def resolve(self, cloud: Cloud, want: Desired[NetworkQuotaSpec]) -> Desired[NetworkQuotaSpec]:
        """Replace ``default`` by Neutron's own default."""
        return settle(cloud, self.service, want, QUOTAS)

    def contested(self, want: Desired[NetworkQuotaSpec], have: Live[NetworkQuotaSpec]) -> bool:
        """Tell whether a limit is to be lowered: it may come below what is used."""
        return bool(_lowered(want, have))

    def settle(
        self, cloud: Cloud, want: Desired[NetworkQuotaSpec], have: Live[NetworkQuotaSpec]
    ) -> Desired[NetworkQuotaSpec]:
        """Hold limits that are to be lowered against what is used, in one call. Raises `Unmet`."""
        return against_usage(want, _lowered(want, have), _used(cloud, have.id), _raised)

    def create(self, cloud: Cloud, want: Desired[NetworkQuotaSpec]) -> Live[NetworkQuotaSpec] | None:
        """Set everything that is managed."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        return self._put(
            cloud, want.address.tenant, project, quota.changed(want.spec, NetworkQuotaSpec(), QUOTAS)
        )

    def update(
        self, cloud: Cloud, have: Live[NetworkQuotaSpec], want: Desired[NetworkQuotaSpec]
    ) -> Live[NetworkQuotaSpec] | None:
        """Set what differs; below what is used only where documents say force."""
        limits = quota.changed(want.spec, have.spec, QUOTAS)
        forced = want.spec.below_usage == quota.FORCE and self.contested(want, have)
        return self._put(cloud, want.address.tenant, have.id, {**limits, "force": True} if forced else limits)

    def _put(
        self, cloud: Cloud, tenant: str, project: str, limits: dict[str, int]
    ) -> Live[NetworkQuotaSpec] | None:
        if not limits:
            return None
        with quota_writing():
            answer = cloud.network.put(f"/quotas/{project}", {"quota": limits})
        return self._live(tenant, project, answer["quota"])

    def delete(self, cloud: Cloud, have: Live[NetworkQuotaSpec]) -> None:
        """Put every limit back to Neutron's default."""
        cloud.network.delete(f"/quotas/{have.id}")


def _lowered(want: Desired[NetworkQuotaSpec], have: Live[NetworkQuotaSpec]) -> dict[str, int]:
    return quota.lowered(quota.limits(want.spec, QUOTAS), quota.limits(have.spec, QUOTAS))


def _used(cloud: Cloud, project: str) -> dict[str, int]:
    """Return what is used, in Neutron's words; nothing where this Neutron does not tell."""
    if DETAILS not in cloud.shared.network_extensions():
        return {}
    return usage(cloud.network.get(f"/quotas/{project}/details")["quota"])


def _raised(spec: NetworkQuotaSpec, limits: Mapping[str, int]) -> NetworkQuotaSpec:
    """Return a spec with other limits, given in Neutron's words."""
    fields: dict[str, Any] = {each.field: limits[each.key] for each in QUOTAS if each.key in limits}
    return replace(spec, **fields)
