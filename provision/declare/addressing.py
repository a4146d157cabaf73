"""Prefixes that documents write out: none overlaps another where packets could meet.

Within a tenant no two may overlap. Across tenants, routed IPv6 prefixes may not (they are global), and IPv4 ones
may unless the estate says ``cidrs: unique`` (behind source NAT, tenants often reuse private ranges).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.tenant import Tenant
from provision.text import say

Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Written:
    """A prefix as some tenant's documents write it."""

    tenant: Tenant
    path: str
    prefix: Prefix
    routed: bool

    @property
    def order(self) -> tuple[int, int, int]:
        """Sort by family, then first address, the largest prefix first."""
        return self.prefix.version, int(self.prefix.network_address), self.prefix.prefixlen


def readable(text: str) -> Prefix | None:
    """Return the prefix that a text stands for, or None."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def written(tenant: Tenant) -> Iterator[Written]:
    """Yield the prefixes that a tenant's networks name; retired networks are on their way out."""
    for name, network in tenant.values.section("networks").items():
        if network.get("state") == "retired":
            continue
        for family in ("ipv4", "ipv6"):
            prefix = readable(str(_cidr(network.get(family))))
            if prefix is not None:
                yield Written(
                    tenant, f"networks.{name}.{family}", prefix, network.get("router", "none") != "none"
                )


def _cidr(wanted: Any) -> Any:  # noqa: ANN401 (a YAML value)
    return wanted.get("cidr") if isinstance(wanted, Mapping) else wanted


def disjoint_within(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each prefix that overlaps another of the same tenant."""
    yield from _overlaps(written(tenant))


def gateways_within(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each gateway outside the prefix it is given with."""
    for each in written(tenant):
        given = tenant.values.get(f"{each.path}.gateway")
        if given is not None and readable(given) is not None and not _holds(each.prefix, given):
            yield mistake(
                tenant.values,
                f"{each.path}.gateway",
                say(
                    "the gateway {given} is not in {prefix}",
                    "la passerelle {given} n'est pas dans {prefix}",
                    given=given,
                    prefix=each.prefix,
                ),
                say("take an address of {prefix}", "prendre une adresse de {prefix}", prefix=each.prefix),
            )


def _holds(prefix: Prefix, address: str) -> bool:
    return ipaddress.ip_address(address) in prefix


def disjoint(tenants: Sequence[Tenant], *, unique: bool) -> Iterator[Mistake]:
    """Yield a mistake for each prefix that overlaps another tenant's where it may not."""
    yield from _overlaps(
        each
        for tenant in tenants
        for each in written(tenant)
        if unique or (each.prefix.version == 6 and each.routed)  # noqa: PLR2004 (IPv6)
    )


def _overlaps(prefixes: Iterable[Written]) -> Iterator[Mistake]:
    widest: Written | None = None
    for each in sorted(prefixes, key=lambda one: one.order):
        if widest is not None and _overlap(widest, each):
            yield _mistake(*sorted((widest, each), key=lambda one: one.tenant.values.origin(one.path)))
        else:
            widest = each


def _overlap(left: Written, right: Written) -> bool:
    return left.prefix.version == right.prefix.version and left.prefix.overlaps(right.prefix)


def _mistake(first: Written, second: Written) -> Mistake:
    return mistake(
        second.tenant.values,
        second.path,
        say(
            "{prefix} overlaps {other} of {tenant} ({place})",
            "{prefix} recouvre {other} de {tenant} ({place})",
            prefix=second.prefix,
            other=first.prefix,
            tenant=first.tenant.key,
            place=first.tenant.values.origin(first.path),
        ),
        say("take another prefix, or auto", "prendre un autre préfixe, ou auto"),
    )
