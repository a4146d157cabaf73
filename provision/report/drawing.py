"""A tenant's networks and filters as drawings: where each box and arrow stands, for whoever paints them.

Lengths are in units of the drawing, which is `WIDTH` wide. Words are a `Text`, or a name as the cloud has it: nothing is
escaped here, nor cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from provision.model.rule import ANY, FAMILIES, IPV4, IPV6, one_sided, traffic
from provision.report import words
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.model.rule import Rule
    from provision.model.topology import Filter, Network, Router, Topology

Words = Text | str
WIDTH: Final = 960
_LINE: Final = 20
_PAD: Final = 14
_GAP: Final = 18
_LETTER: Final = 8.4
_POINT: Final = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A box with lines of words, the first its title; `look` names how it is painted."""

    x: float
    y: float
    width: float
    height: float
    look: str
    lines: tuple[Words, ...]

    @property
    def middle(self) -> float:
        """Return the height at which arrows meet it."""
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        """Return where it ends."""
        return self.x + self.width

    @property
    def room(self) -> int:
        """Return how many letters a line of it holds."""
        return int((self.width - _PAD) / _LETTER)

    @property
    def written(self) -> tuple[tuple[float, Words], ...]:
        """Return its lines, each with the height at which it stands."""
        top = self.middle - _LINE * (len(self.lines) - 1) / 2
        return tuple((top + _LINE * at, line) for at, line in enumerate(self.lines))


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line between boxes and its point, as SVG paths (no point: empty), with a label at a place."""

    path: str
    look: str
    point: str = ""
    label: Words = ""
    x: float = 0
    y: float = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and arrows, and how high all of it is."""

    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def _box(column: tuple[float, float], y: float, look: str, lines: Sequence[Words]) -> Box:
    x, width = column
    return Box(x, y, width, _LINE * len(lines) + _PAD, look, tuple(lines))


# The map: from left to right what is outside, the routers that lead there, the networks that meet in each.

_OUTSIDE: Final = (1, 215)
_ROUTERS: Final = (285, 215)
_NETWORKS: Final = (569, 390)
_EXTERNAL: Final = say("external network", "réseau externe")


def networks(topology: Topology) -> Drawing:
    """Return the map of a tenant's networks."""
    inside = _inside(topology)
    routers = _beside(
        {router.name: [inside[name] for name in sorted(router.networks) if name in inside] for router in topology.routers},
        _ROUTERS,
        "router",
        lambda name: (name, say("router", "routeur")),
    )  # fmt: skip
    ways = sorted({router.outside for router in topology.routers if router.outside is not None})
    outside = _beside(
        {way: [routers[router.name] for router in topology.routers if router.outside == way] for way in ways},
        _OUTSIDE,
        "outside",
        lambda way: (way, _EXTERNAL) if way else (_EXTERNAL,),
    )
    boxes = (*outside.values(), *routers.values(), *inside.values())
    ties = tuple(_ties(topology.routers, outside, routers, inside))
    return Drawing(max((each.y + each.height for each in boxes), default=0) + 1, boxes, ties)


def _inside(topology: Topology) -> dict[str, Box]:
    """Return the networks from the top: those of one router together, those of none last."""
    order = {name: at for at, router in enumerate(topology.routers) for name in router.networks}
    boxes: dict[str, Box] = {}
    y = 1.0
    for network in sorted(topology.networks, key=lambda each: (order.get(each.name, len(order)), each.name)):
        lines = list(_lines(network, routed=network.name in order))
        boxes[network.name] = _box(_NETWORKS, y, "network", lines)
        y += boxes[network.name].height + _GAP
    return boxes


def _lines(network: Network, *, routed: bool) -> Iterator[Words]:
    yield network.name
    for family in FAMILIES:
        yield say("IPv{family}: {held}", "IPv{family} : {held}", family=family, held=held(network, family))
    if not routed:
        yield say("on no router", "sur aucun routeur")


def held(network: Network, family: int) -> Text:
    """Return the addresses that a network has of a family, in words."""
    of_it = [each.prefix for each in network.subnets if each.family == family]
    if not of_it:
        return say("none", "aucune")
    pooled = say("from the operator's pool", "du pool de l'exploitant")
    return words.listed([same(each) if each else pooled for each in of_it])


def _beside(
    neighbours: Mapping[str, Sequence[Box]],
    column: tuple[float, float],
    look: str,
    said: Callable[[str], Sequence[Words]],
) -> dict[str, Box]:
    """Return a box for each name, as high as the middle of its neighbours where there is room, below the one before."""
    boxes: dict[str, Box] = {}
    free = 1.0
    for name, those in neighbours.items():
        box = _box(column, free, look, said(name))
        wanted = sum(each.middle for each in those) / len(those) - box.height / 2 if those else free
        boxes[name] = replace(box, y=max(free, wanted))
        free = boxes[name].y + box.height + _GAP
    return boxes


