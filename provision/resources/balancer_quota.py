"""How much a project may use of Octavia: one PUT, only what differs."""

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
    from collections.abc import Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SECTION: Final = "load_balancer"
QUOTAS: Final = (
    Counted("load_balancers", say("load balancers", "répartiteurs de charge"), wire="loadbalancer"),
    Counted("listeners", say("listeners", "écoutes"), wire="listener"),
    Counted("pools", say("pools of servers", "groupes de serveurs"), wire="pool"),
    Counted("members", say("servers in a pool", "serveurs dans un groupe"), wire="member"),
    Counted("health_monitors", say("health checks", "contrôles de santé"), wire="healthmonitor"),
    Counted(
        "l7_policies",
        say("rules on what is asked for (L7 policies)", "règles sur ce qui est demandé (politiques L7)"),
        wire="l7policy",
    ),
    Counted(
        "l7_rules",
        say("conditions of such a rule (L7 rules)", "conditions d'une telle règle (règles L7)"),
        wire="l7rule",
    ),
)


@dataclass(frozen=True)
class BalancerQuotaSpec:
    """Octavia's limits: a number, -1 for unlimited, ``default`` until resolved, None when not managed."""

    load_balancers: int | str | None = None
    listeners: int | str | None = None
    pools: int | str | None = None
    members: int | str | None = None
    health_monitors: int | str | None = None
    l7_policies: int | str | None = None
    l7_rules: int | str | None = None


@register
class BalancerQuota(Kind[BalancerQuotaSpec]):
    """Always there once the project is, wanted where documents speak of one; a retired tenant's is put back to the defaults."""

    name = "balancer_quota"
    title = say("load balancer quota", "quota de répartiteurs de charge")
    service = "load-balancer"
    spec = BalancerQuotaSpec
    stays = True
    units = quota.units(QUOTAS)
    document = quota.schema(
        SECTION, say("What the tenant may use of Octavia", "Ce que le locataire peut utiliser d'Octavia"), QUOTAS
    )  # fmt: skip

    def concerns(self, tenant: Tenant) -> bool:
        """Tell whether documents speak of one, or spoke of one before the tenant was retired."""
        return bool(tenant.values.section(quota.place(SECTION)))

    def desire(self, tenant: Tenant) -> Iterator[Desired[BalancerQuotaSpec]]:
        """Want what ``quotas.load_balancer`` says, where it says something: many clouds have no Octavia; once retired, nothing."""
        if not self.concerns(tenant):
            return
        retired = tenant.retirement()
        asked = {} if retired else quota.asked(tenant.values, SECTION, QUOTAS)
        yield Desired(
            Address(self.name, tenant.key, SECTION),
            BalancerQuotaSpec(**asked),
            tenant.values.origin(quota.place(SECTION)),
            frozenset({Address("project", tenant.key, tenant.key)}),
            quota.origins(tenant.values, SECTION, QUOTAS),
            retired,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[BalancerQuotaSpec]]:
        """Ask for the list of all projects that something was said of; the others have Octavia's defaults."""
        projects = cloud.ids.projects(tenants)
        if not projects:
            return
        said = _said(cloud, projects)
        defaults = cloud.shared.quota_defaults(self.service)
        for project, tenant in projects.items():
            yield _live(tenant, project, {**defaults, **said.get(project, {})})

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[BalancerQuotaSpec], ...]:
        """Ask for one project."""
        project = cloud.ids.project(address.tenant)
        if project is None:
            return ()
        body = cloud.api(self.service).get(_path(project))["quota"]
        return (_live(address.tenant, project, body),)

    def resolve(self, cloud: Cloud, want: Desired[BalancerQuotaSpec]) -> Desired[BalancerQuotaSpec]:
        """Replace ``default`` by Octavia's own default."""
        return settle(cloud, self.service, want, QUOTAS)

    def create(self, cloud: Cloud, want: Desired[BalancerQuotaSpec]) -> Live[BalancerQuotaSpec] | None:
        """Set everything that is managed."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        limits = quota.changed(want.spec, BalancerQuotaSpec(), QUOTAS)
        return _put(cloud, want.address.tenant, project, limits)

    def update(
        self, cloud: Cloud, have: Live[BalancerQuotaSpec], want: Desired[BalancerQuotaSpec]
    ) -> Live[BalancerQuotaSpec] | None:
        """Set what differs."""
        return _put(cloud, want.address.tenant, have.id, quota.changed(want.spec, have.spec, QUOTAS))

    def delete(self, cloud: Cloud, have: Live[BalancerQuotaSpec]) -> None:
        """Put every limit back to Octavia's default."""
        cloud.api(self.service).delete(_path(have.id))


def _said(cloud: Cloud, projects: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return what was said by project.

    The list comes whole when no limit is asked for. Where the operator set one, it ends with an address of a next page that
    leads nowhere (``marker=None``): the projects that it lacks are then asked for one by one.
    """
    octavia = cloud.api(BalancerQuota.service)
    page = octavia.get("/lbaas/quotas")
    said = {body["project_id"]: _spoken(body) for body in page["quotas"]}
    if page.get("quotas_links"):
        lacking = [project for project in projects if project not in said]
        bodies = cloud.each(lambda project: octavia.get(_path(project))["quota"], lacking)
        said.update(zip(lacking, bodies, strict=True))
    return said


def _spoken(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a row of the list says: a limit that was not said, or was unsaid, is null there."""
    return {name: limit for name, limit in body.items() if limit is not None}


def _path(project: str) -> str:
    return f"/lbaas/quotas/{project}"


def _put(
    cloud: Cloud, tenant: str, project: str, limits: Mapping[str, int]
) -> Live[BalancerQuotaSpec] | None:
    if not limits:
        return None
    with quota_writing():
        answer = cloud.api(BalancerQuota.service).put(_path(project), {"quota": limits})
    return _live(tenant, project, answer["quota"])


def _live(tenant: str, project: str, body: Mapping[str, Any]) -> Live[BalancerQuotaSpec]:
    spec = BalancerQuotaSpec(**quota.found(body, QUOTAS))
    return Live(Address(BalancerQuota.name, tenant, SECTION), project, spec, owned=True, raw=body)
