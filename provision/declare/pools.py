"""Pools of addresses and their scopes: each holds together, and networks take from those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from provision.declare.addressing import Prefix, readable
from provision.declare.layers import suggestion
from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.pool import ESTATE, FAMILIES, POLICY, POOLS, SCOPES, staying
from provision.model.tenant import Tenant
from provision.text import Text, say

AUTO: Final = "auto"
NONE: Final = "none"
# What Neutron takes for shortest and longest where nothing is said, by family.
_BOUNDS: Final = {4: (8, 32), 6: (64, 128)}
# What one of a pool's quota is, in addresses, by family.
_COUNTED: Final = {4: 1, 6: 2**64}


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of some documents: its prefixes, its scope (``none`` for none), how long a prefix is taken from it, if unsaid and at most."""

    tenant: Tenant
    key: str
    item: Mapping[str, Any]
    prefixes: tuple[Prefix, ...]

    @property
    def path(self) -> str:
        """Return where it is written."""
        return f"{POOLS}.{self.key}"

    @property
    def families(self) -> set[int]:
        """Return the families of its prefixes: one, in good documents."""
        return {each.version for each in self.prefixes}

    @property
    def scope(self) -> str:
        """Return the key of its scope, or ``none``."""
        return str(self.item.get("scope", NONE))

    @property
    def lengths(self) -> tuple[int, int, int]:
        """Return the shortest prefix that may be taken, the one that is taken if nothing is said, and the longest."""
        shortest, longest = _BOUNDS[self.prefixes[0].version]
        shortest, longest = self.item.get("shortest", shortest), self.item.get("longest", longest)
        return shortest, self.item.get("prefix_length", shortest), longest

    @property
    def bits(self) -> int:
        """Return how long an address of its family is."""
        return self.prefixes[0].max_prefixlen

    def holds(self, prefix: Prefix) -> bool:
        """Tell whether a prefix is within one of its own."""
        same = (each for each in self.prefixes if each.version == prefix.version)
        return any(prefix.subnet_of(each) for each in same)  # type: ignore[arg-type]

    def touches(self, prefix: Prefix) -> bool:
        """Tell whether a prefix and one of its own have addresses in common."""
        return any(each.version == prefix.version and prefix.overlaps(each) for each in self.prefixes)

    def wrong(self, field: str, what: Text, do: Text) -> Mistake:
        """Return a mistake at one of its lines."""
        return mistake(self.tenant.values, f"{self.path}.{field}", what, do)


@dataclass(frozen=True, slots=True)
class Taker:
    """One family of a network that stays: where it is written, the pool it names, the prefix it names."""

    tenant: Tenant
    path: str
    family: int
    pool: str | None
    cidr: Prefix | None

    def wrong(self, what: Text, do: Text, field: str = "") -> Mistake:
        """Return a mistake at its line."""
        return mistake(self.tenant.values, f"{self.path}.{field}" if field else self.path, what, do)


def pools_sound(tenant: Tenant) -> Iterator[Mistake]:
    """Yield what is wrong with each pool by itself, and with its scope."""
    for pool in _pools(tenant).values():
        if len(pool.families) > 1:
            yield pool.wrong("prefixes", say("{path} has prefixes of both families", "{path} a des préfixes des deux familles", path=pool.path),
                say("write a pool for each family", "écrire une réserve par famille"))  # fmt: skip
            continue
        yield from _bounded(pool)
        yield from _scoped(pool)


