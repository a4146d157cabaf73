"""Work in a project for a moment: for what a service makes only in the project of whoever asks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from provision.cloud.moments import someone
from provision.errors import NotFound
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.api import Api
    from provision.cloud.connect import Cloud

ROLE: Final = "member"
STEM: Final = "provision-moment"


@contextmanager
def member(cloud: Cloud, service: str, project: str) -> Iterator[Api]:
    """Yield a service as a member of a project asks it, over our own wire: counted, fenced and paced as we are.

    The member is a new user beside our own (a tenant's domain may be a directory, which takes none), with a password that
    nobody keeps. It is removed at the end, and with it its role and its token. Raises `ServiceAbsent`, and `NotFound` where
    there is no such role.
    """
    cloud.api(service)
    role = cloud.shared.roles().get(ROLE)
    if role is None:
        raise NotFound(
            say("this cloud has no role {role}", "ce cloud n'a pas de rôle {role}", role=ROLE),
            where=cloud.name,
            do=say("have the operator create it", "le faire créer par l'exploitant"),
        )
    with someone(cloud, cloud.user_domain, stem=STEM) as (user, password):
        cloud.identity.put(f"/projects/{project}/users/{user}/roles/{role}")
        yield cloud.lent(service, user=user, password=password, project=project)
