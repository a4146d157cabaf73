"""Be a tenant for a moment: a user of its own, in a group of the tenant's, gone at the end."""

from __future__ import annotations

import secrets
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from provision.cloud.connect import reconnect
from provision.errors import NotFound
from provision.model.address import Address
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

WORKING_ROLES: Final = ("member", "creator")


@contextmanager
def guest(cloud: Cloud, tenant: Tenant) -> Iterator[Cloud]:
    """Yield the cloud as a working member of the tenant sees it.

    The user is created in the tenant's domain with a random password and removed at the end, whatever happens.
    Raises `NotFound` when the tenant has no project or no group whose members may work in it.
    """
    project = cloud.identity.get(f"/projects/{cloud.ids.of(Address('project', tenant.key, tenant.key))}")[
        "project"
    ]
    group = cloud.ids.of(Address("group", tenant.key, _working_group(tenant)))
    password = secrets.token_urlsafe(24)
    body = {
        "name": f"provision-proof-{secrets.token_hex(4)}",
        "domain_id": project["domain_id"],
        "password": password,
        "description": "a moment's user of provision's proofs",
    }
    user = cloud.identity.post("/users", {"user": body})["user"]["id"]
    try:
        cloud.identity.put(f"/groups/{group}/users/{user}")
        with closing(reconnect(cloud, user=user, password=password, project=project["id"])) as as_tenant:
            yield as_tenant
    finally:
        cloud.identity.delete(f"/users/{user}")


def _working_group(tenant: Tenant) -> str:
    groups = tenant.values.section("identity.groups")
    found = [name for name, group in groups.items() if set(WORKING_ROLES) & set(group.get("roles", ()))]
    if not found:
        raise NotFound(
            say(
                "no group of {tenant} may work in its project",
                "aucun groupe de {tenant} ne peut travailler dans son projet",
                tenant=tenant.key,
            ),
            where=str(tenant.values.origin("identity.groups")),
            do=say("give a group the role member", "donner le rôle member à un groupe"),
        )
    return min(found)