def pools_apart(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each pool that overlaps another one of its scope (Neutron refuses), or outside any scope."""
    for first, second in combinations(_pools(tenant).values(), 2):
        shared = next((each for each in second.prefixes if first.touches(each)), None)
        if shared is not None and first.scope == second.scope:
            yield second.wrong(
                "prefixes",
                say("{prefix} overlaps the pool {other} ({place})", "{prefix} recouvre la réserve {other} ({place})",
                    prefix=shared, other=first.key, place=tenant.values.origin(first.path)),
                say("take another prefix, or give each pool a scope of its own", "prendre un autre préfixe, ou donner à chaque réserve sa propre portée"),
            )  # fmt: skip


def taken_from_pools(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each network that takes addresses from where it cannot, or beside a pool that would give them again."""
    pools = _pools(tenant)
    for taker in _takers(tenant):
        if taker.pool is None:
            yield from _beside(taker, pools)
        elif taker.pool not in pools:
            yield taker.wrong(
                say("{path}.pool: {given} is no pool of this tenant that stays", "{path}.pool : {given} n'est pas une réserve de ce locataire qui reste", path=taker.path, given=taker.pool),
                suggestion(taker.pool, list(pools)),
                "pool",
            )  # fmt: skip
        else:
            yield from _out_of(taker, pools[taker.pool])


def pools_wide_enough(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each pool that has less, or may give less, than the networks take that name it."""
    takers = list(_takers(tenant))
    for pool in _pools(tenant).values():
        _, length, _ = pool.lengths
        taken = [each.cidr.prefixlen if each.cidr else length for each in takers if each.pool == pool.key]
        asked = sum(2.0 ** (pool.bits - each) for each in taken)
        there = sum(each.num_addresses for each in pool.prefixes)
        quota = pool.item.get("quota", "unlimited")
        allowed = there if quota == "unlimited" else quota * _COUNTED[pool.prefixes[0].version]
        for field, limit in (("prefixes", there), ("quota", allowed)):
            if asked > limit:
                yield pool.wrong(
                    field,
                    say("{path}: the {count} subnets that take from this pool ask for more than its {field}", "{path} : les {count} sous-réseaux pris dans cette réserve demandent plus que ses {field}",
                        path=pool.path, count=len(taken), field=field),
                    say("take less of it, or raise {field}", "en prendre moins, ou augmenter {field}", field=field),
                )  # fmt: skip
                break


def ipv6_from_the_pool(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each network whose IPv6 prefix is not from the pool that documents call for."""
    said = tenant.values.get(POLICY)
    if said is None:
        return
    known = [ESTATE, *_pools(tenant)]
    if said not in known:
        yield mistake(tenant.values, POLICY, say("{path}: {given} is no pool of this tenant", "{path} : {given} n'est pas une réserve de ce locataire", path=POLICY, given=said), suggestion(said, known))  # fmt: skip
        return
    for taker in _takers(tenant):
        if taker.family == FAMILIES["ipv6"] and _source(taker) != said:
            yield taker.wrong(
                say("{path} is not taken from {said}, where {policy} calls for it ({place})", "{path} n'est pas pris dans {said}, que {policy} exige ({place})",
                    path=taker.path, said=said, policy=POLICY, place=tenant.values.origin(POLICY)),
                say("write ipv6: auto", "écrire ipv6: auto") if said == ESTATE else say("write ipv6: {{pool: {said}}}", "écrire ipv6: {{pool: {said}}}", said=said),
            )  # fmt: skip


def _source(taker: Taker) -> str | None:
    """Return where a prefix comes from: a pool's key, the estate's pool, or None where it is written alone."""
    return taker.pool or (ESTATE if taker.cidr is None else None)


def _pools(tenant: Tenant) -> dict[str, Pool]:
    found = {}
    for key, item in staying(tenant, POOLS).items():
        prefixes = tuple(prefix for each in item.get("prefixes", ()) if (prefix := readable(each)))
        if prefixes:
            found[key] = Pool(tenant, key, item, prefixes)
    return found


def _takers(tenant: Tenant) -> Iterator[Taker]:
    for name, network in staying(tenant, "networks").items():
        for family, version in FAMILIES.items():
            wanted = network.get(family, NONE)
            said = wanted if isinstance(wanted, Mapping) else {"cidr": wanted}
            if wanted != NONE:
                cidr = readable(str(said.get("cidr", AUTO)))
                yield Taker(tenant, f"networks.{name}.{family}", version, said.get("pool"), cidr)


def _bounded(pool: Pool) -> Iterator[Mistake]:
    shortest, taken, longest = pool.lengths
    if not shortest <= taken <= longest <= pool.bits:
        yield pool.wrong(
            "prefix_length",
            say("{path}: prefixes of {taken} bits, from {shortest} to {longest}", "{path} : des préfixes de {taken} bits, de {shortest} à {longest}",
                path=pool.path, taken=taken, shortest=shortest, longest=longest),
            say("write shortest ≤ prefix_length ≤ longest ≤ {most}", "écrire shortest ≤ prefix_length ≤ longest ≤ {most}", most=pool.bits),
        )  # fmt: skip
    elif taken < min(each.prefixlen for each in pool.prefixes):
        yield pool.wrong(
            "prefix_length",
            say("{path}: a subnet would get a /{taken}, which is more than the pool has", "{path} : un sous-réseau recevrait un /{taken}, plus que ce que la réserve contient", path=pool.path, taken=taken),
            say("write a longer prefix_length", "écrire un prefix_length plus long"),
        )  # fmt: skip


def _scoped(pool: Pool) -> Iterator[Mistake]:
    scopes = staying(pool.tenant, SCOPES)
    if pool.scope == NONE:
        return
    if pool.scope not in scopes:
        yield pool.wrong(
            "scope",
            say("{path}.scope: {given} is no scope of this tenant that stays", "{path}.scope : {given} n'est pas une portée de ce locataire qui reste", path=pool.path, given=pool.scope),
            suggestion(pool.scope, [*scopes, NONE]),
        )  # fmt: skip
    elif FAMILIES.get(scopes[pool.scope].get("family", "")) not in pool.families:
        yield pool.wrong(
            "scope",
            say("{path} is IPv{family}, its scope {scope} is not", "{path} est en IPv{family}, sa portée {scope} ne l'est pas", path=pool.path, family=pool.prefixes[0].version, scope=pool.scope),
            say("take a scope of IPv{family}", "prendre une portée en IPv{family}", family=pool.prefixes[0].version),
        )  # fmt: skip


def _beside(taker: Taker, pools: Mapping[str, Pool]) -> Iterator[Mistake]:
    """A prefix that is written alone, where a pool holds it: the pool would give it to another network."""
    pool = next(
        (each for each in pools.values() if taker.cidr is not None and each.touches(taker.cidr)), None
    )
    if pool is not None:
        yield taker.wrong(
            say("{cidr} is written alone, and the pool {pool} has it too ({place})", "{cidr} est écrit seul, et la réserve {pool} le contient aussi ({place})",
                cidr=taker.cidr, pool=pool.key, place=taker.tenant.values.origin(pool.path)),
            say("write {{cidr: {cidr}, pool: {pool}}}, or another prefix", "écrire {{cidr: {cidr}, pool: {pool}}}, ou un autre préfixe", cidr=taker.cidr, pool=pool.key),
        )  # fmt: skip


def _out_of(taker: Taker, pool: Pool) -> Iterator[Mistake]:
    """What cannot be had of a pool: the other family, a prefix that it does not hold, one too long or too short."""
    shortest, _, longest = pool.lengths
    if taker.family not in pool.families:
        yield taker.wrong(
            say("{path}.pool: the pool {pool} has no IPv{family}", "{path}.pool : la réserve {pool} n'a pas d'IPv{family}", path=taker.path, pool=pool.key, family=taker.family),
            say("take a pool of IPv{family}", "prendre une réserve en IPv{family}", family=taker.family),
            "pool",
        )  # fmt: skip
    elif taker.cidr is not None and not pool.holds(taker.cidr):
        yield taker.wrong(
            say("{cidr} is not in the pool {pool} ({place})", "{cidr} n'est pas dans la réserve {pool} ({place})", cidr=taker.cidr, pool=pool.key, place=taker.tenant.values.origin(f"{pool.path}.prefixes")),
            say("take a prefix of {prefixes}, or add it to the pool", "prendre un préfixe de {prefixes}, ou l'ajouter à la réserve", prefixes=", ".join(map(str, pool.prefixes))),
            "cidr",
        )  # fmt: skip
    elif taker.cidr is not None and not shortest <= taker.cidr.prefixlen <= longest:
        yield taker.wrong(
            say("{cidr}: the pool {pool} gives prefixes of {shortest} to {longest} bits", "{cidr} : la réserve {pool} donne des préfixes de {shortest} à {longest} bits",
                cidr=taker.cidr, pool=pool.key, shortest=shortest, longest=longest),
            say("take another prefix, or change shortest and longest", "prendre un autre préfixe, ou changer shortest et longest"),
            "cidr",
        )  # fmt: skip
