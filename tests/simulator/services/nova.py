"""Nova: quotas, flavours with who may use them, and aggregates of hosts. It runs no servers."""

from __future__ import annotations

import time

import orjson

from simulator.route import Answer, Refusal, Routes
from simulator.world import Thing, stamp

routes = Routes("compute")
NEWEST = (2, 104)
DEFAULTS = {
    "cores": 20,
    "instances": 10,
    "key_pairs": 100,
    "metadata_items": 128,
    "ram": 51200,
    "server_group_members": 10,
    "server_groups": 10,
}
_WORDS = {
    400: "badRequest",
    403: "forbidden",
    404: "itemNotFound",
    406: "computeFault",
    409: "conflictingRequest",
}


def refuse(status, message):
    return Refusal(status, {_WORDS[status]: {"code": status, "message": message}})


def admins_only(ask, policy):
    if not ask.who.admin:
        raise refuse(403, f"Policy doesn't allow os_compute_api:{policy} to be performed.")


def microversion(headers):
    """Return the headers that say which microversion answers. Raises `Refusal` for one that this Nova does not know."""
    said = headers.get("OpenStack-API-Version", "").partition("compute ")[2]
    said = said or headers.get("X-OpenStack-Nova-API-Version", "") or "2.1"
    if said == "latest":
        said = "2.104"
    if not (2, 1) <= tuple(int(part) for part in said.split(".")) <= NEWEST:
        raise refuse(406, f"Version {said} is not supported by the API. Minimum is 2.1 and maximum is 2.104.")
    return {
        "OpenStack-API-Version": f"compute {said}",
        "X-OpenStack-Nova-API-Version": said,
        "Vary": "X-OpenStack-Nova-API-Version",
    }


def _version(ask, *, deprecated=False):
    if deprecated:
        said = {
            "id": "v2.0",
            "status": "DEPRECATED",
            "version": "",
            "min_version": "",
            "updated": "2025-07-04T12:00:00Z",
        }
        return {**said, "links": [{"rel": "self", "href": f"{ask.at}/v2/"}]}
    return {
        "id": "v2.1",
        "status": "CURRENT",
        "version": "2.104",
        "min_version": "2.1",
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": f"{ask.at}/v2.1/"}],
    }


@routes.on("GET", "/")
def versions(world, ask):
    return Answer(200, {"versions": [_version(ask, deprecated=True), _version(ask)]})


@routes.on("GET", "/v2.1")
def version(world, ask):
    return Answer(200, {"version": _version(ask)})


# --- quotas


def _known(world, project):
    if world.projects.get(project) is None:
        raise refuse(400, f"Project ID {project} is not a valid project.")


@routes.on("GET", "/v2.1/os-quota-class-sets/{name}")
def show_class(world, ask, name):
    admins_only(ask, "os-quota-class-sets:show")
    return Answer(200, {"quota_class_set": {"id": name, **DEFAULTS}})


@routes.on("GET", "/v2.1/os-quota-sets/{project}/defaults")
def show_defaults(world, ask, project):
    return Answer(200, {"quota_set": {"id": project, **DEFAULTS}})


@routes.on("GET", "/v2.1/os-quota-sets/{project}/detail")
def show_usage(world, ask, project):
    """Tell limits and what is used: nothing, as no servers run here."""
    if ask.who.project != project:
        admins_only(ask, "os-quota-sets:detail")
    _known(world, project)
    limits = {**DEFAULTS, **(world.compute_quotas.get(project, ask.horizon) or {})}
    told = {name: {"limit": limit, "in_use": 0, "reserved": 0} for name, limit in limits.items()}
    return Answer(200, {"quota_set": {"id": project, **told}})


@routes.on("GET", "/v2.1/os-quota-sets/{project}")
def show_quota(world, ask, project):
    if ask.who.project != project:
        admins_only(ask, "os-quota-sets:show")
    _known(world, project)
    said = world.compute_quotas.get(project, ask.horizon) or {}
    return Answer(200, {"quota_set": {"id": project, **DEFAULTS, **said}})


