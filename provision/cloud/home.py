"""Which domain a tenant's project and groups live in: one of its own, or the estate's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from provision.cloud.unmet import missing
from provision.model.address import Address
from provision.model.origin import Origin
from provision.text import say

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud
    from provision.model.resource import Desired
    from provision.model.tenant import Tenant

DEDICATED: Final = "dedicated"
SpecT = TypeVar("SpecT")


@dataclass(frozen=True, slots=True)
class Home:
    """A domain as specs name it (``dedicated``, or a shared domain's name), where that is written, what must be there first."""

    domain: str
    origin: Origin
    needs: frozenset[Address]


def home(tenant: Tenant) -> Home:
    """Return where a tenant's identity lives."""
    if tenant.values.get("identity.domain") == DEDICATED:
        own = Address("domain", tenant.key, tenant.key)
        return Home(DEDICATED, tenant.values.origin("identity.domain"), frozenset({own}))
    return Home(str(tenant.estate.get("domain", "Default")), tenant.estate.origin("domain"), frozenset())


def own_domains(cloud: Cloud, tenants: frozenset[str]) -> dict[str, str]:
    """Return the tenants that have a domain of their own, by domain id."""
    found = ((cloud.ids.find(Address("domain", tenant, tenant)), tenant) for tenant in sorted(tenants))
    return {domain: tenant for domain, tenant in found if domain is not None}


def home_name(cloud: Cloud, tenant: str, identifier: str) -> str:
    """Return what a spec calls a domain that was found; an unknown one goes by its id."""
    if cloud.ids.find(Address("domain", tenant, tenant)) == identifier:
        return DEDICATED
    return str(cloud.shared.domain(identifier).get("name", identifier))


def may_stand_in(cloud: Cloud, tenant: str, domain: str) -> bool:
    """Tell whether a mark of a tenant counts in a domain: not in another tenant's, whose people could have copied it."""
    _, marked = cloud.owner.read(cloud.shared.domain(domain).get("description"))
    return marked is None or marked.tenant == tenant


def home_id(cloud: Cloud, tenant: str, domain: str) -> str:
    """Return the id of a domain that a spec names."""
    if domain == DEDICATED:
        return cloud.ids.of(Address("domain", tenant, tenant))
    return cloud.shared.domains()[domain]


def at_home(cloud: Cloud, want: Desired[SpecT]) -> Desired[SpecT]:
    """Cut the description to what there is room for. Raises `Unmet` for a shared domain that is not there."""
    spec: Any = want.spec
    if spec.domain != DEDICATED and spec.domain not in cloud.shared.domains():
        raise missing(say("domain", "domaine"), spec.domain, cloud.shared.domains(), want.where("domain"))
    kept = cloud.owner.kept(spec.description or "", want.address)
    return replace(want, spec=replace(spec, description=kept))
