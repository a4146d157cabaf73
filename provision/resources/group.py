"""A Keystone group: the tenant's people get their roles through it, never one by one."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.home import at_home, home, home_id, home_name, may_stand_in, own_domains
from provision.errors import CloudError, NotFound
from provision.kind import Kind, immutable, register
from provision.model.address import Address
from provision.model.document import WORDS, named, within, worded
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

_DIRECTORY: Final = "domain_directory"
_MADE: Final = "[provision:domain/"
_ROLES: Final = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}


@dataclass(frozen=True)
class GroupSpec:
    """A group; its description without our marker; `domain` is ``dedicated`` or the name of a shared domain."""

    name: str
    domain: Annotated[str, immutable()]
    description: str | None = None


@register
class Group(Kind[GroupSpec]):
    """Marked in its description. Who is in it is the tenant's affair, and is neither read nor written.

    Where the people of a tenant's own domain come from a directory, so do its groups: they are looked for by name, in
    place of being made, and are neither changed nor removed.
    """

    name = "group"
    title = say("group", "groupe")
    service = "identity"
    spec = GroupSpec
    observed_after = ("domain", "domain_directory")
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
        elsewhere = tenant.values.get("identity.source") == "ldap"
        needs = at.needs | ({Address(_DIRECTORY, tenant.key, tenant.key)} if elsewhere else frozenset())
        for key, item in tenant.values.section("identity.groups").items():
            path = f"identity.groups.{key}"
            if elsewhere and tenant.retirement(path):
                continue
            about = None if elsewhere else tenant.shown(item.get("description"))
            yield Desired(
                Address(self.name, tenant.key, key),
                GroupSpec(tenant.group_name(key), at.domain, about),
                tenant.values.origin(path),
                needs,
                {"description": tenant.values.origin(f"{path}.description"), "domain": at.origin},
                tenant.retirement(path),
            )

    def resolve(self, cloud: Cloud, want: Desired[GroupSpec]) -> Desired[GroupSpec]:
        """Cut the description to what there is room for. Raises `Unmet` for a shared domain that is not there."""
        return want if want.spec.description is None else at_home(cloud, want)

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[GroupSpec]]:
        """List all groups once, and those of each domain that this does not show (see `_everywhere`).

        One that is not marked is yielded as not ours when it stands in a tenant's own domain, or when its name is
        ``<tenant's key>-<group>`` in a shared one.
        """
        domains = own_domains(cloud, tenants)
        for body in _everywhere(cloud, domains):
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

    def look_by_name(self, cloud: Cloud, want: Desired[GroupSpec]) -> tuple[Live[GroupSpec], ...]:
        """Ask for its name in its domain."""
        domain = home_id(cloud, want.address.tenant, want.spec.domain)
        named = _of_domain(cloud, domain, name=want.spec.name)
        return tuple(live for body in named if (live := _answer(cloud, want.address, body)))

    def create(self, cloud: Cloud, want: Desired[GroupSpec]) -> Live[GroupSpec] | None:
        """Create it, marked; where a directory keeps the groups, find it there. Raises `NotFound` where it has none."""
        if _directory(cloud, want.address.tenant):
            return _kept_elsewhere(cloud, want)
        body = {**_body(cloud, want), "domain_id": home_id(cloud, want.address.tenant, want.spec.domain)}
        return _answer(cloud, want.address, cloud.identity.post("/groups", {"group": body})["group"])

    def update(self, cloud: Cloud, have: Live[GroupSpec], want: Desired[GroupSpec]) -> Live[GroupSpec] | None:
        """Set name and description."""
        there = cloud.identity.patch(f"/groups/{have.id}", {"group": _body(cloud, want)})
        return _answer(cloud, want.address, there["group"])

    def delete(self, cloud: Cloud, have: Live[GroupSpec]) -> None:
        """Delete it; its members lose the roles they had through it."""
        cloud.identity.delete(f"/groups/{have.id}")


def _directory(cloud: Cloud, tenant: str) -> bool:
    """Tell whether the people and groups of a tenant's own domain come from a directory."""
    return cloud.ids.find(Address(_DIRECTORY, tenant, tenant)) is not None


def _kept_elsewhere(cloud: Cloud, want: Desired[GroupSpec]) -> Live[GroupSpec]:
    domain = home_id(cloud, want.address.tenant, want.spec.domain)
    for body in _of_domain(cloud, domain, name=want.spec.name):
        return Live(want.address, body["id"], want.spec, owned=True, raw=body)
    raise NotFound(
        say(
            "the directory has no group {name}",
            "l'annuaire n'a pas de groupe {name}",
            name=want.spec.name,
        ),
        where=str(want.address),
        do=say(
            "have it made in the directory (docs/federation.md), and apply again",
            "le faire créer dans l'annuaire (docs/federation.md), puis relancer apply",
        ),
    )


def _everywhere(cloud: Cloud, own: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the groups of the cloud.

    Where domains may have directories of their own, Keystone lists no other domain than that of the project we are
    scoped to: unless the list shows several, the others are asked one by one (tenants' domains that are not asked about
    aside). A domain with a directory is always asked by itself.
    """
    shown = list(cloud.identity.list("/groups", "groups"))
    yield from shown
    seen = {body["domain_id"] for body in shown}
    shared = (
        [] if len(seen) > 1 else [each for each in cloud.shared.domains().values() if _is_shared(cloud, each)]
    )
    asked = own if len(seen) <= 1 else [each for each, tenant in own.items() if _directory(cloud, tenant)]
    unseen = dict.fromkeys(each for each in (*asked, *shared) if each not in seen)
    for found in cloud.each(lambda domain: _answered(cloud, domain), unseen):
        yield from found


def _is_shared(cloud: Cloud, domain: str) -> bool:
    """Tell a domain of everybody's from one that was made for a tenant, of this estate or of another."""
    return _MADE not in (cloud.shared.domain(domain).get("description") or "")


def _answered(cloud: Cloud, domain: str) -> list[dict[str, Any]]:
    """Return the groups of a domain; none where its directory does not answer: that is one tenant's trouble, not all's."""
    try:
        return list(_of_domain(cloud, domain))
    except CloudError as error:
        if error.status is None or error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return []


def _of_domain(cloud: Cloud, domain: str, **filters: str) -> Iterator[dict[str, Any]]:
    return cloud.identity.list("/groups", "groups", domain_id=domain, **filters)


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
    ours = ours or (body["domain_id"] in domains and _directory(cloud, address.tenant))
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
