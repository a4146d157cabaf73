"""Containers: what is published is read by anybody and written by nobody else, what is not is read by nobody else."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from provision.cloud import swift_info
from provision.cloud.anybody import anybody, page
from provision.cloud.shelf import names, shelf
from provision.errors import Forbidden, NotFound
from provision.model.dataset import CHECKSUM, open_to_everybody
from provision.proof.promise import (
    Seen,
    Stage,
    Unprovable,
    from_next_door,
    promise,
    refused,
    together,
    wanted,
    where,
)
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.api import Api
    from provision.errors import CloudError
    from provision.model.tenant import Tenant

DATASET: Final = b"commune;annee;population\nExempleville;2026;12345\n"
FILED: Final = {
    "Content-Type": "text/csv; charset=utf-8",
    f"X-Object-Meta-{CHECKSUM}": hashlib.sha256(DATASET).hexdigest(),
}
SOMEWHERE: Final = "https://somewhere.example"
ALLOWED: Final = "access-control-allow-origin"
OK: Final = 200
REFUSED: Final = frozenset({401, 403, 404})


def _published(tenant: Tenant) -> list[str]:
    return [path for path, public in _read(tenant) if public]


def _private(tenant: Tenant) -> list[str]:
    return [path for path, public in _read(tenant) if not public]


def _read(tenant: Tenant) -> Iterator[tuple[str, bool]]:
    """Yield the key that says who reads each container, and whether that is everybody."""
    for want in wanted(tenant, "container"):
        path = f"object.containers.{want.address.name}.read"
        read = tenant.values.get(path)
        yield path, read == "public" or (isinstance(read, list | tuple) and open_to_everybody(tuple(read)))


@promise(
    "dataset-read-by-anybody",
    service="object-store",
    says=say(
        "anybody reads the datasets of {item}, without a token",
        "n'importe qui lit les jeux de données de {item}, sans jeton",
    ),
    tried=say(
        "a member puts a file into the container; anybody asks for it over plain HTTP",
        "un membre dépose un fichier dans le conteneur ; n'importe qui le demande en HTTP simple",
    ),
    made=_published,
)
def read_by_anybody(stage: Stage, key: str) -> Seen:
    """Put a sample as the tenant, and read it as anybody."""
    address = _put(stage, _named(key))
    answer = anybody("GET", address)
    return Seen(
        answer.status == OK and answer.body == DATASET,
        say(
            "GET {address} → {status}, {count} bytes",
            "GET {address} → {status}, {count} octets",
            address=address,
            status=answer.status,
            count=len(answer.body),
        ),
    )


@promise(
    "dataset-written-by-nobody-else",
    service="object-store",
    says=say("nobody else writes the datasets of {item}", "personne d'autre n'écrit les jeux de données de {item}"),
    tried=say(
        "a member puts a file into the container; anybody, and a member of another tenant, overwrite and delete it",
        "un membre dépose un fichier dans le conteneur ; n'importe qui, et un membre d'un autre locataire, l'écrasent et le suppriment",
    ),
    made=_published,
)  # fmt: skip
def written_by_nobody_else(stage: Stage, key: str) -> Seen:
    """Put a sample as the tenant; overwrite and delete it as anybody and as another tenant."""
    container = _named(key)
    address = _put(stage, container)
    tries = [_anonymous(method, address) for method in ("PUT", "DELETE")]
    tries += [_as_another(stage, method, container, Forbidden) for method in ("PUT", "DELETE")]
    untouched = _untouched(stage, container)
    return together(*tries, Seen(untouched, _unchanged(held=untouched)))


def _from_pages(tenant: Tenant) -> list[str]:
    """Return the key of each public container that pages of other sites may read."""
    paths = [path.removesuffix("read") + "cors" for path in _published(tenant)]
    return [path for path in paths if tenant.values.get(path) not in {None, "none"}]


@promise(
    "dataset-read-from-pages",
    service="object-store",
    says=say(
        "Web pages read the datasets of {item} from a browser",
        "les pages Web lisent les jeux de données de {item} depuis un navigateur",
    ),
    tried=say(
        "a member puts a file into the container; a browser asks whether a page of another site may read it, then reads it",
        "un membre dépose un fichier dans le conteneur ; un navigateur demande si une page d'un autre site peut le lire, puis le lit",
    ),
    made=_from_pages,
)  # fmt: skip
def read_from_pages(stage: Stage, key: str) -> Seen:
    """Put a sample as the tenant; send the two requests of a browser."""
    address, said = _put(stage, _named(key)), str(stage.tenant.values.get(key))
    origin = SOMEWHERE if said == "*" else said.split(maxsplit=1)[0]
    answers = [(method, page(method, address, origin)) for method in ("OPTIONS", "GET")]
    return together(
        *(
            Seen(
                answer.status == OK and answer.headers.get(ALLOWED) in {"*", origin},
                say(
                    "{method} from a page of {origin} → {status}, allowed: {allowed}",
                    "{method} depuis une page de {origin} → {status}, permis : {allowed}",
                    method=method,
                    origin=origin,
                    status=answer.status,
                    allowed=answer.headers.get(ALLOWED, "–"),
                ),
            )
            for method, answer in answers
        )
    )


@promise(
    "container-private",
    service="object-store",
    says=say("container {item} cannot be read without a token of the tenant", "le conteneur {item} n'est pas lisible sans jeton du locataire"),
    tried=say(
        "a member puts a file into the container; anybody, and a member of another tenant, ask for it and for the list",
        "un membre dépose un fichier dans le conteneur ; n'importe qui, et un membre d'un autre locataire, le demandent, et la liste",
    ),
    made=_private,
)  # fmt: skip
def private(stage: Stage, key: str) -> Seen:
    """Put a sample as the tenant; read it and the listing as anybody and as another tenant."""
    return _closed(stage, _named(key))


@promise(
    "nothing-public",
    service="object-store",
    says=say("no container can be read without signing in", "aucun conteneur n'est lisible sans s'identifier"),
    tried=say(
        "a member makes a container and puts a file into it; anybody, and a member of another tenant, ask for it; every "
        "container's read list is looked at",
        "un membre crée un conteneur et y dépose un fichier ; n'importe qui, et un membre d'un autre locataire, le demandent ; "
        "la liste de lecture de chaque conteneur est regardée",
    ),
    made=where("object.public", says=False),
)  # fmt: skip
def nothing_public(stage: Stage, _key: str) -> Seen:
    """Make a container; read it as anybody and as another tenant; look for opened ones in the account."""
    account, container = _account(stage), stage.name
    stage.after(lambda: account.delete(f"/{container}"))
    account.send("PUT", f"/{container}", headers={"X-Versions-Enabled": "true"})
    fresh = _closed(stage, container)
    there = [found for name in names(account) if (found := shelf(account, name))]
    opened = ", ".join(each.name for each in there if open_to_everybody(each.read))
    return together(
        fresh,
        Seen(
            not opened,
            say("open to anybody: {names}", "ouverts à n'importe qui : {names}", names=opened)
            if opened
            else say("none open, of {count}", "aucun ouvert, sur {count}", count=len(there)),
        ),
    )


def _closed(stage: Stage, container: str) -> Seen:
    address = _put(stage, container)
    return together(
        _anonymous("GET", address),
        _anonymous("GET", address.rsplit("/", 1)[0]),
        _as_another(stage, "GET", container, Forbidden, NotFound),
    )


def _named(key: str) -> str:
    return key.split(".")[-2]


def _account(stage: Stage) -> Api:
    return stage.guest.account(stage.project)


def _as_another(stage: Stage, method: str, container: str, *by: type[CloudError]) -> Seen:
    """Try something with the sample as a member of another tenant."""
    theirs = stage.neighbour().cloud.api("object-store").at(endpoint=_account(stage).endpoint)
    path = f"/{container}/{stage.name}"
    content = b"forged" if method == "PUT" else None
    return refused(
        lambda: theirs.send(method, path, content=content), from_next_door(f"{method} …{path}"), *by
    )


def _put(stage: Stage, container: str) -> str:
    """Put the sample, to be removed with all its versions; return its address."""
    account, path = _account(stage), f"/{container}/{stage.name}"
    stage.after(lambda: _remove(account, container, stage.name))
    account.send("PUT", path, content=DATASET, headers=FILED)
    return f"{account.endpoint}{path}"


def _remove(account: Api, container: str, name: str) -> None:
    account.delete(f"/{container}/{name}")
    try:
        versions = account.send(
            "GET", f"/{container}", params={"versions": "", "format": "json", "prefix": name}
        ).json()
    except NotFound:
        return
    for each in versions:
        if each.get("version_id") not in {None, "null"}:
            account.delete(f"/{container}/{name}?version-id={each['version_id']}")


def _anonymous(method: str, address: str) -> Seen:
    answer = anybody(method, address, b"forged" if method == "PUT" else None)
    return Seen(
        answer.status in REFUSED,
        say(
            "{method} {address} without a token → {status}",
            "{method} {address} sans jeton → {status}",
            method=method,
            address=f"…/{address.split('/', 5)[-1]}",
            status=answer.status,
        ),
    )


def _untouched(stage: Stage, container: str) -> bool:
    try:
        return _account(stage).send("GET", f"/{container}/{stage.name}").content == DATASET
    except NotFound:
        return False


def _unchanged(*, held: bool) -> Text:
    return (
        say("the file is as it was", "le fichier est tel quel")
        if held
        else say("the file was changed", "le fichier a été modifié")
    )


@promise(
    "objects-encrypted",
    service="object-store",
    says=say("the object store encrypts what it keeps", "le stockage objet chiffre ce qu'il garde"),
    tried=say(
        "the operator asks Swift, with its proxies' admin key, whether it encrypts",
        "l'exploitant demande à Swift, avec la clé d'administration de ses proxys, s'il chiffre",
    ),
    made=where("object.encrypted", says=True),
)
def objects_encrypted(stage: Stage, _key: str) -> Seen:
    """Ask Swift anew; where it does not tell, nothing is proven."""
    try:
        encrypted = swift_info.encrypts(stage.operator)
    except swift_info.Untold as untold:
        raise Unprovable(untold.what, where=untold.where, do=untold.do) from untold
    return Seen(
        encrypted,
        say("encryption: on", "chiffrement : actif")
        if encrypted
        else say("encryption: off, or not in the pipeline", "chiffrement : inactif, ou hors du pipeline"),
    )
