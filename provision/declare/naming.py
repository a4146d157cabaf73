"""Names in the cloud that the estate's naming rules give: none twice, none too long."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from typing import Final

from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.tenant import Tenant
from provision.text import Text, say

LONGEST: Final = 64
PSEUDONYMS: Final = "pseudonyms"
_DIGITS: Final = 13  # of 32 each: two tenants of a million share one once in seventy million estates
_TELLING: Final = re.compile(r"tenant\.(?!pseudonym\b)")
_WHAT: Final = {
    "domain": say("domain", "domaine"),
    "project": say("project", "projet"),
    "group": say("group", "groupe"),
    PSEUDONYMS: say("pseudonym", "pseudonyme"),
}


def pseudonym(salt: str, estate: str, key: str) -> str:
    """Return what the cloud calls a tenant: always the same, and nothing to those who do not know the salt."""
    digest = hmac.digest(salt.encode(), f"{estate}|{key}".encode(), hashlib.sha256)
    return f"t{base64.b32encode(digest).decode('ascii').lower()[:_DIGITS]}"


def distinct(tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    """Yield a mistake for each name that two tenants would share, or that Keystone would refuse."""
    taken: dict[tuple[str, str, str], Tenant] = {}
    if tenants:
        yield from _telling(tenants[0])
    for tenant in tenants:
        for what, domain, name in _names(tenant):
            if not 0 < len(name) <= LONGEST:
                yield _mistake(tenant, what, _too_long(name))
            first = taken.setdefault((what, domain, name.casefold()), tenant)
            if first is not tenant:
                yield _mistake(tenant, what, _shared(what, name, first, tenant))


def _telling(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each naming rule that tells who a tenant is, where nobody is to know."""
    rules = tenant.estate.section("naming") if tenant.pseudonym else {}
    for what in ("domain", "project", "group"):
        if _TELLING.search(str(rules.get(what, ""))):
            yield mistake(
                tenant.estate,
                f"naming.{what}",
                say("naming.{what} tells who a tenant is, in spite of naming.pseudonyms", "naming.{what} dit qui est un locataire, malgré naming.pseudonyms", what=what),
                say("write {{{{ tenant.pseudonym }}}}, or leave it out", "écrire {{{{ tenant.pseudonym }}}}, ou l'omettre"),
            )  # fmt: skip


def _names(tenant: Tenant) -> Iterator[tuple[str, str, str]]:
    """Yield what is named, the domain in which it must be unique, and the name."""
    if tenant.pseudonym:
        yield PSEUDONYMS, "", tenant.pseudonym
    own = tenant.values.get("identity.domain") == "dedicated"
    domain = tenant.names["domain"] if own else ""
    if own:
        yield "domain", "", domain
    yield "project", domain, tenant.names["project"]
    for key in tenant.values.section("identity.groups"):
        yield "group", domain, tenant.group_name(key)


def _too_long(name: str) -> Text:
    return say(
        "the name {name!r} is empty or longer than {longest} characters",
        "le nom {name!r} est vide ou dépasse {longest} caractères",
        name=name,
        longest=LONGEST,
    )


def _shared(what: str, name: str, first: Tenant, second: Tenant) -> Text:
    return say(
        "tenants {first} and {second} would both have the {what} {name}",
        "les locataires {first} et {second} auraient tous deux le {what} {name}",
        first=first.key,
        second=second.key,
        what=_WHAT[what],
        name=name,
    )


def _mistake(tenant: Tenant, what: str, words: Text) -> Mistake:
    rule = f"naming.{what}"
    if what == PSEUDONYMS:
        return mistake(tenant.values, "tenant", words, say("choose another key", "choisir une autre clé"))
    return mistake(
        tenant.estate if tenant.estate.get(rule) else tenant.values,
        rule if tenant.estate.get(rule) else "tenant",
        words,
        say(
            "write {{{{ tenant.key }}}} into {rule} of estate.yaml",
            "mettre {{{{ tenant.key }}}} dans {rule} de estate.yaml",
            rule=rule,
        ),
    )
