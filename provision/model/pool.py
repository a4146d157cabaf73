"""What documents say of pools of addresses, and which of them IPv6 may come from: asked alike by an audit and by a proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from provision.model.tenant import Tenant

POLICY: Final = "network.ipv6_pool"
POOLS: Final = "network.pools"
SCOPES: Final = "network.scopes"
ESTATE: Final = "estate"
FAMILIES: Final = {"ipv4": 4, "ipv6": 6}


def staying(tenant: Tenant, section: str) -> dict[str, Mapping[str, Any]]:
    """Return the pools or scopes of the documents that are not to go, by key."""
    items = tenant.values.section(section).items()
    return {key: item for key, item in items if tenant.retirement(f"{section}.{key}") is None}


def approved(tenant: Tenant, pools: Iterable[Mapping[str, Any]], own: Mapping[str, str]) -> Iterator[str]:
    """Yield the ids of the pools that documents let IPv6 prefixes come from.

    `pools` are those of others as the API shows them; `own` the keys of the tenant's, by id. Documents that name no pool
    let it be any of these.
    """
    said, named = tenant.values.get(POLICY), tenant.estate.get("pools.ipv6")
    yield from (each for each, key in own.items() if said in {None, key})
    yield from (each["id"] for each in pools if said is None or (said == ESTATE and each["name"] == named))