@routes.on("PUT", "/v2.1/os-quota-sets/{project}")
def update_quota(world, ask, project):
    admins_only(ask, "os-quota-sets:update")
    _known(world, project)
    said = {name: value for name, value in ask.body["quota_set"].items() if name != "force"}
    for name in said.keys() - DEFAULTS.keys():
        raise refuse(
            400,
            f"Invalid input for field/attribute quota_set. Value: {said}. Additional properties are not allowed"
            f" ('{name}' was unexpected)",
        )
    before = world.compute_quotas.get(project) or {}
    if world.knobs.unified_limits:
        return Answer(200, {"quota_set": {**DEFAULTS, **before}})
    world.compute_quotas.put(project, {**before, **said}, time.time())
    return Answer(200, {"quota_set": {**DEFAULTS, **before, **said}})


@routes.on("DELETE", "/v2.1/os-quota-sets/{project}")
def delete_quota(world, ask, project):
    admins_only(ask, "os-quota-sets:delete")
    _known(world, project)
    world.compute_quotas.drop(project)
    return Answer(202)


# --- hosts

HOSTS = ("sandbox", "dedicated-1", "dedicated-2", "dedicated-3", "dedicated-4")


@routes.on("GET", "/v2.1/os-keypairs")
def list_key_pairs(world, ask):
    """Answer with none: nobody can make one here."""
    if ask.one("user_id"):
        admins_only(ask, "os-keypairs:index")
    return Answer(200, {"keypairs": []})


@routes.on("GET", "/v2.1/os-services")
def list_services(world, ask):
    admins_only(ask, "os-services:list")
    found = [
        {
            "id": number,
            "binary": "nova-compute",
            "host": host,
            "zone": "nova",
            "status": "enabled",
            "state": "up",
        }
        for number, host in enumerate(HOSTS, start=1)
    ]
    return Answer(200, {"services": found if ask.one("binary", "nova-compute") == "nova-compute" else []})


@routes.on("GET", "/v2.1/os-aggregates")
def list_aggregates(world, ask):
    admins_only(ask, "os-aggregates:index")
    return Answer(
        200, {"aggregates": [_aggregate_body(row) for row in world.aggregates.select({}, ask.horizon)]}
    )


def _aggregate_body(row):
    return {
        "id": int(row.id),
        "name": row.name,
        "availability_zone": None,
        "hosts": list(row.said["hosts"]),
        "metadata": dict(row.said["metadata"]),
        "created_at": stamp(row.born),
        "updated_at": None,
        "deleted_at": None,
        "deleted": False,
    }


def _aggregate(world, identifier):
    row = world.aggregates.get(identifier)
    if row is None:
        raise refuse(404, f"Aggregate {identifier} could not be found.")
    return row


def _free_name(world, name):
    if any(row.name == name for row in world.aggregates):
        raise refuse(409, f"Aggregate {name} already exists.")


@routes.on("POST", "/v2.1/os-aggregates")
def create_aggregate(world, ask):
    admins_only(ask, "os-aggregates:create")
    name = ask.body["aggregate"]["name"]
    _free_name(world, name)
    number = 1 + max((int(row.id) for row in world.aggregates), default=0)
    said = {"hosts": (), "metadata": {}}
    row = world.aggregates.add(world.row(Thing, name, identifier=str(number), said=said))
    body = {key: each for key, each in _aggregate_body(row).items() if key not in {"hosts", "metadata"}}
    return Answer(200, {"aggregate": body})


@routes.on("GET", "/v2.1/os-aggregates/{id}")
def show_aggregate(world, ask, identifier):
    admins_only(ask, "os-aggregates:show")
    return Answer(200, {"aggregate": _aggregate_body(_aggregate(world, identifier))})


