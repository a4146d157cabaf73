"""Other tenants of the estate, by the projects that are theirs: what one tenant gives another is told by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.cloud.home import may_stand_in
from provision.errors import NotFound
from provision.model.address import Address
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.cloud.connect import Cloud


def project_of(cloud: Cloud, tenant: str) -> str:
    """Return the project of a tenant, of this run or not. Raises `NotFound` while it has none."""
    known = cloud.ids.project(tenant)
    if known is not None:
        return known
    for body in cloud.identity.list("/projects", "projects", tags=cloud.owner.tags(tenant)[0]):
        if _tenant(cloud, body) == tenant:
            return str(body["id"])
    raise NotFound(
        say("tenant {tenant} has no project yet", "le locataire {tenant} n'a pas encore de projet", tenant=tenant),
        where=str(Address("project", tenant, tenant)),
        do=say("apply {tenant}, then apply this again", "appliquer {tenant}, puis relancer apply", tenant=tenant),
    )  # fmt: skip


def tenant_of(cloud: Cloud, project: str) -> str | None:
    """Return whose a project is, None when it is no tenant's of this estate, or has gone."""
    at = cloud.ids.address("project", project)
    if at is not None and cloud.ids.find(at) == project:
        return at.tenant
    try:
        return _tenant(cloud, cloud.identity.get(f"/projects/{project}")["project"])
    except NotFound:
        return None


def _tenant(cloud: Cloud, body: Mapping[str, Any]) -> str | None:
    tenant = cloud.owner.tenant(body.get("tags", []))
    return tenant if tenant and may_stand_in(cloud, tenant, body["domain_id"]) else None
