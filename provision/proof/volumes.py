"""Volumes: encrypted without having to ask, and nothing else on offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.errors import CloudError, Forbidden, NotFound, QuotaExceeded
from provision.model import encryption
from provision.proof.promise import Seen, Stage, Unprovable, denied, promise, refused, together, where
from provision.text import Text, same, say

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWS_THE_KEY: Final = "3.64"
_REFUSED: Final = (Forbidden, NotFound, QuotaExceeded)
_YES: Final = say("yes", "oui")
_NO: Final = say("no", "non")


@promise(
    "volume-encrypted",
    service="block-storage",
    says=say(
        "a volume made without naming a type is encrypted, with a key of its own",
        "un volume créé sans nommer de type est chiffré, avec sa propre clé",
    ),
    tried=say(
        "a member makes a volume without a type, looks up its key, and deletes the volume",
        "un membre crée un volume sans type, regarde sa clé, et supprime le volume",
    ),
    made=where("storage.volume.encrypted", says=True),
)
def volume_encrypted(stage: Stage, _key: str) -> Seen:
    """Make a volume without naming a type; see that it is encrypted, and its key in the key manager."""
    try:
        volume = _made(stage)
    except CloudError as error:
        return denied(error, "POST /volumes")
    key, others = _key_of(stage, volume.get("encryption_key_id")), _with_the_same_key(stage, volume)
    least = int(stage.tenant.values.get("storage.volume.key_size", 0))
    good = volume["status"] == "available" and bool(volume["encrypted"])
    own = bool(key) and (key.get("bit_length") or 0) >= least and not others
    return Seen(good and own, _said(volume, key, others))


def _made(stage: Stage) -> dict[str, Any]:
    """Make a volume without naming a type, and return it once it is made."""
    volumes = stage.guest.volume.at(microversion=SHOWS_THE_KEY)
    stage.after(lambda: _gone(stage))
    made = volumes.post("/volumes", {"volume": {"size": 1, "name": stage.name}})["volume"]["id"]
    return stage.settled(
        lambda: volumes.get(f"/volumes/{made}")["volume"], lambda found: found["status"] != "creating"
    )


def _said(volume: Mapping[str, Any], key: Mapping[str, Any], others: list[str]) -> Text:
    return say(
        "volume {id}: type {type}, status {status}, encrypted: {encrypted}; key {key}: {algorithm}, {bits} bits{others}",
        "volume {id} : type {type}, état {status}, chiffré : {encrypted} ; clé {key} : {algorithm}, {bits} bits{others}",
        id=volume["id"],
        type=volume["volume_type"],
        status=volume["status"],
        encrypted=_YES if volume["encrypted"] else _NO,
        key=volume.get("encryption_key_id") or "–",
        algorithm=key.get("algorithm", "–"),
        bits=key.get("bit_length", "–"),
        others=say(", also of {ids}", ", aussi de {ids}", ids=", ".join(others)) if others else "",
    )


def _with_the_same_key(stage: Stage, volume: Mapping[str, Any]) -> list[str]:
    """Return the tenant's other volumes that have a volume's key."""
    key = volume.get("encryption_key_id")
    listed = stage.guest.volume.at(microversion=SHOWS_THE_KEY).list("/volumes/detail", "volumes")
    return [
        each["id"]
        for each in listed
        if key and each.get("encryption_key_id") == key and each["id"] != volume["id"]
    ]


def _key_of(stage: Stage, key: str | None) -> dict[str, Any]:
    """Return what the key manager says of a key to the tenant itself, or nothing."""
    if not key:
        return {}
    try:
        return stage.guest.api("key-manager").get(f"/secrets/{key}")
    except CloudError:
        return {}


def _gone(stage: Stage) -> None:
    volumes = stage.guest.volume

    def remove(volume: Mapping[str, Any]) -> bool:
        if volume["status"] not in {"available", "error"}:
            return False
        volumes.delete(f"/volumes/{volume['id']}")
        return True

    stage.swept(lambda: volumes.get("/volumes/detail", name=stage.name)["volumes"], remove)


@promise(
    "backups-encrypted",
    service="block-storage",
    says=say(
        "every backup is encrypted, with a key of its own",
        "chaque sauvegarde est chiffrée, avec sa propre clé",
    ),
    tried=say(
        "a member makes a volume without a type, backs it up, looks up the backup's key, and deletes both; and lists the backups",
        "un membre crée un volume sans type, le sauvegarde, regarde la clé de la sauvegarde, et supprime les deux ; et liste les "
        "sauvegardes",
    ),
    made=where("backup.encrypted", says=True),
)
def backups_encrypted(stage: Stage, _key: str) -> Seen:
    """Back up a volume made without naming a type; see that this and every other backup has a key."""
    _someone_backs_up(stage)
    volumes = stage.guest.volume.at(microversion=SHOWS_THE_KEY)
    try:
        volume = _made(stage)
        stage.after(lambda: _backups_gone(stage))
        body = {"volume_id": volume["id"], "name": stage.name}
        made = volumes.post("/backups", {"backup": body})["backup"]["id"]
    except CloudError as error:
        return denied(error, "POST /volumes, POST /backups")
    backup: dict[str, Any] = stage.settled(
        lambda: volumes.get(f"/backups/{made}")["backup"], lambda found: found["status"] != "creating"
    )
    key, clear = backup.get("encryption_key_id"), _in_clear(stage)
    own = bool(key) and key != volume.get("encryption_key_id") and bool(_key_of(stage, key))
    return Seen(
        backup["status"] == "available" and own and not clear,
        say(
            "backup {id}: status {status}, key {key}; in clear: {clear}",
            "sauvegarde {id} : état {status}, clé {key} ; en clair : {clear}",
            id=made,
            status=backup["status"],
            key=key or "–",
            clear=", ".join(clear) or "–",
        ),
    )


def _someone_backs_up(stage: Stage) -> None:
    """Raise `Unprovable` where this cloud makes no backups."""
    services = stage.operator.volume.get("/os-services", binary="cinder-backup")["services"]
    if not any(each["state"] == "up" for each in services):
        raise Unprovable(
            say(
                "this cloud makes no backups (no cinder-backup is up)",
                "ce cloud ne fait pas de sauvegardes (aucun cinder-backup ne tourne)",
            )
        )


def _in_clear(stage: Stage) -> list[str]:
    """Return the tenant's backups that have no key."""
    listed = stage.guest.volume.at(microversion=SHOWS_THE_KEY).list("/backups/detail", "backups")
    return [each["id"] for each in listed if not each.get("encryption_key_id")]


