"""Barbican: secrets by name, every POST a new one as in the real service; and projects' quotas."""

from __future__ import annotations

import time

from simulator.route import Answer, Refusal, Routes
from simulator.world import Thing, stamp

routes = Routes("key-manager")
_MAY = frozenset({"admin", "creator", "member"})
DEFAULTS = dict.fromkeys(("secrets", "orders", "containers", "consumers", "cas"))
MOST = 100


def _may(ask, doing):
    if not ask.who.roles & _MAY:
        raise _not_allowed(doing)


def _admins_only(ask, doing):
    if not ask.who.admin:
        raise _not_allowed(doing)


def _not_allowed(doing):
    said = f"{doing} attempt not allowed - please review your user/project privileges"
    return Refusal(403, {"code": 403, "title": "Forbidden", "description": said})


def _version(ask):
    return {
        "id": "v1",
        "status": "stable",
        "links": [{"rel": "self", "href": f"{ask.at}/v1/"}],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.key-manager-v1+json"}
        ],
    }


@routes.on("GET", "/")
def versions(world, ask):
    return Answer(300, {"versions": {"values": [_version(ask)]}})


@routes.on("GET", "/v1")
def version(world, ask):
    return Answer(200, {"version": _version(ask)})


@routes.on("GET", "/v1/secrets")
def list_secrets(world, ask):
    _may(ask, "Secret(s) retrieval")
    wanted = {"project_id": {ask.who.project}}
    if "name" in ask.query:
        wanted["name"] = set(ask.query["name"])
    rows = world.secrets.select(wanted, ask.horizon)
    start, limit = int(ask.one("offset", "0")), int(ask.one("limit", "10"))
    shown = [_body(ask, row) for row in rows[start : start + limit]]
    return Answer(200, {"secrets": shown, "total": len(rows)})


@routes.on("POST", "/v1/secrets")
def create_secret(world, ask):
    _may(ask, "Secret creation")
    said = dict(ask.body)
    said.pop("payload", None)
    row = world.secrets.add(world.row(Thing, said.get("name") or "", ask.who.project, said=said))
    return Answer(201, {"secret_ref": f"{ask.at}/v1/secrets/{row.id}"})


def _there(world, ask, identifier):
    row = world.secrets.get(identifier, ask.horizon)
    if row is None or row.project_id != ask.who.project:
        raise Refusal(404, {"code": 404, "title": "Not Found", "description": "Secret not found."})
    return row


@routes.on("GET", "/v1/secrets/{id}")
def show_secret(world, ask, identifier):
    _may(ask, "Secret retrieval")
    return Answer(200, _body(ask, _there(world, ask, identifier)))


@routes.on("DELETE", "/v1/secrets/{id}")
def delete_secret(world, ask, identifier):
    _may(ask, "Secret deletion")
    world.secrets.remove(_there(world, ask, identifier))
    return Answer(204)


def _body(ask, row):
    return {
        "name": row.name,
        "status": "ACTIVE",
        "secret_type": row.said.get("secret_type", "opaque"),
        "algorithm": row.said.get("algorithm"),
        "bit_length": row.said.get("bit_length"),
        "mode": row.said.get("mode"),
        "created": stamp(row.born),
        "updated": stamp(row.written),
        "secret_ref": f"{ask.at}/v1/secrets/{row.id}",
    }


# --- quotas


@routes.on("GET", "/v1/project-quotas")
def list_quotas(world, ask):
    _admins_only(ask, "Project Quotas")
    said = world.key_quotas
    rows = [
        (project, found) for project in said.said if (found := said.get(project, ask.horizon)) is not None
    ]
    start, limit = int(ask.one("offset", "0")), min(int(ask.one("limit", "10")), MOST)
    shown = [
        {"project_id": project, "project_quotas": {**DEFAULTS, **found}}
        for project, found in rows[start : start + limit]
    ]
    answer = {"project_quotas": shown, "total": len(rows)}
    if start:
        answer["previous"] = f"{ask.at}/v1/project_quotas?limit={limit}&offset={max(0, start - limit)}"
    if len(rows) > start + limit:
        answer["next"] = f"{ask.at}/v1/project_quotas?limit={limit}&offset={start + limit}"
    return Answer(200, answer)


@routes.on("GET", "/v1/project-quotas/{project}")
def show_quotas(world, ask, project):
    _admins_only(ask, "Project Quotas")
    said = world.key_quotas.get(project, ask.horizon)
    if said is None:
        raise _nothing_said()
    return Answer(200, {"project_quotas": {**DEFAULTS, **said}})


def _nothing_said():
    return Refusal(404, {"code": 404, "title": "Not Found", "description": "Project quotas not found."})


@routes.on("PUT", "/v1/project-quotas/{project}")
def update_quotas(world, ask, project):
    _admins_only(ask, "Project Quotas")
    said = ask.body["project_quotas"]
    for name, value in said.items():
        if name not in DEFAULTS or not isinstance(value, int):
            described = f"Provided object does not match schema 'Project Quota': {name}: {value}"
            raise Refusal(400, {"code": 400, "title": "Bad Request", "description": described})
    world.key_quotas.put(project, {**(world.key_quotas.get(project) or {}), **said}, time.time())
    return Answer(204)


@routes.on("DELETE", "/v1/project-quotas/{project}")
def delete_quotas(world, ask, project):
    _admins_only(ask, "Project Quotas")
    if not world.key_quotas.drop(project):
        raise _nothing_said()
    return Answer(204)
