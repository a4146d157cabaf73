"""Accounts that this process made for a moment: what looks at a tenant's people must not take them for some."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud

PROOF: Final = "provision-proof"
_A_SECOND: Final = 1.1
_AT_ONCE: Final = "ignore_change_password_upon_first_use"  # else nothing opens it where Keystone has first passwords changed
_NAMES: Final[set[str]] = set()
_LOCK: Final = threading.Lock()


@contextmanager
def named(stem: str = PROOF) -> Iterator[str]:
    """Yield a name nobody has, and know it for a moment's until the end: a name alone, not its looks, is what is known."""
    name = f"{stem}-{secrets.token_hex(8)}"
    with _LOCK:
        _NAMES.add(name)
    try:
        yield name
    finally:
        with _LOCK:
            _NAMES.discard(name)


def is_one(name: str) -> bool:
    """Tell whether an account is one of this process's, by its name."""
    with _LOCK:
        return name in _NAMES


@contextmanager
def someone(
    cloud: Cloud, domain: str, options: Mapping[str, Any] | None = None, *, stem: str = PROOF
) -> Iterator[tuple[str, str]]:
    """Yield (user, password) of a new user in a domain, with some options and in no group; its name begins with `stem`.

    It is looked for by name and removed at the end, whatever happens: also where the answer to its making was lost.
    """
    password = secrets.token_urlsafe(24)
    with named(stem) as name:
        body = {
            "name": name,
            "domain_id": domain,
            "password": password,
            "description": "a moment's user of provision",
            "options": {_AT_ONCE: True, **(options or {})},
        }
        try:
            made = cloud.identity.post("/users", {"user": body})["user"]
            if made.get("password_expires_at"):
                _keep_password(cloud, made["id"], password)
            yield made["id"], password
        finally:
            for made in list(cloud.identity.list("/users", "users", name=name, domain_id=domain)):
                cloud.identity.delete(f"/users/{made['id']}")


def _keep_password(cloud: Cloud, user: str, password: str) -> None:
    """Say a password again, now that the account is exempt from changing it: Keystone does not hear so while making one.

    It ends what is issued in the second of a change, so that second is waited for.
    """
    cloud.identity.patch(f"/users/{user}", {"user": {"password": password}})
    time.sleep(_A_SECOND)
