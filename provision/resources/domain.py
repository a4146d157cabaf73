"""A Keystone domain of the tenant's own, for profiles that keep its people apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provision.errors import Conflict, NotFound
from provision.kind import Kind, register
from provision.model.address import Address
from provision.model.document import within, worded
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant


@dataclass(frozen=True)
class DomainSpec:
    """A domain; its description without our marker."""

    name: str
    description: str | None = None
    enabled: bool | None = None


@register
class Domain(Kind[DomainSpec]):
    """Wanted by ``identity.domain: dedicated``; its deletion takes its users and groups with it, and refuses projects."""

    name = "domain"
    title = say("domain", "domaine")
    service = "identity"
    spec = DomainSpec
    observed_after = ()
    document = within(
        "identity.domain",
        worded(
            say(
                "dedicated: users, groups and projects in a domain of their own; shared: in the estate's domain",
                "dedicated : utilisateurs, groupes et projets dans un domaine à part ; shared : dans celui du parc",
            ),
            {"enum": ["dedicated", "shared"]},
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[DomainSpec]]:
        """Want one when the tenant's identity is dedicated."""
        if tenant.values.get("identity.domain") != "dedicated":
            return
        yield Desired(
            Address(self.name, tenant.key, tenant.key),
            DomainSpec(tenant.names["domain"], tenant.shown(tenant.values.get("title")), enabled=True),
            tenant.values.origin("identity.domain"),
            origins={"description": tenant.values.origin("title")},
            retired=tenant.retirement(),
        )

    def resolve(self, cloud: Cloud, want: Desired[DomainSpec]) -> Desired[DomainSpec]:
        """Cut the description to what there is room for."""
        kept = cloud.owner.kept(want.spec.description or "", want.address)
        return replace(want, spec=replace(want.spec, description=kept))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[DomainSpec]]:
        """List all domains once; one named as a tenant's key and not marked is yielded as not ours."""
        for body in cloud.identity.list("/domains", "domains"):
            live = _live(cloud, body)
            if live.address.tenant in tenants:
                yield live

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[DomainSpec], ...]:
        """Ask for the one that is known, else list."""
        known = cloud.ids.find(address)
        if known is None:
            return super().look(cloud, address)
        try:
            return (_live(cloud, cloud.identity.get(f"/domains/{known}")["domain"]),)
        except NotFound:
            return ()

    def look_by_name(self, cloud: Cloud, want: Desired[DomainSpec]) -> tuple[Live[DomainSpec], ...]:
        """Ask for its name."""
        named = cloud.identity.list("/domains", "domains", name=want.spec.name)
        return tuple(live for live in (_live(cloud, body) for body in named) if live.address == want.address)

    def create(self, cloud: Cloud, want: Desired[DomainSpec]) -> Live[DomainSpec]:
        """Create it, marked."""
        made = cloud.identity.post("/domains", {"domain": _body(cloud, want)})
        return _live(cloud, made["domain"])

    def update(self, cloud: Cloud, have: Live[DomainSpec], want: Desired[DomainSpec]) -> Live[DomainSpec]:
        """Set name, description and state."""
        there = cloud.identity.patch(f"/domains/{have.id}", {"domain": _body(cloud, want)})
        return _live(cloud, there["domain"])

    def delete(self, cloud: Cloud, have: Live[DomainSpec]) -> None:
        """Disable it (Keystone wants that first) and delete it. Raises `Conflict` while a project is left in it."""
        left = [each["name"] for each in cloud.identity.list("/projects", "projects", domain_id=have.id)]
        if left:
            raise Conflict(
                say(
                    "the domain still holds projects: {names}",
                    "le domaine contient encore des projets : {names}",
                    names=", ".join(left),
                ),
                where=str(have.address),
                do=say(
                    "Keystone would delete them and orphan what they hold: remove or move them first",
                    "Keystone les supprimerait et laisserait leur contenu orphelin : les retirer ou les déplacer d'abord",
                ),
            )
        try:
            cloud.identity.patch(f"/domains/{have.id}", {"domain": {"enabled": False}})
        except NotFound:
            return
        cloud.identity.delete(f"/domains/{have.id}")


def _live(cloud: Cloud, body: Mapping[str, Any]) -> Live[DomainSpec]:
    text, marked = cloud.owner.read(body.get("description"))
    ours = marked is not None and marked.kind == Domain.name
    address = marked if marked and ours else Address(Domain.name, body["name"], body["name"])
    return Live(address, body["id"], DomainSpec(body["name"], text, body["enabled"]), ours, body)


def _body(cloud: Cloud, want: Desired[DomainSpec]) -> dict[str, Any]:
    spec = want.spec
    return {
        "name": spec.name,
        "description": cloud.owner.describe(spec.description or "", want.address),
        "enabled": spec.enabled is not False,
    }
