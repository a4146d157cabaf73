"""Neutron's logs of security groups: the operator's to make, for a project; what they log cannot change."""

from __future__ import annotations

from simulator.services.neutron import collection, refuse, standard, written
from simulator.world import Log


def _body(world, row):
    return {
        **{key: value for key, value in standard(row).items() if key != "tags"},
        "resource_type": "security_group",
        "resource_id": None,
        "target_id": None,
        "event": row.event,
        "enabled": row.enabled,
    }


def _admins_only(ask):
    if not ask.who.admin:
        raise refuse(403, "PolicyNotAuthorized", "rule:create_log is disallowed by policy")


def _create(world, ask, said, project):
    _admins_only(ask)
    if said.get("resource_type") != "security_group":
        raise refuse(
            400, "InvalidLogResourceType", f"Invalid log resource_type: {said.get('resource_type')}."
        )
    row = world.row(Log, said.get("name", ""), project, said.get("description") or "")
    row.event, row.enabled = said.get("event", "ALL"), said.get("enabled", True)
    return world.logs.add(row)


def _update(world, row, said):
    for name in ("event", "resource_type", "resource_id", "target_id"):
        if name in said:
            raise refuse(400, "HTTPBadRequest", f"Cannot update read-only attribute {name}")
    switched = {"enabled": said["enabled"]} if "enabled" in said else {}
    return written(world, world.logs, row, said, **switched)


collection(
    "log",
    title="Log",
    table="logs",
    body=_body,
    writes=frozenset({"resource_type", "resource_id", "target_id", "event", "enabled"}),
    create=_create,
    update=_update,
    delete=lambda *_: None,
    within="log/",
    filters=frozenset({"id", "resource_type", "event", "enabled"}),
)
