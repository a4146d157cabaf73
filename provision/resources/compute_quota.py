"""How much a project may use of Nova: one PUT, only what differs."""

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
    Counted("instances", say("servers", "serveurs")),
    Counted("cores", say("virtual processors", "processeurs virtuels")),
    Counted("ram", say("memory", "mémoire vive"), "MiB"),
    Counted("key_pairs", say("SSH keys a user", "clés SSH par utilisateur"), sized=False),
    Counted("server_groups", say("server groups", "groupes de serveurs")),
    Counted("server_group_members", say("servers in one group", "serveurs dans un même groupe"), sized=False),
)


@dataclass(frozen=True)
class ComputeQuotaSpec:
    """Nova's limits: a number (ram in MiB), -1 for unlimited, ``default`` until resolved, None when not managed.

    `below_usage` is what to do where a limit is below what is used: ``refuse`` (None too), ``clamp`` or ``force``.
    """

    instances: int | str | None = None
    cores: int | str | None = None
    ram: int | str | None = None
    key_pairs: int | str | None = None
    server_groups: int | str | None = None
    server_group_members: int | str | None = None
    below_usage: Annotated[str | None, manner()] = None


@register
class ComputeQuota(Kind[ComputeQuotaSpec]):
    """Always there once the project is; a retired tenant's is put back to the defaults before its project goes."""

    name = "compute_quota"
    title = say("compute quota", "quota de calcul")
    service = "compute"
    spec = ComputeQuotaSpec
    stays = True
    units = quota.units(QUOTAS)
    document = quota.held(
        quota.schema(
            "compute",
            say("What the tenant may use of Nova", "Ce que le locataire peut utiliser de Nova"),
            QUOTAS,
        )
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[ComputeQuotaSpec]]:
        """Want what ``quotas.compute`` says; of a retired tenant, that nothing stays behind."""
        retired = tenant.retirement()
        asked = {} if retired else quota.asked(tenant.values, "compute", QUOTAS)
        yield Desired(
            Address(self.name, tenant.key, "compute"),
            ComputeQuotaSpec(**asked, below_usage=None if retired else quota.below_usage(tenant.values)),
            tenant.values.origin("quotas.compute"),
            frozenset({Address("project", tenant.key, tenant.key)}),
            quota.origins(tenant.values, "compute", QUOTAS),
            retired,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[ComputeQuotaSpec]]:
        """Ask once a project (Nova has no list), concurrently."""
        projects = cloud.ids.projects(tenants)
        compute = cloud.compute
        answers = cloud.each(lambda project: compute.get(f"/os-quota-sets/{project}"), projects)
        for (project, tenant), answer in zip(projects.items(), answers, strict=True):
            yield self._live(tenant, project, answer["quota_set"])

    def _live(self, tenant: str, project: str, body: Mapping[str, Any]) -> Live[ComputeQuotaSpec]:
        spec = ComputeQuotaSpec(**quota.found(body, QUOTAS))
        return Live(Address(self.name, tenant, "compute"), project, spec, owned=True, raw=body)

    def resolve(self, cloud: Cloud, want: Desired[ComputeQuotaSpec]) -> Desired[ComputeQuotaSpec]:
        """Replace ``default`` by Nova's own default."""
        return settle(cloud, self.service, want, QUOTAS)

    def contested(self, want: Desired[ComputeQuotaSpec], have: Live[ComputeQuotaSpec]) -> bool:
        """Tell whether a limit is to be lowered: it may come below what is used."""
        return bool(_lowered(want, have))

    def settle(
        self, cloud: Cloud, want: Desired[ComputeQuotaSpec], have: Live[ComputeQuotaSpec]
    ) -> Desired[ComputeQuotaSpec]:
        """Hold limits that are to be lowered against what is used, in one call. Raises `Unmet`."""
        return against_usage(want, _lowered(want, have), _used(cloud, have.id), _raised)

    def create(self, cloud: Cloud, want: Desired[ComputeQuotaSpec]) -> Live[ComputeQuotaSpec] | None:
        """Set everything that is managed."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        return self._put(
            cloud, want.address.tenant, project, quota.changed(want.spec, ComputeQuotaSpec(), QUOTAS)
        )

    def update(
        self, cloud: Cloud, have: Live[ComputeQuotaSpec], want: Desired[ComputeQuotaSpec]
    ) -> Live[ComputeQuotaSpec] | None:
        """Set what differs; below what is used only where documents say force."""
        limits = quota.changed(want.spec, have.spec, QUOTAS)
        forced = want.spec.below_usage == quota.FORCE and self.contested(want, have)
        return self._put(cloud, want.address.tenant, have.id, {**limits, "force": True} if forced else limits)

    def _put(
        self, cloud: Cloud, tenant: str, project: str, limits: dict[str, int]
    ) -> Live[ComputeQuotaSpec] | None:
        if not limits:
            return None
        with quota_writing():
            answer = cloud.compute.put(f"/os-quota-sets/{project}", {"quota_set": limits})
        return self._live(tenant, project, answer["quota_set"])

    def delete(self, cloud: Cloud, have: Live[ComputeQuotaSpec]) -> None:
        """Put every limit back to Nova's default."""
        cloud.compute.delete(f"/os-quota-sets/{have.id}")


def _lowered(want: Desired[ComputeQuotaSpec], have: Live[ComputeQuotaSpec]) -> dict[str, int]:
    return quota.lowered(quota.limits(want.spec, QUOTAS), quota.limits(have.spec, QUOTAS))


def _used(cloud: Cloud, project: str) -> dict[str, int]:
    """Return what is used, in Nova's words."""
    return usage(cloud.compute.get(f"/os-quota-sets/{project}/detail")["quota_set"])


def _raised(spec: ComputeQuotaSpec, limits: Mapping[str, int]) -> ComputeQuotaSpec:
    """Return a spec with other limits, given in Nova's words."""
    fields: dict[str, Any] = {each.field: limits[each.key] for each in QUOTAS if each.key in limits}
    return replace(spec, **fields)
