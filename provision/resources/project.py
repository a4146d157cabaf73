"""The tenant's project: what everything else of the tenant stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.home import DEDICATED, at_home, home, home_id, home_name, may_stand_in
from provision.errors import Conflict, NotFound
from provision.kind import Kind, immutable, register
from provision.model.address import Address
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

Holding = tuple[str, str, str, Mapping[str, str]]
# Where things of a project can be seen by an operator: service, path, key, and the parameters that select the project's.
_HOLDINGS: Final[tuple[Holding, ...]] = (
    ("compute", "/servers", "servers", {"all_tenants": "true"}),
    ("block-storage", "/volumes", "volumes", {"all_tenants": "true"}),
    ("block-storage", "/snapshots", "snapshots", {"all_tenants": "true"}),
    ("block-storage", "/backups", "backups", {"all_tenants": "true"}),
    ("network", "/networks", "networks", {}),
    ("network", "/routers", "routers", {}),
    ("network", "/ports", "ports", {}),
    ("network", "/floatingips", "floatingips", {}),
    ("network", "/subnetpools", "subnetpools", {}),
    ("network", "/address-scopes", "address_scopes", {}),
    ("image", "/images", "images", {}),
)


@dataclass(frozen=True)
class ProjectSpec:
    """A project; its description without our marker; `domain` is ``dedicated`` or the name of a shared domain."""

    name: str
    domain: Annotated[str, immutable()]
    description: str | None = None
    enabled: bool | None = None


@register
class Project(Kind[ProjectSpec]):
    """Marked in its description and tagged with tenant and estate; either is enough to know it as ours.

    It is deleted last, and not while it still holds servers, volumes, snapshots, backups, networks, routers, ports,
    floating addresses, subnet pools, address scopes, images or containers: Keystone would delete it all the same, and orphan them. What only its own
    members can see (secrets) cannot be checked.
    """

    name = "project"
    title = say("project", "projet")
    service = "identity"
    spec = ProjectSpec
    observed_after = ("domain",)

    def desire(self, tenant: Tenant) -> Iterator[Desired[ProjectSpec]]:
        """Want one, in the tenant's own domain or in the estate's."""
        at = home(tenant)
        yield Desired(
            Address(self.name, tenant.key, tenant.key),
            ProjectSpec(
                tenant.names["project"], at.domain, tenant.shown(tenant.values.get("title")), enabled=True
            ),
            tenant.values.origin("tenant"),
            at.needs,
            {"description": tenant.values.origin("title"), "domain": at.origin},
            tenant.retirement(),
        )

    def resolve(self, cloud: Cloud, want: Desired[ProjectSpec]) -> Desired[ProjectSpec]:
        """Cut the description to what there is room for. Raises `Unmet` for a shared domain that is not there."""
        return at_home(cloud, want)

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[ProjectSpec]]:
        """List all projects once; one that is named as a tenant's key, where the tenant's would be, is yielded as not ours."""
        for body in cloud.identity.list("/projects", "projects"):
            live = _live(cloud, body)
            if live.address.tenant in tenants and (live.owned or _in_the_way(cloud, live)):
                yield live

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[ProjectSpec], ...]:
        """Ask for the one that is known, else list."""
        known = cloud.ids.find(address)
        if known is None:
            return super().look(cloud, address)
        try:
            return (_live(cloud, cloud.identity.get(f"/projects/{known}")["project"]),)
        except NotFound:
            return ()

    def look_by_name(self, cloud: Cloud, want: Desired[ProjectSpec]) -> tuple[Live[ProjectSpec], ...]:
        """Ask for its name in its domain."""
        domain = home_id(cloud, want.address.tenant, want.spec.domain)
        named = cloud.identity.list("/projects", "projects", domain_id=domain, name=want.spec.name)
        return tuple(live for live in (_live(cloud, body) for body in named) if live.address == want.address)

    def create(self, cloud: Cloud, want: Desired[ProjectSpec]) -> Live[ProjectSpec]:
        """Create it, marked and tagged."""
        body = _body(cloud, want, [])
        made = cloud.identity.post(
            "/projects",
            {"project": {**body, "domain_id": home_id(cloud, want.address.tenant, want.spec.domain)}},
        )
        return _live(cloud, made["project"])

    def update(self, cloud: Cloud, have: Live[ProjectSpec], want: Desired[ProjectSpec]) -> Live[ProjectSpec]:
        """Set name, description, state and our tags; other tags stay."""
        body = _body(cloud, want, have.raw.get("tags", []))
        return _live(cloud, cloud.identity.patch(f"/projects/{have.id}", {"project": body})["project"])

    def delete(self, cloud: Cloud, have: Live[ProjectSpec]) -> None:
        """Delete it. Raises `Conflict` while it holds something."""
        held = tuple(_held(cloud, have.id))
        if held:
            raise Conflict(
                say(
                    "the project still holds {held}",
                    "le projet contient encore : {held}",
                    held=", ".join(held),
                ),
                where=str(have.address),
                do=say(
                    "remove what is left, or write it into the documents as retired, and apply again",
                    "supprimer ce qui reste, ou l'écrire `state: retired` dans les documents, puis relancer apply",
                ),
            )
        cloud.identity.delete(f"/projects/{have.id}")


def _live(cloud: Cloud, body: Mapping[str, Any]) -> Live[ProjectSpec]:
    text, marked = cloud.owner.read(body.get("description"))
    by_mark = marked.tenant if marked and marked.kind == Project.name else None
    tenant = by_mark or cloud.owner.tenant(body.get("tags", []))
    ours = tenant is not None and may_stand_in(cloud, tenant, body["domain_id"])
    key = tenant if tenant and ours else body["name"]
    spec = ProjectSpec(body["name"], home_name(cloud, key, body["domain_id"]), text, body["enabled"])
    return Live(Address(Project.name, key, key), body["id"], spec, ours, body)


def _in_the_way(cloud: Cloud, live: Live[ProjectSpec]) -> bool:
    """Tell whether a project that is not ours stands where the tenant's own would: not when that has its own domain."""
    own_domain = cloud.ids.find(Address("domain", live.address.tenant, live.address.tenant))
    return own_domain is None or live.spec.domain == DEDICATED


def _body(cloud: Cloud, want: Desired[ProjectSpec], tags: list[str]) -> dict[str, Any]:
    spec = want.spec
    return {
        "name": spec.name,
        "description": cloud.owner.describe(spec.description or "", want.address),
        "enabled": spec.enabled is not False,
        "tags": cloud.owner.tagged(tags, want.address.tenant),
    }


def _held(cloud: Cloud, project: str) -> Iterator[str]:
    """Yield what a project still holds, by collection."""
    asked = [each for each in _HOLDINGS if each[0] in cloud.services]
    for (_, _, key, _), found in zip(
        asked, cloud.each(lambda each: _first(cloud, project, each), asked), strict=True
    ):
        if found:
            yield key
    if "object-store" in cloud.services and _containers(cloud, project):
        yield "containers"


def _first(cloud: Cloud, project: str, asked: Holding) -> bool:
    service, path, key, scope = asked
    owner = {"owner": project} if service == "image" else {"project_id": project}
    try:
        return bool(cloud.api(service).get(path, limit=1, **scope, **owner)[key])
    except NotFound:  # an extension that this service does not have
        return False


def _containers(cloud: Cloud, project: str) -> bool:
    try:
        return bool(cloud.account(project).get("", format="json", limit=1).get("items"))
    except NotFound:
        return False