def _backups_gone(stage: Stage) -> None:
    volumes = stage.guest.volume

    def remove(backup: Mapping[str, Any]) -> bool:
        if backup["status"] not in {"available", "error"}:
            return False
        volumes.delete(f"/backups/{backup['id']}")
        return True

    stage.swept(lambda: volumes.get("/backups/detail", name=stage.name)["backups"], remove)


@promise(
    "volume-types-exact",
    service="block-storage",
    says=say(
        "no other volume type than those of its profile can be seen",
        "aucun autre type de volume que ceux de son profil n'est visible",
    ),
    tried=say("a member lists the volume types", "un membre liste les types de volume"),
    made=where("storage.volume.access", says="exact"),
)
def types_exact(stage: Stage, _key: str) -> Seen:
    """List the volume types as the tenant: only those of its profile."""
    allowed = {want.spec.type for want in stage.wanted("volume_type_access")}
    visible = {each["name"] for each in stage.guest.volume.list("/types", "volume_types")}
    return Seen(
        visible == allowed,
        say(
            "visible to the tenant: {visible}; promised: {allowed}",
            "visibles du locataire : {visible} ; promis : {allowed}",
            visible=", ".join(sorted(visible)) or "–",
            allowed=", ".join(sorted(allowed)),
        ),
    )


@promise(
    "volume-types-encrypted",
    service="block-storage",
    says=say(
        "no volume type that it can use leaves data unencrypted",
        "aucun type de volume qu'il peut employer ne laisse des données en clair",
    ),
    tried=say(
        "a member lists the volume types; the operator looks up how each encrypts",
        "un membre liste les types de volume ; l'opérateur regarde comment chacun chiffre",
    ),
    made=where("storage.volume.encrypted", says=True),
)
def types_encrypted(stage: Stage, _key: str) -> Seen:
    """List the volume types as the tenant, public ones included; see that each encrypts, as the operator reads it."""
    found = {
        each["name"]: encryption.read(stage.operator.volume.get(f"/types/{each['id']}/encryption"))
        for each in stage.guest.volume.list("/types", "volume_types")
    }
    return Seen(
        None not in found.values(),
        say("visible to the tenant: {types}", "visibles du locataire : {types}", types=_ways(found) or "–"),
    )


def _ways(found: Mapping[str, encryption.Encryption | None]) -> str:
    """Return each type with how it encrypts, in Cinder's words."""
    return ", ".join(
        f"{name} ({'–' if how is None else f'{how.provider} {how.cipher} {how.key_size} {how.control_location}'})"
        for name, how in sorted(found.items())
    )


@promise(
    "volume-types-locked",
    service="block-storage",
    says=say(
        "of a volume type that is not its own it can make nothing, were it visible by mistake",
        "d'un type de volume qui n'est pas le sien il ne peut rien créer, serait-il visible par erreur",
    ),
    tried=say(
        "a member reads its quotas of every other type, and tries to make a volume of each",
        "un membre lit ses quotas de tout autre type, et essaie de créer un volume de chacun",
    ),
    made=where("quotas.volume.other_types", says="none"),
)
def types_locked(stage: Stage, _key: str) -> Seen:
    """Read the quotas of each type that is not the tenant's, as the tenant, and try to make a volume of it."""
    own = {want.spec.type for want in stage.wanted("volume_type_access")}
    others = {
        each["name"]: each["id"] for each in stage.operator.shared.volume_types() if each["name"] not in own
    }
    quotas = stage.guest.volume.get(f"/os-quota-sets/{stage.project}")["quota_set"]
    stage.after(lambda: _gone(stage))
    return together(
        *(_locked(name, quotas.get(f"volumes_{name}")) for name in others),
        *(_none_of(stage, name, identifier) for name, identifier in others.items()),
        Seen(held=True, what=say("other types: {count}", "autres types : {count}", count=len(others))),
    )


def _locked(name: str, limit: int | None) -> Seen:
    return Seen(limit == 0, same(f"volumes_{name} = {limit}"))


def _none_of(stage: Stage, name: str, identifier: str) -> Seen:
    volume = {"size": 1, "name": stage.name, "volume_type": identifier}
    return refused(
        lambda: stage.guest.volume.post("/volumes", {"volume": volume}), f"POST /volumes ({name})", *_REFUSED
    )
