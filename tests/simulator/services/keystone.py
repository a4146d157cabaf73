"""Keystone 30: tokens, the catalogue, domains, projects, users, groups, grants; and its silent 1,000 rows."""

from __future__ import annotations

import time

from simulator.route import Answer, Refusal, Routes
from simulator.store import page
from simulator.world import REGION, Domain, Grant, Group, Project, Token, User, stamp

routes = Routes("identity")
MOST = 1000
IMPLIED = {"admin": ("manager",), "manager": ("member",), "member": ("reader",)}
CATALOGUE = (
    ("identity", "keystone", "/identity/v3"),
    ("compute", "nova", "/compute/v2.1"),
    ("network", "neutron", "/network"),
    ("block-storage", "cinder", "/volume/v3/{project}"),
    ("object-store", "swift", "/object-store/v1/AUTH_{project}"),
    ("key-manager", "barbican", "/key-manager"),
    ("image", "glance", "/image"),
)
_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


def refuse(status, message):
    return Refusal(
        status, {"error": {"code": status, "message": message, "title": _TITLES.get(status, "Error")}}
    )


def unauthorized():
    return refuse(401, "The request you have made requires authentication.")


def admins_only(ask, action):
    """Refuse what only an administrator may do."""
    if not ask.who.admin:
        raise refuse(403, f"You are not authorized to perform the requested action: identity:{action}.")


# --- versions and tokens


def _version(ask):
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": f"{ask.at}/v3/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }


@routes.on("GET", "/")
def versions(world, ask):
    return Answer(300, {"versions": {"values": [_version(ask)]}}, {"Location": f"{ask.at}/v3/"})


@routes.on("GET", "/v3")
def version(world, ask):
    return Answer(200, {"version": _version(ask)})


@routes.on("POST", "/v3/auth/tokens")
def log_in(world, ask):
    world.ledger.tokens += 1
    said = ask.body["auth"]
    user = _user(world, said["identity"])
    project = _scope(world, said.get("scope"))
    roles = _roles(world, user, project)
    if not roles:
        raise unauthorized()
    identifier = f"gAAAAA{world.hex()}{world.hex()}"
    now = time.time()
    token = Token(user, project.id, frozenset(roles), now + world.knobs.token_life)
    world.tokens[identifier] = token
    return Answer(201, {"token": _token(world, ask, token, project, now)}, {"X-Subject-Token": identifier})


@routes.on("GET HEAD", "/v3/auth/tokens")
def show_token(world, ask):
    identifier = ask.headers.get("X-Subject-Token", "")
    token = world.tokens.get(identifier)
    if token is None:
        raise refuse(404, "Could not find token.")
    project = world.projects.get(token.project)
    return Answer(
        200, {"token": _token(world, ask, token, project, time.time())}, {"X-Subject-Token": identifier}
    )


@routes.on("DELETE", "/v3/auth/tokens")
def log_out(world, ask):
    world.tokens.pop(ask.headers.get("X-Subject-Token", ""), None)
    return Answer(204)


def _user(world, identity):
    if "token" in identity["methods"]:
        token = world.tokens.get(identity["token"]["id"])
        if token is None:
            raise unauthorized()
        return token.user
    said = identity["password"]["user"]
    user = _named(world.users, said, lambda: _domain_id(world, said.get("domain")))
    if user is None or user.password != said["password"] or not user.enabled:
        raise unauthorized()
    return user


def _domain_id(world, said):
    found = _named(world.domains, said or {"id": "default"}, lambda: "")
    return found.id if found else None


def _named(table, said, domain):
    """Return the row that an id, or a name and a domain, stand for."""
    if "id" in said:
        return table.get(said["id"])
    within = domain()
    return next(
        (row for row in table.having("name", said["name"]) if not within or row.domain_id == within), None
    )


def _scope(world, scope):
    said = (scope or {}).get("project")
    project = said and _named(world.projects, said, lambda: _domain_id(world, said.get("domain")))
    if not project or not project.enabled:
        raise unauthorized()
    return project


def _roles(world, user, project):
    """Return the names of a user's roles on a project, those they imply among them."""
    actors = {user.id, *(group.id for group in world.groups.having("members", user.id))}
    held = [
        world.roles[grant.role_id]
        for grant in world.grants.having("target_id", project.id)
        if grant.actor_id in actors
    ]
    for name in held:
        held.extend(each for each in IMPLIED.get(name, ()) if each not in held)
    return held


