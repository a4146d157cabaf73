"""Octavia: projects' quotas, and load balancers as far as these count them; nothing listens."""

from __future__ import annotations

import time

from simulator.route import Answer, Refusal, Routes
from simulator.world import Thing

routes = Routes("load-balancer")
WIRE = ("loadbalancer", "listener", "member", "pool", "healthmonitor", "l7policy", "l7rule")
DEFAULTS = dict.fromkeys(WIRE, -1)
_OLD = {"load_balancer": "loadbalancer", "health_monitor": "healthmonitor"}


def _either(path):
    """Return the two addresses of a path: Octavia answers to both."""
    return tuple(f"/{version}{path}" for version in ("v2", "v2.0"))


def refuse(status, message):
    return Refusal(status, {"faultcode": "Client", "faultstring": message, "debuginfo": None})


def admins_only(ask):
    if not ask.who.admin:
        raise refuse(403, "Policy does not allow this request to be performed.")


@routes.on("GET", "/")
def versions(world, ask):
    links = [{"href": f"{ask.at}/v2", "rel": "self"}]
    found = [
        {"id": f"v2.{minor}", "status": status, "updated": "2016-12-11T00:00:00Z", "links": links}
        for minor, status in ((0, "SUPPORTED"), (27, "CURRENT"))
    ]
    return Answer(200, {"versions": found})


def _body(project, said):
    limits = {**DEFAULTS, **said}
    old = {name: limits[now] for name, now in _OLD.items()}
    return {"project_id": project, **limits, **old, "tenant_id": project}


@routes.on("GET", *_either("/lbaas/quotas"))
def list_quotas(world, ask):
    admins_only(ask)
    said = world.balancer_quotas
    found = [
        _body(project, limits)
        for project in said.said
        if (limits := said.get(project, ask.horizon)) is not None
    ]
    return Answer(200, {"quotas": found, "quotas_links": []})


@routes.on("GET", *_either("/lbaas/quotas/{project}"))
def show_quota(world, ask, project):
    admins_only(ask)
    return Answer(200, {"quota": _body(project, world.balancer_quotas.get(project, ask.horizon) or {})})


@routes.on("PUT", *_either("/lbaas/quotas/{project}"))
def update_quota(world, ask, project):
    admins_only(ask)
    said = {_OLD.get(name, name): limit for name, limit in ask.body["quota"].items()}
    for name, limit in said.items():
        if name not in DEFAULTS:
            raise refuse(400, f"Unknown attribute for argument quotas.quota: {name}")
        if limit < -1:
            raise refuse(
                400,
                f"Invalid input for field/attribute {name}. Value: '{limit}'. Value should be greater or equal to -1",
            )
    whole = {**(world.balancer_quotas.get(project) or {}), **said}
    world.balancer_quotas.put(project, whole, time.time())
    return Answer(202, {"quota": _body(project, whole)})


@routes.on("DELETE", *_either("/lbaas/quotas/{project}"))
def delete_quota(world, ask, project):
    admins_only(ask)
    if not world.balancer_quotas.drop(project):
        raise refuse(404, f"Quotas {project} not found.")
    return Answer(202)


@routes.on("POST", *_either("/lbaas/loadbalancers"))
def create_balancer(world, ask):
    admins_only(ask)
    said = ask.body["loadbalancer"]
    project = said.get("project_id") or ask.who.project
    limit = {**DEFAULTS, **(world.balancer_quotas.get(project) or {})}["loadbalancer"]
    if 0 <= limit <= world.balancers.count("project_id", project):
        raise refuse(403, "Quota has been met for resources: Load Balancer")
    row = world.balancers.add(world.row(Thing, said.get("name", ""), project, said=said))
    return Answer(201, {"loadbalancer": {"id": row.id, "name": row.name, "project_id": project}})


@routes.on("DELETE", *_either("/lbaas/loadbalancers/{id}"))
def delete_balancer(world, ask, identifier):
    admins_only(ask)
    row = world.balancers.get(identifier)
    if row is None:
        raise refuse(404, f"Load Balancer {identifier} not found.")
    world.balancers.remove(row)
    return Answer(204)
