"""Names in the cloud that the estate's naming rules give: none twice, none too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.tenant import Tenant
from provision.text import Text, say

LONGEST: Final = 64
_WHAT: Final = {
    "domain": say("domain", "domaine"),
    "project": say("project", "projet"),
    "group": say("group", "groupe"),
}


def distinct(tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    """Yield a mistake for each name that two tenants would share, or that Keystone would refuse."""
    taken: dict[tuple[str, str, str], Tenant] = {}
    for tenant in tenants:
        for what, domain, name in _names(tenant):
            if not 0 < len(name) <= LONGEST:
                yield _mistake(tenant, what, _too_long(name))
            first = taken.setdefault((what, domain, name.casefold()), tenant)
            if first is not tenant:
                yield _mistake(tenant, what, _shared(what, name, first, tenant))


def _names(tenant: Tenant) -> Iterator[tuple[str, str, str]]:
    """Yield what is named, the domain in which it must be unique, and the name."""
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