def _token(world, ask, token, project, issued):
    root = ask.at.rpartition("/")[0]
    domain = world.domains.get(project.domain_id)
    home = {"id": domain.id, "name": domain.name}
    user_domain = world.domains.get(token.user.domain_id)
    ids = {name: identifier for identifier, name in world.roles.items()}
    return {
        "methods": ["password"],
        "user": {
            "domain": {"id": user_domain.id, "name": user_domain.name},
            "id": token.user.id,
            "name": token.user.name,
            "password_expires_at": None,
        },
        "audit_ids": [world.hex()[:22]],
        "expires_at": stamp(token.until).replace("Z", ".000000Z"),
        "issued_at": stamp(issued).replace("Z", ".000000Z"),
        "project": {"domain": home, "id": project.id, "name": project.name},
        "is_domain": False,
        "roles": [{"id": ids[name], "name": name} for name in sorted(token.roles)],
        "catalog": [_endpoints(root, project.id, *each) for each in CATALOGUE],
    }


def _endpoints(root, project, kind, name, path):
    url = root + path.format(project=project)
    return {
        "endpoints": [
            {
                "id": f"{name}-{interface}",
                "interface": interface,
                "region_id": REGION,
                "region": REGION,
                "url": url,
            }
            for interface in ("public", "internal", "admin")
        ],
        "id": name,
        "type": kind,
        "name": name,
    }


# --- lists


def listed(ask, key, table, body, filters=(), most=MOST):
    """Answer a collection: without a limit 1,000 rows and not a word of the others; with one, pages."""
    wanted = {name: set(ask.query[name]) for name in filters if name in ask.query}
    limit = min(int(ask.one("limit", most)), most)
    marker = ask.one("marker")
    if wanted:
        rows = page(table.select(wanted, ask.horizon), marker, limit)
    else:
        rows = table.after(marker, limit, ask.horizon)
    answer = {key: [body(ask, row) for row in rows], "links": links(ask)}
    if "limit" in ask.query and len(rows) == limit:
        answer["links"]["next"] = _next(ask, rows[-1].id)
        answer["truncated"] = True
    return Answer(200, answer)


def _query(ask, without=()):
    return [
        f"{name}={value}" for name, values in ask.query.items() for value in values if name not in without
    ]


def links(ask):
    said = "&".join(_query(ask))
    return {"next": None, "self": ask.whole() + (f"?{said}" if said else ""), "previous": None}


def _next(ask, marker):
    return f"{ask.whole()}?{'&'.join([*_query(ask, ('marker',)), f'marker={marker}'])}"


def _there(table, identifier, kind, horizon):
    row = table.get(identifier, horizon)
    if row is None:
        raise refuse(404, f"Could not find {kind}: {identifier}.")
    return row


# --- domains


def _domain_body(ask, row):
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "enabled": row.enabled,
        "tags": [],
        "options": {},
        "links": {"self": f"{ask.at}/v3/domains/{row.id}"},
    }


@routes.on("GET", "/v3/domains")
def list_domains(world, ask):
    admins_only(ask, "list_domains")
    return listed(ask, "domains", world.domains, _domain_body, ("name",))


@routes.on("GET HEAD", "/v3/domains/{id}")
def show_domain(world, ask, identifier):
    if not ask.who.admin and ask.who.user.domain_id != identifier:
        admins_only(ask, "get_domain")
    return Answer(
        200, {"domain": _domain_body(ask, _there(world.domains, identifier, "domain", ask.horizon))}
    )


@routes.on("POST", "/v3/domains")
def create_domain(world, ask):
    admins_only(ask, "create_domain")
    said = ask.body["domain"]
    if world.domains.having("name", said["name"]):
        raise refuse(
            409,
            "Conflict occurred attempting to store project - it is not permitted to have two projects acting as"
            f" domains with the same name: {said['name']}.",
        )
    row = world.row(Domain, said["name"], description=said.get("description") or "", identifier=world.hex())
    row.enabled = said.get("enabled", True)
    return Answer(201, {"domain": _domain_body(ask, world.domains.add(row))})


