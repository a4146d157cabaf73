"""Application credentials of one user: listed, made, revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.model.credential import AccessRule, Credential, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from provision.cloud.api import Api


def listed(identity: Api, user: str) -> list[Credential]:
    """Return what a user has, in the order of names."""
    found = identity.list(f"/users/{user}/application_credentials", "application_credentials")
    return sorted((read(body) for body in found), key=lambda each: each.name)


def create(  # noqa: PLR0913 (what a credential is made of)
    identity: Api,
    user: str,
    name: str,
    *,
    roles: Iterable[str],
    expires: datetime,
    rules: Iterable[AccessRule],
) -> tuple[Credential, str]:
    """Make one, never unrestricted, and return it with its secret, which Keystone makes and shows this once.

    Raises `Conflict` when the user has one of that name, `Forbidden` when it may make none.
    """
    body: dict[str, Any] = {
        "name": name,
        "roles": [{"name": each} for each in roles],
        "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%S.000000"),
        "unrestricted": False,
    }
    if wanted := [{"service": each.service, "method": each.method, "path": each.path} for each in rules]:
        body["access_rules"] = wanted
    made = identity.post(f"/users/{user}/application_credentials", {"application_credential": body})
    return read(made["application_credential"]), str(made["application_credential"]["secret"])


def revoke(identity: Api, user: str, credential: str) -> None:
    """Remove one; already gone is success."""
    identity.delete(f"/users/{user}/application_credentials/{credential}")


def read(body: Mapping[str, Any]) -> Credential:
    """Return one as Keystone shows it."""
    rules = body.get("access_rules")
    return Credential(
        str(body["id"]),
        str(body["name"]),
        str(body["project_id"]),
        tuple(sorted(str(each["name"]) for each in body["roles"])),
        moment(body.get("expires_at")),
        bool(body.get("unrestricted")),
        None if rules is None else tuple(sorted(map(_rule, rules))),
    )


def _rule(body: Mapping[str, Any]) -> AccessRule:
    return AccessRule(str(body["service"]), str(body["method"]), str(body["path"]))
