from types import SimpleNamespace

import pytest
from answers import Answers, cloud, with_tenant
from hypothesis import given
from hypothesis import strategies as st
from written import written

from provision.errors import Conflict, NotFound, UnknownOutcome
from provision.model import rule
from provision.model.address import Address
from provision.model.marker import Owner
from provision.model.resource import Live
from provision.model.rule import Rule
from provision.resources import security_group
from provision.resources.security_group import SecurityGroup, SecurityGroupSpec

OWNER = Owner("contract")
GONE = {"state": "retired", "retirement": {"reason": "moved", "date": "2026-11-01"}}
ANYWHERE = {
    "id": "x1",
    "direction": "egress",
    "ethertype": "IPv4",
    "protocol": None,
    "port_range_min": None,
    "port_range_max": None,
    "remote_ip_prefix": None,
    "remote_group_id": None,
    "remote_address_group_id": None,
    "description": None,
}
PREFIXES = {4: ["10.0.0.0/8", "192.0.2.7/32"], 6: ["2001:db8::/32", "fd00::/8"]}


def address(name, tenant="acme"):
    return Address("security_group", tenant, name)


def wanted(groups, **rest):
    return {
        want.address.name: want
        for want in SecurityGroup().desire(written("acme", {"security_groups": groups, **rest}))
    }


def group(name, *rules, identifier=None, marked=None, created="2026-11-24"):
    marker = OWNER.describe("", address(marked)) if marked else "somebody's"
    return {
        "id": identifier or f"id-{name}",
        "name": name,
        "project_id": "acme-project",
        "description": marker,
        "security_group_rules": list(rules),
        "created_at": created,
    }


def seen(*bodies):
    made = with_tenant(cloud(network=Answers(**{"/security-groups": {"security_groups": bodies}})))
    return {live.id: live for live in SecurityGroup().observe(made, frozenset({"acme"}))}


def groups_before(want):
    return {need.name for need in want.needs if need.kind == "security_group"}


def from_peer(*peers):
    return {"ingress": [{"protocol": "tcp", "from": peer} for peer in peers]}


def test_rules_are_exact_unless_the_document_lets_them_be():
    found = wanted({"web": {}, "legacy": {"rules": "unmanaged"}})
    assert found["web"].spec == SecurityGroupSpec("web", None, frozenset())
    assert found["legacy"].spec.rules is None


def test_both_directions_come_from_the_document_and_the_estate():
    (want,) = wanted(
        {"web": {"ingress": [{"protocol": "tcp", "ports": 443, "from": "any"}], "egress": ["dns"]}}
    ).values()
    assert want.spec.rules == {
        Rule(direction, family, protocol, ports)
        for family in (4, 6)
        for direction, protocol, ports in (("ingress", "tcp", (443, 443)), ("egress", "udp", (53, 53)))
    }


def test_rules_are_wanted_by_the_line_that_writes_them():
    tenant = written("acme", {"security_groups": {"web": {"ingress": [], "egress": ["dns"]}}})
    (want,) = SecurityGroup().desire(tenant)
    assert want.where("rules") == tenant.values.origin("security_groups.web.egress")


def test_a_group_waits_for_those_its_rules_speak_of():
    found = wanted({"web": from_peer("lb", "self", "default"), "lb": {}, "default": {}})
    assert groups_before(found["web"]) == {"lb", "default"}
    assert groups_before(found["lb"]) == set()


def test_groups_that_speak_of_each_other_wait_in_the_order_of_their_names():
    found = wanted(
        {"a": from_peer("b"), "b": from_peer("c"), "c": from_peer("a", "z"), "z": {}, "y": from_peer("a")}
    )
    before = {name: groups_before(want) for name, want in found.items()}
    assert before == {"a": set(), "b": {"a"}, "c": {"a", "b", "z"}, "z": set(), "y": {"a"}}


@given(st.dictionaries(st.sampled_from("abcde"), st.frozensets(st.sampled_from("abcde"))))
def test_whoever_speaks_of_whom_nobody_waits_in_a_circle(peers):
    groups = {key: from_peer(*sorted(those & peers.keys())) for key, those in peers.items()}
    left = {name: groups_before(want) for name, want in wanted(groups).items()}
    while left:
        ready = {name for name, before in left.items() if not before & left.keys()}
        assert ready
        left = {name: before for name, before in left.items() if name not in ready}


def test_a_rule_that_speaks_of_a_group_that_goes_is_not_wanted():
    found = wanted({"web": from_peer("lb", "any"), "lb": GONE})
    assert {each.remote for each in found["web"].spec.rules} == {"any"}
    assert found["lb"].retired and not found["web"].retired


