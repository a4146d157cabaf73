"""Designate: zones, each name once in the cloud, and projects' quotas. There is no name server: a zone is there, or gone, at once."""

from __future__ import annotations

import time

from simulator.route import Answer, Refusal, Routes
from simulator.world import Zone

routes = Routes("dns")
POOL = "794ccc2c-d751-44fe-b57f-8894c9f5c842"
DEFAULTS = {
    "zones": 10,
    "zone_recordsets": 500,
    "zone_records": 500,
    "recordset_records": 20,
    "api_export_size": 1000,
}
MOST = 1000
MAX_DESCRIPTION = 160
_SAID = frozenset({"name", "email", "description", "ttl"})


def refuse(status, kind, message=None):
    said = {"code": status, "type": kind, **({"message": message} if message else {})}
    return Refusal(status, {**said, "request_id": "req-00000000-0000-4000-8000-000000000000"})


def _invalid(message):
    return refuse(
        400, "invalid_object", f"Provided object is not valid. Got a ValueError error with message {message}"
    )


def _project(ask):
    """Return on whose behalf is asked; only an administrator speaks for others."""
    other = ask.headers.get("X-Auth-Sudo-Project-Id")
    if other and not ask.who.admin:
        raise refuse(403, "forbidden")
    return other or ask.who.project


def _everybodys(ask):
    said = ask.one("all_projects") or ask.headers.get("X-Auth-All-Projects") or ""
    return said.lower() == "true"


@routes.on("GET", "/")
def versions(world, ask):
    links = [
        {"href": f"{ask.at}/v2", "rel": "self"},
        {"href": "https://docs.openstack.org/api-ref/dns", "rel": "help"},
    ]
    found = [
        {"id": each, "links": links, "status": "SUPPORTED", "updated": "2022-06-29T00:00:00Z"}
        for each in ("v2", "v2.0")
    ]
    return Answer(200, {"versions": found})


# --- quotas


def _quota_of(ask, project, *, writing):
    """Refuse what only an administrator may ask, and what is asked of another project without saying so."""
    if writing and not ask.who.admin:
        raise refuse(403, "forbidden")
    if project != _project(ask) and not (_everybodys(ask) and ask.who.admin):
        raise refuse(403, "forbidden")


@routes.on("GET", "/v2/quotas/{project}")
def show_quota(world, ask, project):
    _quota_of(ask, project, writing=False)
    return Answer(200, {**DEFAULTS, **(world.dns_quotas.get(project, ask.horizon) or {})})


@routes.on("PATCH", "/v2/quotas/{project}")
def update_quota(world, ask, project):
    _quota_of(ask, project, writing=True)
    for name, limit in ask.body.items():
        if name not in DEFAULTS:
            raise _invalid(f"Field value {name} is invalid")
        if limit < -1:
            raise _invalid("Value must be >= -1 for field hard_limit")
    world.dns_quotas.put(project, {**(world.dns_quotas.get(project) or {}), **ask.body}, time.time())
    return Answer(200, {**DEFAULTS, **world.dns_quotas.get(project)})


@routes.on("DELETE", "/v2/quotas/{project}")
def delete_quota(world, ask, project):
    if not ask.who.admin:
        raise refuse(403, "forbidden")
    world.dns_quotas.drop(project)
    return Answer(204)


# --- zones


def _moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000", time.gmtime(seconds))


def _body(ask, row, status="ACTIVE", action="NONE"):
    return {
        "id": row.id,
        "pool_id": POOL,
        "project_id": row.project_id,
        "name": row.name,
        "email": row.email,
        "description": row.description,
        "ttl": row.ttl,
        "serial": int(row.born),
        "shared": False,
        "status": status,
        "action": action,
        "version": row.revision + 1,
        "attributes": {},
        "type": "PRIMARY",
        "masters": [],
        "created_at": _moment(row.born),
        "updated_at": _moment(row.written) if row.revision else None,
        "transferred_at": None,
        "links": {"self": f"{ask.at}/v2/zones/{row.id}"},
    }