@routes.on("PUT", "/v2.1/os-aggregates/{id}")
def update_aggregate(world, ask, identifier):
    admins_only(ask, "os-aggregates:update")
    row, name = _aggregate(world, identifier), ask.body["aggregate"]["name"]
    if name != row.name:
        _free_name(world, name)
    world.aggregates.change(row, {"name": name})
    return Answer(200, {"aggregate": _aggregate_body(row)})


@routes.on("POST", "/v2.1/os-aggregates/{id}/action")
def act_on_aggregate(world, ask, identifier):
    admins_only(ask, "os-aggregates:set_metadata")
    row = _aggregate(world, identifier)
    ((action, body),) = ask.body.items()
    world.aggregates.change(row, {"said": {**row.said, **_ACTIONS[action](row, body)}})
    return Answer(200, {"aggregate": _aggregate_body(row)})


def _set_metadata(row, body):
    after = {**row.said["metadata"], **body["metadata"]}
    return {"metadata": {key: value for key, value in after.items() if value is not None}}


def _add_host(row, body):
    host = body["host"]
    if host not in HOSTS:
        raise refuse(404, f"Compute host {host} could not be found.")
    if host in row.said["hosts"]:
        raise refuse(409, f"Cannot add host to aggregate {row.id}. Reason: Host {host} already exists.")
    return {"hosts": (*row.said["hosts"], host)}


def _remove_host(row, body):
    if body["host"] not in row.said["hosts"]:
        raise refuse(404, f"Aggregate {row.id} has no host {body['host']}.")
    return {"hosts": tuple(host for host in row.said["hosts"] if host != body["host"])}


_ACTIONS = {"set_metadata": _set_metadata, "add_host": _add_host, "remove_host": _remove_host}


@routes.on("DELETE", "/v2.1/os-aggregates/{id}")
def delete_aggregate(world, ask, identifier):
    admins_only(ask, "os-aggregates:delete")
    row = _aggregate(world, identifier)
    if row.said["hosts"]:
        raise refuse(409, f"Cannot remove aggregate {identifier}. Reason: Host aggregate is not empty.")
    world.aggregates.remove(row)
    return Answer(200)


# --- server groups


def _server_group_body(row):
    told = {"id": row.id, "name": row.name, "project_id": row.project_id, "members": []}
    return {**told, "user_id": row.said["user"], "policy": row.said["policy"], "rules": row.said["rules"]}


@routes.on("GET", "/v2.1/os-server-groups")
def list_server_groups(world, ask):
    """List those of the caller's project, or an administrator's all; pages are cut by offset, and name no next one."""
    wanted = {} if ask.who.admin and "all_projects" in ask.query else {"project_id": {ask.who.project}}
    found = [_server_group_body(row) for row in world.server_groups.select(wanted, ask.horizon)]
    first = int(ask.one("offset", 0))
    return Answer(200, {"server_groups": found[first : first + int(ask.one("limit", 1000))]})


@routes.on("POST", "/v2.1/os-server-groups")
def create_server_group(world, ask):
    said, project = ask.body["server_group"], ask.who.project
    rules = said.get("rules", {})
    if rules and said["policy"] != "anti-affinity":
        raise refuse(400, "Only anti-affinity policy supports rules.")
    if not ask.who.roles & {"member", "admin"}:
        raise refuse(403, "Policy doesn't allow os_compute_api:os-server-groups:create to be performed.")
    most = {**DEFAULTS, **(world.compute_quotas.get(project) or {})}["server_groups"]
    if 0 <= most <= len(world.server_groups.select({"project_id": {project}}, float("inf"))):
        raise refuse(403, "Quota exceeded, too many server groups.")
    about = {"policy": said["policy"], "rules": rules, "user": ask.who.user.id}
    # Its name is all that it says of itself: the ledger looks for marks in descriptions.
    row = world.row(Thing, said["name"], project, said["name"], said=about)
    return Answer(200, {"server_group": _server_group_body(world.server_groups.add(row))})


