"""One cloud: its rows, its tokens, its knobs. Rows are small: a hundred thousand of them share what they can."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from simulator.faults import Faults
from simulator.ledger import Ledger
from simulator.store import Access, Settings, Table

REGION = "fr-par"


@dataclass(slots=True)
class Row:
    """What every row has; `born` and `written` are seconds since 1970, `project_id` is whose it is."""

    id: str
    name: str
    project_id: str
    description: str
    born: float
    written: float
    revision: int = 0


@dataclass(slots=True)
class Domain(Row):
    enabled: bool = True


@dataclass(slots=True)
class Project(Row):
    domain_id: str = ""
    enabled: bool = True
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class User(Row):
    domain_id: str = ""
    enabled: bool = True
    password: str | None = field(default=None, repr=False)
    options: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Group(Row):
    domain_id: str = ""
    members: tuple[str, ...] = ()


@dataclass(slots=True)
class Grant(Row):
    """A role of a user or group on a project or domain; its id is the path that stands for it."""

    on: str = ""
    target_id: str = ""
    actor: str = ""
    actor_id: str = ""
    role_id: str = ""


@dataclass(slots=True)
class Provider(Row):
    """An identity provider; its id and its name are one, `ttl` is in minutes."""

    domain_id: str = ""
    enabled: bool = False
    remote_ids: tuple[str, ...] = ()
    ttl: int | None = None


@dataclass(slots=True)
class Protocol(Row):
    """A protocol of a provider; its id is ``<provider>/<name>``."""

    provider: str = ""
    mapping: str = ""
    issuer: str | None = None


@dataclass(slots=True)
class Mapping(Row):
    rules: list[Any] = field(default_factory=list)
    version: str = "1.0"


@dataclass(slots=True)
class Network(Row):
    port_security: bool = True
    mtu: int = 1450
    segment: int = 0
    up: bool = True
    external: bool = False
    shared: bool = False
    qos_id: str | None = None
    hints: tuple[str, ...] = ()


@dataclass(slots=True)
class Policy(Row):
    """A policy of quality of service: the (rule's id, kbit/s) of each direction that is limited."""

    limits: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Log(Row):
    """A log of what security groups let pass (ACCEPT), stop (DROP), or both (ALL)."""

    event: str = "ALL"
    enabled: bool = True


@dataclass(slots=True)
class Share(Row):
    """An RBAC entry: a network that others may use."""

    object_id: str = ""
    target_tenant: str = ""
    action: str = ""


@dataclass(slots=True)
class Scope(Row):
    version: int = 4
    shared: bool = False


@dataclass(slots=True)
class Pool(Row):
    version: int = 4
    prefixes: tuple[str, ...] = ()
    scope_id: str | None = None
    quota: int | None = None
    shared: bool = False
    default: int = 24
    shortest: int = 16
    longest: int = 28
    cursor: int = 0
    free: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Subnet(Row):
    network_id: str = ""
    version: int = 4
    cidr: str = ""
    gateway: str | None = None
    pool_id: str | None = None
    dhcp: bool = True
    ra_mode: str | None = None
    address_mode: str | None = None
    dns: tuple[str, ...] = ()
    ranges: tuple[tuple[str, str], ...] | None = None


@dataclass(slots=True)
class Router(Row):
    gateway_id: str | None = None
    snat: bool = True
    outside: int = 0
    up: bool = True
    hints: tuple[str, ...] = ()


@dataclass(slots=True)
class Port(Row):
    network_id: str = ""
    device_id: str = ""
    device_owner: str = ""
    fixed: tuple[tuple[str, str], ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(slots=True)
class SecurityGroup(Row):
    rules: dict[str, Rule] = field(default_factory=dict)


@dataclass(slots=True)
class Rule:
    """A rule; it is the group's `rules` that hold it."""

    id: str
    group_id: str
    project_id: str
    direction: str
    ethertype: str
    protocol: str | None
    low: int | None
    high: int | None
    prefix: str | None
    remote_id: str | None
    description: str | None
    born: float
    name = ""

    def same(self):
        """Return what makes two rules one."""
        anywhere = self.prefix in {"0.0.0.0/0", "::/0"}
        return (
            self.direction, self.ethertype, self.protocol, self.low, self.high,
            None if anywhere else self.prefix, self.remote_id,
        )  # fmt: skip


@dataclass(slots=True)
class Container(Row):
    headers: dict[str, str] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Zone(Row):
    email: str = ""
    ttl: int = 3600


@dataclass(slots=True)
class Thing(Row):
    """What an operator has and tenants only use: a flavour, a volume type, an image, a secret."""

    said: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Token:
    """Who asks: a user in a project, with roles; `until` is when it ends."""

    user: User
    project: str
    roles: frozenset[str]
    until: float

    @property
    def admin(self):
        return "admin" in self.roles


def _project(row):
    return row.project_id


def _name(row):
    return row.name


def _description(row):
    return row.description


_NEUTRON = {"project_id": _project, "name": _name, "description": _description}


class World:
    """Everything the server knows."""

    def __init__(self, knobs, password):
        self.password = password
        self.begin(knobs)

    def begin(self, knobs):
        """Begin with nothing."""
        self.knobs = knobs
        self.faults = Faults(knobs)
        self.ledger = Ledger()
        self.tokens = {}
        self.roles = {}
        self.snapshot = None
        self.horizon = float("inf")
        self._random = random.Random(f"{knobs.seed}/ids")
        self._identity()
        self._neutron()
        self._rest()

    def _identity(self):
        commit = self.ledger_commit
        self.domains = Table("domain", commit, name=_name, enabled=lambda row: row.enabled)
        self.projects = Table(
            "project", commit, name=_name, domain_id=lambda row: row.domain_id, tags=lambda row: row.tags
        )
        self.users = Table("user", commit, name=_name, domain_id=lambda row: row.domain_id)
        self.groups = Table(
            "group",
            commit,
            name=_name,
            domain_id=lambda row: row.domain_id,
            members=lambda row: row.members,
        )
        self.providers = Table("identity_provider", commit, name=_name)
        self.protocols = Table("federation_protocol", commit, provider=lambda row: row.provider)
        self.mappings = Table("federation_mapping", commit, name=_name)
        self.directories = Settings("domain_directory", "directory", commit)
        self.grants = Table(
            "role_assignment",
            commit,
            target_id=lambda row: row.target_id,
            actor_id=lambda row: row.actor_id,
            role_id=lambda row: row.role_id,
        )

    def _neutron(self):
        commit = self.ledger_commit
        self.networks = Table(
            "network",
            commit,
            **_NEUTRON,
            external=lambda row: row.external,
            qos_id=lambda row: (row.qos_id,) if row.qos_id else (),
        )
        self.policies = Table("qos_policy", commit, **_NEUTRON)
        self.logs = Table("network_log", commit, **_NEUTRON)
        self.subnets = Table(
            "subnet",
            commit,
            **_NEUTRON,
            network_id=lambda row: row.network_id,
            pool_id=lambda row: (row.pool_id,) if row.pool_id else (),
        )
        self.scopes = Table("address_scope", commit, **_NEUTRON)
        self.pools = Table(
            "subnet_pool", commit, **_NEUTRON, scope_id=lambda row: (row.scope_id,) if row.scope_id else ()
        )
        self.routers = Table("router", commit, **_NEUTRON)
        self.ports = Table(
            "port",
            commit,
            project_id=_project,
            network_id=lambda row: row.network_id,
            device_id=lambda row: row.device_id,
            device_owner=lambda row: row.device_owner,
            subnets=lambda row: tuple(subnet for subnet, _ in row.fixed),
            groups=lambda row: row.groups,
        )
        self.security_groups = Table("security_group", commit, **_NEUTRON)
        self.rbac_policies = Table(
            "rbac_policy",
            commit,
            project_id=_project,
            object_id=lambda row: row.object_id,
            target_tenant=lambda row: row.target_tenant,
            action=lambda row: row.action,
        )
        self.rules = {}
        self.network_quotas = Settings("network_quota", "network", commit)

    def _rest(self):
        commit = self.ledger_commit
        self.flavors = Table("flavor", commit, name=_name)
        self.flavor_access = Access("flavor_access", commit)
        self.aggregates = Table("host_aggregate", commit, name=_name)
        self.server_groups = Table("server_group", commit, project_id=_project, name=_name)
        self.compute_quotas = Settings("compute_quota", "compute", commit)
        self.volume_types = Table("volume_type", commit, name=_name)
        self.type_access = Access("volume_type_access", commit)
        self.volume_quotas = Settings("volume_quota", "volume", commit)
        self.default_types = Settings("default_volume_type", "default", commit)
        self.images = Table(
            "image", commit, project_id=_project, name=_name, visibility=lambda row: row.said["visibility"]
        )
        self.image_access = Access("image_access", commit)
        self.key_quotas = Settings("key_quota", "keys", commit)
        self.zones = Table("dns_zone", commit, **_NEUTRON)
        self.dns_quotas = Settings("dns_quota", "dns", commit)
        self.balancers = Table("load_balancer", commit, project_id=_project)
        self.balancer_quotas = Settings("balancer_quota", "load_balancer", commit)
        self.secrets = Table("secret", commit, project_id=_project, name=_name)
        self.accounts = Settings("account", "object-store", commit)
        self.containers = Table("container", commit, project_id=_project)

    def ledger_commit(self, what, kind, row):
        """Write to the ledger of the moment (it is replaced when counting begins anew)."""
        self.ledger.commit(what, kind, row)

    def tables(self):
        """Return every table of rows."""
        return [each for each in vars(self).values() if isinstance(each, Table)]

    def settings(self):
        """Return every store of settings."""
        return [each for each in vars(self).values() if isinstance(each, Settings | Access)]

    def live(self):
        """Yield (kind, rows) of everything that is there, but for rules, which are their group's."""
        for table in self.tables():
            yield table.kind, table.rows.values()
        for settings in self.settings():
            yield settings.kind, settings.rows()

    def hex(self):
        """Return a new id as Keystone writes them."""
        return f"{self._random.getrandbits(128):032x}"

    def uuid(self):
        """Return a new id as the others write them."""
        digits = self.hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def row(self, kind, name, project="", description="", *, identifier=None, **more):
        """Return a new row, born now; not yet in a table. Its project's id is the very string of the project."""
        now = time.time()
        owner = self.projects.rows.get(project)
        return kind(
            identifier or self.uuid(), name, owner.id if owner else project, description, now, now, **more
        )


@lru_cache(maxsize=512)
def _stamp(second):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def stamp(moment):
    """Return a moment as the services write it."""
    return _stamp(int(moment))
