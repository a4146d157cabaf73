"""What the operator has before the first tenant comes: the same as on the sandbox."""

from __future__ import annotations

from simulator.services.pools import make_pool
from simulator.world import Domain, Grant, Network, Project, Subnet, Thing, User

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
        said = {"vcpus": vcpus, "ram": ram, "disk": disk, "public": public}
        world.flavors.add(world.row(Thing, name, said=said))


def _storage(world, admin):
    for name, about in (("standard", "plain disks"), ("luks", "disks encrypted with a key of the tenant")):
        world.volume_types.add(world.row(Thing, name, description=about, said={"public": False}))
    luks = next(iter(world.volume_types.having("name", "luks")))
    luks.said["encryption"] = {
        "encryption_id": world.hex(),
        "volume_type_id": luks.id,
        "provider": "luks",
        "cipher": "aes-xts-plain64",
        "key_size": 256,
        "control_location": "front-end",
        "created_at": "2026-01-01T00:00:00.000000",
        "updated_at": None,
        "deleted": False,
        "deleted_at": None,
    }
    for name in IMAGES:
        world.images.add(world.row(Thing, name, admin.id, said={"visibility": "public"}))


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
    """Make projects that are not ours, by number, and take for not ours what has these ids; return all the ids.

    ``{"projects": 10001, "prefix": "theirs", "domain_id": "default", "description": "", "ids": […]}``
    """
    ids = list(asked.get("ids", ()))
    world.ledger.foreign.update(dict.fromkeys(ids, "said"))
    world.ledger.seeding = True
    try:
        return ids + [_stranger(world, asked, number).id for number in range(asked.get("projects", 0))]
    finally:
        world.ledger.seeding = False


def _stranger(world, asked, number):
    name = f"{asked.get('prefix', 'theirs')}-{number:05d}"
    row = world.row(Project, name, description=asked.get("description", ""), identifier=world.hex())
    row.domain_id = asked.get("domain_id", "default")
    return world.projects.add(row)
