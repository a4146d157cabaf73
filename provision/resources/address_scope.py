"""A tenant's address scope: within it no two pools overlap, and routers pass packets between its networks alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.neutron import listed, project_id, writing
from provision.errors import NotFound
from provision.kind import Kind, immutable, register
from provision.model.address import Address
from provision.model.document import named, within, worded
from provision.model.pool import FAMILIES, SCOPES
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

_IN_USE: Final = say(
    "delete the subnet pools that are of this scope, those that people made too, then apply again",
    "supprimer les réserves de sous-réseaux qui sont de cette portée, y compris celles que des personnes ont créées, puis relancer apply",
)


@dataclass(frozen=True)
class AddressScopeSpec:
    """A scope; its name without our marker, its family 4 or 6."""

    name: str
    family: Annotated[int, immutable()]


@register
class AddressScope(Kind[AddressScopeSpec]):
    """Marked in its name, after the key that documents give it: Neutron keeps neither description nor tags of a scope."""

    name = "address_scope"
    title = say("address scope", "portée d'adresses")
    service = "network"
    extension = "address-scope"
    spec = AddressScopeSpec
    by_members = True
    document = within(
        SCOPES,
        named(
            say(
                "Address scopes of the tenant: its pools of one scope do not overlap, those of two may",
                "Portées d'adresses du locataire : ses réserves d'une même portée ne se recouvrent pas, celles de deux le peuvent",
            ),
            {
                "family": worded(
                    say("The address family; for good", "La famille d'adresses ; définitive"),
                    {"enum": list(FAMILIES)},
                )
            },
            required=("family",),
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[AddressScopeSpec]]:
        """Want each scope of the documents."""
        for key, item in tenant.values.section(SCOPES).items():
            path = f"{SCOPES}.{key}"
            yield Desired(
                Address(self.name, tenant.key, key),
                AddressScopeSpec(key, FAMILIES[item["family"]]),
                tenant.values.origin(path),
                frozenset({Address("project", tenant.key, tenant.key)}),
                {"family": tenant.values.origin(f"{path}.family")},
                tenant.retirement(path),
            )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[AddressScopeSpec]]:
        """List the scopes of all these projects at once; none where this Neutron knows no scopes."""
        try:
            for tenant, body in listed(cloud, "address-scopes", tenants):
                yield _live(cloud, tenant, body)
        except NotFound:
            return

    def create(self, cloud: Cloud, want: Desired[AddressScopeSpec]) -> Live[AddressScopeSpec]:
        """Create it, marked."""
        body = {
            "name": _marked(cloud, want),
            "ip_version": want.spec.family,
            "project_id": project_id(cloud, want.address),
        }
        with writing(_IN_USE):
            made = cloud.network.post("/address-scopes", {"address_scope": body})["address_scope"]
        return _live(cloud, want.address.tenant, made)

    def update(
        self, cloud: Cloud, have: Live[AddressScopeSpec], want: Desired[AddressScopeSpec]
    ) -> Live[AddressScopeSpec]:
        """Give it its name back, and our marker with it."""
        with writing(_IN_USE):
            there = cloud.network.put(
                f"/address-scopes/{have.id}", {"address_scope": {"name": _marked(cloud, want)}}
            )["address_scope"]
        return _live(cloud, want.address.tenant, there)

    def delete(self, cloud: Cloud, have: Live[AddressScopeSpec]) -> None:
        """Delete it. Raises `Conflict` while a pool is of it."""
        with writing(_IN_USE):
            cloud.network.delete(f"/address-scopes/{have.id}")


def _marked(cloud: Cloud, want: Desired[AddressScopeSpec]) -> str:
    return cloud.owner.describe(want.spec.name, want.address)


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[AddressScopeSpec]:
    """Read a scope; a marker that names another tenant or kind was copied by somebody, and counts for nothing."""
    name, marked = cloud.owner.read(body["name"])
    ours = marked is not None and (marked.kind, marked.tenant) == (AddressScope.name, tenant)
    called = name if ours else str(body["name"])
    address = marked if ours and marked else Address(AddressScope.name, tenant, called or str(body["id"]))
    return Live(address, body["id"], AddressScopeSpec(called, int(body["ip_version"])), ours, body)
