"""Whole accounts: what holds for every container that is there, also for those that somebody made by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from provision.cloud.shelf import Shelf, files, names, path, shelf, signed
from provision.errors import NotFound
from provision.model import quantity
from provision.model.dataset import CHECKSUM, known, missing, of_others, open_to_everybody, unknown
from provision.proof.promise import Seen, Stage, promise, together, wanted, where
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.cloud.api import Api
    from provision.model.tenant import Tenant

TOO_LARGE: Final = 413
NO_NAME: Final = "x" * 2000
SHOWN: Final = 5
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LOOKED: Final = say(
    "every container of the account is looked at, whoever made it",
    "chaque conteneur du compte est regardé, quel que soit celui qui l'a créé",
)


@promise(
    "datasets-lawful",
    service="object-store",
    says=say(
        "whatever anybody reads says licence, producer, contact and update rhythm, and keeps its versions",
        "tout ce que n'importe qui peut lire dit licence, producteur, contact et rythme de mise à jour, et garde ses versions",
    ),
    tried=_LOOKED,
    made=where("object.datasets.licence"),
)
def lawful(stage: Stage, _key: str) -> Seen:
    """Look at every container that is open to everybody."""
    return _each((one for one in _shelves(stage) if open_to_everybody(one.read)), _lacks)


def _lacks(one: Shelf) -> Text | None:
    absent = [*missing(one.metadata), *([] if one.versioned else ["versioning"])]
    if absent:
        return say("lacks {what}", "sans {what}", what=", ".join(absent))
    strange = next(unknown(one.metadata), None)
    if strange is None:
        return None
    return say(
        "{key} is {given}, none of {known}",
        "{key} vaut {given}, hors de {known}",
        key=strange,
        given=one.metadata[strange],
        known=", ".join(known(strange)),
    )


@promise(
    "datasets-checksummed",
    service="object-store",
    says=say(
        "every file that anybody reads bears its SHA-256",
        "chaque fichier que n'importe qui peut lire porte son SHA-256",
    ),
    tried=say(
        "every file of every open container is asked for its checksum, whoever put it there",
        "chaque fichier de chaque conteneur ouvert dit son empreinte, quel que soit celui qui l'a déposé",
    ),
    made=where("object.datasets.checksums", says=True),
)
def checksummed(stage: Stage, _key: str) -> Seen:
    """List every container that is open to everybody; ask each file."""
    account = _account(stage)
    there = [
        path(one.name, file.name)
        for one in _shelves(stage)
        if open_to_everybody(one.read)
        for file in files(account, one.name)
    ]
    bare = [place for place, sum_ in zip(there, stage.guest.each(lambda at: _sum(account, at), there), strict=True)
            if not _DIGEST.fullmatch(sum_)]  # fmt: skip
    return Seen(
        not bare,
        say("without one: {names}", "sans empreinte : {names}", names=_some(bare))
        if bare
        else say("{count} files", "{count} fichiers", count=len(there)),
    )


def _sum(account: Api, at: str) -> str:
    """Return what a file says its checksum is; of one that went meanwhile, that it needs none."""
    try:
        return account.head(at).get(f"x-object-meta-{CHECKSUM}", "")
    except NotFound:
        return "0" * 64


@promise(
    "containers-written-by-their-own",
    service="object-store",
    says=say("no container can be written by anybody else", "aucun conteneur n'est inscriptible par quelqu'un d'autre"),
    tried=_LOOKED,
    made=where("object.public"),
)  # fmt: skip
def written_by_their_own(stage: Stage, _key: str) -> Seen:
    """Look for entries of write lists that name somebody outside the project."""

    def fault(one: Shelf) -> Text | None:
        others = of_others(one.write, stage.project)
        return say("written by {who}", "écrit par {who}", who=", ".join(others)) if others else None

    return _each(_shelves(stage), fault)


@promise(
    "containers-versioned",
    service="object-store",
    says=say("every container keeps former versions", "chaque conteneur garde les versions antérieures"),
    tried=_LOOKED,
    made=where("object.versioning", says=True),
)
def versioned(stage: Stage, _key: str) -> Seen:
    """Look for containers that keep none."""
    return _each(
        _shelves(stage),
        lambda one: None if one.versioned else say("keeps no versions", "ne garde pas les versions"),
    )


@promise(
    "containers-not-copied",
    service="object-store",
    says=say("no container sends its files elsewhere", "aucun conteneur n'envoie ses fichiers ailleurs"),
    tried=_LOOKED,
    made=where("object.sync", says=False),
)
def not_copied(stage: Stage, _key: str) -> Seen:
    """Look for targets of synchronisation, and for the keys that let others synchronise into a container."""
    return _each(
        _shelves(stage),
        lambda one: say("has a target or a key of copies", "a une cible ou une clé de copie") if one.synced else None,
    )  # fmt: skip


@promise(
    "no-signed-addresses",
    service="object-store",
    says=say(
        "no signed address gives a file to somebody without an account",
        "aucune adresse signée ne donne un fichier à quelqu'un sans compte",
    ),
    tried=say(
        "the account and every container of it are asked whether they have a key that signs addresses; it is not read",
        "le compte et chacun de ses conteneurs disent s'ils ont une clé qui signe des adresses ; elle n'est pas lue",
    ),
    made=where("object.temp_urls", says=False),
)
def no_signed_addresses(stage: Stage, _key: str) -> Seen:
    """Look for the keys."""
    said = {key.lower(): value for key, value in _account(stage).head("").items()}
    keyed = signed(said, "x-account-meta-")
    whole = say("the account: has a key", "le compte : a une clé") if keyed else say("the account: none", "le compte : aucune")  # fmt: skip
    each = _each(_shelves(stage), lambda one: say("has a key", "a une clé") if one.signed else None)
    return together(Seen(not keyed, whole), each)


def _limited(tenant: Tenant) -> list[str]:
    """Return the key of each container that documents limit in bytes."""
    paths = [f"object.containers.{want.address.name}.quota" for want in wanted(tenant, "container")]
    return [each for each in paths if _bytes(tenant, f"{each}.bytes") is not None]


def _whole(tenant: Tenant) -> list[str]:
    return ["object.quota"] if _bytes(tenant, "object.quota") is not None else []


def _bytes(tenant: Tenant, place: str) -> int | None:
    said = quantity.quota(tenant.values.get(place) or "unmanaged", "B")
    return None if isinstance(said, str) or said == quantity.UNLIMITED else said


@promise(
    "container-quota",
    service="object-store",
    says=say("container {item} takes no more than its quota", "le conteneur {item} ne prend pas plus que son quota"),
    tried=say(
        "a member announces a file one byte larger than the quota, under a name that no file may have: nothing is written",
        "un membre annonce un fichier plus grand d'un octet que le quota, sous un nom qu'aucun fichier ne peut porter : rien n'est écrit",
    ),
    made=_limited,
)  # fmt: skip
def container_quota(stage: Stage, key: str) -> Seen:
    """Announce too much for a container."""
    return _too_much(stage, key.split(".")[2], _bytes(stage.tenant, f"{key}.bytes") or 0)


@promise(
    "account-quota",
    service="object-store",
    says=say("all containers together take no more than the quota", "tous les conteneurs ensemble ne prennent pas plus que le quota"),
    tried=say(
        "a member announces a file one byte larger than the quota, into a container that is not there: nothing is written",
        "un membre annonce un fichier plus grand d'un octet que le quota, dans un conteneur qui n'existe pas : rien n'est écrit",
    ),
    made=_whole,
)  # fmt: skip
def account_quota(stage: Stage, key: str) -> Seen:
    """Announce too much for the account, where no container's own quota is in the way."""
    return _too_much(stage, stage.name, _bytes(stage.tenant, key) or 0)