@routes.on("DELETE", "/v2.1/os-server-groups/{id}")
def delete_server_group(world, ask, identifier):
    row = world.server_groups.get(identifier)
    if row is None or not (ask.who.admin or row.project_id == ask.who.project):
        raise refuse(404, f"Instance group {identifier} could not be found.")
    world.server_groups.remove(row)
    return Answer(204)


# --- flavours


@routes.on("GET", "/v2.1/flavors", "/v2.1/flavors/detail")
def list_flavors(world, ask):
    every = ask.who.admin and ask.one("is_public", "").lower() == "none"
    found = [
        _flavor_body(ask, row)
        for row in world.flavors.select({}, ask.horizon)
        if every or row.said["public"] or world.flavor_access.has(row, ask.who.project)
    ]
    return Answer(200, {"flavors": found})


def _flavor_body(ask, row):
    return {
        "id": row.id,
        "name": row.name,
        "ram": row.said["ram"],
        "disk": row.said["disk"],
        "swap": 0,
        "OS-FLV-EXT-DATA:ephemeral": 0,
        "OS-FLV-DISABLED:disabled": False,
        "vcpus": row.said["vcpus"],
        "os-flavor-access:is_public": row.said["public"],
        "rxtx_factor": 1.0,
        "links": [{"rel": "self", "href": f"{ask.at}/v2.1/flavors/{row.id}"}],
        "description": None,
        "extra_specs": {},
    }


def _flavor(world, identifier):
    row = world.flavors.get(identifier)
    if row is None:
        raise refuse(404, f"Flavor {identifier} could not be found.")
    return row


@routes.on("GET", "/v2.1/flavors/{id}")
def show_flavor(world, ask, identifier):
    return Answer(200, {"flavor": _flavor_body(ask, _flavor(world, identifier))})


@routes.on("GET", "/v2.1/flavors/{id}/os-flavor-access")
def list_access(world, ask, identifier):
    admins_only(ask, "os-flavor-access")
    flavor = _flavor(world, identifier)
    if flavor.said["public"]:
        raise refuse(404, "Access list not available for public flavors.")
    return Answer(200, {"flavor_access": _access(world, flavor, ask.horizon)})


def _access(world, flavor, horizon=float("inf")):
    return [
        {"flavor_id": flavor.id, "tenant_id": project} for project in world.flavor_access.of(flavor, horizon)
    ]


def _everybody(flavor):
    """Answer a change of access as Nova does, with all who have it; kept as text, for it grows with the estate."""
    return Answer(
        200, b'{"flavor_access":[%s]}' % flavor.said.get("text", b""), {"Content-Type": "application/json"}
    )


@routes.on("POST", "/v2.1/flavors/{id}/action")
def act(world, ask, identifier):
    ((action, said),) = ask.body.items()
    granting = action == "addTenantAccess"
    admins_only(ask, f"os-flavor-access:{'add' if granting else 'remove'}_tenant_access")
    flavor = _flavor(world, identifier)
    _known(world, said["tenant"])
    if granting:
        _grant(world, flavor, said["tenant"])
    elif not world.flavor_access.drop(flavor, said["tenant"]):
        raise refuse(404, f"Flavor access not found for {flavor.name} / {said['tenant']} combination.")
    else:
        flavor.said["text"] = bytearray(orjson.dumps(_access(world, flavor))[1:-1])
    return _everybody(flavor)


def _grant(world, flavor, project):
    if flavor.said["public"]:
        raise refuse(409, "Can not add access to a public flavor.")
    if world.flavor_access.has(flavor, project):
        raise refuse(
            409, f"Flavor access already exists for flavor {flavor.name} and project {project} combination."
        )
    world.flavor_access.give(flavor, project, time.time())
    text = flavor.said.setdefault("text", bytearray())
    text += b"," * bool(text) + orjson.dumps({"flavor_id": flavor.id, "tenant_id": project})


@routes.on("GET", "/v2.1/servers", "/v2.1/servers/detail")
def list_servers(world, ask):
    if ask.query.keys() & {"all_tenants"}:
        admins_only(ask, "servers:index:get_all_tenants")
    return Answer(200, {"servers": []})