def _ties(
    routers: Iterable[Router],
    outside: Mapping[str, Box],
    inner: Mapping[str, Box],
    inside: Mapping[str, Box],
) -> Iterator[Arrow]:
    for router in routers:
        if router.outside is not None:
            yield _tie(outside[router.outside], inner[router.name])
        for name in sorted(router.networks & inside.keys()):
            yield _tie(inner[router.name], inside[name])


def _tie(left: Box, right: Box) -> Arrow:
    bend = (left.right + right.x) / 2
    return Arrow(f"M{left.right:g} {left.middle:g}H{bend:g}V{right.middle:g}H{right.x:g}", "tie")


# A filter: in the middle the group, IPv4 on its left, IPv6 on its right; what only one family has is seen at once.

_PEERS: Final = {IPV4: (1.0, 235.0), IPV6: (724.0, 235.0)}
_GROUP: Final = (400.0, 160.0)
_WAYS: Final = {"ingress": say("in", "entre"), "egress": say("out", "sort")}
_NOTHING: Final = {
    family: say("nothing in IPv{family}", "rien en IPv{family}", family=family) for family in FAMILIES
}


@dataclass(frozen=True, slots=True)
class Passage:
    """The same traffic in both families: the rules of each, and those of them that no twin answers in the other."""

    direction: str
    what: Words
    rules: Mapping[int, tuple[Rule, ...]]
    alone: bool

    def peers(self, family: int, group: str) -> tuple[Words, ...]:
        """Return from or to whom, in a family."""
        return tuple(_peer(each.remote, group) for each in self.rules[family])

    @property
    def way(self) -> Text:
        """Return the direction in a word."""
        return _WAYS[self.direction]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why it may pass, each reason once."""
        every = (each.reason for family in FAMILIES for each in self.rules[family])
        return tuple(dict.fromkeys(each for each in every if each.strip()))


def passages(group: Filter) -> tuple[Passage, ...]:
    """Return what a group lets pass, both families side by side; what comes in first."""
    rules = group.rules or frozenset()
    alone = one_sided(rules)
    together: dict[tuple[object, ...], list[Rule]] = defaultdict(list)
    for each in sorted(rules):
        together[traffic(each)].append(each)
    found = [
        Passage(
            those[0].direction,
            _what(those[0]),
            {family: tuple(each for each in those if each.family == family) for family in FAMILIES},
            any(each in alone for each in those),
        )
        for those in together.values()
    ]
    return tuple(sorted(found, key=lambda each: (each.direction != "ingress", str(each.what))))


def _what(rule: Rule) -> Words:
    if rule.protocol == ANY:
        return say("everything", "tout")
    protocol = "icmp" if rule.protocol == "ipv6-icmp" else rule.protocol
    ports = "-".join(str(port) for port in dict.fromkeys(rule.ports))
    return f"{protocol} {ports}".strip()


def _peer(remote: str, group: str) -> Words:
    if remote == ANY:
        return say("anywhere", "partout")
    return say("this group", "ce groupe") if remote == group else remote


def filters(group: Filter) -> Drawing:
    """Return what a group lets pass, an arrow a family."""
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    y = 1.0
    for passage in passages(group):
        sides = [_side(passage, family, group.name, y) for family in FAMILIES]
        boxes += [box for box, _ in sides]
        arrows += [arrow for _, arrow in sides if arrow]
        y = max(box.y + box.height for box, _ in sides) + _GAP
    height = max(y - _GAP, 60.0)
    return Drawing(height + 1, (Box(*_GROUP[:1], 1.0, _GROUP[1], height - 1, "group", _title(group)), *boxes), tuple(arrows))  # fmt: skip


def _title(group: Filter) -> tuple[Words, ...]:
    if group.rules is None:
        return group.name, say("rules of others", "règles d'autrui")
    return (group.name,) if group.rules else (group.name, say("nothing passes", "rien ne passe"))


def _side(passage: Passage, family: int, group: str, y: float) -> tuple[Box, Arrow | None]:
    peers = passage.peers(family, group)
    if not peers:
        look = "lacking" if passage.alone else "needless"
        return _box(_PEERS[family], y, look, (_NOTHING[family],)), None
    box = _box(_PEERS[family], y, "peer", peers)
    near, far = (box.right, _GROUP[0]) if family == IPV4 else (box.x, _GROUP[0] + _GROUP[1])
    start, end = (near, far) if passage.direction == "ingress" else (far, near)
    back = _POINT if start < end else -_POINT
    at = box.middle
    return box, Arrow(
        f"M{start:g} {at:g}H{end - back:g}",
        passage.direction,
        f"M{end:g} {at:g}l{-back:g} {-_POINT / 2:g}v{_POINT:g}z",
        say("{way}: {what}", "{way} : {what}", way=passage.way, what=passage.what),
        (near + far) / 2,
        at - 6,
    )