def _too_much(stage: Stage, container: str, limit: int) -> Seen:
    """Announce a file, and send one byte of it; Swift's quota is told from its largest file size by what it says."""
    account = _account(stage)
    headers = {"Content-Length": str(limit + 1), "Connection": "close"}
    address = f"{account.endpoint}{path(container, NO_NAME)}"
    answer = account.line.send("PUT", address, {**account.line.headers(None), **headers}, b"x")
    said = answer.content.decode("utf-8", "replace")[:80]
    return Seen(
        answer.status == TOO_LARGE and "quota" in said.lower(),
        say(
            "{size} announced → {status} {said}",
            "{size} annoncés → {status} {said}",
            size=quantity.spelt(limit, "B"),
            status=answer.status,
            said=said,
        ),
    )


def _account(stage: Stage) -> Api:
    return stage.guest.account(stage.project)


def _shelves(stage: Stage) -> list[Shelf]:
    """Return every container of the account, as the tenant sees it."""
    account = _account(stage)
    return [one for one in stage.guest.each(lambda name: shelf(account, name), list(names(account))) if one]


def _each(shelves: Iterable[Shelf], fault: Callable[[Shelf], Text | None]) -> Seen:
    """Hold every container against something, and name those that fail."""
    looked = list(shelves)
    found = [(one.name, wrong) for one in looked if (wrong := fault(one))]
    if not found:
        return Seen(held=True, what=say("in all of {count}", "dans tous les {count}", count=len(looked)))
    return together(
        *(Seen(held=False, what=say("{name}: {wrong}", "{name} : {wrong}", name=name, wrong=wrong))
          for name, wrong in found[:SHOWN])
    )  # fmt: skip


def _some(paths: list[str]) -> Text:
    more = "" if len(paths) <= SHOWN else f" … (+{len(paths) - SHOWN})"
    return same(", ".join(paths[:SHOWN]) + more)
