"""What no schema can say: one part of a tenant against another, and against the estate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from provision.declare.accounts import accounted
from provision.declare.addressing import disjoint, disjoint_within, gateways_within, readable
from provision.declare.directory import directed
from provision.declare.envelopes import within_envelopes
from provision.declare.federation import federated
from provision.declare.filters import families_alike, written_ways_out
from provision.declare.hosting import enough_hosts
from provision.declare.layers import suggestion
from provision.declare.naming import distinct
from provision.declare.place import mistake
from provision.declare.pools import (
    ipv6_from_the_pool,
    pools_apart,
    pools_sound,
    pools_wide_enough,
    taken_from_pools,
)
from provision.declare.publishing import published_lawfully
from provision.declare.schema import at, tree_schema
from provision.declare.spreading import spread
from provision.declare.zones import answered_for, apart
from provision.errors import Mistake
from provision.model.estate import Profile
from provision.model.pool import POOLS
from provision.model.tenant import Tenant, Values
from provision.text import Text, say

NAMED: Final = (
    "networks",
    "network.scopes",
    "network.pools",
    "routers",
    "security_groups",
    "object.containers",
    "identity.groups",
    "identity.accounts",
    "dns.zones",
)
LARGEST_PORT: Final = 65535
EVERYBODY: Final = "*"
_WORDS: Final = frozenset({"any", "self"})


def check(estate: Values, profiles: Mapping[str, Profile], tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    """Yield every mistake that only shows when documents are put side by side."""
    for profile in profiles.values():
        yield from _paths_known(profile)
    for name, destination in estate.section("destinations").items():
        yield from _ports(estate, f"destinations.{name}", destination)
    for tenant in tenants:
        for each in _CHECKS:
            yield from each(tenant)
    yield from _shares(tenants)
    yield from apart(tenants)
    yield from within_envelopes(estate, profiles, tenants)
    yield from enough_hosts(estate, tenants)
    yield from disjoint(tenants, unique=estate.get("cidrs") == "unique")
    yield from distinct(tenants)
    yield from federated(estate, tenants)


def _paths_known(profile: Profile) -> Iterator[Mistake]:
    for floor in profile.floors:
        if at(tree_schema(), tuple(floor.path.split("."))) is None:
            yield Mistake(
                floor.origin.file,
                floor.origin.line,
                say("a floor stands on an unknown key: {path}", "un plancher porte sur une clé inconnue : {path}", path=floor.path),
                say("write a path of the tenant's document", "écrire un chemin du document d'un locataire"),
            )  # fmt: skip


def _retirement(tenant: Tenant) -> Iterator[Mistake]:
    for path, item in _retirable(tenant.values):
        state = f"{path}.state" if path else "state"
        if item.get("state") == "retired" and not item.get("retirement"):
            yield mistake(
                tenant.values,
                state,
                say("{path} is retired without a reason and a date", "{path} est retiré sans motif ni date", path=path or tenant.key),
                say("add retirement: {reason: …, date: 2026-11-01}", "ajouter retirement: {reason: …, date: 2026-11-01}"),
            )  # fmt: skip


def _retirable(values: Values) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "", values.tree
    yield "identity.ldap", values.section("identity.ldap")
    for index, item in enumerate(values.items("ha.groups")):
        yield f"ha.groups.{index}", item
    for section in NAMED:
        for name, item in values.section(section).items():
            yield f"{section}.{name}", item


def _routers(tenant: Tenant) -> Iterator[Mistake]:
    known = list(tenant.values.section("routers"))
    for name, network in tenant.values.section("networks").items():
        router = network.get("router", "none")
        if router not in ("none", *known):
            yield _unknown(tenant, f"networks.{name}.router", router, known, _ROUTER)


def _rules(tenant: Tenant) -> Iterator[Mistake]:
    groups = list(tenant.values.section("security_groups"))
    destinations = list(tenant.estate.section("destinations"))
    for name in groups:
        for direction, peer in (("ingress", "from"), ("egress", "to")):
            path = f"security_groups.{name}.{direction}"
            for index, entry in enumerate(tenant.values.items(path)):
                if isinstance(entry, str) and entry not in destinations:
                    yield _unknown(tenant, f"{path}.{index}", entry, destinations, _DESTINATION)
                elif isinstance(entry, Mapping):
                    yield from _peer(tenant, f"{path}.{index}.{peer}", entry.get(peer), groups)
                    yield from _ports(tenant.values, f"{path}.{index}", entry)


def _peer(tenant: Tenant, path: str, peer: object, groups: Sequence[str]) -> Iterator[Mistake]:
    if isinstance(peer, str) and peer not in (*_WORDS, *groups) and not readable(peer):
        yield _unknown(tenant, path, peer, [*groups, *_WORDS], _PEER)


def _ports(values: Values, path: str, entry: Mapping[str, Any]) -> Iterator[Mistake]:
    given = entry.get("ports")
    for ports in given if isinstance(given, list) else [given]:
        first, _, last = str(ports).partition("-")
        if last and not int(first) <= int(last) <= LARGEST_PORT:
            yield mistake(
                values,
                f"{path}.ports",
                say("{ports} is no range of ports", "{ports} n'est pas une plage de ports", ports=ports),
                say(
                    "write the smaller first, up to {largest}",
                    "écrire le plus petit d'abord, jusqu'à {largest}",
                    largest=LARGEST_PORT,
                ),
            )


def _roles(tenant: Tenant) -> Iterator[Mistake]:
    allowed = tenant.values.items("identity.roles.allowed")
    delegated = [tenant.values.get("identity.roles.delegated")]
    for name in tenant.values.section("identity.groups"):
        path = f"identity.groups.{name}"
        yield from _among(tenant, f"{path}.roles", allowed, _ROLE)
        yield from _among(tenant, f"{path}.domain_roles", delegated, _ROLE)
        if (
            tenant.values.items(f"{path}.domain_roles")
            and tenant.values.get("identity.domain") != "dedicated"
        ):
            yield mistake(
                tenant.values,
                f"{path}.domain_roles",
                say("{path}: a role on a domain that the tenant does not own", "{path} : un rôle sur un domaine qui n'est pas au locataire", path=path),
                say("write identity.domain: dedicated, or remove domain_roles", "écrire identity.domain: dedicated, ou supprimer domain_roles"),
            )  # fmt: skip


def _offers(tenant: Tenant) -> Iterator[Mistake]:
    yield from _among(tenant, "compute.flavors", list(tenant.estate.section("flavors")), _FLAVOR)
    yield from _among(tenant, "compute.images", list(tenant.estate.section("images")), _IMAGE)
    yield from _among(tenant, "storage.volume.types", list(tenant.estate.section("volume_types")), _TYPE)
    yield from _types_with_quotas(tenant)
    default = tenant.values.get("storage.volume.default")
    types = tenant.values.items("storage.volume.types")
    if default is not None and default not in types:
        yield _unknown(tenant, "storage.volume.default", default, types, _DEFAULT)


def _types_with_quotas(tenant: Tenant) -> Iterator[Mistake]:
    known = list(tenant.estate.section("volume_types"))
    for role in tenant.values.section("quotas.volume.types"):
        if role not in known:
            yield _unknown(tenant, f"quotas.volume.types.{role}", role, known, _TYPE)
    if tenant.values.get("quotas.volume.other_types") == "none" and not tenant.values.items(
        "storage.volume.types"
    ):
        yield mistake(
            tenant.values,
            "quotas.volume.other_types",
            say("quotas.volume.other_types: none, and storage.volume.types names no type", "quotas.volume.other_types: none, et storage.volume.types ne nomme aucun type"),
            say("name the types that may be used in storage.volume.types", "nommer dans storage.volume.types les types utilisables"),
        )  # fmt: skip


def _grounds(tenant: Tenant) -> Iterator[Mistake]:
    """What the estate must know for the tenant's networks to be made."""
    for name, router in tenant.values.section("routers").items():
        if router.get("gateway") == "external" and not tenant.estate.get("external_network"):
            yield _estate_lacks(tenant, f"routers.{name}.gateway", "external_network")
    for name, network in tenant.values.section("networks").items():
        for family in ("ipv4", "ipv6"):
            wanted = network.get(family)
            automatic = wanted == "auto" or (
                isinstance(wanted, Mapping) and wanted.get("cidr", "auto") == "auto" and "pool" not in wanted
            )
            if automatic and not tenant.estate.get(f"pools.{family}"):
                yield _estate_lacks(tenant, f"networks.{name}.{family}", f"pools.{family}")


