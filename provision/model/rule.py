"""Rules of a security group as values: as documents write them, as Neutron keeps them, in one spelling.

The spelling: all addresses are ``any`` (never 0.0.0.0/0, ::/0 or nothing), a protocol goes by its name where it has one,
ICMP is called for its family, all ports are an empty tuple, and a group that speaks of itself goes by its own key.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Direction = Literal["ingress", "egress"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("ingress", "egress")
PEERS: Final = {"ingress": "from", "egress": "to"}
ANY: Final = "any"
SELF: Final = "self"
IPV4: Final = 4
IPV6: Final = 6
FAMILIES: Final = (IPV4, IPV6)
ONLY: Final = {"ipv4": IPV4, "ipv6": IPV6}
_ALL_PORTS: Final = (1, 65535)
_PORTS_WHEN_ANY: Final = ("tcp", "udp")
_NUMBERS: Final = {
    "icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "egp": 8, "udp": 17, "dccp": 33, "ipv6-encap": 41, "ipv6-route": 43,
    "ipv6-frag": 44, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "ipv6-icmp": 58, "ipv6-nonxt": 59, "ipv6-opts": 60,
    "ospf": 89, "vrrp": 112, "pgm": 113, "sctp": 132, "udplite": 136,
}  # fmt: skip
_NAMES: Final = {
    **{str(number): name for name, number in _NUMBERS.items()},
    "icmpv6": "ipv6-icmp",
    "hopopt": "0",
    "ip": "0",
}
_ICMP: Final = frozenset({"icmp", "ipv6-icmp"})
_IPV6_ONLY: Final = frozenset(name for name in _NUMBERS if name.startswith("ipv6-")) - _ICMP


@dataclass(frozen=True, order=True, slots=True)
class Rule:
    """What may pass.

    `family` is 4 or 6; `ports` is ``()`` for all of them or ``(first, last)``, for ICMP ``(type,)`` or ``(type, code)``;
    `remote` is ``any``, a prefix, or the key of a group of the same tenant (``security-group:<id>`` for one that is not
    ours). `reason` is for people and tells no two rules apart.
    """

    direction: str
    family: int
    protocol: str
    ports: tuple[int, ...] = ()
    remote: str = ANY
    reason: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Return ``ingress IPv4 tcp 443 ← any``."""
        arrow = "←" if self.direction == "ingress" else "→"
        words = (self.direction, f"IPv{self.family}", self.protocol, _shown(self.ports), arrow, self.remote)
        return " ".join(word for word in words if word)

    def covers(self, other: Rule) -> bool:
        """Tell whether everything that the other rule lets pass may pass by this one."""
        return (
            (self.direction, self.family) == (other.direction, other.family)
            and self.protocol in {ANY, other.protocol}
            and _covers_ports(self, other)
            and _covers_remote(self.remote, other.remote)
        )


def _shown(ports: tuple[int, ...]) -> str:
    return "-".join(str(port) for port in dict.fromkeys(ports))


def _covers_ports(left: Rule, right: Rule) -> bool:
    if not left.ports or left.ports == right.ports:
        return True
    if not right.ports:
        return False
    if left.protocol in _ICMP:
        return left.ports == right.ports[: len(left.ports)]
    return left.ports[0] <= right.ports[0] and left.ports[-1] >= right.ports[-1]


def _covers_remote(left: str, right: str) -> bool:
    if left in {ANY, right}:
        return True
    if "/" not in left or "/" not in right:
        return False
    outer: Any = ipaddress.ip_network(left)
    return bool(ipaddress.ip_network(right).subnet_of(outer))


def boundless(rule: Rule) -> bool:
    """Tell whether a rule lets everything pass: any address, and any port of what has ports."""
    return rule.remote == ANY and not rule.ports and rule.protocol in {ANY, *_PORTS_WHEN_ANY}


def one_sided(rules: Collection[Rule]) -> frozenset[Rule]:
    """Return the rules that have no twin in the other family: the same traffic, from or to the same sort of peer.

    A prefix has its like in any prefix of the other family; a protocol that only IPv6 has needs none.
    """
    there = {(rule.family, *traffic(rule)) for rule in rules}
    return frozenset(
        rule
        for rule in rules
        if rule.protocol not in _IPV6_ONLY
        and (IPV6 if rule.family == IPV4 else IPV4, *traffic(rule)) not in there
    )