def test_the_default_group_goes_with_its_tenant_only_and_last():
    assert wanted({"default": GONE})["default"].retired is None
    leaving = wanted({"web": from_peer("default"), "default": from_peer("web")}, **GONE)
    assert {name: groups_before(want) for name, want in leaving.items()} == {
        "web": {"default"},
        "default": set(),
    }
    assert set(wanted({"web": {}}, **GONE)) == {"web", "default"}
    assert set(wanted({"web": {}})) == {"web"}


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        ({}, Rule("egress", 4, "any")),
        ({"remote_ip_prefix": "0.0.0.0/0"}, Rule("egress", 4, "any")),
        ({"ethertype": "IPv6", "remote_ip_prefix": "::/0"}, Rule("egress", 6, "any")),
        ({"protocol": "6", "port_range_min": 1, "port_range_max": 65535}, Rule("egress", 4, "tcp")),
        ({"protocol": "icmp", "port_range_min": 8}, Rule("egress", 4, "icmp", (8,))),
        ({"ethertype": "IPv6", "protocol": "58"}, Rule("egress", 6, "ipv6-icmp")),
        ({"remote_ip_prefix": "10.1.2.3/8"}, Rule("egress", 4, "any", (), "10.0.0.0/8")),
        ({"remote_address_group_id": "ag"}, Rule("egress", 4, "any", (), "address-group:ag")),
        ({"remote_group_id": "elsewhere"}, Rule("egress", 4, "any", (), "security-group:elsewhere")),
    ],
)
def test_a_rule_of_neutrons_is_read_in_our_spelling(changes, read):
    (live,) = seen(group("web", {**ANYWHERE, **changes}, marked="web")).values()
    assert live.spec.rules == {read}


def test_a_rule_keeps_its_reason():
    (live,) = seen(group("web", {**ANYWHERE, "description": "the Web"}, marked="web")).values()
    assert [each.reason for each in live.spec.rules] == ["the Web"]


def test_a_group_in_a_rule_goes_by_its_key_only_when_it_is_the_one_of_ours():
    rules = [
        {**ANYWHERE, "remote_group_id": each} for each in ("id-web", "old", "young", "theirs", "id-default")
    ]
    found = seen(
        group("web", *rules, marked="web"),
        group("lb", identifier="young", marked="lb", created="2026-11-25"),
        group("renamed", identifier="old", marked="lb", created="2026-11-23"),
        group("lb", identifier="theirs"),
        group("default"),
    )
    assert {each.remote for each in found["id-web"].spec.rules} == {
        "web",
        "lb",
        "security-group:young",
        "security-group:theirs",
        "default",
    }
    assert [found[each].owned for each in ("old", "young", "theirs", "id-default")] == [
        True,
        True,
        False,
        True,
    ]
    assert found["id-default"].address == address("default")


@st.composite
def our_rules(draw):
    family = draw(st.sampled_from([4, 6]))
    protocol = draw(st.sampled_from(["any", "tcp", "udp", "icmp", "vrrp", "200"]))
    spoken = rule.protocol(protocol, family)
    spans = {"tcp": [(), (22, 22), (8000, 8080)], "udp": [(53, 53)], "icmp": [(), (8,), (3, 4)]}
    ports = draw(st.sampled_from(spans.get(protocol, [()])))
    remote = draw(st.sampled_from(["any", "web", "lb", *PREFIXES[family]]))
    return Rule(draw(st.sampled_from(rule.DIRECTIONS)), family, spoken, ports, remote)


@given(our_rules())
def test_a_rule_comes_back_from_neutron_as_it_was_sent(one):
    made = with_tenant(cloud())
    made.ids.record(address("lb"), "id-lb")
    made.ids.record(address("web"), "id-web")
    have = Live(address("web"), "id-web", SecurityGroupSpec("web"), True, {"project_id": "acme-project"})
    body = {**ANYWHERE, **SecurityGroup()._body(made, have, one)}
    assert security_group._rule(made, "acme", body, {}) == one
    assert [body["remote_ip_prefix"], body["remote_group_id"]].count(None) >= 1


class Neutron:
    """Keeps what is written to it."""

    def __init__(self, *bodies):
        self.bodies, self.sent = list(bodies), []

    def list(self, path, key, **params):
        return iter(self.bodies)

    def post(self, path, body):
        self.sent.append(("POST", path, body))
        made = {**group("made", identifier="made"), **body.get("security_group", {})}
        self.bodies += [made] if "security_group" in body else []
        return {"security_group": made}

    def put(self, path, body):
        self.sent.append(("PUT", path, body))
        return {"security_group": {**group("made"), **body["security_group"]}}

    def delete(self, path):
        self.sent.append(("DELETE", path, None))


def turn(have, want):
    """Update what is there to what is wanted, and return what was sent."""
    neutron = Neutron()
    made = with_tenant(cloud(network=neutron))
    (live,) = security_group._read(made, [("acme", have)])
    SecurityGroup().update(made, live, want)
    return neutron.sent


