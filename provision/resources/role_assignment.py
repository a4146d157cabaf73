"""A role of one of the tenant's groups, on its project or on its own domain."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.home import own_domains
from provision.cloud.unmet import missing
from provision.errors import NotFound
from provision.kind import Kind, immutable, reference, register
from provision.model.address import Address
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant
    from provision.text import Text

ON_DOMAIN: Final = "@domain"
FEW: Final = 2
"""Places whose assignments are listed one by one: a tenant's project and its own domain."""


@dataclass(frozen=True)
class RoleAssignmentSpec:
    """Who has which role where.

    `who` is the key of a group of ours, ``user:<name>@<domain>`` or ``group:<name>@<domain>`` for anybody else;
    `on` is ``project``, ``domain``, or ``inherited`` (on every project of the domain).
    """

    who: Annotated[str, immutable(), reference("group")]
    role: Annotated[str, immutable()]
    on: Annotated[str, immutable()] = "project"


@register
class RoleAssignment(Kind[RoleAssignmentSpec]):
    """Ours is what one of our groups has; every other assignment on a tenant's project or domain is shown and left."""

    name = "role_assignment"
    title = say("role assignment", "attribution de rôle")
    service = "identity"
    spec = RoleAssignmentSpec
    observed_after = ("domain", "project", "group")

    def desire(self, tenant: Tenant) -> Iterator[Desired[RoleAssignmentSpec]]:
        """Want the `roles` and, where the domain is the tenant's own, the `domain_roles` of each group."""
        sections = {"project": "roles"}
        if tenant.values.get("identity.domain") == "dedicated":
            sections["domain"] = "domain_roles"
        for group in tenant.values.section("identity.groups"):
            for on, section in sections.items():
                path = f"identity.groups.{group}.{section}"
                for index, role in enumerate(tenant.values.items(path)):
                    yield Desired(
                        _address(tenant.key, RoleAssignmentSpec(group, role, on)),
                        RoleAssignmentSpec(group, role, on),
                        tenant.values.origin(f"{path}.{index}"),
                        frozenset({Address("group", tenant.key, group), Address(on, tenant.key, tenant.key)}),
                        retired=tenant.retirement(f"identity.groups.{group}"),
                    )

    def resolve(self, cloud: Cloud, want: Desired[RoleAssignmentSpec]) -> Desired[RoleAssignmentSpec]:
        """Raise `Unmet` for a role that this cloud does not have."""
        if want.retired is None and want.spec.role not in cloud.shared.roles():
            raise missing(say("role", "rôle"), want.spec.role, cloud.shared.roles(), want.origin)
        return want

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[RoleAssignmentSpec]]:
        """List, by name, the assignments on one tenant's project and domain, or the whole cloud's at once (see `_on`)."""
        projects, domains = cloud.ids.projects(tenants), own_domains(cloud, tenants)
        for body in _on(cloud, projects, domains):
            scope = body["scope"]
            tenant = projects.get(_id(scope, "project")) or domains.get(_id(scope, "domain"))
            if tenant is not None:
                yield _live(cloud, tenant, body)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[RoleAssignmentSpec], ...]:
        """Ask whether one of our groups has this one role; list for anybody else."""
        spec = _parse(address)
        group = cloud.ids.find(Address("group", address.tenant, spec.who))
        target = cloud.ids.find(Address(spec.on, address.tenant, address.tenant))
        role = cloud.shared.roles().get(spec.role)
        if group is None or target is None or role is None:
            return super().look(cloud, address)
        path = _path(spec.on, target, "group", group, role)
        try:
            cloud.identity.head(path)
        except NotFound:
            return ()
        return (Live(address, path, spec, owned=True),)

    def create(self, cloud: Cloud, want: Desired[RoleAssignmentSpec]) -> None:
        """Grant it; granting twice is granting once."""
        tenant, spec = want.address.tenant, want.spec
        group = cloud.ids.of(Address("group", tenant, spec.who))
        target = cloud.ids.of(Address(spec.on, tenant, tenant))
        path = _path(spec.on, target, "group", group, cloud.shared.roles()[spec.role])
        cloud.identity.put(path)

    def update(self, cloud: Cloud, have: Live[RoleAssignmentSpec], want: Desired[RoleAssignmentSpec]) -> None:  # noqa: ARG002 (nothing of it can differ)
        """Grant it again."""
        cloud.identity.put(have.id)

    def delete(self, cloud: Cloud, have: Live[RoleAssignmentSpec]) -> None:
        """Withdraw it."""
        cloud.identity.delete(have.id)

    def objections(self, tenant: Tenant, found: Sequence[Live[RoleAssignmentSpec]]) -> Mapping[str, Text]:
        """Object to a role that is not on the list of its place, and to one that its holder may not have beside another."""
        held: dict[str, set[str]] = defaultdict(set)
        for live in found:
            held[live.spec.who].add(live.spec.role)
        apart = [frozenset(each) for each in tenant.values.items("identity.roles.incompatible")]
        together = {
            live.id: _together(those)
            for live in found
            for those in apart
            if live.spec.role in those and those <= held[live.spec.who]
        }
        return together | {live.id: _UNLISTED for live in found if _unlisted(tenant, live.spec)}