def traffic(rule: Rule) -> tuple[str, str, tuple[int, ...], str]:
    """Return what two rules have in common that let the same pass in two families: which way, what, and what sort of peer."""
    protocol = "icmp" if rule.protocol in _ICMP else rule.protocol
    return rule.direction, protocol, rule.ports, "prefix" if "/" in rule.remote else rule.remote


def moves(
    found: frozenset[Rule], wanted: frozenset[Rule], *, unused: bool = False
) -> tuple[tuple[str, frozenset[Rule]], ...]:
    """Return the ``add`` and ``remove`` steps, in order, that turn what is found into what is wanted.

    At each moment what passes is within what passed before, or within what is to pass; and a rule that only becomes wider
    or narrower is never cut in between. Where they are `unused` there is nothing to cut, and one addition does.
    """
    new, extra = wanted - found, found - wanted
    if unused:
        return tuple((word, rules) for word, rules in (("remove", extra), ("add", new)) if rules)
    spare = frozenset(rule for rule in extra if any(other.covers(rule) for other in wanted))
    harmless = frozenset(rule for rule in new if any(other.covers(rule) for other in found))
    if extra == spare:
        harmless = new
    steps = (("add", harmless), ("remove", extra - spare), ("add", new - harmless), ("remove", spare))
    return tuple((word, rules) for word, rules in steps if rules)


def protocol(said: object, family: int) -> str:
    """Return a protocol in our spelling: of ``icmp``, ``1``, ``icmpv6`` the one that the family has; nothing is ``any``."""
    if said is None:
        return ANY
    text = str(said).lower()
    name = _NAMES.get(text, text)
    if name in _ICMP:
        return "icmp" if family == IPV4 else "ipv6-icmp"
    return name


def prefix(said: str) -> str:
    """Return a prefix without host bits; one that holds every address is ``any``."""
    network = ipaddress.ip_network(said, strict=False)
    return str(network) if network.prefixlen else ANY


def ports(first: int | None, last: int | None) -> tuple[int, ...]:
    """Return ports in our spelling: none, or all of them, is ``()``."""
    given = tuple(port for port in (first, last) if port is not None)
    return () if given == _ALL_PORTS else given


def written(
    entries: Iterable[str | Mapping[str, Any]],
    direction: Direction,
    group: str,
    destinations: Mapping[str, Mapping[str, Any]],
) -> Iterator[Rule]:
    """Yield the rules that entries of a document stand for; `group` is whose they are, `destinations` the estate's."""
    for entry in entries:
        if isinstance(entry, str):
            said = destinations[entry]
            yield from _expanded(said, direction, said["to"], str(said.get("reason", entry)), group)
        else:
            yield from _expanded(
                entry, direction, entry[PEERS[direction]], str(entry.get("reason", "")), group
            )


def _expanded(
    said: Mapping[str, Any], direction: Direction, peers: object, reason: str, group: str
) -> Iterator[Rule]:
    for family, remote in _remotes(peers, group):
        if family != ONLY.get(said.get("only", ""), family):
            continue
        for spoken in _protocols(said, family):
            for span in _spans(said.get("ports")):
                for given in _types(span) if spoken in _ICMP else (span,):
                    yield Rule(direction, family, spoken, given, remote, reason)


def _remotes(peers: object, group: str) -> Iterator[tuple[int, str]]:
    for peer in peers if isinstance(peers, list | tuple) else (str(peers),):
        if "/" in peer:
            yield ipaddress.ip_network(peer, strict=False).version, prefix(peer)
        else:
            yield from ((family, group if peer == SELF else peer) for family in FAMILIES)


def _protocols(said: Mapping[str, Any], family: int) -> Collection[str]:
    name = protocol(said["protocol"], family)
    if name == ANY and _spans(said.get("ports")) != [()]:
        return _PORTS_WHEN_ANY
    only_ipv6 = name in _IPV6_ONLY or str(said["protocol"]) == str(_NUMBERS["ipv6-icmp"])
    return () if only_ipv6 and family == IPV4 else (name,)


def _types(span: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield what ports mean to ICMP: each is a type, with every code."""
    yield from ((each,) for each in range(span[0], span[-1] + 1)) if span else ((),)


def _spans(said: object) -> list[tuple[int, ...]]:
    if isinstance(said, list | tuple):
        return [span for each in said for span in _spans(each)]
    if said in {None, "none"}:
        return [()]
    first, _, last = str(said).partition("-")
    return [ports(int(first), int(last or first))]
