"""What the cloud calls tenants, and who they are, for a person and for a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from provision.model.tenant import Tenant
    from provision.report.look import Look

_WHAT: Final = {
    "domain": say("domain", "domaine"),
    "project": say("project", "projet"),
    "group": say("group", "groupe"),
}


@dataclass(frozen=True, slots=True)
class Called:
    """One name in the cloud: what bears it (``domain``, ``project``, ``group``), and whose it is."""

    name: str
    what: str
    tenant: str
    profile: str


def known(tenants: Iterable[Tenant], name: str) -> list[Called]:
    """Return everything of this name, and all names of a tenant whose key or pseudonym it is."""
    return [
        called
        for tenant in tenants
        for called in _names(tenant)
        if name in {called.name, tenant.key, tenant.pseudonym}
    ]


def _names(tenant: Tenant) -> Iterator[Called]:
    if tenant.values.get("identity.domain") == "dedicated":
        yield Called(tenant.names["domain"], "domain", tenant.key, tenant.profile)
    yield Called(tenant.names["project"], "project", tenant.key, tenant.profile)
    for group in tenant.values.section("identity.groups"):
        yield Called(tenant.group_name(group), "group", tenant.key, tenant.profile)


def text(found: Sequence[Called], look: Look) -> str:
    """Return one line a name."""
    width = max(len(each.name) for each in found)
    lines = [
        f"{each.name.ljust(width)}  {look.words(_WHAT[each.what])}  {look.paint('name', each.tenant)} ({each.profile})"
        for each in found
    ]
    return "\n".join(lines) + "\n"


def data(found: Sequence[Called]) -> list[dict[str, Any]]:
    """Return the names as JSON has them (schema ``whois``)."""
    return [
        {"name": each.name, "what": each.what, "tenant": each.tenant, "profile": each.profile}
        for each in found
    ]
