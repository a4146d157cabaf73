"""What survives a breakdown: machines apart, backups elsewhere, clusters; and machines that start and run in confidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.audit.source import Source, Thing, source, untold
from provision.audit.sources.storage import backups, volumes
from provision.text import say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.cloud.api import Api
    from provision.model.tenant import Tenant

Body = Mapping[str, Any]
GROUPS: Final = "ha.groups"
APART: Final = "anti-affinity"
SITE: Final = "backup.site"
CONFIDENTIAL: Final = "compute.confidential"
CLUSTERS: Final = "container-infrastructure-management"
FEWEST: Final = 3
_SECURE_BOOT: Final = ("os:secure_boot", "os_secure_boot")
_ENCRYPTED_MEMORY: Final = ("hw:mem_encryption", "hw_mem_encryption")
_ELSEWHERE: Final = say(
    "the volume it copies is not there any more: where that lay is not known",
    "le volume qu'elle copie n'existe plus : on ne sait pas où il était",
)
_IMAGELESS: Final = say(
    "its flavour does not say, and the image that it started from is not to be seen",
    "son gabarit ne le dit pas, et l'image dont il a démarré n'est pas visible",
)


def servers(eyes: Eyes, tenant: Tenant) -> Sequence[Body]:
    """Return the servers of a tenant, as Nova lists them."""
    every = eyes.by_project(
        "server", "compute", "/servers/detail", "servers", owner="tenant_id", all_tenants=1
    )
    return every.get(eyes.project(tenant.key), ())


@dataclass(frozen=True, slots=True)
class Group:
    """Machines of which one is to survive: how the scheduler places them, how many run, on which hosts and in which zones.

    `policy` is empty where there is no group of that name.
    """

    policy: str
    machines: int = 0
    hosts: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()


@source
class HaGroups(Source):
    """Each group of machines that documents declare, as Nova has it."""

    name = "ha_group"
    drawn_from = ("server_group",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return each group, as documents want it."""
        for path, name, policy in _declared(tenant):
            yield Thing(f"server_group/{tenant.key}/{name}", Group(policy), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each group: one that is not there has no policy."""
        declared = list(_declared(tenant))
        if not declared:
            return
        there = {_plain(eyes, tenant, body["name"]): body for body in _groups(eyes, tenant)}
        machines = {body["id"]: body for body in servers(eyes, tenant)}
        for path, name, _ in declared:
            body = there.get(name)
            members = [machines[each] for each in (body or {}).get("members", ()) if each in machines]
            spec = Group(
                str((body or {}).get("policy", "")),
                sum(bool(each.get("hostId")) for each in members),
                _said(members, "hostId"),
                _said(members, "OS-EXT-AZ:availability_zone"),
            )
            yield Thing(f"server_group/{tenant.key}/{name}", spec, tenant.values.origin(path), body)


def _declared(tenant: Tenant) -> Iterator[tuple[str, str, str]]:
    """Yield the path, the name and the policy of each group of the documents that is to be there."""
    for index, item in enumerate(tenant.values.items(GROUPS)):
        group: Body = item if isinstance(item, Mapping) else {"name": item}
        if group.get("state") != "retired":
            yield f"{GROUPS}.{index}", str(group["name"]), str(group.get("policy", APART))


def _said(bodies: Sequence[Body], field: str) -> frozenset[str]:
    """Return what machines say of where they are; one that stands nowhere yet says nothing."""
    return frozenset(str(each[field]) for each in bodies if each.get(field))


def _plain(eyes: Eyes, tenant: Tenant, name: str) -> str:
    """Return what documents call a group: without our mark, or the tenant's key before it."""
    text, address = eyes.cloud.owner.read(name)
    return address.name if address else text.strip().removeprefix(f"{tenant.key}-")


def _groups(eyes: Eyes, tenant: Tenant) -> Sequence[Body]:
    """Return the server groups of a tenant's project."""
    api = eyes.cloud.compute
    every = eyes.once("server_group", lambda: tuple(_all_groups(api)))
    return [body for body in every if body["project_id"] == eyes.project(tenant.key)]


def _all_groups(api: Api) -> Iterator[Body]:
    """Yield every server group: Nova has them in pages that name no next one."""
    start = 0
    while page := api.get("/os-server-groups", all_projects="true", offset=start)["server_groups"]:
        yield from page
        start += len(page)


@dataclass(frozen=True, slots=True)
class Place:
    """The zone that a backup lies in, and that of the volume that it copies."""

    backup: str
    volume: str


@source
class BackupPlaces(Source):
    """Each backup of the tenant, for where it lies."""

    name = "backup_place"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return where documents want it."""
        apart = tenant.values.get(SITE, "same") != "same"
        yield Thing(SITE, Place("b" if apart else "a", "a"), tenant.values.origin(SITE))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each backup; one whose volume is gone cannot be judged."""
        zones = {body["id"]: body.get("availability_zone") for body in volumes(eyes, tenant)}
        for body in backups(eyes, tenant):
            here, there = body.get("availability_zone"), zones.get(body["volume_id"])
            said = {name: value for name, value in body.items() if value is not None}
            yield Thing(
                f"backup/{tenant.key}/{body['name'] or body['id']}",
                Place(str(here), str(there)),
                raw=said,
                silence=None if there else untold(_ELSEWHERE),
            )


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of containers, by what can go wrong with it: `floating` tells that its machines are reached from outside."""

    tls: bool
    masters: int
    balanced: bool
    insecure_registry: bool = False
    floating: bool = False


@source
class Clusters(Source):
    """The tenant's clusters, each with its template."""

    name = "cluster"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as documents want it."""
        said = tenant.values.section("clusters")
        spec = Cluster(
            said.get("tls", "required") == "required",
            int(said.get("min_masters", FEWEST)),
            balanced=True,
            floating=bool(said.get("floating_ips", False)),
        )
        yield Thing("clusters", spec, tenant.values.origin("clusters"))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each there is. Raises `ServiceAbsent` on a cloud without Magnum."""
        every = eyes.by_project("cluster", CLUSTERS, "/clusters/detail", "clusters")
        templates = eyes.by_project("cluster_template", CLUSTERS, "/clustertemplates/detail", "clustertemplates", owner="uuid")  # fmt: skip
        for body in every.get(eyes.project(tenant.key), ()):
            (template,) = templates.get(body["cluster_template_id"], ({},))
            both = {**template, **body}
            spec = Cluster(
                not both.get("tls_disabled"),
                int(both.get("master_count") or 0),
                bool(both.get("master_lb_enabled")),
                bool(both.get("insecure_registry")),
                bool(both.get("floating_ip_enabled")),
            )
            yield Thing(f"{self.name}/{tenant.key}/{body['name'] or body['uuid']}", spec, raw=both)


@dataclass(frozen=True, slots=True)
class Confidence:
    """Whether a machine starts from what is signed only, and whether its memory is encrypted."""

    secure_boot: bool
    encrypted_memory: bool


@source
class ConfidentialServers(Source):
    """The tenant's machines, for how they start and what their memory is, by flavour and image."""

    name = "server_confidence"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as documents want it."""
        asked = bool(tenant.values.get(CONFIDENTIAL))
        yield Thing(CONFIDENTIAL, Confidence(asked, asked), tenant.values.origin(CONFIDENTIAL))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each machine."""
        there = servers(eyes, tenant)
        images = (
            {each["id"]: each for each in eyes.once("image of servers", lambda: _images(eyes))}
            if there
            else {}
        )
        for body in there:
            image = images.get(_image(body))
            spec = _confidence(body["flavor"].get("extra_specs", {}), image or {})
            sure = image is not None or (spec.secure_boot and spec.encrypted_memory)
            yield Thing(
                f"server/{tenant.key}/{body['name'] or body['id']}",
                spec,
                raw={**body, **body["flavor"]},
                silence=None if sure else untold(_IMAGELESS),
            )


def _confidence(flavor: Body, image: Body) -> Confidence:
    said = {name: str(value).lower() for each in (flavor, image) for name, value in each.items()}
    return Confidence(
        any(said.get(each) == "required" for each in _SECURE_BOOT),
        any(said.get(each) == "true" for each in _ENCRYPTED_MEMORY),
    )


def _images(eyes: Eyes) -> tuple[Body, ...]:
    return tuple(eyes.cloud.api("image").list("/images", "images"))


def _image(server: Body) -> str:
    """Return the id of a machine's image; empty for one that starts from a volume."""
    image = server.get("image")
    return str(image["id"]) if isinstance(image, Mapping) else ""
