"""A tenant's pool of addresses: what its subnets may be taken from, and how much of it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.neutron import found, grounds, head, kept, listed, project_id, writing
from provision.errors import CloudError
from provision.kind import Kind, Unmet, chosen_by_cloud, exact_set, immutable, reference, register
from provision.model.address import Address
from provision.model.document import NAME, WORDS, named, within, worded
from provision.model.pool import POOLS
from provision.model.quantity import UNLIMITED
from provision.model.resource import Desired, Live
from provision.model.tenant import in_words
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

NONE: Final = "none"
_LENGTHS: Final = {
    "prefix_length": "default_prefixlen",
    "shortest": "min_prefixlen",
    "longest": "max_prefixlen",
}
_LONGEST: Final = 128
_IN_USE: Final = say(
    "remove the subnets that were taken from this pool, those that people made too, then apply again",
    "supprimer les sous-réseaux pris dans cette réserve, y compris ceux que des personnes ont créés, puis relancer apply",
)


@dataclass(frozen=True)
class SubnetPoolSpec:
    """A pool; `prefixes` as few as say it, `scope` the key of one of ours, ``none``, or the id of somebody else's.

    `quota` is counted in addresses (IPv4) or in prefixes of 64 bits (IPv6); -1 for no limit.
    """

    name: str
    family: Annotated[int, immutable()]
    prefixes: Annotated[frozenset[str], exact_set()]
    scope: Annotated[str, reference("address_scope")] = NONE
    prefix_length: Annotated[int | None, chosen_by_cloud()] = None
    shortest: Annotated[int | None, chosen_by_cloud()] = None
    longest: Annotated[int | None, chosen_by_cloud()] = None
    quota: int | None = None
    description: str | None = None


def _length(en: str, fr: str) -> dict[str, Any]:
    return worded(say(en, fr), {"type": "integer", "minimum": 1, "maximum": _LONGEST})


@register
class SubnetPool(Kind[SubnetPoolSpec]):
    """Marked in its description. Its prefixes only grow: Neutron takes none back while it is said by name."""

    name = "subnet_pool"
    title = say("subnet pool", "réserve de sous-réseaux")
    service = "network"
    spec = SubnetPoolSpec
    by_members = True
    observed_after = ("project", "address_scope")
    document = within(
        POOLS,
        named(
            say(
                "Pools of addresses of the tenant's own, for its networks to take theirs from (pool)",
                "Réserves d'adresses propres au locataire, où ses réseaux prennent les leurs (pool)",
            ),
            {
                "description": worded(say("What it is for", "À quoi elle sert"), WORDS),
                "prefixes": worded(
                    say(
                        "What it holds, of one family; more may be added, none taken away",
                        "Ce qu'elle contient, d'une seule famille ; on peut ajouter, pas retirer",
                    ),
                    {"type": "array", "minItems": 1, "items": {"type": "string", "cidr": 0}},
                ),
                "scope": worded(
                    say("A key of network.scopes, or none", "Une clé de network.scopes, ou none"),
                    {"type": "string", "pattern": NAME},
                ),
                "prefix_length": _length(
                    "Length of the prefix that a subnet gets (the shortest when left out)",
                    "Longueur du préfixe que reçoit un sous-réseau (le plus court si rien n'est dit)",
                ),
                "shortest": _length(
                    "Shortest prefix that may be taken, which is the most addresses (8 or 64 when left out)",
                    "Préfixe le plus court qu'on peut prendre, donc le plus d'adresses (8 ou 64 si rien n'est dit)",
                ),
                "longest": _length(
                    "Longest prefix that may be taken (32 or 128 when left out)",
                    "Préfixe le plus long qu'on peut prendre (32 ou 128 si rien n'est dit)",
                ),
                "quota": worded(
                    say(
                        "How many addresses may be taken in all (IPv6: how many /64)",
                        "Combien d'adresses on peut prendre en tout (IPv6 : combien de /64)",
                    ),
                    {"anyOf": [{"enum": ["unlimited"]}, {"type": "integer", "minimum": 1}]},
                ),
            },
            required=("prefixes",),
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[SubnetPoolSpec]]:
        """Want each pool of the documents."""
        for key, item in tenant.values.section(POOLS).items():
            path, scope = f"{POOLS}.{key}", item.get("scope", NONE)
            within_scope = {Address("address_scope", tenant.key, scope)} if scope != NONE else set()
            yield Desired(
                Address(self.name, tenant.key, key),
                _wanted(key, item),
                tenant.values.origin(path),
                grounds(tenant.key) | within_scope,
                {
                    each: tenant.values.origin(f"{path}.{each}")
                    for each in ("description", "prefixes", "scope", "quota", *_LENGTHS)
                },
                tenant.retirement(path),
            )

    def resolve(self, cloud: Cloud, want: Desired[SubnetPoolSpec]) -> Desired[SubnetPoolSpec]:
        """Cut the description to what there is room for."""
        return replace(want, spec=replace(want.spec, description=kept(cloud, want)))

    def contested(self, want: Desired[SubnetPoolSpec], have: Live[SubnetPoolSpec]) -> bool:
        """Tell whether the pool would have to give up something."""
        return bool(_given_up(have.spec, want.spec))

    def settle(
        self,
        cloud: Cloud,  # noqa: ARG002 (nothing is asked)
        want: Desired[SubnetPoolSpec],
        have: Live[SubnetPoolSpec],
    ) -> Desired[SubnetPoolSpec]:
        """Refuse. Raises `Unmet`: Neutron's pools only grow."""
        lost = ", ".join(_given_up(have.spec, want.spec))
        raise Unmet(
            say("a pool only grows, and {address} would lose {lost}", "une réserve ne fait que grandir, et {address} perdrait {lost}", address=want.address, lost=lost),
            where=str(want.where("prefixes")),
            do=say(
                "add {lost} again; to give addresses up, retire this pool and write what remains under another key",
                "y remettre {lost} ; pour rendre des adresses, retirer cette réserve (state: retired) et écrire le reste sous une autre clé",
                lost=lost,
            ),
        )  # fmt: skip

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[SubnetPoolSpec]]:
        """List the pools of all these projects at once."""
        for tenant, body in listed(cloud, "subnetpools", tenants):
            yield _live(cloud, tenant, body)

    def create(self, cloud: Cloud, want: Desired[SubnetPoolSpec]) -> Live[SubnetPoolSpec]:
        """Create it, marked."""
        settings = {key: value for key, value in _settings(cloud, want).items() if value is not None}
        body = {
            **head(cloud, want, want.spec.description),
            **settings,
            "project_id": project_id(cloud, want.address),
        }
        with writing(_IN_USE):
            made = cloud.network.post("/subnetpools", {"subnetpool": body})["subnetpool"]
        return _live(cloud, want.address.tenant, made)

    def update(
        self, cloud: Cloud, have: Live[SubnetPoolSpec], want: Desired[SubnetPoolSpec]
    ) -> Live[SubnetPoolSpec]:
        """Set what differs, and our marker."""
        now = _settings(cloud, replace(want, spec=have.spec))
        settings = {key: value for key, value in _settings(cloud, want).items() if value != now[key]}
        body = {**head(cloud, want, want.spec.description, have), **settings}
        if not body:
            return have
        with writing(_IN_USE):
            there = cloud.network.put(f"/subnetpools/{have.id}", {"subnetpool": body})["subnetpool"]
        return _live(cloud, want.address.tenant, there)

    def delete(self, cloud: Cloud, have: Live[SubnetPoolSpec]) -> None:
        """Delete it. Raises `CloudError` while a subnet is of it."""
        with writing(_IN_USE):
            try:
                cloud.network.delete(f"/subnetpools/{have.id}")
            except CloudError as error:
                if error.status == HTTPStatus.BAD_REQUEST:  # what Neutron answers while a subnet is of it
                    error.do = _IN_USE
                raise


