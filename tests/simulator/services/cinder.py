"""Cinder: quotas, volume types with who may use them, a project's default type. It keeps no volumes."""

from __future__ import annotations

import time

from simulator.route import Answer, Refusal, Routes
from simulator.store import page

routes = Routes("volume")
NEWEST = (3, 71)
DEFAULTS = {
    "volumes": 10,
    "per_volume_gigabytes": -1,
    "snapshots": 10,
    "gigabytes": 1000,
    "backups": 10,
    "backup_gigabytes": 1000,
    "groups": 10,
}
_WORDS = {
    400: "badRequest",
    403: "forbidden",
    404: "itemNotFound",
    406: "computeFault",
    409: "conflictingRequest",
}
_BROKEN = "The server has either erred or is incapable of performing the requested operation."


def refuse(status, message):
    return Refusal(status, {_WORDS.get(status, "computeFault"): {"code": status, "message": message}})


def admins_only(ask, policy):
    if not ask.who.admin:
        raise refuse(403, f"Policy doesn't allow volume_extension:{policy} to be performed.")


def microversion(headers):
    """Return the headers that say which microversion answers. Raises `Refusal` for one that this Cinder does not know."""
    said = headers.get("OpenStack-API-Version", "").partition("volume ")[2] or "3.0"
    if said == "latest":
        said = "3.71"
    if not (3, 0) <= tuple(int(part) for part in said.split(".")) <= NEWEST:
        raise refuse(406, f"Version {said} is not supported by the API. Minimum is 3.0 and maximum is 3.71.")
    return {"OpenStack-API-Version": f"volume {said}", "Vary": "OpenStack-API-Version"}


def _versions(ask):
    said = {
        "id": "v3.0",
        "status": "CURRENT",
        "version": "3.71",
        "min_version": "3.0",
        "updated": "2023-08-31T00:00:00Z",
        "links": [{"rel": "self", "href": f"{ask.at}/v3/"}],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}
        ],
    }
    return {"versions": [said]}


@routes.on("GET", "/")
def versions(world, ask):
    return Answer(300, _versions(ask))


@routes.on("GET", "/v3")
def version(world, ask):
    return Answer(200, _versions(ask))


def on(method, path):
    """Route a path within a project; one that is not the caller's is refused, but to an administrator."""

    def answering(function):
        @routes.on(method, f"/v3/{{own}}{path}")
        def checked(world, ask, own, *named):
            if own != ask.who.project and not ask.who.admin:
                raise refuse(400, "Malformed request url")
            return function(world, ask, *named)

        return checked

    return answering


# --- quotas


def _defaults(world):
    kinds = [row.name for row in world.volume_types]
    own = {f"{what}_{kind}": -1 for kind in kinds for what in ("volumes", "gigabytes", "snapshots")}
    return {**DEFAULTS, **own}


@on("GET", "/os-quota-class-sets/{name}")
def show_class(world, ask, name):
    admins_only(ask, "quota_classes:get")
    return Answer(200, {"quota_class_set": {**_defaults(world), "id": name}})


@on("GET", "/os-quota-sets/{project}")
def show_quota(world, ask, project):
    if ask.who.project != project:
        admins_only(ask, "quotas:show")
    limits = {**_defaults(world), **(world.volume_quotas.get(project, ask.horizon) or {})}
    if ask.one("usage", "").lower() == "true":  # nothing is used, as no volumes are kept here
        limits = {name: {"limit": limit, "in_use": 0, "reserved": 0} for name, limit in limits.items()}
    return Answer(200, {"quota_set": {**limits, "id": project}})


@on("PUT", "/os-quota-sets/{project}")
def update_quota(world, ask, project):
    admins_only(ask, "quotas:update")
    said = {name: value for name, value in ask.body["quota_set"].items() if name != "skip_validation"}
    defaults = _defaults(world)
    if unknown := said.keys() - defaults.keys():
        raise refuse(400, f"Invalid input received: Bad key(s) in quota set: {', '.join(sorted(unknown))}")
    before = world.volume_quotas.get(project) or {}
    world.volume_quotas.put(project, {**before, **said}, time.time())
    return Answer(200, {"quota_set": {**defaults, **before, **said}})


@on("DELETE", "/os-quota-sets/{project}")
def delete_quota(world, ask, project):
    admins_only(ask, "quotas:delete")
    world.volume_quotas.drop(project)
    return Answer(200)


# --- volume types


