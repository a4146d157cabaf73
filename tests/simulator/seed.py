"""What the operator has before the first tenant comes: the same as on the sandbox."""

from __future__ import annotations

from simulator.services.subnets import make_pool
from simulator.world import Domain, Grant, Group, Network, Project, Subnet, Thing, User

ROLES = (
    "reader", "member", "manager", "admin", "service", "creator", "observer", "audit", "swiftoperator", "ResellerAdmin",
)  # fmt: skip
SIZES = {"small": (1, 2048, 10), "medium": (2, 4096, 20), "large": (4, 8192, 40)}
IMAGES = ("debian-13", "ubuntu-26.04")


def seed(world):
    """Make it."""
    world.roles.update({world.hex(): name for name in ROLES})
    default = world.row(Domain, "Default", description="The default domain", identifier="default")
    world.domains.add(default)
    admin = _project(world, "admin", "Bootstrap project for initializing the cloud.")
    _project(world, "service", "")
    user = world.row(User, "admin", identifier=world.hex(), domain_id="default", password=world.password)
    world.users.add(user)
    for name in ("admin", "ResellerAdmin"):
        _grant(world, admin, user, name)
    _compute(world)
    _storage(world, admin)
    _network(world, admin)
    world.ledger.forget()


def _project(world, name, description):
    row = world.row(Project, name, description=description, identifier=world.hex(), domain_id="default")
    return world.projects.add(row)


def _grant(world, project, user, name):
    role = next(identifier for identifier, each in world.roles.items() if each == name)
    path = f"/projects/{project.id}/users/{user.id}/roles/{role}"
    row = world.row(Grant, f"{user.name}:{name}", project.id, identifier=path)
    row.on, row.target_id, row.actor, row.actor_id, row.role_id = "project", project.id, "user", user.id, role
    world.grants.add(row)


def _compute(world):
    sizes = {f"{family}.{size}": (*told, False) for family in ("std", "sec") for size, told in SIZES.items()}
    for name, (vcpus, ram, disk, public) in {**sizes, "try.nano": (1, 512, 1, True)}.items():
        said = {"vcpus": vcpus, "ram": ram, "disk": disk, "public": public, "access": {}}
        world.flavors.add(world.row(Thing, name, said=said))


def _storage(world, admin):
    for name, about in (("standard", "plain disks"), ("luks", "disks encrypted with a key of the tenant")):
        world.volume_types.add(
            world.row(Thing, name, description=about, said={"public": False, "access": {}})
        )
    for name in IMAGES:
        world.images.add(world.row(Thing, name, admin.id, said={"public": True}))


def _network(world, admin):
    public = world.row(Network, "public", admin.id, "the way out", external=True, mtu=1500)
    world.networks.add(public)
    for name, version, cidr, gateway in (
        ("public-v4", 4, "203.0.112.0/20", "203.0.112.1"),
        ("public-v6", 6, "2001:db8::/64", "2001:db8::1"),
    ):
        row = world.row(Subnet, name, admin.id, network_id=public.id, version=version, cidr=cidr)
        row.gateway, row.dhcp = gateway, False
        world.subnets.add(row)
    make_pool(world, admin.id, "tenants-v4", "10.0.0.0/8", 24, 16, 28)
    make_pool(world, admin.id, "tenants-v6", "2001:db8:1000::/36", 64, 48, 64)


def foreign(world, asked):
    """Make what is not ours: projects by number, and things by their fields; return their ids.

    ``{"projects": 10001, "prefix": "theirs", "domain_id": "default", "rows": [{"kind": "network", "name": …,
    "project": <name or id>, …}]}``
    """
    world.ledger.seeding = True
    try:
        made = [_stranger(world, asked, number).id for number in range(asked.get("projects", 0))]
        return made + [_thing(world, each).id for each in asked.get("rows", ())]
    finally:
        world.ledger.seeding = False


def _stranger(world, asked, number):
    name = f"{asked.get('prefix', 'theirs')}-{number:05d}"
    row = world.row(Project, name, description=asked.get("description", ""), identifier=world.hex())
    row.domain_id = asked.get("domain_id", "default")
    return world.projects.add(row)


_FOREIGN = {"network": ("networks", Network), "project": ("projects", Project), "group": ("groups", Group)}


def _thing(world, said):
    kind, name = said.pop("kind"), said.pop("name")
    project = said.pop("project", "")
    found = world.projects.get(project) or next(iter(world.projects.having("name", project)), None)
    owner = found.id if found else ""
    about = said.pop("description", "")
    if kind in {"security_group", "router"}:
        return _of_neutron(world, kind, owner, name, about)
    table, make = _FOREIGN[kind]
    more = {} if kind == "network" else {"domain_id": "default", "identifier": world.hex()}
    return getattr(world, table).add(world.row(make, name, owner, about, **{**more, **said}))


def _of_neutron(world, kind, owner, name, about):
    from simulator.services import groups  # noqa: PLC0415 (it makes what it seeds)
    from simulator.world import Router  # noqa: PLC0415

    if kind == "router":
        return world.routers.add(world.row(Router, name, owner, about))
    return groups._born(world, owner, name, about)
