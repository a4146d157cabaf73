import ipaddress
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model import rule
from provision.model.rule import Rule

DESTINATIONS = {
    "dns": {"protocol": "udp", "ports": 53, "to": "any"},
    "mirror": {"protocol": "tcp", "ports": ["80", 443], "to": ["198.51.100.7/32"], "reason": "Packages"},
}
RULES = st.builds(
    Rule,
    direction=st.sampled_from(rule.DIRECTIONS),
    family=st.just(4),
    protocol=st.sampled_from(["any", "tcp"]),
    remote=st.sampled_from(["any", "10.0.0.0/8", "10.1.0.0/16", "web"]),
).flatmap(
    lambda each: (
        st.just(each)
        if each.protocol == "any"
        else st.sampled_from([(), (22, 22), (20, 30)]).map(
            lambda ports: Rule(each.direction, 4, "tcp", ports, each.remote)
        )
    )
)
SETS = st.frozensets(RULES, max_size=6)
PACKETS = [
    (direction, protocol, port, address, group)
    for direction, (protocol, port), (address, group) in itertools.product(
        rule.DIRECTIONS,
        [("tcp", 22), ("tcp", 25), ("tcp", 443), ("udp", 22)],
        [("10.1.2.3", ""), ("10.9.9.9", ""), ("192.0.2.1", ""), ("192.0.2.9", "web")],
    )
]


def lets(one, packet):
    direction, protocol, port, address, group = packet
    ports = not one.ports or one.ports[0] <= port <= one.ports[1]
    inside = "/" in one.remote and ipaddress.ip_address(address) in ipaddress.ip_network(one.remote)
    remote = one.remote in {"any", group} or inside
    return one.direction == direction and one.protocol in {"any", protocol} and ports and remote


def passing(rules):
    return {packet for packet in PACKETS if any(lets(one, packet) for one in rules)}


def on_the_way(found, wanted):
    """Every set of rules that stands at some moment: additions come all at once, removals one by one."""
    now = set(found)
    for word, rules in rule.moves(found, wanted):
        for part in [rules] if word == "add" else [{each} for each in sorted(rules)]:
            now = now | part if word == "add" else now - part
            yield frozenset(now)


def entries(*said, direction="ingress", group="web"):
    return sorted(rule.written(said, direction, group, DESTINATIONS))


@given(RULES, RULES)
def test_what_covers_lets_everything_pass_that_the_other_does(one, other):
    if one.covers(other):
        assert passing([other]) <= passing([one])
    assert one.covers(one)


@given(SETS, SETS)
def test_moves_arrive(found, wanted):
    assert ([found, *on_the_way(found, wanted)])[-1] == wanted


@given(SETS, SETS)
def test_at_no_moment_is_more_open_than_before_or_after(found, wanted):
    before, after = passing(found), passing(wanted)
    for now in on_the_way(found, wanted):
        assert passing(now) <= before or passing(now) <= after


@given(SETS, SETS)
def test_what_only_becomes_wider_or_narrower_is_never_cut(found, wanted):
    going_on = {
        packet
        for old, new in itertools.product(found, wanted)
        if old.covers(new) or new.covers(old)
        for packet in passing([old]) & passing([new])
    }
    for now in on_the_way(found, wanted):
        assert going_on <= passing(now)


@given(SETS, SETS)
def test_moves_take_two_additions_at_most_and_touch_nothing_that_stays(found, wanted):
    steps = rule.moves(found, wanted)
    assert [word for word, _ in steps].count("add") <= 2
    assert not any(rules & found & wanted for _, rules in steps)
    assert rule.moves(found, found) == ()


@given(SETS, SETS)
def test_what_nothing_uses_is_turned_by_one_addition_that_comes_last(found, wanted):
    steps = rule.moves(found, wanted, unused=True)
    assert [word for word, _ in steps] in ([], ["add"], ["remove"], ["remove", "add"])
    removed = {one for word, rules in steps if word == "remove" for one in rules}
    added = {one for word, rules in steps if word == "add" for one in rules}
    assert (found - removed) | added == wanted


def test_additions_alone_are_one_write():
    new = {Rule("ingress", 4, "tcp", (443, 443)), Rule("egress", 4, "udp", (53, 53))}
    assert rule.moves(frozenset(), frozenset(new)) == (("add", frozenset(new)),)


@pytest.mark.parametrize(
    ("said", "family", "spelt"),
    [
        (None, 4, "any"),
        ("any", 6, "any"),
        ("TCP", 4, "tcp"),
        (6, 4, "tcp"),
        ("icmp", 4, "icmp"),
        ("icmp", 6, "ipv6-icmp"),
        ("1", 6, "ipv6-icmp"),
        ("icmpv6", 6, "ipv6-icmp"),
        (58, 6, "ipv6-icmp"),
        ("vrrp", 4, "vrrp"),
        (112, 4, "vrrp"),
        (200, 4, "200"),
        ("ip", 4, "0"),
    ],
)
def test_a_protocol_has_one_spelling(said, family, spelt):
    assert rule.protocol(said, family) == spelt


