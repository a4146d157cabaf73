"""People and projects: a tenant is shown its own, and changes nothing that is set for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.cloud.guest import manager, managing_groups
from provision.errors import Forbidden, NotFound
from provision.proof.promise import Seen, Stage, promise, refused, together, where
from provision.text import same, say

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud

ROLES: Final = "identity.roles.allowed"
# Of each service: what its quota is called, and one limit to write again as it is.
_QUOTAS: Final = {
    "compute": ("/os-quota-sets", "quota_set", "instances"),
    "block-storage": ("/os-quota-sets", "quota_set", "volumes"),
    "network": ("/quotas", "quota", "network"),
}


@promise(
    "users-of-another-domain",
    service="identity",
    says=say(
        "it cannot list the users of another domain",
        "il ne peut pas lister les utilisateurs d'un autre domaine",
    ),
    tried=say(
        "a member, and whoever manages the tenant's domain, list the users of another domain",
        "un membre, et qui gère le domaine du locataire, listent les utilisateurs d'un autre domaine",
    ),
    made=where("identity.domain"),
)
def users_of_another_domain(stage: Stage, _key: str) -> Seen:
    """List the users next door, as a member and as each group that manages the domain."""
    domain = stage.neighbour().domain
    seen = [_users(stage.guest, domain, "")]
    for group in managing_groups(stage.tenant):
        with manager(stage.operator, stage.tenant, group) as as_manager:
            seen.append(_users(as_manager, domain, f" ({group})"))
    return together(*seen)


def _users(cloud: Cloud, domain: str, who: str) -> Seen:
    """List the users of a domain in which there is one; Keystone refuses, or shows whoever manages another domain none."""
    path = f"/users?domain_id={domain}"
    try:
        shown = len(cloud.identity.get(path)["users"])
    except Forbidden as error:
        return Seen(held=True, what=same(f"GET {path}{who} → {error.status}"))
    return Seen(
        not shown,
        say("GET {path}{who} → {n} users", "GET {path}{who} → {n} utilisateurs", path=path, who=who, n=shown),
    )


@promise(
    "servers-of-all-projects",
    service="compute",
    says=say(
        "it cannot see the servers of other projects", "il ne peut pas voir les serveurs d'autres projets"
    ),
    tried=say(
        "a member lists the servers of all projects", "un membre liste les serveurs de tous les projets"
    ),
    made=where(ROLES),
)
def servers_of_all(stage: Stage, _key: str) -> Seen:
    """List servers with all_tenants, as the tenant."""
    path = "/servers/detail?all_tenants=1&limit=1"
    return refused(lambda: stage.guest.compute.get(path), f"GET {path}", Forbidden)


@promise(
    "networks-of-other-projects",
    service="network",
    says=say(
        "it sees no network of another project, but for those that the operator offers to all",
        "il ne voit aucun réseau d'un autre projet, sauf ceux que l'exploitant offre à tous",
    ),
    tried=say("a member lists networks", "un membre liste les réseaux"),
    made=where(ROLES),
)
def networks_of_others(stage: Stage, _key: str) -> Seen:
    """List networks as the tenant; look as the operator at those that are not its own."""
    visible = list(stage.guest.network.list("/networks", "networks"))
    foreign = [
        each
        for each in visible
        if each["project_id"] != stage.project
        and not each["router:external"]
        and not _offered(stage, each["id"])
    ]
    names = ", ".join(f"{each['name']} ({each['id']})" for each in foreign)
    return Seen(
        not foreign,
        say("networks of others: {names}", "réseaux d'autrui : {names}", names=names)
        if foreign
        else say(
            "GET /networks → {count}, all its own or offered to all",
            "GET /networks → {count}, tous à lui ou offerts à tous",
            count=len(visible),
        ),
    )


def _offered(stage: Stage, network: str) -> bool:
    """Tell whether a network is shared with everybody: then our neighbour sees it too."""
    try:
        stage.neighbour().cloud.network.get(f"/networks/{network}")
    except NotFound:
        return False
    return True


@promise(
    "quota-raise",
    service="identity",
    says=say("it cannot raise its own quotas", "il ne peut pas relever ses propres quotas"),
    tried=say(
        "a member writes a quota of each service (as it is, so that nothing moves should it be taken)",
        "un membre écrit un quota de chaque service (tel qu'il est, pour que rien ne bouge s'il était accepté)",
    ),
    made=where("quotas"),
)  # fmt: skip
def quota_raise(stage: Stage, _key: str) -> Seen:
    """Write one limit of each service again, as the tenant."""
    return together(*(_quota(stage, service) for service in _QUOTAS if service in stage.operator.services))


def _quota(stage: Stage, service: str) -> Seen:
    path, word, limit = _QUOTAS[service]
    path = f"{path}/{stage.project}"
    now = stage.operator.api(service).get(path)[word][limit]
    return refused(
        lambda: stage.guest.api(service).put(path, {word: {limit: now}}), f"{service} PUT {path}", Forbidden
    )
