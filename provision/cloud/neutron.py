"""What the kinds of Neutron ask of it in the same way: lists of many projects, whose a thing is, what to do about a refusal."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.cloud.unmet import missing
from provision.errors import CloudError, Conflict, QuotaExceeded
from provision.kind import Unmet
from provision.model.address import Address
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.origin import Origin
    from provision.model.resource import Desired, Live
    from provision.model.tenant import Tenant
    from provision.text import Text

NAMED_PROJECTS: Final = 20
BANDWIDTH: Final = "bandwidth"
ZONES: Final = "location.zones.network"
HINTS: Final = "availability_zone_hints"
_OF_A_POOL: Final = "subnet pool prefix quota"
_MORE: Final = say(
    "raise quotas.network in the tenant's document, or remove what the tenant no longer needs",
    "relever quotas.network dans le document du locataire, ou supprimer ce dont il n'a plus besoin",
)
_MORE_OF_A_POOL: Final = say(
    "raise the quota of the pool (network.pools), or remove subnets that people took from it",
    "relever le quota de la réserve (network.pools), ou supprimer des sous-réseaux que des personnes y ont pris",
)


@dataclass(frozen=True, slots=True)
class Found:
    """Whose a thing is: the address it answers to, its description without our marker, and whether it is ours."""

    address: Address
    text: str
    owned: bool


def project_id(cloud: Cloud, address: Address) -> str:
    """Return the project that a resource stands in. Raises `NotFound`."""
    return cloud.ids.of(Address("project", address.tenant, address.tenant))


def grounds(tenant: str) -> frozenset[Address]:
    """Return what everything of Neutron stands on: the project, and the quota that leaves room for it."""
    return frozenset({Address("project", tenant, tenant), Address("network_quota", tenant, "network")})


def limits(network: Mapping[str, Any]) -> dict[str, str]:
    """Return the rate of each direction that a network of the documents limits, as it is written."""
    return {way: rate for way, rate in network.get(BANDWIDTH, {}).items() if rate != "unlimited"}


def zones(tenant: Tenant) -> tuple[str, ...] | None:
    """Return the availability zones that a tenant's networks and routers are served in; None where documents name none."""
    return tuple(tenant.values.items(ZONES)) or None


def hints(asked: tuple[str, ...] | None) -> dict[str, list[str]]:
    """Return zones in Neutron's words, for a creation: nothing where none are asked for (no such extension takes none)."""
    return {HINTS: list(asked)} if asked else {}


def hinted(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the zones that a network or router was made with, None for none."""
    return tuple(body.get(HINTS) or ()) or None


def listed(
    cloud: Cloud, collection: str, tenants: frozenset[str], *, first: str | None = None, **filters: object
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (tenant, body) of everything of a collection that stands in these tenants' projects, in one paged list.

    Up to 20 projects are named in the query, after the project `first` where one is given; of more, the list is asked
    for whole.
    """
    projects = cloud.ids.projects(tenants)
    if not projects:
        return
    named = [each for each in (first, *sorted(projects)) if each] if len(projects) <= NAMED_PROJECTS else None
    key = collection.rsplit("/", 1)[-1].replace("-", "_")
    for body in cloud.network.list(f"/{collection}", key, project_id=named, **filters):
        tenant = projects.get(body["project_id"])
        if tenant is not None:
            yield tenant, body


def found(cloud: Cloud, kind: str, tenant: str, body: Mapping[str, Any]) -> Found:
    """Read whose a thing is; a marker that names another tenant or kind was copied by somebody, and counts for nothing."""
    text, marked = cloud.owner.read(body.get("description"))
    if marked is not None and (marked.kind, marked.tenant) == (kind, tenant):
        return Found(marked, text, owned=True)
    name = str(body.get("name") or body["id"])
    return Found(Address(kind, tenant, name), str(body.get("description") or ""), owned=False)


def kept(cloud: Cloud, want: Desired[Any]) -> str | None:
    """Return a wanted description as it will be read back: cut to what there is room for."""
    text = want.spec.description
    return None if text is None else cloud.owner.kept(text, want.address)


def head(cloud: Cloud, want: Desired[Any], text: str | None, have: Live[Any] | None = None) -> dict[str, Any]:
    """Return the name and the marked description, where they differ from what is there; `text` None keeps what it says."""
    body: dict[str, Any] = {}
    if have is None or have.spec.name != want.spec.name:
        body["name"] = want.spec.name
    there = have.raw.get("description") if have else None
    described = cloud.owner.describe(cloud.owner.read(there)[0] if text is None else text, want.address)
    if described != there:
        body["description"] = described
    return body


def chosen(what: Text, name: str, offered: Iterable[Mapping[str, Any]], where: Origin) -> Mapping[str, Any]:
    """Return the one thing of this name among what the operator offers. Raises `Unmet` for none, and for several."""
    there = list(offered)
    matching = [body for body in there if body["name"] == name]
    if not matching:
        raise missing(what, name, {str(body["name"]) for body in there}, where)
    if len(matching) > 1:
        raise Unmet(
            say(
                "this cloud has {count} of the name {name!r}, where one {what} is meant",
                "ce cloud en a {count} du nom de {name!r}, là où un seul {what} est désigné",
                count=len(matching),
                name=name,
                what=what,
            ),
            where=str(where),
            do=say(
                "have the operator rename all but one",
                "faire renommer les autres par l'opérateur",
            ),
        )
    return matching[0]


@contextmanager
def writing(in_use: Text) -> Iterator[None]:
    """Add to a refusal what a person can do; `in_use` is what to do about a thing that is still in use."""
    try:
        yield
    except QuotaExceeded as error:
        error.do = _MORE_OF_A_POOL if _OF_A_POOL in str(error.what) else _MORE
        raise
    except Conflict as error:
        error.do = error.do or in_use
        raise
    except CloudError as error:
        if "project_id" in str(error.what):
            error.do = say(
                "connect as somebody who may act in every project (Neutron's admin)",
                "se connecter avec un compte qui peut agir dans tous les projets (admin de Neutron)",
            )
        raise
