"""Keystone's roles, and who has which of them where."""

from __future__ import annotations

from simulator.route import Answer
from simulator.services.keystone import admins_only, links, refuse, routes, there
from simulator.world import Grant


@routes.on("GET", "/v3/roles")
def list_roles(world, ask):
    admins_only(ask, "list_roles")
    names = set(ask.query.get("name", world.roles.values()))
    found = [_role_body(ask, identifier, name) for identifier, name in world.roles.items() if name in names]
    return Answer(200, {"roles": found, "links": links(ask)})


@routes.on("GET", "/v3/roles/{id}")
def show_role(world, ask, identifier):
    admins_only(ask, "get_role")
    if identifier not in world.roles:
        raise refuse(404, f"Could not find role: {identifier}.")
    return Answer(200, {"role": _role_body(ask, identifier, world.roles[identifier])})


def _role_body(ask, identifier, name):
    return {
        "id": identifier,
        "name": name,
        "domain_id": None,
        "description": None,
        "options": {},
        "links": {"self": f"{ask.at}/v3/roles/{identifier}"},
    }


def _grants(on, actor):
    """Make the calls of a role that users or groups have on projects or domains."""

    @routes.on("GET HEAD PUT DELETE", f"/v3/{on}s/{{target}}/{actor}s/{{actor}}/roles/{{role}}")
    def grant(world, ask, target, who, role):
        admins_only(ask, {"PUT": "create_grant", "DELETE": "revoke_grant"}.get(ask.method, "check_grant"))
        path = f"/{on}s/{target}/{actor}s/{who}/roles/{role}"
        if ask.method == "PUT":
            _grant(world, path, (on, target), (actor, who), role)
            return Answer(204)
        row = world.grants.get(path, ask.horizon)
        if row is None:
            raise refuse(
                404,
                f"Could not find role assignment with role: {role}, user or group: {who}, project, domain, or system:"
                f" {target}.",
            )
        if ask.method == "DELETE":
            world.grants.remove(row)
        return Answer(204)


for _on in ("project", "domain"):
    for _actor in ("user", "group"):
        _grants(_on, _actor)


def _grant(world, path, target, actor, role):
    for kind, identifier in (target, actor):
        there(getattr(world, f"{kind}s"), identifier, kind, float("inf"))
    if role not in world.roles:
        raise refuse(404, f"Could not find role: {role}.")
    if world.grants.get(path) is None:
        who = getattr(world, f"{actor[0]}s").get(actor[1])
        world.grants.add(
            world.row(
                Grant,
                f"{who.name}:{world.roles[role]}",
                target[1],
                identifier=path,
                on=target[0],
                target_id=target[1],
                actor=actor[0],
                actor_id=actor[1],
                role_id=role,
            )
        )


_SCOPES = {
    "scope.project.id": "target_id",
    "scope.domain.id": "target_id",
    "group.id": "actor_id",
    "user.id": "actor_id",
    "role.id": "role_id",
}


@routes.on("GET", "/v3/role_assignments")
def list_assignments(world, ask):
    admins_only(ask, "list_role_assignments")
    wanted = {_SCOPES[name]: set(values) for name, values in ask.query.items() if name in _SCOPES}
    named = ask.one("include_names", "").lower() not in {"", "0", "false"}
    rows = world.grants.select(wanted, ask.horizon)
    found = [_assignment(world, ask, row, named=named) for row in rows]
    return Answer(200, {"role_assignments": found, "links": links(ask)})


def _assignment(world, ask, row, *, named):
    scope, actor, role = {"id": row.target_id}, {"id": row.actor_id}, {"id": row.role_id}
    if named:
        target = getattr(world, f"{row.on}s").get(row.target_id)
        who = getattr(world, f"{row.actor}s").get(row.actor_id)
        scope["name"], actor["name"], role["name"] = target.name, who.name, world.roles[row.role_id]
        actor["domain"] = _home(world, who)
        if row.on == "project":
            scope["domain"] = _home(world, target)
    link = {"assignment": f"{ask.at}/v3{row.id}"}
    return {"links": link, "scope": {row.on: scope}, row.actor: actor, "role": role}


def _home(world, row):
    return {"id": row.domain_id, "name": world.domains.get(row.domain_id).name}
