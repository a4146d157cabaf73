import ipaddress

import pytest
from answers import Answers, cloud, with_tenant
from hypothesis import given
from hypothesis import strategies as st
from written import written

from provision.kind import Unmet
from provision.model.address import Address
from provision.model.resource import Live
from provision.plan.compare import differences
from provision.resources import subnet
from provision.resources.subnet import FromPool, Subnet, SubnetSpec

POOLS = (
    {"id": "p4", "name": "tenants-v4", "ip_version": 4, "shared": True, "project_id": "operators"},
    {"id": "p6", "name": "tenants-v6", "ip_version": 6, "shared": True, "project_id": "operators"},
)
BODY = {
    "id": "s1",
    "name": "backend-ipv6",
    "project_id": "acme-project",
    "network_id": "n1",
    "ip_version": 6,
    "cidr": "2001:db8:1000::/64",
    "subnetpool_id": "p6",
    "gateway_ip": "2001:0db8:1000::1",
    "enable_dhcp": True,
    "ipv6_ra_mode": "slaac",
    "ipv6_address_mode": "slaac",
    "dns_nameservers": ["2001:0db8::53"],
    "description": "",
}


def wanted(item, **estate):
    return {
        want.address.name: want
        for want in Subnet().desire(written("acme", {"networks": {"backend": item}}, estate))
    }


def a_cloud(*bodies, pools=POOLS):
    answers = Answers(**{"/subnets": {"subnets": list(bodies)}})
    return with_tenant(cloud(network=answers, shared={"subnet_pools": pools}))


def seen(made):
    (live,) = Subnet().observe(made, frozenset({"acme"}))
    return live


def test_a_network_has_a_subnet_for_each_family_it_asks_for():
    assert wanted({}) == {} == wanted({"ipv4": "none"})
    assert set(wanted({"ipv4": "auto", "ipv6": "none"})) == {"backend-ipv4"}
    both = wanted({"ipv4": "auto", "ipv6": "auto"})
    assert both["backend-ipv4"].spec == SubnetSpec(
        "backend", "backend-ipv4", 4, pool=FromPool("tenants-v4", 24)
    )
    assert both["backend-ipv6"].spec == SubnetSpec(
        "backend", "backend-ipv6", 6, pool=FromPool("tenants-v6", 64), mode="slaac"
    )
    assert both["backend-ipv6"].spec.pool.length == 64
    assert both["backend-ipv4"].needs == {Address("network", "acme", "backend")}


def test_a_prefix_may_be_written():
    (short,) = wanted({"ipv4": "10.20.0.0/24"}).values()
    (long,) = wanted({"ipv4": {"cidr": "10.20.0.0/24"}}).values()
    assert short.spec == long.spec == SubnetSpec("backend", "backend-ipv4", 4, cidr="10.20.0.0/24")
    (six,) = wanted({"ipv6": {"cidr": "2001:DB8:20:0::/64", "gateway": "2001:DB8:20:0::1"}}).values()
    assert (six.spec.cidr, six.spec.gateway) == ("2001:db8:20::/64", "2001:db8:20::1")


def test_a_mapping_without_a_prefix_takes_it_from_the_pool():
    (want,) = wanted({"ipv4": {"dhcp": False}}).values()
    assert want.spec.pool == FromPool("tenants-v4") and want.spec.dhcp is False


def test_ipv6_without_dhcp_is_a_way_of_its_own():
    (want,) = wanted({"ipv6": {"dhcp": False}}).values()
    assert (want.spec.mode, want.spec.dhcp) == ("none", None)


def test_name_servers_go_to_the_subnet_of_their_family_and_a_subnets_own_come_first():
    item = {"ipv4": "auto", "ipv6": {"dns": ["2001:db8::1"]}, "dns": ["192.0.2.1", "2001:db8::2"]}
    both = wanted(item)
    assert both["backend-ipv4"].spec.dns == ("192.0.2.1",)
    assert both["backend-ipv6"].spec.dns == ("2001:db8::1",)
    assert wanted({"ipv4": "auto"})["backend-ipv4"].spec.dns is None
    assert wanted({"ipv4": "auto", "dns": []})["backend-ipv4"].spec.dns == ()


