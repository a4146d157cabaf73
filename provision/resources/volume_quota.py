"""How much a project may use of Cinder: one PUT, only what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.cloud.quota import quota_writing, settle
from provision.kind import Kind, register
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
    Counted("volumes", say("volumes", "volumes")),
    Counted(
        "gigabytes",
        say("size of all volumes and snapshots", "taille de tous les volumes et instantanés"),
        "GiB",
    ),
    Counted("snapshots", say("snapshots", "instantanés")),
    Counted("backups", say("backups", "sauvegardes")),
    Counted("backup_gigabytes", say("size of all backups", "taille de toutes les sauvegardes"), "GiB"),
    Counted("per_volume_gigabytes", say("size of one volume", "taille d'un volume"), "GiB"),
    Counted("groups", say("volume groups", "groupes de volumes")),
)


@dataclass(frozen=True)
class VolumeQuotaSpec:
    """Cinder's limits: a number (sizes in GiB), -1 for unlimited, ``default`` until resolved, None when not managed."""

    volumes: int | str | None = None
    gigabytes: int | str | None = None
    snapshots: int | str | None = None
    backups: int | str | None = None
    backup_gigabytes: int | str | None = None
    per_volume_gigabytes: int | str | None = None
    groups: int | str | None = None


@register
class VolumeQuota(Kind[VolumeQuotaSpec]):
    """Always there once the project is; a retired tenant's is put back to the defaults before its project goes."""

    name = "volume_quota"
    title = say("volume quota", "quota de volumes")
    service = "block-storage"
    spec = VolumeQuotaSpec
    stays = True
    units = quota.units(QUOTAS)
    document = quota.schema(
        "volume",
        say("What the tenant may use of Cinder", "Ce que le locataire peut utiliser de Cinder"),
        QUOTAS,
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[VolumeQuotaSpec]]:
        """Want what ``quotas.volume`` says; of a retired tenant, that nothing stays behind."""
        retired = tenant.retirement()
        asked = {} if retired else quota.asked(tenant.values, "volume", QUOTAS)
        yield Desired(
            Address(self.name, tenant.key, "volume"),
            VolumeQuotaSpec(**asked),
            tenant.values.origin("quotas.volume"),
            frozenset({Address("project", tenant.key, tenant.key)}),
            quota.origins(tenant.values, "volume", QUOTAS),
            retired,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[VolumeQuotaSpec]]:
        """Ask once a project (Cinder has no list), concurrently."""
        projects = cloud.ids.projects(tenants)
        volume = cloud.volume
        answers = cloud.each(lambda project: volume.get(f"/os-quota-sets/{project}"), projects)
        for (project, tenant), answer in zip(projects.items(), answers, strict=True):
            yield self._live(tenant, project, answer["quota_set"])

    def _live(self, tenant: str, project: str, body: Mapping[str, Any]) -> Live[VolumeQuotaSpec]:
        spec = VolumeQuotaSpec(**quota.found(body, QUOTAS))
        return Live(Address(self.name, tenant, "volume"), project, spec, owned=True, raw=body)

    def resolve(self, cloud: Cloud, want: Desired[VolumeQuotaSpec]) -> Desired[VolumeQuotaSpec]:
        """Replace ``default`` by Cinder's own default."""
        return settle(cloud, self.service, want, QUOTAS)

    def create(self, cloud: Cloud, want: Desired[VolumeQuotaSpec]) -> Live[VolumeQuotaSpec] | None:
        """Set everything that is managed."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        return self._put(
            cloud, want.address.tenant, project, quota.changed(want.spec, VolumeQuotaSpec(), QUOTAS)
        )

    def update(
        self, cloud: Cloud, have: Live[VolumeQuotaSpec], want: Desired[VolumeQuotaSpec]
    ) -> Live[VolumeQuotaSpec] | None:
        """Set what differs."""
        return self._put(cloud, want.address.tenant, have.id, quota.changed(want.spec, have.spec, QUOTAS))

    def _put(
        self, cloud: Cloud, tenant: str, project: str, limits: dict[str, int]
    ) -> Live[VolumeQuotaSpec] | None:
        if not limits:
            return None
        with quota_writing():
            answer = cloud.volume.put(f"/os-quota-sets/{project}", {"quota_set": limits})
        return self._live(tenant, project, answer["quota_set"])

    def delete(self, cloud: Cloud, have: Live[VolumeQuotaSpec]) -> None:
        """Put every limit back to Cinder's default."""
        cloud.volume.delete(f"/os-quota-sets/{have.id}")
