"""Be another tenant for a moment: a domain, a project and a user of its own, gone at the end."""

from __future__ import annotations

import secrets
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from provision.cloud.connect import reconnect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud

ROLES: Final = ("member", "creator")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody else on the same cloud: what it sees, and the ids of its domain and project."""

    cloud: Cloud
    domain: str
    project: str


@contextmanager
def neighbour(cloud: Cloud) -> Iterator[Neighbour]:
    """Yield a working member of a project that has nothing to do with anybody.

    Everything of it stands in a domain of its own, which is looked for by name and removed at the end, whatever happens.
    """
    name, password = f"provision-proof-{secrets.token_hex(4)}", secrets.token_urlsafe(24)
    about = {"name": name, "description": "a moment's neighbour of provision's proofs"}
    try:
        domain = cloud.identity.post("/domains", {"domain": about})["domain"]["id"]
        inside = {**about, "domain_id": domain}
        project = cloud.identity.post("/projects", {"project": inside})["project"]["id"]
        user = cloud.identity.post("/users", {"user": {**inside, "password": password}})["user"]["id"]
        for role in ROLES:
            if identifier := cloud.shared.roles().get(role):
                cloud.identity.put(f"/projects/{project}/users/{user}/roles/{identifier}")
        with closing(reconnect(cloud, user=user, password=password, project=project)) as as_neighbour:
            yield Neighbour(as_neighbour, domain, project)
    finally:
        for made in list(cloud.identity.list("/domains", "domains", name=name)):
            cloud.identity.patch(f"/domains/{made['id']}", {"domain": {"enabled": False}})
            cloud.identity.delete(f"/domains/{made['id']}")
