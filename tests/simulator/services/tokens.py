"""Keystone's tokens, and the catalogue that comes with them."""

from __future__ import annotations

import time

from simulator.route import Answer
from simulator.services.keystone import refuse, routes, unauthorized
from simulator.world import REGION, Token, stamp

IMPLIED = {"admin": ("manager",), "manager": ("member",), "member": ("reader",)}
CATALOGUE = (
    ("identity", "keystone", "/identity/v3"),
    ("compute", "nova", "/compute/v2.1"),
    ("network", "neutron", "/network"),
    ("block-storage", "cinder", "/volume/v3/{project}"),
    ("object-store", "swift", "/object-store/v1/AUTH_{project}"),
    ("key-manager", "barbican", "/key-manager"),
    ("image", "glance", "/image"),
    ("dns", "designate", "/dns"),
    ("load-balancer", "octavia", "/load-balancer"),
)


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
