"""With whom a tenant shares a network: Neutron's RBAC entries on it, taken together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.neutron import grounds, project_id, writing
from provision.cloud.others import project_of, tenant_of
from provision.kind import Kind, exact_set, register
from provision.model.address import Address
from provision.model.document import within, worded
from provision.model.resource import Desired, Live, Retirement
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

EVERYBODY: Final = "*"
EXACTNESS: Final = "network.rbac"
_SHARED: Final = {"object_type": "network", "action": "access_as_shared"}
_KEY: Final = "^[a-z][a-z0-9-]{2,30}$"
_IN_USE: Final = say(
    "have the other tenants remove their ports from this network, then apply again",
    "faire supprimer par les autres locataires leurs ports sur ce réseau, puis relancer apply",
)


@dataclass(frozen=True)
class RbacPolicySpec:
    """Who else may use a network: keys of tenants, ``*`` for everybody, ``project:<id>`` for who is no tenant here."""

    shared_with: Annotated[frozenset[str], exact_set()] = frozenset()


_TENANTS: Final = {
    "type": "array",
    "uniqueItems": True,
    "items": {
        "anyOf": [
            {"enum": [EVERYBODY]},
            {"type": "string", "pattern": _KEY, "says": {"en": "a tenant's key", "fr": "la clé d'un locataire"}},
        ]
    },
}  # fmt: skip
_DOCUMENT: Final = {
    "properties": {
        "networks": {
            "additionalProperties": {
                "properties": {
                    "shared_with": worded(
                        say(
                            "Other tenants of the estate that may use the network, and nobody else (* for everybody)",
                            "Les autres locataires du parc qui peuvent utiliser le réseau, et nul autre (* pour tous)",
                        ),
                        _TENANTS,
                    )
                }
            }
        },
        **within(
            EXACTNESS,
            worded(
                say(
                    "exact: a network that says nothing of shared_with is shared with nobody; additive: it is left as it is",
                    "exact : un réseau qui ne dit rien de shared_with n'est partagé avec personne ; additive : il est laissé tel quel",
                ),
                {"enum": ["exact", "additive"]},
            ),
        )["properties"],
    }
}


@register
class RbacPolicy(Kind[RbacPolicySpec]):
    """One for each network that is shared, named as it is; on a network of ours every share is ours, whoever made it."""

    name = "rbac_policy"
    title = say("share of a network", "partage d'un réseau")
    service = "network"
    spec = RbacPolicySpec
    observed_after = ("project", "network")
    document = _DOCUMENT

    def concerns(self, tenant: Tenant) -> bool:
        """Only who speaks of sharing, or of its absence, is asked about."""
        networks = tenant.values.section("networks").values()
        said = tenant.values.get(EXACTNESS) is not None or any("shared_with" in item for item in networks)
        return bool(networks) and said

    def desire(self, tenant: Tenant) -> Iterator[Desired[RbacPolicySpec]]:
        """Want what each network says of ``shared_with``; with ``rbac: exact``, want the others shared with nobody."""
        exact = tenant.values.get(EXACTNESS) == "exact"
        for key, item in tenant.values.section("networks").items():
            if "shared_with" not in item and not exact:
                continue
            said = f"networks.{key}.shared_with" if "shared_with" in item else EXACTNESS
            origin, shared = tenant.values.origin(said), frozenset(item.get("shared_with", ()))
            nobody = None if shared else Retirement(_why(said), "", origin)
            yield Desired(
                Address(self.name, tenant.key, key),
                RbacPolicySpec(shared),
                origin,
                grounds(tenant.key) | {Address("network", tenant.key, key)},
                retired=tenant.retirement(f"networks.{key}") or nobody,
            )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[RbacPolicySpec]]:
        """List what is shared, once, where these tenants have a network; of it count those that are ours."""
        if cloud.ids.of_kind("network", tenants):
            yield from _read(cloud, cloud.network.list("/rbac-policies", "rbac_policies", **_SHARED), tenants)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[RbacPolicySpec], ...]:
        """List what is shared of one network."""
        network = cloud.ids.find(_network(address))
        if network is None:
            return ()
        return tuple(_read(cloud, _entries(cloud, network), frozenset({address.tenant})))

    def create(self, cloud: Cloud, want: Desired[RbacPolicySpec]) -> Live[RbacPolicySpec]:
        """Share it with the first; the others follow with the first update. Raises `NotFound` while one has no project."""
        network = cloud.ids.of(_network(want.address))
        targets = {tenant: _project(cloud, tenant) for tenant in sorted(want.spec.shared_with)}
        first = next(iter(targets))
        made = _share(cloud, want, network, targets[first])
        return _live(want.address, network, {first: made})

    def update(
        self, cloud: Cloud, have: Live[RbacPolicySpec], want: Desired[RbacPolicySpec]
    ) -> Live[RbacPolicySpec]:
        """Share it with who is missing, then no more with who is not wanted."""
        missing = sorted(want.spec.shared_with - have.spec.shared_with)
        targets = {tenant: _project(cloud, tenant) for tenant in missing}
        made = {tenant: _share(cloud, want, have.id, project) for tenant, project in targets.items()}
        for tenant in sorted(have.spec.shared_with - want.spec.shared_with):
            _unshare(cloud, have.raw[tenant])
        kept = {tenant: have.raw[tenant] for tenant in have.spec.shared_with & want.spec.shared_with}
        return _live(want.address, have.id, {**kept, **made})

    def delete(self, cloud: Cloud, have: Live[RbacPolicySpec]) -> None:
        """Share it with nobody. Raises `Conflict` while somebody else has ports on it."""
        for entry in list(_entries(cloud, have.id)):
            _unshare(cloud, entry)


def _why(said: str) -> str:
    return f"{said}: exact" if said == EXACTNESS else f"{said}: []"


def _network(address: Address) -> Address:
    return Address("network", address.tenant, address.name)


def _project(cloud: Cloud, tenant: str) -> str:
    return tenant if tenant == EVERYBODY else project_of(cloud, tenant)


def _entries(cloud: Cloud, network: str) -> Iterator[dict[str, Any]]:
    return cloud.network.list("/rbac-policies", "rbac_policies", **_SHARED, object_id=network)


def _share(cloud: Cloud, want: Desired[RbacPolicySpec], network: str, project: str) -> dict[str, Any]:
    body = {
        **_SHARED,
        "object_id": network,
        "target_tenant": project,
        "project_id": project_id(cloud, want.address),
    }
    with writing(_IN_USE):
        made: dict[str, Any] = cloud.network.post("/rbac-policies", {"rbac_policy": body})["rbac_policy"]
    return made


def _unshare(cloud: Cloud, entry: Mapping[str, Any]) -> None:
    with writing(_IN_USE):
        cloud.network.delete(f"/rbac-policies/{entry['id']}")


def _read(
    cloud: Cloud, entries: Iterable[Mapping[str, Any]], tenants: frozenset[str]
) -> Iterator[Live[RbacPolicySpec]]:
    """Yield one for each network of ours that entries speak of."""
    shares: dict[Address, dict[str, Mapping[str, Any]]] = {}
    for entry in entries:
        at = cloud.ids.address("network", entry["object_id"])
        if at is not None and at.tenant in tenants and cloud.ids.find(at) == entry["object_id"]:
            shares.setdefault(at, {})[_whom(cloud, entry["target_tenant"])] = entry
    for at, entry_of in sorted(shares.items()):
        address = Address(RbacPolicy.name, at.tenant, at.name)
        yield _live(address, cloud.ids.of(at), entry_of)


def _whom(cloud: Cloud, target: str) -> str:
    if target == EVERYBODY:
        return EVERYBODY
    return tenant_of(cloud, target) or f"project:{target}"


def _live(address: Address, network: str, entry_of: Mapping[str, Mapping[str, Any]]) -> Live[RbacPolicySpec]:
    return Live(address, network, RbacPolicySpec(frozenset(entry_of)), owned=True, raw=entry_of)
