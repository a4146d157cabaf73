"""Secrets: those of one tenant are not for another."""

from __future__ import annotations

import secrets

from provision.errors import Forbidden, NotFound
from provision.proof.promise import Seen, Stage, promise, refused, together, where
from provision.text import say


@promise(
    "secret-of-another-tenant",
    service="key-manager",
    says=say(
        "it cannot read another tenant's secrets", "il ne peut pas lire les secrets d'un autre locataire"
    ),
    tried=say(
        "a member of another tenant keeps a secret; a member of this one asks for it, and for what is in it",
        "un membre d'un autre locataire garde un secret ; un membre de celui-ci le demande, et ce qu'il contient",
    ),
    made=where("keys.acl"),
)
def secret_of_another(stage: Stage, _key: str) -> Seen:
    """Keep a secret next door; ask for it as the tenant."""
    theirs, ours = stage.neighbour().cloud.api("key-manager"), stage.guest.api("key-manager")
    stage.remove_after(
        theirs,
        lambda: (_path(each["secret_ref"]) for each in theirs.get("/secrets", name=stage.name)["secrets"]),
    )
    body = {
        "name": stage.name,
        "secret_type": "passphrase",
        "payload": secrets.token_urlsafe(24),
        "payload_content_type": "text/plain",
    }
    path = _path(theirs.post("/secrets", body)["secret_ref"])
    return together(
        refused(lambda: ours.get(path), f"GET {path}", Forbidden, NotFound),
        refused(
            lambda: ours.send("GET", f"{path}/payload", headers={"Accept": "text/plain"}),
            f"GET {path}/payload",
            Forbidden,
            NotFound,
        ),
    )


def _path(reference: str) -> str:
    return f"/secrets/{reference.rsplit('/', 1)[-1]}"
