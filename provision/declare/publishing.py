"""Containers: public only where the profile opens them, never without what the law asks for, and written by nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provision.declare.layers import suggestion
from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model import dataset
from provision.model.tenant import Tenant
from provision.text import Text, say

Container = Mapping[str, Any]
CLOSED: Final = "private"


def published_lawfully(tenant: Tenant) -> Iterator[Mistake]:
    """Yield what stands against each container of a tenant."""
    for name, container in tenant.values.section("object.containers").items():
        if container.get("state") == "retired":
            continue
        yield from _written_by_its_own(tenant, name, container)
        if is_public(container.get("read")):
            for each in _LAW:
                yield from each(tenant, name, container)
        else:
            yield from _really_closed(tenant, name, container)


def is_public(read: Any) -> bool:  # noqa: ANN401 (a word or a list of ACL entries)
    """Tell whether an ACL lets anybody read, or anybody who has an account on the cloud."""
    entries = read.split(",") if isinstance(read, str) else read or ()
    return "public" in entries or dataset.open_to_everybody(tuple(str(entry).strip() for entry in entries))


def _written_by_its_own(tenant: Tenant, name: str, container: Container) -> Iterator[Mistake]:
    """Nobody else writes, whatever the tier; where it counts, the documents must see to it that nobody does."""
    written = container.get("write", CLOSED)
    seen_to = is_public(container.get("read")) or tenant.values.get("object.public") is False
    if written != CLOSED and (written != "unmanaged" or seen_to):
        yield mistake(
            tenant.values,
            f"object.containers.{name}.write",
            say(
                "container {name} may be written by others than the tenant",
                "le conteneur {name} peut être écrit par d'autres que le locataire",
                name=name,
            ),
            say(
                "write write: private; others hand their files to the tenant",
                "écrire write: private ; les autres remettent leurs fichiers au locataire",
            ),
        )


def _really_closed(tenant: Tenant, name: str, container: Container) -> Iterator[Mistake]:
    """Where nothing is public, what is opened by hand must be seen and closed."""
    if container.get("read") == "unmanaged" and tenant.values.get("object.public") is False:
        yield mistake(
            tenant.values,
            f"object.containers.{name}.read",
            say(
                "container {name} may be opened by hand, where object.public is false ({place})",
                "le conteneur {name} peut être ouvert à la main, alors que object.public vaut false ({place})",
                name=name,
                place=tenant.values.origin("object.public"),
            ),
            say("write read: private", "écrire read: private"),
        )


def _opened(tenant: Tenant, name: str, _container: Container) -> Iterator[Mistake]:
    if tenant.values.get("object.public") is False:
        yield mistake(
            tenant.values,
            f"object.containers.{name}.read",
            say(
                "container {name} is public, where object.public is false ({place})",
                "le conteneur {name} est public, alors que object.public vaut false ({place})",
                name=name,
                place=tenant.values.origin("object.public"),
            ),
            say(
                "write read: private, or take a profile made for publishing",
                "écrire read: private, ou choisir un profil fait pour publier",
            ),
        )


def _described(tenant: Tenant, name: str, container: Container) -> Iterator[Mistake]:
    metadata = container.get("metadata") or {}
    wanted = dict.fromkeys((*dataset.ASKED_FOR, *tenant.values.items("object.datasets.metadata")))
    missing = [key for key in wanted if not metadata.get(key)]
    if missing:
        yield mistake(
            tenant.values,
            f"object.containers.{name}",
            say(
                "public container {name} lacks {missing}",
                "il manque au conteneur public {name} : {missing}",
                name=name,
                missing=", ".join(missing),
            ),
            say(
                "add them under object.containers.{name}.metadata",
                "les ajouter sous object.containers.{name}.metadata",
                name=name,
            ),
        )


def _known(tenant: Tenant, name: str, container: Container) -> Iterator[Mistake]:
    metadata = container.get("metadata") or {}
    for key in dataset.unknown(metadata):
        known = dataset.known(key)
        given = str(metadata[key])
        yield mistake(
            tenant.values,
            f"object.containers.{name}.metadata.{key}",
            say(
                "{key} of container {name}: no catalogue knows {given}",
                "{key} du conteneur {name} : aucun catalogue ne connaît {given}",
                key=key,
                name=name,
                given=given,
            ),
            suggestion(given.upper() if given.upper() in known else given, known),
        )


def _licensed(tenant: Tenant, name: str, container: Container) -> Iterator[Mistake]:
    wanted = tenant.values.get("object.datasets.licence")
    given = (container.get("metadata") or {}).get(dataset.LICENCE)
    if wanted and given and given != wanted:
        yield mistake(
            tenant.values,
            f"object.containers.{name}.metadata.licence",
            say(
                "container {name} is under {given}, the policy under {wanted}",
                "le conteneur {name} est sous {given}, la politique sous {wanted}",
                name=name,
                given=given,
                wanted=wanted,
            ),
            say(
                "write {wanted}, or change object.datasets.licence",
                "écrire {wanted}, ou changer object.datasets.licence",
                wanted=wanted,
            ),
        )


def _versioned(tenant: Tenant, name: str, container: Container) -> Iterator[Mistake]:
    said = container.get("versioning", tenant.values.get("object.versioning"))
    if said is not True:
        yield _without(
            tenant,
            f"object.containers.{name}.versioning"
            if "versioning" in container
            else f"object.containers.{name}",
            say(
                "public container {name} keeps no versions",
                "le conteneur public {name} ne garde pas les versions",
                name=name,
            ),
            "object.versioning",
        )


def _summed(tenant: Tenant, name: str, _container: Container) -> Iterator[Mistake]:
    if tenant.values.get("object.datasets.checksums") is not True:
        yield _without(
            tenant,
            f"object.containers.{name}",
            say(
                "the files of public container {name} need bear no checksum",
                "les fichiers du conteneur public {name} n'ont pas à porter d'empreinte",
                name=name,
            ),
            "object.datasets.checksums",
        )


def _without(tenant: Tenant, path: str, what: Text, key: str) -> Mistake:
    return mistake(tenant.values, path, what, say("write {key}: true", "écrire {key}: true", key=key))


_LAW: Final = (_opened, _described, _known, _licensed, _versioned, _summed)