def test_name_servers_are_wanted_by_the_line_that_says_so():
    item = {"ipv4": "auto", "ipv6": {"dns": ["2001:db8::1"]}, "dns": ["192.0.2.1"]}
    tenant = written("acme", {"networks": {"backend": item}})
    lines = {want.address.name: want.where("dns") for want in Subnet().desire(tenant)}
    assert lines == {
        "backend-ipv4": tenant.values.origin("networks.backend.dns"),
        "backend-ipv6": tenant.values.origin("networks.backend.ipv6.dns"),
    }


def test_a_subnet_is_read_as_it_is_wanted():
    made = a_cloud(BODY)
    made.ids.record(Address("network", "acme", "backend"), "n1")
    (want,) = wanted({"ipv6": "auto", "dns": ["2001:db8::53"]}).values()
    live = seen(made)
    assert differences(Subnet(), want, live) == ()
    assert (live.spec.cidr, live.spec.gateway) == ("2001:db8:1000::/64", "2001:db8:1000::1")


def test_a_longer_prefix_in_the_estate_changes_no_subnet_that_is_there():
    made = a_cloud(BODY)
    made.ids.record(Address("network", "acme", "backend"), "n1")
    (want,) = wanted({"ipv6": "auto"}, prefix_lengths={"ipv6": 56}).values()
    assert want.spec.pool.length == 56 and differences(Subnet(), want, seen(made)) == ()


def test_another_pool_is_a_difference():
    made = a_cloud({**BODY, "subnetpool_id": "gone"})
    made.ids.record(Address("network", "acme", "backend"), "n1")
    (want,) = wanted({"ipv6": "auto"}).values()
    (change,) = differences(Subnet(), want, seen(made))
    assert (change.field, str(change.before), str(change.after)) == ("pool", "gone", "tenants-v6")


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({}, "slaac"),
        ({"ipv6_ra_mode": None, "ipv6_address_mode": None}, "none"),
        ({"ipv6_ra_mode": None}, "none/slaac"),
        ({"ip_version": 4, "cidr": "10.0.0.0/24", "gateway_ip": None}, None),
    ],
)
def test_how_addresses_come_about(changes, mode):
    assert seen(a_cloud({**BODY, **changes})).spec.mode == mode


def test_a_subnet_of_a_stranger_of_the_same_name_is_not_taken_for_ours():
    made = a_cloud(BODY)
    made.ids.record(Address("network", "acme", "backend"), "n1")
    theirs = Live(Address("network", "acme", "backend"), "n2", None, owned=False)
    made.ids.record_live(theirs)
    assert seen(made).spec.network == "backend"
    stranger = a_cloud({**BODY, "network_id": "n2"})
    stranger.ids.record(Address("network", "acme", "backend"), "n1")
    stranger.ids.record_live(theirs)
    assert seen(stranger).spec.network == "n2"


def test_a_subnet_on_a_network_that_may_yet_be_adopted_goes_by_its_name():
    made = a_cloud(BODY)
    made.ids.record_live(Live(Address("network", "acme", "backend"), "n1", None, owned=False))
    assert seen(made).spec.network == "backend"
    assert seen(a_cloud(BODY)).spec.network == "n1"


def test_a_subnet_of_ours_whose_network_does_not_show_yet_goes_by_its_marker():
    marker = a_cloud().owner.marker(Address("subnet", "acme", "backend-ipv6"))
    made = a_cloud({**BODY, "description": marker})
    assert seen(made).spec.network == "backend"
    made.ids.record(Address("network", "acme", "backend"), "n2")
    assert seen(made).spec.network == "n1"


