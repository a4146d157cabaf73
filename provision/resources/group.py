"""A Keystone group: the tenant's people get their roles through it, never one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.home import at_home, home, home_id, home_name, may_stand_in, own_domains
from provision.errors import NotFound
from provision.kind import Kind, immutable, register
from provision.model.address import Address
from provision.model.document import WORDS, named, within, worded
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

_ROLES: Final = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}


@dataclass(frozen=True)
class GroupSpec:
    """A group; its description without our marker; `domain` is ``dedicated`` or the name of a shared domain."""

    name: str
    domain: Annotated[str, immutable()]
    description: str | None = None


@register
class Group(Kind[GroupSpec]):
    """Marked in its description. Who is in it is the tenant's affair, and is neither read nor written."""

    name = "group"
    title = say("group", "groupe")
    service = "identity"
    spec = GroupSpec
    observed_after = ("domain",)
    document = within(
        "identity.groups",
        named(
            say(
                "Groups of people, and what they may do",
                "Les groupes de personnes, et ce qu'elles peuvent faire",
            ),
            {
                "description": worded(say("What the group is for", "À quoi sert le groupe"), WORDS),
                "roles": worded(say("Roles on the project", "Rôles sur le projet"), _ROLES),
                "domain_roles": worded(
                    say("Roles on the tenant's own domain", "Rôles sur le domaine propre au locataire"),
                    _ROLES,
                ),
            },
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[GroupSpec]]:
        """Want each group of ``identity.groups``, in the tenant's own domain or in the estate's."""
        at = home(tenant)
        for key, item in tenant.values.section("identity.groups").items():
            path = f"identity.groups.{key}"
            yield Desired(
                Address(self.name, tenant.key, key),
                GroupSpec(tenant.group_name(key), at.domain, tenant.shown(item.get("description"))),
                tenant.values.origin(path),
                at.needs,
                {"description": tenant.values.origin(f"{path}.description"), "domain": at.origin},
                tenant.retirement(path),
            )

    def resolve(self, cloud: Cloud, want: Desired[GroupSpec]) -> Desired[GroupSpec]:
        """Cut the description to what there is room for. Raises `Unmet` for a shared domain that is not there."""
        return at_home(cloud, want)

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[GroupSpec]]:
        """List all groups once.

        One that is not marked is yielded as not ours when it stands in a tenant's own domain, or when its name is
        ``<tenant's key>-<group>`` in a shared one.
        """
        domains = own_domains(cloud, tenants)
        for body in cloud.identity.list("/groups", "groups"):
            live = _live(cloud, body, tenants, domains)
            if live is not None and live.address.tenant in tenants:
                yield live

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[GroupSpec], ...]:
        """Ask for the one that is known, else list."""
        known = cloud.ids.find(address)
        if known is None:
            return super().look(cloud, address)
        try:
            body = cloud.identity.get(f"/groups/{known}")["group"]
        except NotFound:
            return ()
        live = _answer(cloud, address, body)
        return (live,) if live else ()

    def create(self, cloud: Cloud, want: Desired[GroupSpec]) -> Live[GroupSpec] | None:
        """Create it, marked."""
        body = {**_body(cloud, want), "domain_id": home_id(cloud, want.address.tenant, want.spec.domain)}
        return _answer(cloud, want.address, cloud.identity.post("/groups", {"group": body})["group"])

    def update(self, cloud: Cloud, have: Live[GroupSpec], want: Desired[GroupSpec]) -> Live[GroupSpec] | None:
        """Set name and description."""
        there = cloud.identity.patch(f"/groups/{have.id}", {"group": _body(cloud, want)})
        return _answer(cloud, want.address, there["group"])

    def delete(self, cloud: Cloud, have: Live[GroupSpec]) -> None:
        """Delete it; its members lose the roles they had through it."""
        cloud.identity.delete(f"/groups/{have.id}")


def _answer(cloud: Cloud, address: Address, body: Mapping[str, Any]) -> Live[GroupSpec] | None:
    """Return one group that was asked about, unless it answers to another address."""
    tenants = frozenset({address.tenant})
    live = _live(cloud, body, tenants, own_domains(cloud, tenants))
    return live if live and live.address == address else None


def _live(
    cloud: Cloud, body: Mapping[str, Any], tenants: frozenset[str], domains: Mapping[str, str]
) -> Live[GroupSpec] | None:
    text, marked = cloud.owner.read(body.get("description"))
    ours = (
        marked is not None
        and marked.kind == Group.name
        and may_stand_in(cloud, marked.tenant, body["domain_id"])
    )
    address = marked if ours else _foreign(body, tenants, domains)
    if address is None:
        return None
    spec = GroupSpec(body["name"], home_name(cloud, address.tenant, body["domain_id"]), text)
    return Live(address, body["id"], spec, ours, body)


def _foreign(body: Mapping[str, Any], tenants: frozenset[str], domains: Mapping[str, str]) -> Address | None:
    """Return where a group that is not ours stands: in whose own domain, else under whose name in a shared one."""
    name, tenant = str(body["name"]), domains.get(body["domain_id"])
    if tenant is not None:
        return Address(Group.name, tenant, name.removeprefix(f"{tenant}-"))
    parts = name.split("-")
    for length in range(len(parts) - 1, 0, -1):
        tenant = "-".join(parts[:length])
        if tenant in tenants and tenant not in domains.values():
            return Address(Group.name, tenant, "-".join(parts[length:]))
    return None


def _body(cloud: Cloud, want: Desired[GroupSpec]) -> dict[str, Any]:
    return {
        "name": want.spec.name,
        "description": cloud.owner.describe(want.spec.description or "", want.address),
    }
