"""What hangs on a person's account and works without signing in again: taken away when the person leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.cloud.connect import Cloud

_KEY_PAIRS_OF_OTHERS: Final = "2.10"  # Nova's microversion


def take_away(cloud: Cloud, user: str) -> None:
    """Remove an account's own roles, application credentials, EC2 keys, second factors, trusts given or received, key pairs."""
    identity = cloud.identity
    for each in identity.get("/role_assignments", **{"user.id": user})["role_assignments"]:
        identity.delete(_grant(each["scope"], user, each["role"]["id"]))
    mine = f"/users/{user}/application_credentials"
    for each in list(identity.list(mine, "application_credentials")):
        identity.delete(f"{mine}/{each['id']}")
    for each in list(identity.list("/credentials", "credentials", user_id=user)):
        identity.delete(f"/credentials/{each['id']}")
    for side in ("trustor_user_id", "trustee_user_id"):
        for each in identity.get("/OS-TRUST/trusts", **{side: user})["trusts"]:
            identity.delete(f"/OS-TRUST/trusts/{each['id']}")
    if "compute" in cloud.services:
        drop_key_pairs(cloud, user)


def _grant(scope: Mapping[str, Any], user: str, role: str) -> str:
    """Return the path of a role that somebody has somewhere."""
    if "system" in scope:
        return f"/system/users/{user}/roles/{role}"
    on = "project" if "project" in scope else "domain"
    path = f"/{on}s/{scope[on]['id']}/users/{user}/roles/{role}"
    return f"/OS-INHERIT{path}/inherited_to_projects" if "OS-INHERIT:inherited_to" in scope else path


def drop_key_pairs(cloud: Cloud, user: str) -> None:
    """Remove an account's key pairs: Nova keeps them when Keystone forgets the account."""
    nova = cloud.compute.at(microversion=_KEY_PAIRS_OF_OTHERS)
    for each in nova.get("/os-keypairs", user_id=user)["keypairs"]:
        nova.delete(f"/os-keypairs/{quote(each['keypair']['name'], safe='')}?user_id={user}")