@routes.on("PATCH", "/v3/domains/{id}")
def update_domain(world, ask, identifier):
    admins_only(ask, "update_domain")
    row = _there(world.domains, identifier, "domain", float("inf"))
    return Answer(200, {"domain": _domain_body(ask, _change(world.domains, row, ask.body["domain"]))})


def _change(table, row, said):
    """Write what was said of a row's own fields; a name that another has is refused."""
    fields = {name: value for name, value in said.items() if name in {"name", "description", "enabled"}}
    if "tags" in said:
        fields["tags"] = tuple(sorted(said["tags"]))
    within = getattr(row, "domain_id", "")
    for other in table.having("name", fields.get("name", row.name)):
        if other is not row and getattr(other, "domain_id", "") == within:
            raise refuse(
                409,
                f"Conflict occurred attempting to store {table.kind} - Duplicate entry: {fields['name']}.",
            )
    return table.change(row, {**fields, "written": time.time()})


@routes.on("DELETE", "/v3/domains/{id}")
def delete_domain(world, ask, identifier):
    admins_only(ask, "delete_domain")
    row = _there(world.domains, identifier, "domain", float("inf"))
    if row.enabled:
        raise refuse(403, "Cannot delete a domain that is enabled, please disable it first.")
    for table in (world.projects, world.groups, world.users):
        for held in table.having("domain_id", row.id):
            _forget(world, table, held)
    _forget(world, world.domains, row)
    return Answer(204)


def _forget(world, table, row):
    """Remove a row and the grants that speak of it."""
    for name in ("target_id", "actor_id"):
        for grant in world.grants.having(name, row.id):
            world.grants.remove(grant)
    table.remove(row)


# --- projects


def _project_body(ask, row):
    return {
        "id": row.id,
        "name": row.name,
        "domain_id": row.domain_id,
        "description": row.description,
        "enabled": row.enabled,
        "parent_id": row.domain_id,
        "is_domain": False,
        "tags": list(row.tags),
        "options": {},
        "links": {"self": f"{ask.at}/v3/projects/{row.id}"},
    }


@routes.on("GET", "/v3/projects")
def list_projects(world, ask):
    admins_only(ask, "list_projects")
    return listed(ask, "projects", world.projects, _project_body, ("name", "domain_id", "tags"))


@routes.on("GET HEAD", "/v3/projects/{id}")
def show_project(world, ask, identifier):
    if ask.who.project != identifier:
        admins_only(ask, "get_project")
    row = _there(world.projects, identifier, "project", ask.horizon)
    return Answer(200, {"project": _project_body(ask, row)})


@routes.on("POST", "/v3/projects")
def create_project(world, ask):
    admins_only(ask, "create_project")
    said = ask.body["project"]
    domain = said.get("domain_id") or "default"
    _there(world.domains, domain, "domain", float("inf"))
    for other in world.projects.having("name", said["name"]):
        if other.domain_id == domain:
            raise refuse(
                409,
                "Conflict occurred attempting to store project - it is not permitted to have two projects with either"
                f" the same name or same id in the same domain: name is {other.name}, project id {other.id}.",
            )
    row = world.row(
        Project,
        said["name"],
        description=said.get("description") or "",
        identifier=world.hex(),
        domain_id=domain,
        enabled=said.get("enabled", True),
        tags=tuple(said.get("tags", ())),
    )
    return Answer(201, {"project": _project_body(ask, world.projects.add(row))})


@routes.on("PATCH", "/v3/projects/{id}")
def update_project(world, ask, identifier):
    admins_only(ask, "update_project")
    row = _there(world.projects, identifier, "project", float("inf"))
    return Answer(200, {"project": _project_body(ask, _change(world.projects, row, ask.body["project"]))})


@routes.on("DELETE", "/v3/projects/{id}")
def delete_project(world, ask, identifier):
    admins_only(ask, "delete_project")
    _forget(world, world.projects, _there(world.projects, identifier, "project", float("inf")))
    return Answer(204)


# --- users and groups


def _user_body(ask, row):
    return {
        "id": row.id,
        "name": row.name,
        "domain_id": row.domain_id,
        "enabled": row.enabled,
        "password_expires_at": None,
        "options": {},
        "links": {"self": f"{ask.at}/v3/users/{row.id}"},
    }


