"""Containers that everybody can read: only where the profile opens them, and never without what the law asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.tenant import Tenant
from provision.text import say


def published_lawfully(tenant: Tenant) -> Iterator[Mistake]:
    """Yield what stands against each public container of a tenant."""
    for name, container in tenant.values.section("object.containers").items():
        if container.get("state") != "retired" and is_public(container.get("read")):
            yield from _opened(tenant, name)
            yield from _described(tenant, name, container)


def is_public(read: Any) -> bool:  # noqa: ANN401 (a word or a list of ACL entries)
    """Tell whether an ACL lets anybody read."""
    entries = read.split(",") if isinstance(read, str) else read or ()
    return any(entry == "public" or str(entry).strip().startswith(".r:*") for entry in entries)


def _opened(tenant: Tenant, name: str) -> Iterator[Mistake]:
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


def _described(tenant: Tenant, name: str, container: Mapping[str, Any]) -> Iterator[Mistake]:
    policy = tenant.values.section("object.datasets")
    metadata = container.get("metadata") or {}
    wanted = ["licence"] if "licence" in policy else []
    missing = [key for key in (*wanted, *policy.get("metadata", ())) if not metadata.get(key)]
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
    elif wanted and metadata["licence"] != policy["licence"]:
        yield mistake(
            tenant.values,
            f"object.containers.{name}.metadata.licence",
            say(
                "container {name} is under {given}, the policy under {wanted}",
                "le conteneur {name} est sous {given}, la politique sous {wanted}",
                name=name,
                given=metadata["licence"],
                wanted=policy["licence"],
            ),
            say(
                "write {wanted}, or change object.datasets.licence",
                "écrire {wanted}, ou changer object.datasets.licence",
                wanted=policy["licence"],
            ),
        )
