"""Who sees one project only: whose it is, and which kinds its members may make themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.cloud.connect import Cloud
    from provision.kind import Kind


def own_tenant(cloud: Cloud, tenants: frozenset[str]) -> str | None:
    """Return the one of these tenants whose mark the project bears that we are scoped to, and remember its id; else None."""
    try:
        body = cloud.identity.get(f"/projects/{cloud.project}")["project"]
    except CloudError:
        return None
    _, address = cloud.owner.read(body.get("description"))
    if address is None or address.kind != "project" or address.tenant not in tenants:
        return None
    cloud.ids.record(address, body["id"])
    return address.tenant


def of_members(kinds: Mapping[str, Kind[Any]]) -> Mapping[str, Kind[Any]]:
    """Return the kinds that a member of a project may make there."""
    return {name: kind for name, kind in kinds.items() if kind.by_members}
