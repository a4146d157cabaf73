"""How much a project may keep in Designate: one PATCH, only what differs; Designate has no list, so it is asked project by project."""

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
    Counted("zones", say("zones of the DNS", "zones DNS")),
    Counted(
        "recordsets",
        say("sets of records in a zone", "jeux d'enregistrements dans une zone"),
        wire="zone_recordsets",
    ),
    Counted("records", say("records in a zone", "enregistrements dans une zone"), wire="zone_records"),
    Counted(
        "records_per_set",
        say("records in a set", "enregistrements dans un jeu"),
        wire="recordset_records",
    ),
    Counted(
        "export_size",
        say("sets of records in an exported zone", "jeux d'enregistrements dans une zone exportée"),
        wire="api_export_size",
    ),
)


@dataclass(frozen=True)
class DnsQuotaSpec:
    """Designate's limits: a number, -1 for unlimited, ``default`` until resolved, None when not managed."""

    zones: int | str | None = None
    recordsets: int | str | None = None
    records: int | str | None = None
    records_per_set: int | str | None = None
    export_size: int | str | None = None


@register
class DnsQuota(Kind[DnsQuotaSpec]):
    """Always there once the project is, wanted where documents speak of one; a retired tenant's is put back to the defaults."""

    name = "dns_quota"
    title = say("DNS quota", "quota DNS")
    service = "dns"
    spec = DnsQuotaSpec
    stays = True
    units = quota.units(QUOTAS)
    document = quota.schema(
        "dns", say("What the tenant may keep in Designate", "Ce que le locataire peut garder dans Designate"), QUOTAS
    )  # fmt: skip

    def concerns(self, tenant: Tenant) -> bool:
        """Only who speaks of one is asked about: it costs a call a tenant."""
        return bool(tenant.values.section(quota.place("dns")))

    def desire(self, tenant: Tenant) -> Iterator[Desired[DnsQuotaSpec]]:
        """Want what ``quotas.dns`` says, where it says something: many clouds have no Designate; once retired, nothing."""
        if not self.concerns(tenant):
            return
        retired = tenant.retirement()
        asked = {} if retired else quota.asked(tenant.values, "dns", QUOTAS)
        yield Desired(
            Address(self.name, tenant.key, "dns"),
            DnsQuotaSpec(**asked),
            tenant.values.origin(quota.place("dns")),
            frozenset({Address("project", tenant.key, tenant.key)}),
            quota.origins(tenant.values, "dns", QUOTAS),
            retired,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[DnsQuotaSpec]]:
        """Ask for each project, concurrently."""
        projects, api = cloud.ids.projects(tenants), cloud.api(self.service)
        bodies = cloud.each(lambda project: api.get(_path(project)), projects)
        for (project, tenant), body in zip(projects.items(), bodies, strict=True):
            yield _live(tenant, project, body)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[DnsQuotaSpec], ...]:
        """Ask for one project."""
        project = cloud.ids.project(address.tenant)
        if project is None:
            return ()
        return (_live(address.tenant, project, cloud.api(self.service).get(_path(project))),)

    def resolve(self, cloud: Cloud, want: Desired[DnsQuotaSpec]) -> Desired[DnsQuotaSpec]:
        """Replace ``default`` by Designate's own default."""
        return settle(cloud, self.service, want, QUOTAS)

    def create(self, cloud: Cloud, want: Desired[DnsQuotaSpec]) -> Live[DnsQuotaSpec] | None:
        """Set everything that is managed."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        limits = quota.changed(want.spec, DnsQuotaSpec(), QUOTAS)
        return _patch(cloud, want.address.tenant, project, limits)

    def update(
        self, cloud: Cloud, have: Live[DnsQuotaSpec], want: Desired[DnsQuotaSpec]
    ) -> Live[DnsQuotaSpec] | None:
        """Set what differs."""
        return _patch(cloud, want.address.tenant, have.id, quota.changed(want.spec, have.spec, QUOTAS))

    def delete(self, cloud: Cloud, have: Live[DnsQuotaSpec]) -> None:
        """Put every limit back to Designate's default."""
        cloud.api(self.service).delete(_path(have.id))


def _path(project: str) -> str:
    return f"/quotas/{project}?all_projects=true"


def _patch(cloud: Cloud, tenant: str, project: str, limits: Mapping[str, int]) -> Live[DnsQuotaSpec] | None:
    if not limits:
        return None
    with quota_writing():
        return _live(tenant, project, cloud.api(DnsQuota.service).patch(_path(project), limits))


def _live(tenant: str, project: str, body: Mapping[str, Any]) -> Live[DnsQuotaSpec]:
    spec = DnsQuotaSpec(**quota.found(body, QUOTAS))
    return Live(Address(DnsQuota.name, tenant, "dns"), project, spec, owned=True, raw=body)
