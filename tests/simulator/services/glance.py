"""Glance: the operator's images, to be looked at."""

from __future__ import annotations

from simulator.route import Answer, Refusal, Routes
from simulator.store import page
from simulator.world import stamp

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
    wanted = {"project_id" if name == "owner" else name: set(values) for name, values in ask.query.items() if name in {"owner", "name"}}  # fmt: skip
    rows = [
        row
        for row in world.images.select(wanted, ask.horizon)
        if ask.who.admin or row.said["public"] or row.project_id == ask.who.project
    ]
    limit = int(ask.one("limit", "25"))
    rows = page(rows, ask.one("marker"), limit)
    answer = {"images": [_body(row) for row in rows], "first": "/v2/images", "schema": "/v2/schemas/images"}
    if rows and len(rows) == limit:
        answer["next"] = f"/v2/images?limit={limit}&marker={rows[-1].id}"
    return Answer(200, answer)


@routes.on("GET", "/v2/images/{id}")
def show_image(world, ask, identifier):
    row = world.images.get(identifier, ask.horizon)
    if row is None:
        raise Refusal(
            404,
            {
                "message": f"No image found with ID {identifier}",
                "code": "404 Not Found",
                "title": "Not Found",
            },
        )
    return Answer(200, _body(row))


def _body(row):
    return {
        "id": row.id,
        "name": row.name,
        "owner": row.project_id,
        "visibility": "public" if row.said["public"] else "private",
        "status": "active",
        "disk_format": "raw",
        "container_format": "bare",
        "size": 4096,
        "min_disk": 1,
        "min_ram": 0,
        "protected": False,
        "os_hidden": False,
        "os_distro": row.name.partition("-")[0],
        "tags": [],
        "created_at": stamp(row.born),
        "updated_at": stamp(row.written),
        "self": f"/v2/images/{row.id}",
        "file": f"/v2/images/{row.id}/file",
        "schema": "/v2/schemas/image",
    }
