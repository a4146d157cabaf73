"""People whose accounts Keystone keeps: in a domain of the tenant's own, known by name, and never with roles that must be apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provision.declare.layers import suggestion
from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.sign_in import MIN_METHODS
from provision.model.tenant import Tenant
from provision.text import Text, say

PATH: Final = "identity.accounts"
_MOST: Final = 2  # a password and a code: Keystone has no third method that documents can ask for
_Said = Iterator[tuple[str, Text, Text]]


def accounted(tenant: Tenant) -> Iterator[Mistake]:
    """Yield what keeps the accounts that a document names from being made, or from being what its profile promises."""
    accounts = tenant.values.section(PATH)
    if not accounts:
        return
    for where, what, do in _whole(tenant):
        yield mistake(tenant.values, where, what, do)
    for key, item in accounts.items():
        if item.get("state") != "retired":
            for each in (_named, _in_groups, _methods):
                for where, what, do in each(tenant, f"{PATH}.{key}", item):
                    yield mistake(tenant.values, where, what, do)


def _whole(tenant: Tenant) -> _Said:
    source = tenant.values.get("identity.source", "local")
    if source != "local":
        yield (
            PATH,
            say("{path} names people, and identity.source says {source}", "{path} nomme des personnes, et identity.source dit {source}", path=PATH, source=source),
            say("people come from one place: remove one of them", "les personnes viennent d'un seul endroit : enlever l'un des deux"),
        )  # fmt: skip
    if tenant.values.get("identity.domain") != "dedicated":
        yield (
            PATH,
            say("{path} names people, where the domain is everybody's", "{path} nomme des personnes, là où le domaine est à tous", path=PATH),
            say("write identity.domain: dedicated", "écrire identity.domain: dedicated"),
        )  # fmt: skip


def _named(tenant: Tenant, path: str, item: Mapping[str, Any]) -> _Said:
    missing = [key for key in ("name", "email") if not item.get(key)]
    if missing and tenant.values.get("accounts.owner_required"):
        yield (
            path,
            say("{path} lacks {keys}: an account is somebody's (accounts.owner_required)", "{path} : il manque {keys} ; un compte est à quelqu'un (accounts.owner_required)", path=path, keys=", ".join(missing)),
            say("write whose it is, and where to reach that person", "écrire de qui il est, et où joindre cette personne"),
        )  # fmt: skip


def _in_groups(tenant: Tenant, path: str, item: Mapping[str, Any]) -> _Said:
    groups = tenant.values.section("identity.groups")
    staying = [key for key, group in groups.items() if group.get("state") != "retired"]
    roles: set[str] = set()
    for index, name in enumerate(item.get("groups", ())):
        if name not in staying:
            yield (
                f"{path}.groups.{index}",
                say("{path}.groups: {name} is no group of this tenant", "{path}.groups : {name} n'est pas un groupe de ce locataire", path=path, name=name),
                suggestion(str(name), staying),
            )  # fmt: skip
        group = groups.get(name, {})
        roles |= {*group.get("roles", ()), *group.get("domain_roles", ())}
    for apart in tenant.values.items("identity.roles.incompatible"):
        if set(apart) <= roles:
            yield (
                f"{path}.groups",
                say("{path}: its groups give {roles} together (identity.roles.incompatible)", "{path} : ses groupes donnent {roles} ensemble (identity.roles.incompatible)", path=path, roles=" + ".join(apart)),
                say("leave it in one of these groups", "ne la laisser que dans l'un de ces groupes"),
            )  # fmt: skip


def _methods(tenant: Tenant, path: str, item: Mapping[str, Any]) -> _Said:
    least = int(tenant.values.get(MIN_METHODS, 1))
    given = _MOST if item.get("mfa", "totp") == "totp" else 1
    if given < least:
        do = (
            say("leave mfa out, or write mfa: totp", "omettre mfa, ou écrire mfa: totp")
            if least == _MOST
            else say("have an identity provider ask for them (identity.source)", "les faire demander par un fournisseur d'identité (identity.source)")
        )  # fmt: skip
        yield (
            f"{path}.mfa",
            say("{path} opens with {given}, where {least} methods are promised ({promise})", "{path} s'ouvre avec {given}, là où {least} méthodes sont promises ({promise})", path=path, given=given, least=least, promise=MIN_METHODS),
            do,
        )  # fmt: skip
