"""Neutron: what its collections have in common (lists, pages, visibility, quotas), and networks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from simulator.route import Answer, Refusal, Routes
from simulator.store import page
from simulator.world import Network, stamp

routes = Routes("network")
DEFAULTS = {
    "network": 100,
    "subnet": 100,
    "subnetpool": -1,
    "port": 500,
    "router_route": 30,
    "router": 10,
    "floatingip": 50,
    "rbac_policy": 10,
    "security_group": 10,
    "security_group_rule": 100,
}
HINTS, ZONE = "availability_zone_hints", "nova"
COUNTED = {"rbac_policy": "rbac_policies", "subnetpool": "pools"}
_WORKERS = frozenset({"member", "manager", "admin"})


def refuse(status, kind, message):
    return Refusal(status, {"NeutronError": {"type": kind, "message": message, "detail": ""}})


# --- versions


@routes.on("GET", "/")
def versions(world, ask):
    link = [{"rel": "self", "href": f"{ask.at}/v2.0/"}]
    return Answer(200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": link}]})


@routes.on("GET", "/v2.0")
def resources(world, ask):
    said = [
        {
            "name": each.one,
            "collection": each.many,
            "links": [{"rel": "self", "href": f"{ask.at}/v2.0/{each.path}"}],
        }
        for each in COLLECTIONS.values()
    ]
    return Answer(200, {"resources": said})


@routes.on("GET", "/v2.0/extensions")
def extensions(world, ask):
    names = (
        "router", "security-group", "quotas", "port-security", "net-mtu", "standard-attr-description", "rbac-policies", "qos",
        "logging", "address-scope",
    )  # fmt: skip
    return Answer(200, {"extensions": [{"name": name, "alias": name, "links": []} for name in names]})


# --- collections


@dataclass(frozen=True)
class Collection:
    """A collection: its words, its table, how a row is shown; `writes` are the attributes that may be written.

    `create(world, ask, said, project)` and `update(world, row, said)` return the row; `delete(world, row)` refuses or
    cleans up before the row goes. `quota` is the key that counts it.
    """

    one: str
    title: str
    table: str
    body: Any
    writes: frozenset[str]
    create: Any
    update: Any
    delete: Any
    many: str = ""
    absent: str = "{title} {id} could not be found."
    filters: frozenset[str] = frozenset()
    within: str = ""
    paged: bool = True
    missing: str = ""
    described: bool = True

    @property
    def path(self):
        return self.within + self.many.replace("_", "-")


COLLECTIONS: dict[str, Collection] = {}
_FILTERS = {"tenant_id": "project_id", "router:external": "external"}
_TRUE = {"true": True, "1": True, "false": False, "0": False}


def collection(one, **more):
    """Make a collection known, and route its five calls."""
    made = Collection(one=one, many=more.pop("many", f"{one}s"), **more)
    COLLECTIONS[made.many] = made

    @routes.on("GET", f"/v2.0/{made.path}")
    def listing(world, ask):
        return listed(world, ask, made)

    @routes.on("GET", f"/v2.0/{made.path}/{{id}}")
    def show(world, ask, identifier):
        return Answer(
            200, {one: _cut(made.body(world, there(world, ask, made, identifier, ask.horizon)), ask)}
        )

    @routes.on("POST", f"/v2.0/{made.path}")
    def create(world, ask):
        return _create(world, ask, made)

    @routes.on("PUT", f"/v2.0/{made.path}/{{id}}")
    def update(world, ask, identifier):
        row, said = there(world, ask, made, identifier), ask.body[one]
        _may_write(ask, made, "update")
        _known(said, made)
        return Answer(200, {one: made.body(world, made.update(world, row, said))})

    @routes.on("DELETE", f"/v2.0/{made.path}/{{id}}")
    def delete(world, ask, identifier):
        row = there(world, ask, made, identifier)
        _may_write(ask, made, "delete")
        made.delete(world, row)
        getattr(world, made.table).remove(row)
        return Answer(204)

    return made


def there(world, ask, of, identifier, horizon=float("inf")):
    """Return a row that the caller may see."""
    row = getattr(world, of.table).get(identifier, horizon)
    if row is None or not _sees(world, ask, row):
        kind = of.missing or "".join(part.title() for part in of.one.split("_"))
        raise refuse(404, f"{kind}NotFound", of.absent.format(title=of.title, id=identifier))
    return row


def _sees(world, ask, row):
    if ask.who.admin or row.project_id == ask.who.project:
        return True
    if getattr(row, "external", False) or getattr(row, "shared", False):
        return True
    return any(each.target_tenant in {"*", ask.who.project} for each in _shares(world, row.id))


def _shares(world, identifier):
    return world.rbac_policies.having("object_id", identifier)


def _may_write(ask, of, action):
    if not ask.who.roles & _WORKERS:
        raise refuse(403, "PolicyNotAuthorized", f"rule:{action}_{of.one} is disallowed by policy")


def _known(said, of):
    standing = {"description", "admin_state_up"} if of.described else set()
    unknown = said.keys() - of.writes - standing - {"project_id", "tenant_id", "name"}
    if unknown:
        names = ", ".join(f"'{name}'" for name in sorted(unknown))
        raise refuse(400, "HTTPBadRequest", f"Unrecognized attribute(s) {names}")


def project_of(ask, said):
    """Return whose a new thing is to be; only an administrator may say somebody else."""
    asked = said.get("project_id") or said.get("tenant_id") or ask.who.project
    if asked != ask.who.project and not ask.who.admin:
        raise refuse(
            400,
            "HTTPBadRequest",
            "Specifying 'project_id' other than the authenticated project in request is not allowed for the current user.",
        )
    return asked


def _create(world, ask, of):
    said = ask.body[of.one]
    project = project_of(ask, said)
    _may_write(ask, of, "create")
    _known(said, of)
    row = of.create(world, ask, said, project)
    return Answer(201, {of.one: of.body(world, row)})


def listed(world, ask, of):
    """Answer a list: filters by what is indexed, then by what the body says; a limit makes pages."""
    table = getattr(world, of.table)
    wanted, others = _filters(ask, of, table)
    if not ask.who.admin and "project_id" not in wanted and of.table != "networks":
        wanted["project_id"] = {ask.who.project}
    limit, marker = int(ask.one("limit", "0")) if of.paged else 0, ask.one("marker")
    if limit and not wanted and not others and ask.who.admin:
        rows = table.after(marker, limit, ask.horizon)
    else:
        rows = [row for row in table.select(wanted, ask.horizon) if _sees(world, ask, row)]
        rows = [row for row in rows if _matches(of.body(world, row), others)] if others else rows
        rows = page(rows, marker, limit)
    answer = {of.many: [_cut(of.body(world, row), ask) for row in rows]}
    if limit:
        answer[f"{of.many}_links"] = _links(ask, rows, limit)
    return Answer(200, answer)


def _filters(ask, of, table):
    """Split what is asked for into (filters with an index, others)."""
    wanted, others = {}, {}
    for name, values in ask.query.items():
        key = _FILTERS.get(name, name)
        if name in {"limit", "marker", "fields", "sort_key", "sort_dir", "page_reverse"}:
            continue
        if table.indexed(key):
            wanted[key] = {_TRUE.get(each.lower(), each) if key == "external" else each for each in values}
        elif name in of.filters:
            others[name] = set(values)
        else:
            raise refuse(400, "HTTPBadRequest", f"['{name}'] is invalid attribute for filtering")
    return wanted, others


def _matches(body, others):
    return all(
        str(body[name]).lower() in {each.lower() for each in values} for name, values in others.items()
    )


def _cut(body, ask):
    fields = ask.query.get("fields")
    return {name: value for name, value in body.items() if name in fields} if fields else body


def _links(ask, rows, limit):
    said = "&".join(
        f"{name}={value}" for name, values in ask.query.items() if name != "marker" for value in values
    )
    links = []
    if len(rows) == limit:
        links.append({"rel": "next", "href": f"{ask.whole()}?{said}&marker={rows[-1].id}"})
    first = f"&marker={rows[0].id}" if rows else ""
    links.append({"rel": "previous", "href": f"{ask.whole()}?{said}{first}&page_reverse=True"})
    return links


def standard(row):
    """Return what Neutron says of every row."""
    return {
        "id": row.id,
        "name": row.name,
        "project_id": row.project_id,
        "tenant_id": row.project_id,
        "description": row.description,
        "tags": [],
        "created_at": stamp(row.born),
        "updated_at": stamp(row.written),
        "revision_number": row.revision,
    }


def written(world, table, row, said, **fields):
    """Write name and description, as far as they were said, and other fields."""
    own = {name: said[name] for name in ("name", "description") if name in said}
    if not own and not fields:
        return row
    return table.change(row, {**own, **fields, "written": time.time(), "revision": row.revision + 1})


# --- quotas


def used(world, project, key):
    """Return how much of a quota a project uses."""
    if key == "security_group_rule":
        return sum(len(group.rules) for group in world.security_groups.having("project_id", project))
    table = getattr(world, COUNTED.get(key, f"{key}s"), None)
    return table.count("project_id", project) if table is not None else 0


def room(world, project, key, more=1):
    """Refuse what a quota has no room for."""
    limit = _quota(world, project)[key]
    if limit >= 0 and used(world, project, key) + more > limit:
        raise refuse(409, "OverQuota", f"Quota exceeded for resources: ['{key}'].")


def _quota(world, project, horizon=float("inf")):
    return {**DEFAULTS, **(world.network_quotas.get(project, horizon) or {})}


def _may_see_quota(ask, project):
    if not ask.who.admin and ask.who.project != project:
        raise refuse(403, "PolicyNotAuthorized", "rule:get_quota is disallowed by policy")


@routes.on("GET", "/v2.0/quotas")
def list_quotas(world, ask):
    _may_see_quota(ask, None)
    found = [
        {**DEFAULTS, **said, "project_id": project, "tenant_id": project}
        for project, (said, born) in world.network_quotas.said.items()
        if born <= ask.horizon
    ]
    return Answer(200, {"quotas": found})


@routes.on("GET", "/v2.0/quotas/{project}/default")
def default_quota(world, ask, project):
    _may_see_quota(ask, project)
    return Answer(200, {"quota": DEFAULTS})


@routes.on("GET", "/v2.0/quotas/{project}")
def show_quota(world, ask, project):
    _may_see_quota(ask, project)
    return Answer(200, {"quota": _quota(world, project, ask.horizon)})


@routes.on("PUT", "/v2.0/quotas/{project}")
def update_quota(world, ask, project):
    if not ask.who.admin:
        raise refuse(403, "PolicyNotAuthorized", "rule:update_quota is disallowed by policy")
    said = {name: value for name, value in ask.body["quota"].items() if name not in {"force", "check_limit"}}
    for name in said.keys() - DEFAULTS.keys():
        raise refuse(400, "HTTPBadRequest", f"Unrecognized attribute(s) '{name}'")
    for name, limit in said.items():
        uses = used(world, project, name)
        if 0 <= limit < uses and not ask.body["quota"].get("force"):
            raise refuse(
                400,
                "HTTPBadRequest",
                f"Quota limit {limit} for {name} must be greater than or equal to already used {uses}",
            )
    before = world.network_quotas.get(project) or {}
    world.network_quotas.put(project, {**before, **said}, time.time())
    return Answer(200, {"quota": _quota(world, project)})


@routes.on("DELETE", "/v2.0/quotas/{project}")
def delete_quota(world, ask, project):
    if not ask.who.admin:
        raise refuse(403, "PolicyNotAuthorized", "rule:delete_quota is disallowed by policy")
    if not world.network_quotas.drop(project):
        raise refuse(404, "TenantQuotaNotFound", f"Quota for project {project} could not be found.")
    return Answer(204)


# --- networks


def _body(world, row):
    return {
        **standard(row),
        "admin_state_up": row.up,
        "mtu": row.mtu,
        "status": "ACTIVE",
        "subnets": [subnet.id for subnet in world.subnets.having("network_id", row.id)],
        "shared": row.shared or any(each.target_tenant == "*" for each in _shares(world, row.id)),
        "port_security_enabled": row.port_security,
        "qos_policy_id": row.qos_id,
        "dns_domain": "",
        "router:external": row.external,
        "provider:network_type": "flat" if row.external else "vxlan",
        "provider:physical_network": "public" if row.external else None,
        "provider:segmentation_id": None if row.external else row.segment,
        "vlan_transparent": False,
        HINTS: list(row.hints),
        "availability_zones": [],
        "ipv4_address_scope": _scope(world, row, 4),
        "ipv6_address_scope": _scope(world, row, 6),
        "l2_adjacency": True,
    }


def _scope(world, row, version):
    """Return the address scope of the pool that the subnets of one family are of."""
    of = [each.pool_id for each in world.subnets.having("network_id", row.id) if each.version == version]
    return next((world.pools.get(pool).scope_id for pool in of if pool), None)


_WRITTEN = {
    "mtu": "mtu",
    "port_security_enabled": "port_security",
    "admin_state_up": "up",
    "router:external": "external",
    "shared": "shared",
}


def _said(world, said):
    fields = {field: said[name] for name, field in _WRITTEN.items() if said.get(name) is not None}
    if "qos_policy_id" in said:
        fields["qos_id"] = said["qos_policy_id"]
        if fields["qos_id"] and world.policies.get(fields["qos_id"]) is None:
            raise refuse(404, "QosPolicyNotFound", f"QoS policy {fields['qos_id']} could not be found.")
    return fields


def hinted(said):
    """Return the zones that something is to be served in. Raises `Refusal` for one that is not there."""
    for zone in said.get(HINTS, ()):
        if zone != ZONE:
            raise refuse(404, "AvailabilityZoneNotFound", f"AvailabilityZone {zone} could not be found.")
    return tuple(said.get(HINTS, ()))


def fixed(said):
    """Refuse to change the zones of something."""
    if HINTS in said:
        raise refuse(400, "HTTPBadRequest", f"Cannot update read-only attribute {HINTS}")
    return said


def _create_network(world, ask, said, project):
    if (said.keys() & {"router:external", "shared"}) and not ask.who.admin:
        raise refuse(403, "PolicyNotAuthorized", "rule:create_network is disallowed by policy")
    room(world, project, "network")
    row = world.row(
        Network, said.get("name", ""), project, said.get("description") or "", **_said(world, said)
    )
    row.hints = hinted(said)
    row.segment = len(world.networks) + 1
    row.revision = 1
    return world.networks.add(row)


def _delete_network(world, row):
    ports = world.ports.having("network_id", row.id)
    if ports:
        raise refuse(
            409,
            "NetworkInUse",
            f"Unable to complete operation on network {row.id}. There are one or more ports still in use on the network,"
            f" id for these ports is: {','.join(port.id for port in ports)}.",
        )
    for share in _shares(world, row.id):
        world.rbac_policies.remove(share)
    for subnet in world.subnets.having("network_id", row.id):
        COLLECTIONS["subnets"].delete(world, subnet)
        world.subnets.remove(subnet)


collection(
    "network",
    title="Network",
    table="networks",
    body=_body,
    writes=frozenset({*_WRITTEN, "qos_policy_id", HINTS}),
    create=_create_network,
    update=lambda world, row, said: written(world, world.networks, row, fixed(said), **_said(world, said)),
    delete=_delete_network,
    filters=frozenset({"id", "shared", "status", "mtu", "admin_state_up"}),
)