def _group_body(ask, row):
    return {
        "id": row.id,
        "name": row.name,
        "domain_id": row.domain_id,
        "description": row.description,
        "links": {"self": f"{ask.at}/v3/groups/{row.id}"},
    }


_PEOPLE = {
    "users": ("user", User, _user_body),
    "groups": ("group", Group, _group_body),
}


def _people(collection):
    """Make the five calls of a collection of people."""
    kind, make, body = _PEOPLE[collection]

    @routes.on("GET", f"/v3/{collection}")
    def listing(world, ask):
        admins_only(ask, f"list_{collection}")
        return listed(ask, collection, getattr(world, collection), body, ("name", "domain_id"))

    @routes.on("GET HEAD", f"/v3/{collection}/{{id}}")
    def show(world, ask, identifier):
        admins_only(ask, f"get_{kind}")
        return Answer(
            200, {kind: body(ask, _there(getattr(world, collection), identifier, kind, ask.horizon))}
        )

    @routes.on("POST", f"/v3/{collection}")
    def create(world, ask):
        admins_only(ask, f"create_{kind}")
        said, table = ask.body[kind], getattr(world, collection)
        domain = said.get("domain_id") or "default"
        _there(world.domains, domain, "domain", float("inf"))
        if any(other.domain_id == domain for other in table.having("name", said["name"])):
            raise refuse(
                409,
                f"Conflict occurred attempting to store {kind} - Duplicate entry found with name {said['name']} at"
                f" domain ID {domain}.",
            )
        row = world.row(
            make,
            said["name"],
            description=said.get("description") or "",
            identifier=world.hex(),
            domain_id=domain,
        )
        if kind == "user":
            row.password, row.enabled = said.get("password", ""), said.get("enabled", True)
        return Answer(201, {kind: body(ask, table.add(row))})

    @routes.on("PATCH", f"/v3/{collection}/{{id}}")
    def update(world, ask, identifier):
        admins_only(ask, f"update_{kind}")
        table = getattr(world, collection)
        row = _there(table, identifier, kind, float("inf"))
        return Answer(200, {kind: body(ask, _change(table, row, ask.body[kind]))})

    @routes.on("DELETE", f"/v3/{collection}/{{id}}")
    def delete(world, ask, identifier):
        admins_only(ask, f"delete_{kind}")
        table = getattr(world, collection)
        _forget(world, table, _there(table, identifier, kind, float("inf")))
        return Answer(204)


for _collection in _PEOPLE:
    _people(_collection)


@routes.on("GET", "/v3/groups/{id}/users")
def list_members(world, ask, identifier):
    admins_only(ask, "list_users_in_group")
    group = _there(world.groups, identifier, "group", ask.horizon)
    found = [_user_body(ask, world.users.get(each)) for each in group.members if world.users.get(each)]
    return Answer(200, {"users": found, "links": links(ask)})


@routes.on("PUT HEAD DELETE", "/v3/groups/{id}/users/{user}")
def member(world, ask, identifier, user):
    admins_only(ask, "add_user_to_group")
    group = _there(world.groups, identifier, "group", float("inf"))
    _there(world.users, user, "user", float("inf"))
    others = tuple(each for each in group.members if each != user)
    if ask.method == "PUT":
        world.groups.change(group, {"members": (*others, user)})
    elif user not in group.members:
        raise refuse(404, f"Could not find user {user} in group {identifier}.")
    elif ask.method == "DELETE":
        world.groups.change(group, {"members": others})
    return Answer(204)


# --- roles and grants


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
        _there(getattr(world, f"{kind}s"), identifier, kind, float("inf"))
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


# --- limits


@routes.on("GET", "/v3/limits")
def list_limits(world, ask):
    return Answer(200, {"limits": [], "links": links(ask)})


@routes.on("GET", "/v3/registered_limits")
def list_registered_limits(world, ask):
    names = {"servers": 10, "class:VCPU": 20, "class:MEMORY_MB": 51200} if world.knobs.unified_limits else {}
    found = [
        {
            "id": f"limit-{name}",
            "service_id": "nova",
            "region_id": REGION,
            "resource_name": name,
            "default_limit": limit,
            "description": None,
            "links": {"self": f"{ask.at}/v3/registered_limits/limit-{name}"},
        }
        for name, limit in names.items()
    ]
    return Answer(200, {"registered_limits": found, "links": links(ask)})
