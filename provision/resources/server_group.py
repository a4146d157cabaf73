"""Groups of a tenant's machines that Nova's scheduler keeps on different hosts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.member import member
from provision.kind import Kind, immutable, register
from provision.model.address import Address
from provision.model.document import NAME, RETIRABLE, WORDS, closed, within, worded
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SECTION: Final = "ha.groups"
APART: Final = "anti-affinity"
PREFERABLY: Final = "soft-anti-affinity"
MOST: Final = "max_server_per_host"
_PAGE: Final = 1000


@dataclass(frozen=True)
class ServerGroupSpec:
    """A group; `name` as Nova has it, with our marker once resolved; `max_server_per_host` only where machines are kept apart."""

    name: Annotated[str, immutable()]
    policy: Annotated[str, immutable()]
    max_server_per_host: Annotated[int | None, immutable()] = None


_ITEM: Final = {
    **closed(
        {
            "name": worded(say("Its name; for good", "Son nom ; définitif"), {"type": "string", "pattern": NAME}),
            "policy": worded(
                say(
                    "anti-affinity: no two on one host, or they do not start; soft-anti-affinity: apart while there is room",
                    "anti-affinity : jamais deux sur un même hôte, ou elles ne démarrent pas ; soft-anti-affinity : séparées tant qu'il y a de la place",
                ),
                {"enum": [APART, PREFERABLY]},
            ),
            MOST: worded(
                say("How many on one host, with anti-affinity (1)", "Combien sur un même hôte, avec anti-affinity (1)"),
                {"type": "integer", "minimum": 1},
            ),
            "why": worded(say("What it is for", "À quoi il sert"), WORDS),
            **RETIRABLE,
        }
    ),
    "required": ["name", "policy"],
}  # fmt: skip


@register
class ServerGroup(Kind[ServerGroupSpec]):
    """Nova makes a group in the project of whoever asks, so that it is made as a member of the tenant's; it takes nothing but a name: the mark stands there.

    Nothing of a group can change. Replacing one leaves the machines that were in it in none.
    """

    name = "server_group"
    title = say("server group", "groupe de serveurs")
    service = "compute"
    spec = ServerGroupSpec
    document = within(
        "ha",
        closed(
            {
                "groups": worded(
                    say("Groups of machines kept on different hosts", "Les groupes de machines tenues sur des hôtes différents"),
                    {"type": "array", "items": _ITEM},
                )
            }
        ),
    )  # fmt: skip

    def concerns(self, tenant: Tenant) -> bool:
        """Only who has groups, or had some before it was retired, is asked about."""
        return bool(tenant.values.items(SECTION))

    def desire(self, tenant: Tenant) -> Iterator[Desired[ServerGroupSpec]]:
        """Want each group of the documents; the quota that leaves room for it comes first."""
        for index, item in enumerate(tenant.values.items(SECTION)):
            path = f"{SECTION}.{index}"
            most = int(item.get(MOST, 1)) if item["policy"] == APART else None
            yield Desired(
                Address(self.name, tenant.key, item["name"]),
                ServerGroupSpec(item["name"], item["policy"], most),
                tenant.values.origin(path),
                frozenset(
                    {
                        Address("project", tenant.key, tenant.key),
                        Address("compute_quota", tenant.key, "compute"),
                    }
                ),
                {field: tenant.values.origin(f"{path}.{field}") for field in ("name", "policy", MOST)},
                tenant.retirement(path),
            )

    def resolve(self, cloud: Cloud, want: Desired[ServerGroupSpec]) -> Desired[ServerGroupSpec]:
        """Put the mark into the name."""
        name = cloud.owner.describe(want.address.name, want.address)
        return replace(want, spec=replace(want.spec, name=name))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[ServerGroupSpec]]:
        """List the groups of all projects at once."""
        projects = cloud.ids.projects(tenants)
        for body in _listed(cloud) if projects else ():
            tenant = projects.get(body["project_id"])
            if tenant is not None:
                yield _live(cloud, tenant, body)

    def create(self, cloud: Cloud, want: Desired[ServerGroupSpec]) -> Live[ServerGroupSpec]:
        """Create it, marked, as a member of the project."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        body = {"name": want.spec.name, "policy": want.spec.policy, **_rules(want.spec)}
        with member(cloud, self.service, project) as compute:
            made = compute.post("/os-server-groups", {"server_group": body})["server_group"]
        return _live(cloud, want.address.tenant, made)

    def update(
        self,
        cloud: Cloud,  # noqa: ARG002 (nothing can be asked of it)
        have: Live[ServerGroupSpec],
        want: Desired[ServerGroupSpec],  # noqa: ARG002 (as above)
    ) -> Live[ServerGroupSpec]:
        """Return what is there: nothing of it can change."""
        return have

    def delete(self, cloud: Cloud, have: Live[ServerGroupSpec]) -> None:
        """Delete it; machines that are in it go on where they are."""
        cloud.compute.delete(f"/os-server-groups/{have.id}")


def _rules(spec: ServerGroupSpec) -> dict[str, Any]:
    """Return what Nova is told beside the policy: nothing, where it is what Nova takes anyway."""
    return {"rules": {MOST: spec.max_server_per_host}} if (spec.max_server_per_host or 1) > 1 else {}


def _listed(cloud: Cloud) -> Iterator[Mapping[str, Any]]:
    """Yield every group until a page is empty: Nova gives no next page, and an operator may have made its pages shorter."""
    offset = 0
    while page := cloud.compute.get("/os-server-groups", all_projects="true", limit=_PAGE, offset=offset)[
        "server_groups"
    ]:
        yield from page
        offset += len(page)


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[ServerGroupSpec]:
    """Read a group; a mark that names another tenant was copied by somebody, and counts for nothing."""
    _, marked = cloud.owner.read(body["name"])
    owned = marked is not None and (marked.kind, marked.tenant) == (ServerGroup.name, tenant)
    address = marked if marked and owned else Address(ServerGroup.name, tenant, body["name"])
    most = int((body.get("rules") or {}).get(MOST, 1)) if body["policy"] == APART else None
    return Live(address, body["id"], ServerGroupSpec(body["name"], body["policy"], most), owned, body)
