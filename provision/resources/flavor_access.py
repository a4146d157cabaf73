"""Access of the tenant's project to a private flavour; a public one is open to everybody and needs none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.unmet import missing
from provision.errors import NotFound
from provision.kind import Kind, immutable, register
from provision.model.address import Address
from provision.model.document import within, worded
from provision.model.resource import Desired, Live, Retirement
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

FEW: Final = 50_000  # bytes


@dataclass(frozen=True)
class FlavorAccessSpec:
    """Which flavour, by name."""

    flavor: Annotated[str, immutable()]


@register
class FlavorAccess(Kind[FlavorAccessSpec]):
    """Additive: access to a flavour that no document speaks of is shown and left."""

    name = "flavor_access"
    title = say("flavour access", "accès à un gabarit")
    service = "compute"
    spec = FlavorAccessSpec
    document = within(
        "compute.flavors",
        worded(
            say(
                "Flavours by role; the estate says which flavours a role has",
                "Gabarits par rôle ; le parc dit quels gabarits un rôle contient",
            ),
            {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[FlavorAccessSpec]]:
        """Want each flavour of each role of ``compute.flavors``; a role the estate does not speak of is a flavour's name."""
        seen: set[str] = set()
        for index, role in enumerate(tenant.values.items("compute.flavors")):
            for name in tenant.estate.items(f"flavors.{role}") or (role,):
                if name not in seen:
                    seen.add(name)
                    yield Desired(
                        Address(self.name, tenant.key, name),
                        FlavorAccessSpec(name),
                        tenant.values.origin(f"compute.flavors.{index}"),
                        frozenset({Address("project", tenant.key, tenant.key)}),
                        retired=tenant.retirement(),
                    )

    def resolve(self, cloud: Cloud, want: Desired[FlavorAccessSpec]) -> Desired[FlavorAccessSpec]:
        """Want no access to a public flavour: Nova keeps none, and refuses to. Raises `Unmet` for an unknown one."""
        if want.retired is not None:
            return want
        flavors = {flavor["name"]: flavor for flavor in cloud.shared.flavors()}
        if want.spec.flavor not in flavors:
            raise missing(say("flavour", "gabarit"), want.spec.flavor, flavors, want.origin)
        if flavors[want.spec.flavor]["os-flavor-access:is_public"]:
            return replace(want, retired=Retirement("public", "", want.origin))
        return want

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[FlavorAccessSpec]]:
        """Ask once a private flavour, concurrently: a number of calls that does not grow with tenants."""
        projects = cloud.ids.projects(tenants)
        if not projects:
            return
        flavors = [each for each in cloud.shared.flavors() if not each["os-flavor-access:is_public"]]
        for flavor, access in zip(
            flavors, cloud.each(lambda each: _access(cloud, each), flavors), strict=True
        ):
            for body in access:
                if body["tenant_id"] in projects:
                    yield _live(projects[body["tenant_id"]], flavor, body)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[FlavorAccessSpec], ...]:
        """Ask for one flavour."""
        project = cloud.ids.project(address.tenant)
        return tuple(
            _live(address.tenant, flavor, body)
            for flavor in cloud.shared.flavors()
            if flavor["name"] == address.name and not flavor["os-flavor-access:is_public"]
            for body in _access(cloud, flavor)
            if body["tenant_id"] == project
        )

    def create(self, cloud: Cloud, want: Desired[FlavorAccessSpec]) -> Live[FlavorAccessSpec] | None:
        """Grant it. Raises `Conflict` when it was granted meanwhile.

        Nova answers with everybody who has access: that is read only while they are few.
        """
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        flavor = next(each for each in cloud.shared.flavors() if each["name"] == want.spec.flavor)
        body = {"addTenantAccess": {"tenant": project}}
        answer = cloud.compute.send("POST", f"/flavors/{flavor['id']}/action", body=body)
        if len(answer.content) > FEW:
            return None
        granted = (each for each in answer.object()["flavor_access"] if each["tenant_id"] == project)
        return next((_live(want.address.tenant, flavor, each) for each in granted), None)

    def update(self, cloud: Cloud, have: Live[FlavorAccessSpec], want: Desired[FlavorAccessSpec]) -> None:
        """Do nothing: an access has nothing that could differ."""

    def delete(self, cloud: Cloud, have: Live[FlavorAccessSpec]) -> None:
        """Withdraw it; servers that use the flavour go on."""
        flavor, project = have.id.rsplit("/", 1)
        try:
            cloud.compute.post(f"/flavors/{flavor}/action", {"removeTenantAccess": {"tenant": project}})
        except NotFound:
            return


def _access(cloud: Cloud, flavor: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who has access to a private flavour; nobody, when it has gone meanwhile."""
    try:
        found: list[dict[str, Any]] = cloud.compute.get(f"/flavors/{flavor['id']}/os-flavor-access")[
            "flavor_access"
        ]
    except NotFound:
        return []
    return found


def _live(tenant: str, flavor: Mapping[str, Any], body: Mapping[str, Any]) -> Live[FlavorAccessSpec]:
    address = Address(FlavorAccess.name, tenant, flavor["name"])
    return Live(
        address, f"{flavor['id']}/{body['tenant_id']}", FlavorAccessSpec(flavor["name"]), owned=True, raw=body
    )