def test_a_pool_that_is_not_there_is_said_before_any_write():
    (want,) = wanted({"ipv4": "auto"}, pools={"ipv4": "tenant-v4"}).values()
    with pytest.raises(Unmet) as unmet:
        Subnet().resolve(a_cloud(), want)
    assert unmet.value.where == str(want.origin) and "tenants-v4" in str(unmet.value.do)
    gone = {"state": "retired", "retirement": {"reason": "moved", "date": "2026-11-01"}}
    (leaving,) = wanted({"ipv4": "auto", **gone}, pools={"ipv4": "tenant-v4"}).values()
    assert Subnet().resolve(a_cloud(), leaving) == leaving


def test_a_tenants_pool_of_the_same_name_is_never_taken():
    (want,) = wanted({"ipv4": "auto"}).values()
    theirs = {"id": "x", "name": "tenants-v4", "ip_version": 4, "shared": False}
    assert subnet._pool(a_cloud(pools=(theirs, *POOLS)), want, want.spec.pool) == "p4"
    with pytest.raises(Unmet):
        subnet._pool(a_cloud(pools=(theirs, theirs)), want, want.spec.pool)


def test_a_prefix_of_a_pool_that_people_made_is_not_the_operators_whatever_it_is_called():
    theirs = {"id": "x", "name": "tenants-v6", "ip_version": 6, "shared": False, "project_id": "acme-project"}
    made = a_cloud({**BODY, "subnetpool_id": "x"}, pools=(theirs, *POOLS))
    made.ids.record_live(Live(Address("subnet_pool", "acme", "tenants-v6"), "x", None, owned=False))
    made.ids.record(Address("network", "acme", "backend"), "n1")
    (want,) = wanted({"ipv6": "auto"}).values()
    (change,) = differences(Subnet(), want, seen(made))
    assert (change.field, str(change.before), str(change.after)) == ("pool", "x", "tenants-v6")


def test_a_pool_of_the_tenants_own_is_needed_first_and_read_by_its_key():
    (any_free,) = wanted({"ipv4": {"pool": "private"}}).values()
    (one,) = wanted({"ipv4": {"pool": "private", "cidr": "172.16.3.0/24"}}).values()
    pool = Address("subnet_pool", "acme", "private")
    assert any_free.needs == one.needs == {Address("network", "acme", "backend"), pool}
    assert (any_free.spec.pool, any_free.spec.cidr) == (FromPool("private", own=True), None)
    assert (one.spec.pool, one.spec.cidr) == (FromPool("private", own=True), "172.16.3.0/24")
    made = a_cloud({**BODY, "ip_version": 4, "cidr": "172.16.3.0/24", "subnetpool_id": "own"})
    made.ids.record(Address("network", "acme", "backend"), "n1")
    made.ids.record(pool, "own")
    assert not [
        each
        for want in (any_free, one)
        for each in differences(Subnet(), want, seen(made))
        if each.field != "name"
    ]
    assert seen(made).spec.pool == FromPool("private", own=True) != FromPool("private")
    assert subnet._prefix(made, any_free) == {"subnetpool_id": "own"}
    assert subnet._prefix(made, one) == {"subnetpool_id": "own", "cidr": "172.16.3.0/24"}
    assert Subnet().resolve(made, any_free) == any_free


@given(st.data())
def test_what_is_handed_out_goes_round_a_new_gateway(data):
    addresses = [ipaddress.ip_address("10.0.0.0") + offset for offset in range(24)]
    cuts = sorted(data.draw(st.lists(st.integers(0, 23), min_size=2, max_size=6, unique=True)))
    pairs = [(cuts[at], cuts[at + 1]) for at in range(0, len(cuts) - 1, 2)]
    pools = [{"start": str(addresses[low]), "end": str(addresses[high])} for low, high in pairs]
    gateway = data.draw(st.sampled_from(addresses))

    def within(given):
        return {
            each
            for each in addresses
            for pool in given
            if ipaddress.ip_address(pool["start"]) <= each <= ipaddress.ip_address(pool["end"])
        }

    around = list(subnet._around(str(gateway), pools))
    assert within(around) == within(pools) - {gateway}
    assert all(ipaddress.ip_address(each["start"]) <= ipaddress.ip_address(each["end"]) for each in around)