def _shares(tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    """A network is shared with other tenants of the estate, that stay."""
    staying = [tenant.key for tenant in tenants if not tenant.retired]
    for tenant in tenants:
        known = [EVERYBODY, *(key for key in staying if key != tenant.key)]
        for name in tenant.values.section("networks"):
            yield from _among(tenant, f"networks.{name}.shared_with", known, _TENANT)


def _room(tenant: Tenant) -> Iterator[Mistake]:
    """A quota smaller than what the same documents declare would stop apply half-way."""
    for path, count in _declared(tenant.values).items():
        limit, section = tenant.values.get(path), path.rpartition(".")[2]
        if isinstance(limit, int) and 0 <= limit < count:
            yield mistake(
                tenant.values,
                path,
                say(
                    "a quota of {limit} {section}, where tenant {tenant} declares {count}",
                    "un quota de {limit} {section}, là où le locataire {tenant} en déclare {count}",
                    limit=limit,
                    section=section,
                    tenant=tenant.key,
                    count=count,
                ),
                say("raise it to {count}", "le porter à {count}", count=count),
            )


def _declared(values: Values) -> Mapping[str, int]:
    """Return how much of each quota, by its path, the documents use up."""
    present = {
        section: [item for item in values.section(section).values() if item.get("state") != "retired"]
        for section in ("networks", "routers", "security_groups")
    }
    shares = sum(len(item.get("shared_with", ())) for item in present["networks"])
    pools = [item for item in values.section(POOLS).values() if item.get("state") != "retired"]
    groups = sum(item.get("state") != "retired" for item in values.items("ha.groups"))
    used = {
        **{section: len(items) for section, items in present.items()},
        "rbac_policies": shares,
        "subnet_pools": len(pools),
    }
    return {
        **{f"quotas.network.{section}": count for section, count in used.items()},
        "quotas.compute.server_groups": groups,
    }


_ROUTER: Final = say("router", "routeur")
_DESTINATION: Final = say("destination of the estate", "destination du parc")
_PEER: Final = say("security group", "groupe de sécurité")
_ROLE: Final = say(
    "role that identity.roles lets this tenant give", "rôle que identity.roles permet de donner"
)
_FLAVOR: Final = say("flavour role of the estate", "rôle de gabarit du parc")
_IMAGE: Final = say("image role of the estate", "rôle d'image du parc")
_TYPE: Final = say("volume type role of the estate", "rôle de type de volume du parc")
_TENANT: Final = say("other tenant of the estate", "autre locataire du parc")
_DEFAULT: Final = say("volume type of this tenant", "type de volume de ce locataire")
_CHECKS: Final[tuple[Callable[[Tenant], Iterator[Mistake]], ...]] = (
    _retirement,
    _routers,
    _rules,
    families_alike,
    written_ways_out,
    _roles,
    _offers,
    _grounds,
    _room,
    disjoint_within,
    gateways_within,
    pools_sound,
    pools_apart,
    taken_from_pools,
    pools_wide_enough,
    ipv6_from_the_pool,
    published_lawfully,
    answered_for,
    directed,
    spread,
    accounted,
)


def _among(tenant: Tenant, path: str, known: Sequence[Any], what: Text) -> Iterator[Mistake]:
    for index, entry in enumerate(tenant.values.items(path)):
        if entry not in known:
            yield _unknown(tenant, f"{path}.{index}", entry, known, what)


def _unknown(tenant: Tenant, path: str, given: object, known: Sequence[Any], what: Text) -> Mistake:
    return mistake(
        tenant.values,
        path,
        say(
            "{path}: {given} is no {what}",
            "{path} : {given} est inconnu (attendu : {what})",
            path=path,
            given=given,
            what=what,
        ),
        suggestion(str(given), [str(each) for each in known if each is not None]),
    )


def _estate_lacks(tenant: Tenant, path: str, key: str) -> Mistake:
    return mistake(
        tenant.values,
        path,
        say("{path} needs {key}, which estate.yaml does not give", "{path} demande {key}, que estate.yaml ne donne pas", path=path, key=key),
        say("add {key} to estate.yaml", "ajouter {key} à estate.yaml", key=key),
    )  # fmt: skip
