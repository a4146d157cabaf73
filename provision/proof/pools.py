"""Pools of addresses: networks take from the pool that is written, nobody else takes from the tenant's, and it makes none by itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from provision.errors import CloudError, Forbidden, NotFound, QuotaExceeded
from provision.model.pool import FAMILIES, POLICY, POOLS, approved, staying
from provision.proof.promise import Seen, Stage, from_next_door, promise, refused, together, wanted, where
from provision.text import say

if TYPE_CHECKING:
    from provision.cloud.api import Api
    from provision.model.resource import Desired
    from provision.model.tenant import Tenant

ROOM: Final = "quotas.network.subnet_pools"
IPV6: Final = 6


def _full(tenant: Tenant) -> list[str]:
    """Tell who has room for the pools of its documents, and for no other."""
    return [ROOM] if tenant.values.get(ROOM) == len(staying(tenant, POOLS)) else []


def _own(tenant: Tenant) -> list[str]:
    return [f"{POOLS}.{want.address.name}.prefixes" for want in wanted(tenant, "subnet_pool")]


def _with_pools(tenant: Tenant) -> list[str]:
    pools = {
        want.spec.pool.name for want in wanted(tenant, "subnet") if want.spec.pool and want.spec.pool.own
    }
    return [f"{POOLS}.{name}.prefixes" for name in sorted(pools)]


@promise(
    "no-pool-of-its-own",
    service="network",
    says=say(
        "it can take no addresses by a pool that nobody wrote down",
        "il ne peut s'attribuer d'adresses par une réserve que personne n'a écrite",
    ),
    tried=say(
        "a member makes a subnet pool, of a prefix that it chooses",
        "un membre crée une réserve de sous-réseaux, d'un préfixe qu'il choisit",
    ),
    made=_full,
)
def no_pool_of_its_own(stage: Stage, _key: str) -> Seen:
    """Make a pool as the tenant."""
    ours = stage.operator.network
    stage.remove_after(
        ours,
        lambda: (
            f"/subnetpools/{each['id']}" for each in ours.list("/subnetpools", "subnetpools", name=stage.name)
        ),
    )
    body = {"subnetpool": {"name": stage.name, "prefixes": [_chosen(stage, IPV6)]}}
    return refused(
        lambda: stage.guest.network.post("/subnetpools", body), "POST /subnetpools", Forbidden, QuotaExceeded
    )


@promise(
    "ipv6-from-the-pool",
    service="network",
    says=say(
        "its IPv6 prefixes come from the approved pool, those of networks that people made included",
        "ses préfixes IPv6 viennent de la réserve approuvée, y compris ceux des réseaux que des personnes ont créés",
    ),
    tried=say(
        "the operator reads the pool of every IPv6 subnet of the project; a member asks each network for a prefix that it chooses",
        "l'exploitant lit la réserve de chaque sous-réseau IPv6 du projet ; un membre demande à chaque réseau un préfixe de son choix",
    ),
    made=where(POLICY),
)
def ipv6_from_the_pool(stage: Stage, _key: str) -> Seen:
    """Look at every IPv6 subnet of the project; ask for one more on each network that has one, of no pool."""
    ours = stage.operator.network
    own = {
        stage.id("subnet_pool", want.address.name): want.address.name for want in stage.wanted("subnet_pool")
    }
    others = [
        each for each in ours.list("/subnetpools", "subnetpools") if each["project_id"] != stage.project
    ]
    good = set(approved(stage.tenant, others, own))
    there = list(ours.list("/subnets", "subnets", project_id=stage.project, ip_version=IPV6))
    strange = sorted(each["cidr"] for each in there if each["subnetpool_id"] not in good)
    read = Seen(
        not strange,
        say("not from it: {strange}", "n'en viennent pas : {strange}", strange=", ".join(strange))
        if strange
        else say("{count} prefixes, all from it", "{count} préfixes, qui en viennent tous", count=len(there)),
    )
    subnets = [want for want in stage.wanted("subnet") if want.spec.family == IPV6]
    return together(read, *(_not_chosen(stage, want) for want in subnets))


@promise(
    "pool-is-its-own",
    service="network",
    says=say("nobody else sees its pool {item}, nor takes addresses from it", "nul autre ne voit sa réserve {item}, ni n'y prend d'adresses"),
    tried=say("a member of another tenant asks for the pool, and for a subnet of it", "un membre d'un autre locataire demande la réserve, et un sous-réseau pris dedans"),
    made=_own,
)  # fmt: skip
def its_own(stage: Stage, key: str) -> Seen:
    """Ask for the pool from next door; make a network there, and ask for a subnet of the pool on it."""
    name = key.split(".")[-2]
    pool, theirs = stage.id("subnet_pool", name), stage.neighbour().cloud.network
    stage.remove_after(
        theirs,
        lambda: (f"/networks/{each['id']}" for each in theirs.list("/networks", "networks", name=stage.name)),
    )
    network = theirs.post("/networks", {"network": {"name": stage.name}})["network"]["id"]
    family = next(want.spec.family for want in stage.wanted("subnet_pool") if want.address.name == name)
    body = {"subnet": {"network_id": network, "ip_version": family, "subnetpool_id": pool}}
    return together(
        refused(lambda: theirs.get(f"/subnetpools/{pool}"), from_next_door(f"GET {name}"), NotFound, Forbidden),
        refused(lambda: theirs.post("/subnets", body), from_next_door(f"POST /subnets ({name})"), NotFound, Forbidden),
    )  # fmt: skip


@promise(
    "networks-keep-to-their-pool",
    service="network",
    says=say("networks that take from its pool {item} take from nowhere else", "les réseaux qui prennent dans sa réserve {item} ne prennent nulle part ailleurs"),
    tried=say("a member asks each of them for a prefix that it chooses", "un membre demande à chacun un préfixe de son choix"),
    made=_with_pools,
)  # fmt: skip
def keep_to_their_pool(stage: Stage, key: str) -> Seen:
    """Ask each network that takes from the pool for one more subnet, of no pool."""
    name = key.split(".")[-2]
    subnets = [
        want
        for want in stage.wanted("subnet")
        if want.spec.pool and want.spec.pool.own and want.spec.pool.name == name
    ]
    return together(*(_not_chosen(stage, want) for want in subnets))


def _not_chosen(stage: Stage, want: Desired[Any]) -> Seen:
    """Ask a network for a subnet of a prefix that a member chooses; Neutron refuses it beside one that is of a pool."""
    network, family = want.spec.network, want.spec.family
    asked = f"POST /subnets ({network}, IPv{family}, {_chosen(stage, family)})"
    _remove_subnets(stage, stage.operator.network)
    body = {
        "name": stage.name,
        "network_id": stage.id("network", network),
        "ip_version": family,
        "cidr": _chosen(stage, family),
    }
    try:
        stage.guest.network.post("/subnets", {"subnet": body})
    except CloudError as error:
        if error.status != HTTPStatus.BAD_REQUEST and not isinstance(error, Forbidden | QuotaExceeded):
            raise
        return Seen(
            held=True, what=say("{asked} → {status}", "{asked} → {status}", asked=asked, status=error.status)
        )
    return Seen(held=False, what=say("{asked} was accepted", "{asked} a été accepté", asked=asked))


def _remove_subnets(stage: Stage, ours: Api) -> None:
    stage.remove_after(
        ours,
        lambda: (f"/subnets/{each['id']}" for each in ours.list("/subnets", "subnets", name=stage.name)),
    )


def _chosen(stage: Stage, family: int) -> str:
    """Return a prefix of nobody's: for IPv6 a unique local one, after what all that a test makes is named."""
    digits = stage.name.rsplit("-", 1)[-1]
    return f"fd00:{digits[:4]}:{digits[4:8]}::/64" if family == FAMILIES["ipv6"] else "198.18.77.0/24"
