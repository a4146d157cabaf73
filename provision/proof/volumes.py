"""A secured tenant's volumes: encrypted without having to ask, and nothing else on offer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from provision.errors import CloudError
from provision.model.proof import Proof
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SHOWS_THE_KEY: Final = "3.64"
PATIENCE: Final = 60.0
NAME: Final = "provision-proof"
_YES: Final = say("yes", "oui")
_NO: Final = say("no", "non")


def prove_encryption(tenant: Tenant, as_tenant: Cloud) -> Iterator[Proof]:
    """Create a volume without naming a type; see that it is encrypted and that its key is in the key manager."""
    promise = say(
        "a volume made without naming a type is encrypted, with a key of its own",
        "un volume créé sans nommer de type est chiffré, avec sa propre clé",
    )
    volumes = as_tenant.volume.at(microversion=SHOWS_THE_KEY)
    made = volumes.post("/volumes", {"volume": {"size": 1, "name": NAME}})["volume"]["id"]
    try:
        volume = _settled(as_tenant, made)
        key = _key(as_tenant, volume.get("encryption_key_id"))
        held = volume["status"] == "available" and bool(volume["encrypted"]) and bool(key)
        seen = say(
            "volume {id}: type {type}, status {status}, encrypted: {encrypted}; key {key}: {algorithm}, {bits} bits",
            "volume {id} : type {type}, état {status}, chiffré : {encrypted} ; clé {key} : {algorithm}, {bits} bits",
            id=made,
            type=volume["volume_type"],
            status=volume["status"],
            encrypted=_YES if volume["encrypted"] else _NO,
            key=volume.get("encryption_key_id") or "–",
            algorithm=key.get("algorithm", "–"),
            bits=key.get("bit_length", "–"),
        )
        yield Proof(tenant.key, promise, held, seen)
    finally:
        as_tenant.volume.delete(f"/volumes/{made}")


def _settled(as_tenant: Cloud, volume: str) -> dict[str, Any]:
    """Return a volume once it is neither being created nor gone from patience."""
    until = time.monotonic() + PATIENCE
    while True:
        found: dict[str, Any] = as_tenant.volume.at(microversion=SHOWS_THE_KEY).get(f"/volumes/{volume}")[
            "volume"
        ]
        if found["status"] != "creating" or time.monotonic() > until:
            return found
        time.sleep(0.5)


def _key(as_tenant: Cloud, key: str | None) -> dict[str, Any]:
    """Return what the key manager says of a key to the tenant itself, or nothing."""
    if not key:
        return {}
    try:
        return as_tenant.api("key-manager").get(f"/secrets/{key}")
    except CloudError:
        return {}


def prove_nothing_plain(tenant: Tenant, as_tenant: Cloud) -> Iterator[Proof]:
    """List the volume types that the tenant sees: only those of its profile."""
    roles = tenant.estate.section("volume_types")
    allowed = {str(roles.get(role, role)) for role in tenant.values.items("storage.volume.types")}
    visible = {item["name"] for item in as_tenant.volume.list("/types", "volume_types")}
    yield Proof(
        tenant.key,
        say(
            "no other volume type than {allowed} can be seen",
            "aucun autre type de volume que {allowed} n'est visible",
            allowed=", ".join(sorted(allowed)),
        ),
        visible == allowed,
        say(
            "visible to the tenant: {visible}",
            "visibles du locataire : {visible}",
            visible=", ".join(sorted(visible)) or "–",
        ),
    )
