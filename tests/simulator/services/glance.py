"""Glance: images, and the projects that they are shared with."""

from __future__ import annotations

import time

from simulator.route import Answer, Refusal, Routes
from simulator.store import page
from simulator.world import Thing, stamp

routes = Routes("image")


@routes.on("GET", "/")
def versions(world, ask):
    link = [{"rel": "self", "href": f"{ask.at}/v2/"}]
    said = [
        {"id": f"v2.{minor}", "status": "CURRENT" if minor == 18 else "SUPPORTED", "links": link}
        for minor in range(18, -1, -1)
    ]
    return Answer(300, {"versions": said})


@routes.on("GET", "/v2/images")
def list_images(world, ask):
    filters = {"owner": "project_id", "name": "name", "visibility": "visibility"}
    wanted = {filters[name]: set(values) for name, values in ask.query.items() if name in filters}
    rows = [row for row in world.images.select(wanted, ask.horizon) if _seen(world, ask, row)]
    limit = int(ask.one("limit", "25"))
    rows = page(rows, ask.one("marker"), limit)
    answer = {"images": [_body(row) for row in rows], "first": "/v2/images", "schema": "/v2/schemas/images"}
    if rows and len(rows) == limit:
        query = "".join(f"&{name}={ask.one(name)}" for name in filters if name in ask.query)
        answer["next"] = f"/v2/images?limit={limit}&marker={rows[-1].id}{query}"
    return Answer(200, answer)


def _seen(world, ask, row):
    own = ask.who.admin or row.project_id == ask.who.project
    return own or row.said["visibility"] == "public" or world.image_access.has(row, ask.who.project)


def _refuse(status, title, message):
    return Refusal(status, {"message": message, "code": f"{status} {title}", "title": title})


def _image(world, ask, identifier, horizon=float("inf")):
    row = world.images.get(identifier, horizon)
    if row is None or not _seen(world, ask, row):
        raise _refuse(404, "Not Found", f"No image found with ID {identifier}")
    return row


@routes.on("GET", "/v2/images/{id}")
def show_image(world, ask, identifier):
    return Answer(200, _body(_image(world, ask, identifier, ask.horizon)))


@routes.on("POST", "/v2/images")
def create_image(world, ask):
    about = {name: value for name, value in ask.body.items() if name.startswith("img_signature")}
    said = {"visibility": ask.body.get("visibility", "shared"), "status": "queued", "properties": about}
    row = world.images.add(world.row(Thing, ask.body["name"], ask.who.project, said=said))
    return Answer(201, _body(row))


@routes.on("DELETE", "/v2/images/{id}")
def delete_image(world, ask, identifier):
    row = _image(world, ask, identifier)
    for project in world.image_access.of(row):
        world.image_access.drop(row, project)
    world.images.remove(row)
    return Answer(204)


# --- members


def _no(status, title, message):
    return _refuse(status, title, f"{message}<br /><br />\n\n\n")


def _shared(world, ask, identifier, doing="create", why="."):
    """Return an image that may have members. Raises `Refusal`."""
    row = world.images.get(identifier)
    if row is None or not _seen(world, ask, row):
        raise _no(404, "Not Found", f"Image {identifier} not found.")
    if row.said["visibility"] != "shared":
        raise _no(403, "Forbidden", f"Not allowed to {doing} members for image {identifier}{why}")
    return row


def _member(row, project):
    status, born, written = row.said["members"][project]
    return {
        "image_id": row.id,
        "member_id": project,
        "status": status,
        "created_at": stamp(born),
        "updated_at": stamp(written),
        "schema": "/v2/schemas/member",
    }


def _of(world, row, project, horizon=float("inf")):
    """Return a project's membership. Raises `Refusal`."""
    if project not in world.image_access.of(row, horizon):
        raise _no(404, "Not Found", f"{project} not found in the member list of the image {row.id}.")
    return _member(row, project)


@routes.on("GET", "/v2/images/{id}/members")
def list_members(world, ask, identifier):
    row = _shared(world, ask, identifier, "list", ": Only shared images have members.")
    found = [_member(row, project) for project in world.image_access.of(row, ask.horizon)]
    return Answer(200, {"members": found, "schema": "/v2/schemas/members"})


@routes.on("POST", "/v2/images/{id}/members")
def add_member(world, ask, identifier):
    row, project = _shared(world, ask, identifier), ask.body["member"]
    if not ask.who.admin and row.project_id != ask.who.project:
        raise _no(403, "Forbidden", f"Not allowed to create members for image {row.id}.")
    if world.image_access.has(row, project):
        raise _no(409, "Conflict", f"Member {project} is duplicated for image {row.id}")
    now = time.time()
    row.said.setdefault("members", {})[project] = ("pending", now, now)
    world.image_access.give(row, project, now)
    return Answer(200, _member(row, project))


@routes.on("GET", "/v2/images/{id}/members/{project}")
def show_member(world, ask, identifier, project):
    return Answer(200, _of(world, _shared(world, ask, identifier), project, ask.horizon))


@routes.on("PUT", "/v2/images/{id}/members/{project}")
def update_member(world, ask, identifier, project):
    row = _shared(world, ask, identifier, "update")
    _of(world, row, project)
    if not ask.who.admin and ask.who.project != project:
        raise _no(403, "Forbidden", f"Not allowed to update members for image {row.id}.")
    row.said["members"][project] = (ask.body["status"], row.said["members"][project][1], time.time())
    return Answer(200, _member(row, project))


@routes.on("DELETE", "/v2/images/{id}/members/{project}")
def remove_member(world, ask, identifier, project):
    row = _shared(world, ask, identifier, "delete")
    _of(world, row, project)
    world.image_access.drop(row, project)
    return Answer(204)


def _body(row):
    return {
        "id": row.id,
        "name": row.name,
        "owner": row.project_id,
        "visibility": row.said["visibility"],
        "status": row.said.get("status", "active"),
        "disk_format": "raw",
        "container_format": "bare",
        "size": 4096,
        "min_disk": 1,
        "min_ram": 0,
        "protected": False,
        "os_hidden": False,
        **({"os_distro": row.name.partition("-")[0]} if row.said["visibility"] == "public" else {}),
        **row.said.get("properties", {}),
        "tags": [],
        "created_at": stamp(row.born),
        "updated_at": stamp(row.written),
        "self": f"/v2/images/{row.id}",
        "file": f"/v2/images/{row.id}/file",
        "schema": "/v2/schemas/image",
    }
