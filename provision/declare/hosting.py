"""Dedicated hosts: as many as tenants are promised must be reserved, and no host for two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.declare.layers import suggestion
from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.tenant import Tenant, Values
from provision.text import say

RESERVED: Final = "hosts.reserved"
NAMES: Final = "hosts.names"


def enough_hosts(estate: Values, tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    """Yield a mistake for each host that cannot be had, and for what is promised beyond those reserved."""
    dedicated = [
        each for each in tenants if not each.retired and each.values.get("hosts.isolation") == "dedicated"
    ]
    reserved = list(estate.items(RESERVED))
    yield from _named(dedicated, reserved)
    wanted = sum(
        len(each.values.items(NAMES)) or int(each.values.get("hosts.count", 1)) for each in dedicated
    )
    if dedicated and not reserved:
        yield from map(_none_reserved, dedicated)
    elif wanted > len(reserved):
        yield mistake(
            estate,
            RESERVED,
            say(
                "{reserved} hosts are reserved, and {count} tenants are promised {wanted} of their own: {tenants}",
                "{reserved} hôtes sont réservés, et {count} locataires s'en voient promettre {wanted} à eux : {tenants}",
                reserved=len(reserved),
                count=len(dedicated),
                wanted=wanted,
                tenants=", ".join(each.key for each in dedicated),
            ),
            say("reserve more, or promise less", "en réserver plus, ou en promettre moins"),
        )


def _none_reserved(tenant: Tenant) -> Mistake:
    return mistake(
        tenant.values,
        "hosts.isolation",
        say(
            "hosts.isolation: dedicated for tenant {tenant}, and the estate reserves no host",
            "hosts.isolation: dedicated pour le locataire {tenant}, et le parc ne réserve aucun hôte",
            tenant=tenant.key,
        ),
        say(
            "write hosts: {example} in estate.yaml, or take another profile",
            "écrire hosts: {example} dans estate.yaml, ou choisir un autre profil",
            example="{reserved: [compute-7]}",
        ),
    )


def _named(dedicated: Sequence[Tenant], reserved: Sequence[str]) -> Iterator[Mistake]:
    holders: dict[str, str] = {}
    for tenant in dedicated:
        for index, host in enumerate(tenant.values.items(NAMES)):
            path = f"{NAMES}.{index}"
            holder = holders.setdefault(host, tenant.key)
            if reserved and host not in reserved:
                what = say("{host} is not reserved by the estate", "{host} n'est pas réservé par le parc", host=host)  # fmt: skip
                yield mistake(tenant.values, path, what, suggestion(host, reserved))
            elif holder != tenant.key:
                what = say("{host} is promised to {other} already", "{host} est déjà promis à {other}", host=host, other=holder)  # fmt: skip
                yield mistake(tenant.values, path, what, say("name another host", "nommer un autre hôte"))
