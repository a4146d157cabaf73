"""Zones of the DNS: somebody answers for each, and no two tenants have the same one, or one within the other's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.tenant import Tenant
from provision.text import say

SECTION: Final = "dns.zones"


def answered_for(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each zone that nobody answers for."""
    for key, item in tenant.values.section(SECTION).items():
        path = f"{SECTION}.{key}"
        if not item.get("email") and not tenant.values.get("owner.email"):
            yield mistake(
                tenant.values,
                path,
                say("{path}: nobody answers for it", "{path} : personne n'en répond", path=path),
                say("add email, or owner.email", "ajouter email, ou owner.email"),
            )


def apart(tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    """Yield a mistake for each zone that is declared twice, or within a zone of another tenant (Designate refuses both)."""
    first: dict[str, tuple[Tenant, str]] = {}
    for tenant in tenants:
        for path, name in _named(tenant):
            holder, at = first.setdefault(name, (tenant, path))
            if (holder, at) != (tenant, path):
                yield _taken(tenant, path, name, holder)
    for name, (tenant, path) in first.items():
        above = next((first[each] for each in _above(name) if each in first), None)
        if above is not None and above[0] is not tenant:
            yield _taken(tenant, path, name, above[0])


def _named(tenant: Tenant) -> Iterator[tuple[str, str]]:
    """Yield the path and the name of each zone that is to stay."""
    for key, item in tenant.values.section(SECTION).items():
        if item.get("name") and tenant.retirement(f"{SECTION}.{key}") is None:
            yield f"{SECTION}.{key}.name", item["name"].removesuffix(".")


def _above(name: str) -> Iterator[str]:
    """Yield the domains that a name stands in, the nearest first."""
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _taken(tenant: Tenant, path: str, name: str, holder: Tenant) -> Mistake:
    return mistake(
        tenant.values,
        path,
        say(
            "{path}: {name} is in a zone of {holder}",
            "{path} : {name} est dans une zone de {holder}",
            path=path,
            name=name,
            holder=holder.key,
        ),
        say("take another name", "choisir un autre nom"),
    )
