"""How much a project may keep in Barbican: what is not said of a project follows the service, and can only be unsaid whole."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.errors import Forbidden, NotFound
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

QUOTAS: Final = (
    Counted("secrets", say("secrets", "secrets")),
    Counted("orders", say("orders for keys", "commandes de clés")),
    Counted("containers", say("containers of secrets", "conteneurs de secrets")),
    Counted("consumers", say("consumers of containers", "consommateurs de conteneurs")),
    Counted("cas", say("certification authorities", "autorités de certification"), sized=False),
)
PAGE: Final = 100
DEFAULT: Final = "default"
UNLIMITED: Final = -1


@dataclass(frozen=True)
class KeyQuotaSpec:
    """Barbican's limits: a number, -1 for unlimited, ``default`` for what follows the service, None when not managed."""

    secrets: int | str | None = None
    orders: int | str | None = None
    containers: int | str | None = None
    consumers: int | str | None = None
    cas: int | str | None = None


@register
class KeyQuota(Kind[KeyQuotaSpec]):
    """Always there once the project is, wanted where documents speak of one; a retired tenant's is put back to the defaults."""

    name = "key_quota"
    title = say("key quota", "quota de clés")
    service = "key-manager"
    spec = KeyQuotaSpec
    stays = True
    units = quota.units(QUOTAS)
    document = quota.schema(
        "keys", say("What the tenant may keep in Barbican", "Ce que le locataire peut garder dans Barbican"), QUOTAS
    )  # fmt: skip

    def concerns(self, tenant: Tenant) -> bool:
        """Tell whether documents speak of one, or spoke of one before the tenant was retired."""
        return bool(tenant.values.section(quota.place("keys")))

    def desire(self, tenant: Tenant) -> Iterator[Desired[KeyQuotaSpec]]:
        """Want what ``keys.quota`` says, where it says something: the key manager is optional to many; once retired, nothing."""
        if not self.concerns(tenant):
            return
        retired = tenant.retirement()
        asked = {} if retired else quota.asked(tenant.values, "keys", QUOTAS)
        yield Desired(
            Address(self.name, tenant.key, "keys"),
            KeyQuotaSpec(**asked),
            tenant.values.origin(quota.place("keys")),
            frozenset({Address("project", tenant.key, tenant.key)}),
            quota.origins(tenant.values, "keys", QUOTAS),
            retired,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[KeyQuotaSpec]]:
        """Ask for the list of all projects that something was said of; the others follow the service's defaults."""
        projects = cloud.ids.projects(tenants)
        if not projects:
            return
        with _service_admin():
            said = _said(cloud, projects)
        for project, tenant in projects.items():
            yield _live(tenant, project, said.get(project, {}))

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[KeyQuotaSpec], ...]:
        """Ask for one project."""
        project = cloud.ids.project(address.tenant)
        if project is None:
            return ()
        with _service_admin():
            return (_live(address.tenant, project, _of(cloud, project)),)

    def create(self, cloud: Cloud, want: Desired[KeyQuotaSpec]) -> None:
        """Say everything that is managed; Barbican answers with nothing."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        _put(cloud, project, quota.changed(want.spec, KeyQuotaSpec(), QUOTAS))

    def update(self, cloud: Cloud, have: Live[KeyQuotaSpec], want: Desired[KeyQuotaSpec]) -> None:
        """Say what differs; to unsay one, all are unsaid and the others said again (Barbican takes no null)."""
        limits: dict[str, int | str] = {**quota.changed(want.spec, have.spec, QUOTAS)}
        if DEFAULT in limits.values():
            self.delete(cloud, have)
            limits = {**asdict(have.spec), **limits}
        _put(cloud, have.id, limits)

    def delete(self, cloud: Cloud, have: Live[KeyQuotaSpec]) -> None:
        """Have every limit follow the service again."""
        with _service_admin():
            cloud.api(self.service).delete(_path(have.id))


def _path(project: str) -> str:
    return f"/project-quotas/{project}"


def _put(cloud: Cloud, project: str, limits: Mapping[str, int | str]) -> None:
    numbers = {name: limit for name, limit in limits.items() if limit != DEFAULT}
    if numbers:
        with _service_admin():
            cloud.api(KeyQuota.service).put(_path(project), {"project_quotas": numbers})


def _said(cloud: Cloud, projects: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return what was said by project: from every page of the list, or one project at a time where those are fewer calls."""
    wanted, keys = list(projects), cloud.api(KeyQuota.service)
    page = keys.get("/project-quotas", limit=PAGE)
    rows = page["project_quotas"]
    rest = range(len(rows), page["total"], len(rows) or 1)
    if len(rest) > len(wanted):
        return dict(zip(wanted, cloud.each(lambda project: _of(cloud, project), wanted), strict=True))
    more = cloud.each(
        lambda start: keys.get("/project-quotas", limit=PAGE, offset=start)["project_quotas"], rest
    )
    return {each["project_id"]: each["project_quotas"] for those in (rows, *more) for each in those}  # fmt: skip


def _of(cloud: Cloud, project: str) -> Mapping[str, Any]:
    """Return what was said of one project; nothing, where nothing was."""
    try:
        found: Mapping[str, Any] = cloud.api(KeyQuota.service).get(_path(project))["project_quotas"]
    except NotFound:
        return {}
    return found


def _live(tenant: str, project: str, body: Mapping[str, Any]) -> Live[KeyQuotaSpec]:
    found = {each.field: _limit(body.get(each.key)) for each in QUOTAS}
    return Live(Address(KeyQuota.name, tenant, "keys"), project, KeyQuotaSpec(**found), owned=True, raw=body)


def _limit(said: int | None) -> int | str:
    """Return a limit as specs have it: Barbican takes whatever is below nought for no limit."""
    return DEFAULT if said is None else max(said, UNLIMITED)


@contextmanager
def _service_admin() -> Iterator[None]:
    """Add to a refusal what a person can do: under Barbican's older rules not even an administrator reads quotas."""
    try:
        yield
    except Forbidden as error:
        error.do = say(
            "have the operator hold {role} besides admin: it is what key quotas take on some clouds",
            "donner à l'opérateur {role} en plus d'admin : c'est ce que demandent les quotas de clés sur certains clouds",
            role="key-manager:service-admin",
        )
        raise