@routes.on("GET", "/v2/zones")
def list_zones(world, ask):
    if _everybodys(ask) and not ask.who.admin:
        raise refuse(403, "forbidden")
    wanted = {"name": {ask.one("name")}} if "name" in ask.query else {}
    if not _everybodys(ask):
        wanted["project_id"] = {_project(ask)}
    rows = world.zones.select(wanted, ask.horizon)
    limit = min(int(ask.one("limit", "20")), MOST)
    marker = ask.one("marker")
    start = next((index + 1 for index, row in enumerate(rows) if row.id == marker), 0)
    shown = rows[start : start + limit]
    # As the real one: what asked for everybody's is left out of the next page's address.
    kept = "&".join(f"{name}={ask.one(name)}" for name in ("limit", "name") if name in ask.query)
    links = {"self": f"{ask.whole()}?{kept}"}
    if len(shown) == limit:
        links["next"] = f"{ask.whole()}?{kept}&marker={shown[-1].id}"
    return Answer(
        200,
        {"zones": [_body(ask, row) for row in shown], "links": links, "metadata": {"total_count": len(rows)}},
    )


@routes.on("POST", "/v2/zones")
def create_zone(world, ask):
    project, said = _project(ask), ask.body
    _valid(said)
    if not ask.who.admin and not ask.who.roles & {"member", "admin"}:
        raise refuse(403, "forbidden")
    limit = {**DEFAULTS, **(world.dns_quotas.get(project) or {})}["zones"]
    if 0 <= limit <= world.zones.count("project_id", project):
        raise refuse(413, "over_quota", "Quota exceeded for zones.")
    _apart(world, said["name"], project)
    row = world.row(Zone, said["name"], project, said.get("description"))
    row.email, row.ttl = said["email"], said.get("ttl") or 3600
    return Answer(202, _body(ask, world.zones.add(row), "PENDING", "CREATE"))


def _valid(said):
    name = said.get("name", "")
    if not name.endswith("."):
        raise _invalid(f"Domain {name} does not end with a dot")
    if len(said.get("description") or "") > MAX_DESCRIPTION:
        raise _invalid("Value too long for description")


def _apart(world, name, project):
    """Refuse a name that is taken, or that stands within another project's."""
    for row in world.zones.having("name", name):
        if row.project_id != project:
            raise refuse(409, "duplicate_zone", "Zone already exists, owned by a different tenant")
        raise refuse(409, "duplicate_zone", "Duplicate Zone")
    labels = name.split(".")
    for index in range(1, len(labels) - 1):
        for row in world.zones.having("name", ".".join(labels[index:])):
            if row.project_id != project:
                raise refuse(403, "illegal_child", "Unable to create subzone in another tenants zone")


def _there(world, ask, identifier):
    row = world.zones.get(identifier, float("inf") if ask.method != "GET" else ask.horizon)
    mine = row is not None and row.project_id == _project(ask)
    if row is None or not (mine or (_everybodys(ask) and ask.who.admin)):
        raise refuse(404, "zone_not_found", "Could not find Zone")
    return row


@routes.on("GET", "/v2/zones/{id}")
def show_zone(world, ask, identifier):
    return Answer(200, _body(ask, _there(world, ask, identifier)))


@routes.on("PATCH", "/v2/zones/{id}")
def update_zone(world, ask, identifier):
    row, said = _there(world, ask, identifier), dict(ask.body)
    if strange := sorted(said.keys() - _SAID | said.keys() & {"name"}):
        message = f"Provided object does not match schema. Keys {strange} are not valid for zone"
        raise refuse(400, "invalid_object", message)
    world.zones.change(row, {**said, "written": time.time(), "revision": row.revision + 1})
    return Answer(202, _body(ask, row, "PENDING", "UPDATE"))


@routes.on("DELETE", "/v2/zones/{id}")
def delete_zone(world, ask, identifier):
    row = _there(world, ask, identifier)
    world.zones.remove(row)
    return Answer(202, _body(ask, row, "PENDING", "DELETE"))
