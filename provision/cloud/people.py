"""Who may do what in a tenant's project and domain: persons, not groups; and what hangs on their accounts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from provision.cloud.moments import is_one
from provision.errors import NotFound
from provision.model.address import Address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud

PROJECT: Final = "project"
DOMAIN: Final = "domain"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody has, itself or through a group; `on` is ``project`` or ``domain``."""

    role: str
    on: str
    holder: str
    users: frozenset[str]


@dataclass(frozen=True, slots=True)
class Person:
    """An account that may do something with the tenant, or stands in its domain: its options, and its roles with their place.

    `raw` is the JSON body as Keystone sent it.
    """

    id: str
    name: str
    enabled: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    roles: frozenset[tuple[str, str]] = frozenset()
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)


def grants(cloud: Cloud, tenant: str) -> list[Grant]:
    """Return every role on the tenant's project and own domain, given by whomever to whomever; not those implied by another."""
    found = list(_assignments(cloud, tenant))
    groups = sorted({body["group"]["id"] for body in found if "group" in body})
    members = dict(zip(groups, cloud.each(lambda group: _members(cloud, group), groups), strict=True))
    return [_grant(body, members) for body in found if not _of_a_moment(body)]


def people(cloud: Cloud, tenant: str, found: Iterable[Grant]) -> list[Person]:
    """Return the persons behind some grants, and everybody in the tenant's own domain, by name; without users of ours."""
    roles: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for grant in found:
        for user in grant.users:
            roles[user].add((grant.role, grant.on))
    domain = cloud.ids.find(Address(DOMAIN, tenant, tenant))
    known = {} if domain is None else {each["id"]: each for each in _users(cloud, domain)}
    others = sorted(roles.keys() - known.keys())
    known.update({each["id"]: each for each in cloud.each(lambda user: _user(cloud, user), others) if each})
    persons = (_person(body, roles[body["id"]]) for body in known.values() if not is_one(body["name"]))
    return sorted(persons, key=lambda each: (each.name, each.id))


def administrators(cloud: Cloud) -> frozenset[str]:
    """Return the users who have the role admin anywhere, implied and through groups too."""
    role = cloud.shared.roles().get("admin")
    if role is None:
        return frozenset()
    params = {"role.id": role, "effective": "true"}
    found = cloud.identity.get("/role_assignments", **params)["role_assignments"]
    return frozenset(body["user"]["id"] for body in found)


def _assignments(cloud: Cloud, tenant: str) -> Iterator[Mapping[str, Any]]:
    for scope in (PROJECT, DOMAIN):
        target = cloud.ids.find(Address(scope, tenant, tenant))
        if target is not None:
            asked = {f"scope.{scope}.id": target, "include_names": "true"}
            yield from cloud.identity.get("/role_assignments", **asked)["role_assignments"]


def _of_a_moment(body: Mapping[str, Any]) -> bool:
    return "user" in body and is_one(body["user"]["name"])


def _grant(body: Mapping[str, Any], members: Mapping[str, frozenset[str]]) -> Grant:
    actor = "group" if "group" in body else "user"
    inherited = "OS-INHERIT:inherited_to" in body["scope"]
    on = PROJECT if inherited or PROJECT in body["scope"] else DOMAIN
    holder = body[actor]
    users = members[holder["id"]] if actor == "group" else frozenset({holder["id"]})
    return Grant(body["role"]["name"], on, f"{holder['name']} ({actor})", users)


def _members(cloud: Cloud, group: str) -> frozenset[str]:
    found = cloud.identity.list(f"/groups/{group}/users", "users")
    return frozenset(each["id"] for each in found if not is_one(each["name"]))


def _users(cloud: Cloud, domain: str) -> Iterator[dict[str, Any]]:
    return cloud.identity.list("/users", "users", domain_id=domain)


def _user(cloud: Cloud, user: str) -> dict[str, Any]:
    """Return an account, nothing when a directory has it no more."""
    try:
        found: dict[str, Any] = cloud.identity.get(f"/users/{user}")["user"]
    except NotFound:
        return {}
    return found


def _person(body: Mapping[str, Any], roles: set[tuple[str, str]]) -> Person:
    return Person(
        str(body["id"]),
        str(body["name"]),
        bool(body["enabled"]),
        body.get("options") or {},
        frozenset(roles),
        body,
    )
