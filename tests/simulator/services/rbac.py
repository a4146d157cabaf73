"""Neutron's RBAC entries: networks that one project lets others use."""

from __future__ import annotations

from simulator.services.neutron import collection, refuse, room, written
from simulator.world import Share

_ACTIONS = frozenset({"access_as_shared", "access_as_external"})


def _body(world, row):
    return {
        "id": row.id,
        "project_id": row.project_id,
        "tenant_id": row.project_id,
        "object_type": "network",
        "object_id": row.object_id,
        "action": row.action,
        "target_tenant": row.target_tenant,
    }


def _create(world, ask, said, project):
    if said["object_type"] != "network" or said["action"] not in _ACTIONS:
        raise refuse(400, "HTTPBadRequest", f"Invalid input for operation: {said['object_type']}.")
    network = world.networks.get(said["object_id"])
    if network is None:
        raise refuse(404, "NetworkNotFound", f"Network {said['object_id']} could not be found.")
    if not ask.who.admin and network.project_id != ask.who.project:
        raise refuse(403, "PolicyNotAuthorized", "rule:create_rbac_policy is disallowed by policy")
    room(world, project, "rbac_policy")
    for each in world.rbac_policies.having("object_id", network.id):
        if (each.target_tenant, each.action) == (said["target_tenant"], said["action"]):
            raise refuse(409, "DuplicateRbacPolicy", "An RBAC policy already exists with those values.")
    row = world.row(Share, "", project, object_id=network.id)
    row.target_tenant, row.action = said["target_tenant"], said["action"]
    return world.rbac_policies.add(row)


def _delete(world, row):
    """Refuse while those that it is shared with have ports there."""
    users = {port.project_id for port in world.ports.having("network_id", row.object_id)}
    owner = world.networks.get(row.object_id).project_id
    if users - {owner} if row.target_tenant == "*" else row.target_tenant in users - {owner}:
        raise refuse(
            409,
            "RbacPolicyInUse",
            f"RBAC policy on object {row.object_id} cannot be removed because other objects depend on it.",
        )


collection(
    "rbac_policy",
    many="rbac_policies",
    title="RBAC policy",
    table="rbac_policies",
    body=_body,
    writes=frozenset({"object_type", "object_id", "action", "target_tenant"}),
    create=_create,
    update=lambda world, row, said: written(
        world, world.rbac_policies, row, {}, target_tenant=said["target_tenant"]
    ),
    delete=_delete,
    absent="RBAC policy of type unknown with ID {id} not found",
    filters=frozenset({"id", "object_type"}),
    paged=False,
)
