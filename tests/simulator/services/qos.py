"""Neutron's policies of quality of service, with one limit of bandwidth a direction."""

from __future__ import annotations

from simulator.route import Answer
from simulator.services.neutron import COLLECTIONS, collection, refuse, routes, standard, there, written
from simulator.world import Policy

RULES = "/v2.0/qos/policies/{id}/bandwidth_limit_rules"


def _body(world, row):
    return {
        **standard(row),
        "shared": False,
        "is_default": False,
        "rules": [
            {**_rule(row, direction), "qos_policy_id": row.id, "type": "bandwidth_limit"}
            for direction in row.limits
        ],
    }


def _rule(row, direction):
    identifier, rate = row.limits[direction]
    return {
        "id": identifier,
        "direction": direction,
        "max_kbps": rate,
        "max_burst_kbps": 0,
    }


def _create(world, ask, said, project):
    return world.policies.add(world.row(Policy, said.get("name", ""), project, said.get("description") or ""))


def _delete(world, row):
    for network in world.networks.having("qos_id", row.id):
        raise refuse(409, "QosPolicyInUse", f"QoS Policy {row.id} is used by network {network.id}.")


def _policy(world, ask, identifier):
    if not ask.who.admin:
        raise refuse(403, "PolicyNotAuthorized", "rule:create_policy_bandwidth_limit_rule is disallowed")
    return there(world, ask, COLLECTIONS["policies"], identifier)


def _said(row, rule):
    """Return the direction of a rule."""
    for direction, (identifier, _) in row.limits.items():
        if identifier == rule:
            return direction
    raise refuse(404, "QosRuleNotFound", f"QoS rule {rule} for policy {row.id} could not be found.")


def _limited(world, row, limits):
    written(world, world.policies, row, {}, limits=limits)


@routes.on("POST", RULES)
def create_rule(world, ask, identifier):
    row, said = _policy(world, ask, identifier), ask.body["bandwidth_limit_rule"]
    direction = said.get("direction", "egress")
    if direction in row.limits:
        raise refuse(
            409,
            "QoSRulesConflict",
            f"Rule bandwidth_limit conflicts with rule {row.limits[direction][0]} which already exists in"
            f" QoS Policy {row.id}.",
        )
    _limited(world, row, {**row.limits, direction: (world.uuid(), said["max_kbps"])})
    return Answer(201, {"bandwidth_limit_rule": _rule(row, direction)})


@routes.on("PUT", RULES + "/{rule}")
def update_rule(world, ask, identifier, rule):
    row, said = _policy(world, ask, identifier), ask.body["bandwidth_limit_rule"]
    direction = _said(row, rule)
    _limited(world, row, {**row.limits, direction: (rule, said["max_kbps"])})
    return Answer(200, {"bandwidth_limit_rule": _rule(row, direction)})


@routes.on("DELETE", RULES + "/{rule}")
def delete_rule(world, ask, identifier, rule):
    row = _policy(world, ask, identifier)
    gone = _said(row, rule)
    _limited(world, row, {each: limit for each, limit in row.limits.items() if each != gone})
    return Answer(204)


collection(
    "policy",
    many="policies",
    title="QoS policy",
    table="policies",
    within="qos/",
    missing="QosPolicy",
    body=_body,
    writes=frozenset({"shared", "is_default"}),
    create=_create,
    update=lambda world, row, said: written(world, world.policies, row, said),
    delete=_delete,
    filters=frozenset({"id", "shared"}),
)