@on("GET", "/types")
def list_types(world, ask):
    every = ask.who.admin and ask.one("is_public", "").lower() == "none"
    rows = [
        row
        for row in world.volume_types.select({}, ask.horizon)
        if every or row.said["public"] or world.type_access.has(row, ask.who.project)
    ]
    limit = int(ask.one("limit", "0"))
    rows = page(rows, ask.one("marker"), limit)
    answer = {"volume_types": [_type_body(row) for row in rows]}
    if limit and len(rows) == limit:
        following = f"{ask.whole()}?is_public={ask.one('is_public', '')}&limit={limit}&marker={rows[-1].id}"
        answer["volume_type_links"] = [{"rel": "next", "href": following}]
    return Answer(200, answer)


def _type_body(row):
    return {
        "id": row.id,
        "name": row.name,
        "is_public": row.said["public"],
        "description": row.description,
        "extra_specs": {"volume_backend_name": "simulator"},
        "qos_specs_id": None,
        "os-volume-type-access:is_public": row.said["public"],
    }


def _type(world, identifier):
    row = world.volume_types.get(identifier)
    if row is None:
        raise refuse(404, f"Volume type {identifier} could not be found.")
    return row


@on("GET", "/types/{id}")
def show_type(world, ask, identifier):
    return Answer(200, {"volume_type": _type_body(_type(world, identifier))})


@on("GET", "/types/{id}/encryption")
def show_encryption(world, ask, identifier):
    admins_only(ask, "volume_type_encryption:get")
    row = _type(world, identifier)
    return Answer(200, row.said.get("encryption", {}))


@on("GET", "/types/{id}/os-volume-type-access")
def list_access(world, ask, identifier):
    admins_only(ask, "volume_type_access:get_all_for_type")
    row = _type(world, identifier)
    if row.said["public"]:
        raise refuse(404, "Access list not available for public volume types.")
    projects = world.type_access.of(row, ask.horizon)
    found = [{"volume_type_id": row.id, "project_id": project} for project in projects]
    return Answer(200, {"volume_type_access": found})


@on("POST", "/types/{id}/action")
def act(world, ask, identifier):
    ((action, said),) = ask.body.items()
    admins_only(ask, f"volume_type_access:{action}")
    row, project = _type(world, identifier), said["project"]
    if row.said["public"]:
        raise refuse(409, "Type access modification is not applicable to public volume type.")
    if action == "addProjectAccess":
        if world.type_access.has(row, project):
            raise refuse(409, f"Volume type access for {row.id} / {project} combination already exists.")
        world.type_access.give(row, project, time.time())
    elif not world.type_access.drop(row, project):
        raise refuse(404, f"Volume type access not found for {row.id} / {project} combination.")
    return Answer(202)


# --- default types


def _visible(world, ask, project):
    """Ask Keystone for the project with the caller's token; its 403 is not caught, as in Cinder."""
    if not ask.who.admin and ask.who.project != project:
        raise refuse(500, _BROKEN)
    if world.projects.get(project) is None:
        raise refuse(404, f"Project with id {project} not found.")
    if not ask.who.admin:
        raise refuse(403, "You are not authorized to perform this operation.")


def _default(project, kind):
    return {"project_id": project, "volume_type_id": kind}


@on("GET", "/default-types")
def list_defaults(world, ask):
    if not ask.who.admin:
        raise refuse(403, "You are not authorized to perform this operation.")
    said = world.default_types.said.items()
    found = [_default(project, kind) for project, (kind, born) in said if born <= ask.horizon]
    return Answer(200, {"default_types": found})


@on("GET", "/default-types/{project}")
def show_default(world, ask, project):
    _visible(world, ask, project)
    kind = world.default_types.get(project, ask.horizon)
    if kind is None:
        raise refuse(404, f"Default type for project {project} not found.")
    return Answer(200, {"default_type": _default(project, kind)})


@on("PUT", "/default-types/{project}")
def set_default(world, ask, project):
    _visible(world, ask, project)
    named = ask.body["default_type"]["volume_type"]
    found = world.volume_types.get(named) or next(iter(world.volume_types.having("name", named)), None)
    if found is None:
        raise refuse(400, f"Volume type with name {named} could not be found.")
    world.default_types.put(project, found.id, time.time())
    return Answer(200, {"default_type": _default(project, found.id)})


@on("DELETE", "/default-types/{project}")
def drop_default(world, ask, project):
    _visible(world, ask, project)
    world.default_types.drop(project)
    return Answer(204)


# --- what there is none of


def _none_of(collection):
    @on("GET", f"/{collection}")
    def nothing(world, ask):
        return Answer(200, {collection: []})


for _collection in ("volumes", "snapshots", "backups"):
    _none_of(_collection)