def test_only_what_differs_is_written():
    (want,) = wanted({"web": {"egress": [{"protocol": "any", "to": "any"}]}}).values()
    both = [ANYWHERE, {**ANYWHERE, "id": "x2", "ethertype": "IPv6"}]
    assert turn(group("web", *both, marked="web"), want) == []
    assert turn(
        group("web", *both, {**ANYWHERE, "id": "x3", "direction": "ingress"}, marked="web"), want
    ) == [("DELETE", "/security-group-rules/x3", None)]


def test_what_narrows_comes_first_and_what_opens_after_the_rest_is_gone():
    entry = {"protocol": "tcp", "ports": 443}
    (want,) = wanted({"web": {"ingress": [{**entry, "from": "any"}], "egress": ["dns"]}}).values()
    sent = turn(group("web", ANYWHERE, {**ANYWHERE, "id": "x2", "ethertype": "IPv6"}, marked="web"), want)
    assert [(method, path) for method, path, _ in sent] == [
        ("POST", "/security-group-rules"),
        ("DELETE", "/security-group-rules/x1"),
        ("DELETE", "/security-group-rules/x2"),
        ("POST", "/security-group-rules"),
    ]
    directions = [{each["direction"] for each in body["security_group_rules"]} for _, _, body in sent if body]
    assert directions == [{"egress"}, {"ingress"}]


def test_the_default_group_is_never_renamed_nor_marked_for_nothing():
    (want,) = wanted({"default": {"rules": "unmanaged"}}).values()
    assert turn(group("default", ANYWHERE), want) == []
    (want,) = wanted({"default": {"rules": "unmanaged", "description": "Nothing by itself"}}).values()
    ((method, _, body),) = turn(group("default", ANYWHERE), want)
    assert method == "PUT" and body["security_group"] == {
        "description": OWNER.describe("Nothing by itself", address("default"))
    }


def test_the_default_group_comes_about_by_being_listed():
    neutron = Neutron(group("default"))
    made = with_tenant(cloud(network=neutron))
    assert SecurityGroup().create(made, wanted({"default": {}})["default"]).id == "id-default"
    assert SecurityGroup()._peer_id(made, address("default")) == "id-default"
    assert neutron.sent == []
    with pytest.raises(NotFound) as refused:
        SecurityGroup()._peer_id(with_tenant(cloud(network=Neutron())), address("default"))
    assert "create_default_security_group" in str(refused.value.do)


def test_reading_makes_no_default_group_of_a_tenants():
    asked = []
    network = Answers()
    network.list = lambda *args, **params: asked.append(params) or iter(())
    assert list(SecurityGroup().observe(with_tenant(cloud(network=network)), frozenset({"acme"}))) == []
    assert asked == [{"project_id": ["operators-project", "acme-project"]}]


def test_a_group_that_another_one_already_made_is_not_made_again():
    neutron = Neutron()
    made = with_tenant(cloud(network=neutron))
    want = wanted({"web": {"description": "Servers"}})["web"]
    assert SecurityGroup().create(made, want).id == "made"
    made.ids.record(address("web"), "made")
    assert SecurityGroup().create(made, want).id == "made"
    assert len(neutron.sent) == 1
    neutron.bodies.clear()
    with pytest.raises(UnknownOutcome):
        SecurityGroup().create(made, want)


def test_of_two_groups_in_a_circle_the_first_makes_the_second_or_finds_it():
    for bodies, identifier, sent in (((), "made", 1), ([group("lb", marked="lb")], "id-lb", 0)):
        neutron = Neutron(*bodies)
        made = with_tenant(cloud(network=neutron))
        assert SecurityGroup()._peer_id(made, address("lb")) == identifier == made.ids.find(address("lb"))
        assert len(neutron.sent) == sent


def test_a_strangers_group_of_the_name_is_never_let_in():
    made = with_tenant(cloud(network=Neutron(group("lb"))))
    with pytest.raises(Conflict) as refused:
        SecurityGroup()._peer_id(made, address("lb"))
    assert "--adopt security_group/acme/lb" in str(refused.value.do)


def test_a_default_group_that_is_gone_is_not_listed_into_being():
    listed = []
    network = Answers()
    network.list = lambda *args, **params: listed.append(args) or iter(())
    made = with_tenant(cloud(network=network))
    made.ids.record(address("default"), "id-default")
    assert SecurityGroup().look(made, address("default")) == () and listed == []
    network.tables["/security-groups/id-default"] = {"security_group": group("default")}
    (live,) = SecurityGroup().look(made, address("default"))
    assert live.owned and live.id == "id-default"


def test_a_long_reason_is_cut_to_what_neutron_takes():
    made = SimpleNamespace()
    have = Live(address("web"), "id-web", SecurityGroupSpec("web"), True, {"project_id": "p"})
    body = SecurityGroup()._body(made, have, Rule("egress", 4, "any", reason="x" * 300))
    assert len(body["description"]) == 255