def test_all_addresses_and_all_ports_have_one_spelling():
    assert {rule.prefix(each) for each in ("0.0.0.0/0", "::/0")} == {"any"}
    assert (rule.prefix("10.1.2.3/8"), rule.prefix("2001:DB8:0::/48")) == ("10.0.0.0/8", "2001:db8::/48")
    assert rule.prefix("192.0.2.1") == "192.0.2.1/32"
    assert (rule.ports(None, None), rule.ports(1, 65535)) == ((), ())
    assert (rule.ports(22, 22), rule.ports(8, None), rule.ports(3, 4)) == ((22, 22), (8,), (3, 4))


def test_any_self_and_groups_speak_of_both_families():
    for peer, remote in (("any", "any"), ("self", "web"), ("database", "database")):
        assert entries({"protocol": "tcp", "ports": 443, "from": peer}) == [
            Rule("ingress", 4, "tcp", (443, 443), remote),
            Rule("ingress", 6, "tcp", (443, 443), remote),
        ]


def test_a_prefix_speaks_of_its_own_family():
    assert entries({"protocol": "icmp", "from": ["198.51.100.0/24", "2001:db8::/32"]}) == [
        Rule("ingress", 4, "icmp", (), "198.51.100.0/24"),
        Rule("ingress", 6, "ipv6-icmp", (), "2001:db8::/32"),
    ]
    assert entries({"protocol": "any", "from": "0.0.0.0/0"}) == [Rule("ingress", 4, "any")]


def test_ports_are_a_number_a_range_a_list_or_none():
    (one, two) = entries({"protocol": "tcp", "ports": ["8000-8080", 22], "from": "10.0.0.0/8"})
    assert (one.ports, two.ports) == ((22, 22), (8000, 8080))
    (one,) = entries({"protocol": "tcp", "ports": "none", "from": "10.0.0.0/8"})
    assert one.ports == ()


def test_ports_of_any_protocol_are_those_of_tcp_and_udp_and_never_everything():
    spoken = entries({"protocol": "any", "ports": 53, "from": "10.0.0.0/8"})
    assert [(each.protocol, each.ports) for each in spoken] == [("tcp", (53, 53)), ("udp", (53, 53))]


def test_ports_of_icmp_are_its_types():
    spoken = entries({"protocol": "icmp", "ports": "3-4", "from": "10.0.0.0/8"})
    assert [each.ports for each in spoken] == [(3,), (4,)]


@pytest.mark.parametrize("number", [41, 43, 44, 58, 59, 60])
def test_what_only_ipv6_has_makes_no_ipv4_rule(number):
    assert [each.family for each in entries({"protocol": number, "from": "any"})] == [6]


def test_a_destination_is_the_estates_and_gives_its_name_or_reason():
    assert entries("dns", direction="egress") == [
        Rule("egress", 4, "udp", (53, 53)),
        Rule("egress", 6, "udp", (53, 53)),
    ]
    assert {each.reason for each in entries("dns", direction="egress")} == {"dns"}
    mirror = entries("mirror", direction="egress")
    assert [(each.ports, each.remote, each.reason) for each in mirror] == [
        ((80, 80), "198.51.100.7/32", "Packages"),
        ((443, 443), "198.51.100.7/32", "Packages"),
    ]


def test_a_reason_tells_no_two_rules_apart():
    assert Rule("egress", 4, "any", reason="a") == Rule("egress", 4, "any", reason="b")
    assert len({Rule("egress", 4, "any", reason="a"), Rule("egress", 4, "any", reason="b")}) == 1


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (Rule("ingress", 4, "tcp", (443, 443)), "ingress IPv4 tcp 443 ← any"),
        (Rule("egress", 6, "udp", (8000, 8080), "web"), "egress IPv6 udp 8000-8080 → web"),
        (Rule("egress", 4, "any", (), "10.0.0.0/8"), "egress IPv4 any → 10.0.0.0/8"),
    ],
)
def test_a_rule_reads_as_a_line(one, shown):
    assert str(one) == shown


@pytest.mark.parametrize(
    ("one", "other", "covers"),
    [
        (Rule("ingress", 4, "any"), Rule("ingress", 6, "tcp"), False),
        (Rule("ingress", 4, "tcp", (1, 99)), Rule("ingress", 4, "tcp"), False),
        (Rule("ingress", 4, "icmp", (3,)), Rule("ingress", 4, "icmp", (3, 4)), True),
        (Rule("ingress", 4, "icmp", (3, 4)), Rule("ingress", 4, "icmp", (3,)), False),
        (Rule("ingress", 4, "tcp", (), "10.0.0.0/8"), Rule("ingress", 4, "tcp", (), "web"), False),
        (Rule("ingress", 4, "tcp", (), "web"), Rule("ingress", 4, "tcp", (22, 22), "web"), True),
    ],
)
def test_covering_by_example(one, other, covers):
    assert one.covers(other) is covers
