"""Keystone 30: domains, projects, users and groups, and its silent 1,000 rows. Tokens and grants are beside it."""

from __future__ import annotations

import time

from simulator.route import Answer, Refusal, Routes
from simulator.store import page
from simulator.world import REGION, Domain, Group, Project, User

routes = Routes("identity")
MOST = 1000
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


# --- versions


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


def there(table, identifier, kind, horizon):
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
    return Answer(200, {"domain": _domain_body(ask, there(world.domains, identifier, "domain", ask.horizon))})


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
    row = there(world.domains, identifier, "domain", float("inf"))
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
    row = there(world.domains, identifier, "domain", float("inf"))
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
    for group in world.groups.having("members", row.id):
        world.groups.change(group, {"members": tuple(each for each in group.members if each != row.id)})
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
    row = there(world.projects, identifier, "project", ask.horizon)
    return Answer(200, {"project": _project_body(ask, row)})


@routes.on("POST", "/v3/projects")
def create_project(world, ask):
    admins_only(ask, "create_project")
    said = ask.body["project"]
    domain = said.get("domain_id") or "default"
    there(world.domains, domain, "domain", float("inf"))
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
    row = there(world.projects, identifier, "project", float("inf"))
    return Answer(200, {"project": _project_body(ask, _change(world.projects, row, ask.body["project"]))})


@routes.on("DELETE", "/v3/projects/{id}")
def delete_project(world, ask, identifier):
    admins_only(ask, "delete_project")
    _forget(world, world.projects, there(world.projects, identifier, "project", float("inf")))
    return Answer(204)


# --- users and groups


def _user_body(ask, row):
    """Return an account as Keystone 30 shows it: what it does not know of, an e-mail address say, stands among the rest."""
    return {
        **row.extra,
        "id": row.id,
        "name": row.name,
        "domain_id": row.domain_id,
        "enabled": row.enabled,
        "password_expires_at": None,
        "options": row.options,
        "links": {"self": f"{ask.at}/v3/users/{row.id}"},
    }


_OF_A_USER = {"name", "enabled", "password", "options", "domain_id"}


def _more(user, said):
    """Return what a body writes of an account alone: an option of null goes, words unknown to Keystone are kept."""
    if not isinstance(user, User):
        return {}
    options = {**user.options, **said.get("options", {})}
    extra = {**user.extra, **{name: value for name, value in said.items() if name not in _OF_A_USER}}
    if extra.get("default_project_id", "") is None:
        del extra["default_project_id"]
    fields = {
        "options": {name: value for name, value in options.items() if value is not None},
        "extra": extra,
    }
    if "password" in said:
        fields["password"] = said["password"]
    if "enabled" in said:
        fields["enabled"] = said["enabled"]
    return fields


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
            200, {kind: body(ask, there(getattr(world, collection), identifier, kind, ask.horizon))}
        )

    @routes.on("POST", f"/v3/{collection}")
    def create(world, ask):
        admins_only(ask, f"create_{kind}")
        said, table = ask.body[kind], getattr(world, collection)
        domain = said.get("domain_id") or "default"
        there(world.domains, domain, "domain", float("inf"))
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
        for name, value in _more(row, said).items():
            setattr(row, name, value)
        return Answer(201, {kind: body(ask, table.add(row))})

    @routes.on("PATCH", f"/v3/{collection}/{{id}}")
    def update(world, ask, identifier):
        admins_only(ask, f"update_{kind}")
        table = getattr(world, collection)
        row = there(table, identifier, kind, float("inf"))
        table.change(row, _more(row, ask.body[kind]))
        return Answer(200, {kind: body(ask, _change(table, row, ask.body[kind]))})

    @routes.on("DELETE", f"/v3/{collection}/{{id}}")
    def delete(world, ask, identifier):
        admins_only(ask, f"delete_{kind}")
        table = getattr(world, collection)
        _forget(world, table, there(table, identifier, kind, float("inf")))
        return Answer(204)


for _collection in _PEOPLE:
    _people(_collection)


@routes.on("GET", "/v3/users/{id}/groups")
def list_groups_of(world, ask, identifier):
    admins_only(ask, "list_groups_for_user")
    there(world.users, identifier, "user", ask.horizon)
    found = [_group_body(ask, each) for each in world.groups.having("members", identifier)]
    return Answer(200, {"groups": found, "links": links(ask)})


@routes.on("GET", "/v3/users/{id}/application_credentials")
def list_application_credentials(world, ask, identifier):
    """Answer with none: nobody can make one here."""
    admins_only(ask, "list_application_credentials")
    there(world.users, identifier, "user", ask.horizon)
    return Answer(200, {"application_credentials": [], "links": links(ask)})


@routes.on("GET", "/v3/credentials")
def list_credentials(world, ask):
    """Answer with none: as above."""
    admins_only(ask, "list_credentials")
    return Answer(200, {"credentials": [], "links": links(ask)})


@routes.on("GET", "/v3/OS-TRUST/trusts")
def list_trusts(world, ask):
    """Answer with none: as above."""
    admins_only(ask, "list_trusts")
    return Answer(200, {"trusts": [], "links": links(ask)})


@routes.on("GET", "/v3/groups/{id}/users")
def list_members(world, ask, identifier):
    admins_only(ask, "list_users_in_group")
    group = there(world.groups, identifier, "group", ask.horizon)
    found = [_user_body(ask, world.users.get(each)) for each in group.members if world.users.get(each)]
    return Answer(200, {"users": found, "links": links(ask)})


@routes.on("PUT HEAD DELETE", "/v3/groups/{id}/users/{user}")
def member(world, ask, identifier, user):
    admins_only(ask, "add_user_to_group")
    group = there(world.groups, identifier, "group", float("inf"))
    there(world.users, user, "user", float("inf"))
    others = tuple(each for each in group.members if each != user)
    if ask.method == "PUT":
        world.groups.change(group, {"members": (*others, user)})
    elif user not in group.members:
        raise refuse(404, f"Could not find user {user} in group {identifier}.")
    elif ask.method == "DELETE":
        world.groups.change(group, {"members": others})
    return Answer(204)


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