_UNLISTED: Final = say(
    "no document asks for it, and it breaks identity.roles: nobody may have this role here",
    "aucun document ne la demande, et elle enfreint identity.roles : personne ne peut avoir ce rôle ici",
)


def _together(roles: frozenset[str]) -> Text:
    return say(
        "no document asks for it, and it breaks identity.roles.incompatible: {roles} together",
        "aucun document ne la demande, et elle enfreint identity.roles.incompatible : {roles} ensemble",
        roles=" + ".join(sorted(roles)),
    )


def _unlisted(tenant: Tenant, spec: RoleAssignmentSpec) -> bool:
    """Tell whether documents that have a list for the place of a role do not have the role on it."""
    if spec.on == "domain":
        delegated = tenant.values.get("identity.roles.delegated")
        return delegated is not None and spec.role != delegated
    allowed = tenant.values.get("identity.roles.allowed")
    return allowed is not None and spec.role not in allowed


def _address(tenant: str, spec: RoleAssignmentSpec) -> Address:
    suffix = {"project": "", "domain": ON_DOMAIN, "inherited": f"{ON_DOMAIN}/inherited"}[spec.on]
    return Address(RoleAssignment.name, tenant, f"{spec.who}:{spec.role}{suffix}")


def _parse(address: Address) -> RoleAssignmentSpec:
    who, _, rest = address.name.partition(":")
    on = "domain" if rest.endswith(ON_DOMAIN) else "project"
    return RoleAssignmentSpec(who, rest.removesuffix(ON_DOMAIN), on)


def _path(on: str, target: str, actor: str, who: str, role: str) -> str:
    """Return the address of a grant, which is its id too."""
    return f"/{on}s/{target}/{actor}s/{who}/roles/{role}"


def _on(cloud: Cloud, projects: Iterable[str], domains: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield at least the assignments on these projects and domains.

    Keystone answers without pages, looks every name up by itself, and can be asked about one place or about all.
    """
    places = [
        *({"scope.project.id": each} for each in projects),
        *({"scope.domain.id": each} for each in domains),
    ]

    def assigned(place: Mapping[str, str]) -> dict[str, Any]:
        return cloud.identity.get("/role_assignments", include_names="true", **place)

    for answer in cloud.each(assigned, places if len(places) <= FEW else [{}]):
        yield from answer["role_assignments"]


def _id(scope: Mapping[str, Any], of: str) -> str:
    return str(scope.get(of, {}).get("id", ""))


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[RoleAssignmentSpec]:
    actor = "group" if "group" in body else "user"
    on = "project" if "project" in body["scope"] else "domain"
    inherited = "OS-INHERIT:inherited_to" in body["scope"]
    group = cloud.ids.address("group", body[actor]["id"])
    ours = group is not None and group.tenant == tenant and not inherited and _ours(cloud, group, body)
    who = group.name if group and ours else f"{actor}:{body[actor]['name']}@{body[actor]['domain']['name']}"
    spec = RoleAssignmentSpec(who, body["role"]["name"], "inherited" if inherited else on)
    path = _path(on, _id(body["scope"], on), actor, body[actor]["id"], body["role"]["id"])
    return Live(_address(tenant, spec), path, spec, ours, body)


def _ours(cloud: Cloud, group: Address, body: Mapping[str, Any]) -> bool:
    """Tell a group of ours from one that only bears its name."""
    return "group" in body and cloud.ids.find(group) == body["group"]["id"]
