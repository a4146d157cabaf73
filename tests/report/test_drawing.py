"""Where boxes and arrows stand: nothing on top of anything, and every tie between what it ties."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model.rule import Rule
from provision.model.topology import Filter, Network, Router, Subnet, Topology
from provision.report import drawing

NAMES = st.lists(st.sampled_from([f"n{i}" for i in range(9)]), unique=True)
RULES = st.frozensets(
    st.builds(
        Rule,
        st.sampled_from(["ingress", "egress"]),
        st.sampled_from([4, 6]),
        st.sampled_from(["tcp", "udp", "any"]),
        st.sampled_from([(), (22, 22)]),
        st.sampled_from(["any", "web", "10.0.0.0/8", "192.0.2.0/24"]),
    )
)


@st.composite
def topologies(draw):
    names = draw(NAMES)
    networks = tuple(Network(each, (Subnet(4, "192.0.2.0/24"),)) for each in names)
    routers = tuple(
        Router(f"r{i}", frozenset(draw(st.lists(st.sampled_from(names or ["gone"])))), outside)
        for i, outside in enumerate(draw(st.lists(st.sampled_from([None, "", "public"]), max_size=4)))
    )
    return Topology(networks, routers)


def apart(drawn):
    for one, other in combinations(drawn.boxes, 2):
        beside = one.right <= other.x or other.right <= one.x
        assert beside or one.y + one.height <= other.y or other.y + other.height <= one.y, (one, other)
    assert all(each.x >= 0 and each.right <= drawing.WIDTH for each in drawn.boxes)
    assert all(each.y >= 0 and each.y + each.height <= drawn.height for each in drawn.boxes)


@given(topologies())
def test_a_map_has_a_box_a_thing_and_a_tie_a_connection(topology):
    drawn = drawing.networks(topology)
    apart(drawn)
    out = {each.outside for each in topology.routers} - {None}
    known = {each.name for each in topology.networks}
    assert len(drawn.boxes) == len(topology.networks) + len(topology.routers) + len(out)
    assert len(drawn.arrows) == sum(
        len(each.networks & known) + (each.outside is not None) for each in topology.routers
    )


@given(RULES)
def test_a_filter_has_every_rule_once_and_an_arrow_a_family_that_passes(rules):
    group = Filter("web", rules)
    apart(drawing.filters(group))
    passages = drawing.passages(group)
    assert {rule for each in passages for family in (4, 6) for rule in each.rules[family]} == rules
    assert len(drawing.filters(group).arrows) == sum(
        bool(each.rules[family]) for each in passages for family in (4, 6)
    )


@pytest.mark.parametrize(
    ("rule", "alone"),
    [
        (Rule("ingress", 4, "tcp", (22, 22)), True),
        (Rule("ingress", 6, "tcp", (22, 22)), True),
        (Rule("ingress", 6, "ipv6-opts"), False),  # IPv4 has no such thing
    ],
)
def test_what_has_no_twin_is_lacking_where_it_could_have_one(rule, alone):
    (passage,) = drawing.passages(Filter("web", frozenset({rule})))
    assert passage.alone is alone
    assert {box.look for box in drawing.filters(Filter("web", frozenset({rule}))).boxes} == {
        "group", "peer", "lacking" if alone else "needless",
    }  # fmt: skip


def test_a_group_says_when_nothing_passes_and_when_its_rules_are_of_others():
    for rules, words in ((frozenset(), "nothing passes"), (None, "rules of others")):
        (box,) = drawing.filters(Filter("web", rules)).boxes
        assert [str(each) for each in box.lines] == ["web", words]
