"""Be a tenant for a moment: a user of its own, in a group of the tenant's, gone at the end."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from provision.cloud.connect import reconnect
from provision.cloud.moments import someone
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

    Raises `NotFound` when the tenant has no project or no group whose members may work in it.
    """
    project = cloud.ids.of(Address("project", tenant.key, tenant.key))
    with (
        _member(cloud, tenant, _working_group(tenant)) as (user, password, _),
        closing(reconnect(cloud, user=user, password=password, project=project)) as as_tenant,
    ):
        yield as_tenant


@contextmanager
def manager(cloud: Cloud, tenant: Tenant, group: str) -> Iterator[Cloud]:
    """Yield the cloud as a member of a group sees it that has roles on the tenant's own domain."""
    with (
        _member(cloud, tenant, group) as (user, password, domain),
        closing(reconnect(cloud, user=user, password=password, domain=domain)) as as_manager,
    ):
        yield as_manager


def managing_groups(tenant: Tenant) -> list[str]:
    """Return the groups of the documents that have roles on the tenant's own domain."""
    groups = tenant.values.section("identity.groups")
    return sorted(name for name, group in groups.items() if group.get("domain_roles"))


@contextmanager
def _member(cloud: Cloud, tenant: Tenant, group: str) -> Iterator[tuple[str, str, str]]:
    """Yield (user, password, domain) of a new member of a group.

    The user is looked for by name and removed at the end, whatever happens: also where the answer to its making was lost.
    """
    members = cloud.ids.of(Address("group", tenant.key, group))
    project = cloud.ids.of(Address("project", tenant.key, tenant.key))
    domain = cloud.identity.get(f"/projects/{project}")["project"]["domain_id"]
    with someone(cloud, domain) as (user, password):
        cloud.identity.put(f"/groups/{members}/users/{user}")
        yield user, password, domain


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
