"""The directory that knows a tenant's people: reached over TLS alone, in a domain that is the tenant's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.tenant import Tenant
from provision.text import Text, say

PATH: Final = "identity.ldap"
_PASSWORD: Final = f"{PATH}.password"


def directed(tenant: Tenant) -> Iterator[Mistake]:
    """Yield what keeps a directory from being the tenant's, or from being safe."""
    if tenant.values.get("identity.source") != "ldap":
        return
    for what, do in (*_own(tenant), *_encrypted(tenant), *_authenticated(tenant)):
        yield mistake(tenant.values, PATH if tenant.values.section(PATH) else "identity.source", what, do)


def _own(tenant: Tenant) -> Iterator[tuple[Text, Text]]:
    if tenant.values.get("identity.domain") != "dedicated":
        yield (
            say("a directory, where the domain is everybody's", "un annuaire, là où le domaine est à tous"),
            say("write identity.domain: dedicated", "écrire identity.domain: dedicated"),
        )
    for key in (
        "url",
        "suffix",
        "ca_file",
    ):  # without the last, Keystone speaks no TLS and loads no such domain
        if tenant.values.get(f"{PATH}.{key}") is None:
            yield (
                say("{path} lacks {key}", "{path} : il manque {key}", path=PATH, key=key),
                say("write {path}.{key}", "écrire {path}.{key}", path=PATH, key=key),
            )


def _encrypted(tenant: Tenant) -> Iterator[tuple[Text, Text]]:
    url = str(tenant.values.get(f"{PATH}.url", "ldaps://"))
    starttls = bool(tenant.values.get(f"{PATH}.starttls", False))
    if url.startswith("ldap://") and not starttls:
        yield (
            say("{url}: passwords would travel in the clear", "{url} : les mots de passe voyageraient en clair", url=url),
            say("write an ldaps:// address, or starttls: true", "écrire une adresse ldaps://, ou starttls: true"),
        )  # fmt: skip
    elif url.startswith("ldaps://") and starttls:
        yield (
            say("starttls on an ldaps:// address: TLS in TLS", "starttls sur une adresse ldaps:// : TLS dans TLS"),
            say("remove one of them", "enlever l'un des deux"),
        )  # fmt: skip


def _authenticated(tenant: Tenant) -> Iterator[tuple[Text, Text]]:
    places = tenant.values.section(_PASSWORD)
    if len(places) > 1:
        yield (
            say("two places for one password", "deux endroits pour un seul mot de passe"),
            say("write env or file", "écrire env ou file"),
        )
    if bool(places) != (tenant.values.get(f"{PATH}.user") is not None):
        yield (
            say("a user and a password go together", "un utilisateur et un mot de passe vont ensemble"),
            say("write both identity.ldap.user and identity.ldap.password, or neither", "écrire identity.ldap.user et identity.ldap.password, ou aucun"),
        )  # fmt: skip
