"""Filters of a tenant: alike in IPv4 and IPv6, and with an allowlist no way out but the estate's destinations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model import rule
from provision.model.rule import DIRECTIONS, FAMILIES, PEERS, SELF, Direction, Rule
from provision.model.tenant import Tenant
from provision.text import say

ALLOWLIST: Final = "allowlist"
UNMANAGED: Final = "unmanaged"


def families_alike(tenant: Tenant) -> Iterator[Mistake]:
    """Yield a mistake for each entry that opens one family only without saying so and why.

    A tenant whose `network.ip_versions` names one family alone has nothing to keep alike.
    """
    if set(tenant.values.items("network.ip_versions") or FAMILIES) != set(FAMILIES):
        return
    for name in _filtering(tenant):
        entries = list(_entries(tenant, name, *DIRECTIONS))
        lone = rule.one_sided([each for entry in entries for each in entry.rules])
        for entry in entries:
            if "only" in entry.said:
                yield from _declared(tenant, entry)
            elif opened := sorted(entry.rules & lone):
                yield _alone(tenant, entry.path, opened[0])


def declared(tenant: Tenant, group: str) -> frozenset[Rule]:
    """Return the rules of a group that are for one family only, and say so and why."""
    entries = (
        each for each in _entries(tenant, group, *DIRECTIONS) if {"only", "reason"} <= each.said.keys()
    )
    return frozenset(each for entry in entries for each in entry.rules)


def _filtering(tenant: Tenant) -> Iterator[str]:
    for name, group in tenant.values.section("security_groups").items():
        if group.get("state") != "retired":
            yield name


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a group: its place, whether it is a name, what it says (a destination: in the estate), its rules."""

    path: str
    named: bool
    said: Mapping[str, Any]
    rules: frozenset[Rule]


def _entries(tenant: Tenant, group: str, *directions: Direction) -> Iterator[_Entry]:
    """Yield the entries of a group; one that is incomplete, or names what the estate does not know, is another check's mistake."""
    destinations = tenant.estate.section("destinations")
    for direction in directions:
        path = f"security_groups.{group}.{direction}"
        for index, entry in enumerate(tenant.values.items(path)):
            named = isinstance(entry, str)
            if entry in destinations if named else {"protocol", PEERS[direction]} <= entry.keys():
                rules = frozenset(rule.written([entry], direction, group, destinations))
                yield _Entry(f"{path}.{index}", named, destinations[entry] if named else entry, rules)


def _alone(tenant: Tenant, path: str, opened: Rule) -> Mistake:
    return mistake(
        tenant.values,
        path,
        say(
            "{path} opens IPv{family} and not IPv{other}: {rule}",
            "{path} ouvre IPv{family} et pas IPv{other} : {rule}",
            path=path,
            family=opened.family,
            other=sum(FAMILIES) - opened.family,
            rule=opened,
        ),
        say(
            "open the other family too, or say only: ipv{family}, with a reason",
            "ouvrir aussi l'autre famille, ou écrire only: ipv{family}, avec un motif (reason)",
            family=opened.family,
        ),
    )


def _declared(tenant: Tenant, entry: _Entry) -> Iterator[Mistake]:
    only, path = entry.said["only"], entry.path
    if not entry.said.get("reason"):
        yield mistake(
            tenant.values,
            path,
            say("{path} is for {only} only, and does not say why", "{path} ne vaut que pour {only}, sans dire pourquoi", path=path, only=only),
            say("add a reason", "ajouter un motif (reason)"),
        )  # fmt: skip
    if not entry.rules:
        yield mistake(
            tenant.values,
            path,
            say("{path} is for {only} only, and names no address of it", "{path} ne vaut que pour {only}, et n'en nomme aucune adresse", path=path, only=only),
            say("correct only, or the addresses", "corriger only, ou les adresses"),
        )  # fmt: skip


def written_ways_out(tenant: Tenant) -> Iterator[Mistake]:
    """Yield, for a tenant whose ``egress`` is an allowlist, what goes out otherwise than to destinations of the estate."""
    if tenant.values.get("egress") != ALLOWLIST:
        return
    groups = tenant.values.section("security_groups")
    for name in _filtering(tenant):
        if groups[name].get("rules") == UNMANAGED:
            yield _unmanaged(tenant, name)
        for entry in _entries(tenant, name, "egress"):
            if not entry.named and entry.said.get("to") not in (SELF, *groups):
                yield _unnamed(tenant, entry)
            elif wide := sorted(filter(rule.boundless, entry.rules)):
                yield _boundless(tenant, entry.path, wide[0])


def _unmanaged(tenant: Tenant, name: str) -> Mistake:
    return mistake(
        tenant.values,
        f"security_groups.{name}.rules",
        say(
            "group {name} lets out what anybody writes (rules: unmanaged), where egress is an allowlist ({place})",
            "le groupe {name} laisse sortir ce que chacun y écrit (rules: unmanaged), alors que egress est une liste blanche ({place})",
            name=name,
            place=tenant.values.origin("egress"),
        ),
        say("write rules: exact", "écrire rules: exact"),
    )


def _unnamed(tenant: Tenant, entry: _Entry) -> Mistake:
    return mistake(
        tenant.values,
        entry.path,
        say(
            "{path} goes out to {to}, which is no destination of the estate, where egress is an allowlist ({place})",
            "{path} sort vers {to}, qui n'est pas une destination du parc, alors que egress est une liste blanche ({place})",
            path=entry.path,
            to=entry.said.get("to"),
            place=tenant.values.origin("egress"),
        ),
        say(
            "have the operator add it to destinations in estate.yaml, and name it here",
            "faire ajouter par l'exploitant à destinations dans estate.yaml, puis la nommer ici",
        ),
    )


def _boundless(tenant: Tenant, path: str, way_out: Rule) -> Mistake:
    return mistake(
        tenant.values,
        path,
        say(
            "{path} lets everything out in IPv{family} ({rule}), where egress is an allowlist ({place})",
            "{path} laisse tout sortir en IPv{family} ({rule}), alors que egress est une liste blanche ({place})",
            path=path,
            family=way_out.family,
            rule=way_out,
            place=tenant.values.origin("egress"),
        ),
        say(
            "give the destination its ports or its prefixes in estate.yaml",
            "donner à la destination ses ports ou ses préfixes dans estate.yaml",
        ),
    )
