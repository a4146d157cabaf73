"""The catalogue of an account: read from what its public containers and their files say, so that whoever makes it makes the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.cloud import shelf as shelves
from provision.errors import NotFound, Refused
from provision.model.dataset import CHECKSUM, Dataset, File, missing, open_to_everybody, unknown
from provision.publish import dcat
from provision.publish.upload import put
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.cloud.api import Api
    from provision.cloud.connect import Cloud
    from provision.cloud.shelf import Filed, Shelf

NAME: Final = "catalogue.jsonld"
TYPE: Final = "application/ld+json"
HERE: Final = "catalogue"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue: the container it stands in, its address there, its JSON-LD, and what is public but not fit to be in it."""

    container: str
    address: str
    document: dict[str, Any]
    datasets: tuple[Dataset, ...]
    left_out: tuple[Text, ...]

    @property
    def content(self) -> bytes:
        """Return it as it is published: the same bytes for the same data."""
        return (json.dumps(self.document, indent=1, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Published:
    """A catalogue, the files that were published before it was made, and whether it was written (None: not asked for)."""

    catalogue: Catalogue
    files: tuple[File, ...] = ()
    written: bool | None = None


def catalogue(cloud: Cloud, account: Api) -> Catalogue:
    """Read an account and make its catalogue. Raises `Refused` where nothing is published lawfully."""
    left_out: list[Text] = []
    held = [each for each in _public(cloud, account) if _fit(each, left_out)]
    if not held:
        raise _nothing(account, left_out)
    home = next((each for each in held if each.metadata.get(HERE)), held[0])
    datasets = tuple(_dataset(cloud, account, each, left_out) for each in held)
    address = f"{account.endpoint}{shelves.path(home.name, NAME)}"
    return Catalogue(home.name, address, dcat.document(address, datasets), datasets, tuple(left_out))


def keep(account: Api, made: Catalogue) -> bool:
    """Publish a catalogue; tell whether anything was written: what stands there already is left."""
    try:
        there = account.send("GET", shelves.path(made.container, NAME)).content
    except NotFound:
        there = b""
    if there == made.content:
        return False
    put(account, made.container, NAME, made.content, TYPE)
    return True


def refuse_unlawful(account: Api, container: str) -> None:
    """Do nothing where a container may be published in. Raises `Refused`, with what is missing."""
    one = shelves.shelf(account, container)
    if one is None or not open_to_everybody(one.read):
        raise _refused(
            account,
            container,
            say("there is no public container of this name", "aucun conteneur public ne porte ce nom"),
        )
    if lacks := faults(one):
        raise _refused(
            account,
            container,
            say(
                "this public container lacks {what}",
                "il manque à ce conteneur public : {what}",
                what=", ".join(lacks),
            ),
        )


def _refused(account: Api, container: str, what: Text) -> Refused:
    return Refused(
        what,
        where=f"{account.endpoint}{shelves.path(container)}",
        do=say(
            "have the documents describe it under object.containers, and apply them",
            "le faire décrire par les documents, sous object.containers, et les appliquer",
        ),
    )


def _public(cloud: Cloud, account: Api) -> list[Shelf]:
    found = cloud.each(lambda name: shelves.shelf(account, name), sorted(shelves.names(account)))
    return [each for each in found if each and open_to_everybody(each.read)]


def _fit(one: Shelf, left_out: list[Text]) -> bool:
    """Tell whether a public container says what the law asks for; what does not is told."""
    lacks = faults(one)
    if lacks:
        left_out.append(
            say("{name} lacks {what}", "{name} : il manque {what}", name=one.name, what=", ".join(lacks))
        )
    return not lacks


def faults(one: Shelf) -> list[str]:
    """Return what a public container does not say, or says in words that no catalogue knows."""
    return [*missing(one.metadata), *unknown(one.metadata), *([] if one.versioned else ["versioning"])]


def _dataset(cloud: Cloud, account: Api, one: Shelf, left_out: list[Text]) -> Dataset:
    listed = [each for each in shelves.files(account, one.name) if each.name != NAME]
    sums = cloud.each(lambda each: _sum(account, one.name, each), listed)
    files = []
    for each, digest in zip(listed, sums, strict=True):
        if digest is None:
            left_out.append(
                say(
                    "{file} bears no SHA-256",
                    "{file} ne porte pas de SHA-256",
                    file=f"{one.name}/{each.name}",
                )
            )
        else:
            address = f"{account.endpoint}{shelves.path(one.name, each.name)}"
            files.append(File(each.name, address, each.size, each.type, each.modified, digest))
    address = f"{account.endpoint}{shelves.path(one.name)}"
    return Dataset(one.name, address, one.metadata, tuple(files))


def _sum(account: Api, container: str, file: Filed) -> str | None:
    """Return the checksum that a file bears; None where it bears none, or went meanwhile."""
    try:
        said = account.head(shelves.path(container, file.name)).get(f"x-object-meta-{CHECKSUM}", "")
    except NotFound:
        return None
    return said if _DIGEST.fullmatch(said) else None


def _nothing(account: Api, left_out: Sequence[Text]) -> Refused:
    what = say("nothing is published lawfully here", "rien n'est publié légalement ici")
    for each in left_out:
        what = say("{what}; {more}", "{what} ; {more}", what=what, more=each)
    return Refused(
        what,
        where=str(account.endpoint),
        do=say(
            "have the documents describe a public container under object.containers, and apply them",
            "faire décrire un conteneur public par les documents, sous object.containers, et les appliquer",
        ),
    )
