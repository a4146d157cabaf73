import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.cloud.neutron import writing
from provision.errors import CloudError, Forbidden, QuotaExceeded
from provision.kind import Unmet
from provision.model.address import Address
from provision.model.marker import Owner
from provision.model.resource import Live
from provision.plan.compare import differences
from provision.resources.subnet_pool import SubnetPool

ADDRESS = Address("subnet_pool", "acme", "private")
BODY = {
    "id": "p1",
    "name": "private",
    "project_id": "acme-project",
    "description": Owner("contract").describe("", ADDRESS),
    "ip_version": 4,
    "prefixes": ["172.16.0.0/16"],
    "default_prefixlen": "24",
    "min_prefixlen": "8",
    "max_prefixlen": "32",
    "default_quota": None,
    "address_scope_id": None,
}


def wanted(**item):
    document = {"network": {"pools": {"private": {"prefixes": ["172.16.0.0/16"], **item}}}}
    (want,) = SubnetPool().desire(written("acme", document))
    return want


def seen(**changes):
    answers = Answers(**{"/subnetpools": {"subnetpools": [{**BODY, **changes}]}})
    made = with_tenant(cloud(network=answers))
    made.ids.record(Address("address_scope", "acme", "inside"), "s1")
    (live,) = SubnetPool().observe(made, frozenset({"acme"}))
    return live


def fields(want, live):
    return [each.field for each in differences(SubnetPool(), want, live)]


def test_a_pool_waits_for_its_scope_and_for_room():
    grounds = {Address("project", "acme", "acme"), Address("network_quota", "acme", "network")}
    assert wanted().needs == wanted(scope="none").needs == grounds
    assert wanted(scope="inside").needs == grounds | {Address("address_scope", "acme", "inside")}


def test_prefixes_are_compared_as_neutron_keeps_them():
    assert wanted(prefixes=["172.16.128.0/17", "172.16.0.0/17"]).spec == wanted().spec
    assert wanted(prefixes=["2001:DB8:0::/48"]).spec.prefixes == {"2001:db8::/48"}
    assert fields(wanted(), seen()) == []


def test_what_is_not_said_is_the_services_own_and_a_scope_is_always_managed():
    assert fields(wanted(), seen(default_prefixlen="20", max_prefixlen="30", default_quota=5)) == []
    assert fields(wanted(), seen(address_scope_id="s1")) == ["scope"]
    assert fields(wanted(scope="inside"), seen(address_scope_id="s1")) == []
    assert seen(address_scope_id="theirs").spec.scope == "theirs"


@pytest.mark.parametrize(("said", "found", "same"), [("unlimited", None, True), ("unlimited", 0, True), (9, 9, True), (9, None, False)])  # fmt: skip
def test_a_quota_of_nought_is_none(said, found, same):
    assert (fields(wanted(quota=said), seen(default_quota=found)) == []) is same


def test_a_pool_only_grows():
    kind, here = SubnetPool(), seen(prefixes=["172.16.0.0/16", "172.18.0.0/16"])
    wider = wanted(prefixes=["172.16.0.0/14"])
    assert not kind.contested(wider, here)
    assert not kind.contested(
        wanted(prefixes=["2001:db8::/48"]), here
    )  # another pool altogether: a replacement
    narrower = wanted(prefixes=["172.16.0.0/17", "172.18.0.0/16"])
    assert kind.contested(narrower, here)
    with pytest.raises(Unmet) as unmet:
        kind.settle(cloud(), narrower, here)
    assert "would lose 172.16.0.0/16" in unmet.value.render("en")
    assert "state: retired" in unmet.value.do.render("fr")
    assert unmet.value.where == str(narrower.where("prefixes"))


@pytest.mark.parametrize(("error", "told"), [(CloudError("in use", status=400), True), (Forbidden("no", status=403), False)])  # fmt: skip
def test_a_pool_that_subnets_are_of_says_what_to_do(error, told):
    class Refusing:
        def delete(self, _path):
            raise error

    made = cloud(network=Refusing())
    with pytest.raises(CloudError) as refused:
        SubnetPool().delete(made, Live(ADDRESS, "p1", None, owned=True))
    assert ("subnets" in str(refused.value.do)) is told


def test_nothing_is_written_where_nothing_differs():
    live = seen()
    made = with_tenant(cloud(network=Answers()))
    assert SubnetPool().update(made, live, wanted(description="")) is live


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("Per-project subnet pool prefix quota exceeded.", "quota of the pool (network.pools)"),
        ("Quota exceeded for resources: ['subnetpool'].", "raise quotas.network"),
    ],
)
def test_which_quota_is_to_be_raised_is_said(what, told):
    with pytest.raises(QuotaExceeded) as refused, writing("in use"):
        raise QuotaExceeded(what, status=409)
    assert told in refused.value.do.render("en")