def _wanted(key: str, item: Mapping[str, Any]) -> SubnetPoolSpec:
    prefixes = _fewest(item["prefixes"])
    quota = item.get("quota")
    return SubnetPoolSpec(
        name=key,
        family=ipaddress.ip_network(next(iter(prefixes))).version,
        prefixes=prefixes,
        scope=item.get("scope", NONE),
        **{each: item.get(each) for each in _LENGTHS},
        quota=UNLIMITED if quota == "unlimited" else quota,
        description=in_words(item["description"]) if "description" in item else None,
    )


def _fewest(prefixes: Iterable[str]) -> frozenset[str]:
    """Return as few prefixes as say the same, as Neutron keeps them."""
    networks = [ipaddress.ip_network(each) for each in prefixes]
    return frozenset(str(each) for each in ipaddress.collapse_addresses(networks))  # type: ignore[type-var]


def _given_up(have: SubnetPoolSpec, want: SubnetPoolSpec) -> list[str]:
    """Return the prefixes of a pool that it would not have any more; of another family there is nothing in common."""
    if have.family != want.family:
        return []
    remain = [ipaddress.ip_network(each) for each in want.prefixes]
    return sorted(
        each
        for each in have.prefixes
        if not any(ipaddress.ip_network(each).subnet_of(prefix) for prefix in remain)  # type: ignore[arg-type]
    )


def _settings(cloud: Cloud, want: Desired[SubnetPoolSpec]) -> dict[str, Any]:
    """Return what is managed, in Neutron's words; a quota of nought is none."""
    spec = want.spec
    settings: dict[str, Any] = {"prefixes": sorted(spec.prefixes), "address_scope_id": _scope(cloud, want)}
    said = {wire: getattr(spec, each) for each, wire in _LENGTHS.items()}
    if spec.quota is not None:
        said["default_quota"] = 0 if spec.quota == UNLIMITED else spec.quota
    return {**settings, **{key: value for key, value in said.items() if value is not None}}


def _scope(cloud: Cloud, want: Desired[SubnetPoolSpec]) -> str | None:
    scope = want.spec.scope
    if scope == NONE:
        return None
    return cloud.ids.find(Address("address_scope", want.address.tenant, scope)) or scope


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[SubnetPoolSpec]:
    at = found(cloud, SubnetPool.name, tenant, body)
    spec = SubnetPoolSpec(
        name=body["name"],
        family=int(body["ip_version"]),
        prefixes=_fewest(body["prefixes"]),
        scope=_found_scope(cloud, tenant, body),
        **{each: int(body[wire]) for each, wire in _LENGTHS.items()},
        quota=int(body.get("default_quota") or UNLIMITED),
        description=at.text,
    )
    return Live(at.address, body["id"], spec, at.owned, body, body.get("created_at", ""))


def _found_scope(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> str:
    scope = body.get("address_scope_id")
    if not scope:
        return NONE
    at = cloud.ids.address("address_scope", scope)
    ours = at is not None and at.tenant == tenant and cloud.ids.find(at) == scope
    return at.name if at and ours else str(scope)
