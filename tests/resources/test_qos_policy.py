import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.kind import Unmet
from provision.model.address import Address
from provision.model.marker import Owner
from provision.resources.qos_policy import QosPolicy, QosPolicySpec

LIMITED = {"bandwidth": {"egress": "100 Mbit/s", "ingress": "64 kbit/s"}}
ADDRESS = Address("qos_policy", "acme", "backend")


def wanted(item, **rest):
    return list(QosPolicy().desire(written("acme", {"networks": {"backend": item}, **rest})))


def seen(made):
    return list(QosPolicy().observe(made, frozenset({"acme"})))


def a_cloud(**tables):
    extensions = frozenset({"qos"}) if tables else frozenset()
    made = cloud(network=Answers(**tables), shared={"network_extensions": extensions})
    return with_tenant(made)


def test_a_network_that_says_its_bandwidth_has_a_policy_in_kbit_a_second():
    (want,) = wanted(LIMITED)
    assert (want.address, want.spec) == (ADDRESS, QosPolicySpec("backend", 100_000, 64))
    assert want.where("ingress") != want.where("egress") != want.origin


def test_a_direction_that_is_not_said_is_not_limited():
    assert wanted({"bandwidth": {"ingress": "1 Gbit/s"}})[0].spec == QosPolicySpec("backend", -1, 1_000_000)


def test_unlimited_takes_the_policy_away_and_silence_leaves_it():
    assert (
        wanted({"bandwidth": {"egress": "unlimited"}})[0].retired.reason
        == "networks.backend.bandwidth: unlimited"
    )
    assert wanted({}) == []


def test_it_goes_with_its_tenant():
    gone = {"state": "retired", "retirement": {"reason": "moved", "date": "2026-11-01"}}
    assert wanted(LIMITED, **gone)[0].retired.reason == "moved"


@pytest.mark.parametrize(
    ("item", "read"), [({}, False), (LIMITED, True), ({"bandwidth": {"egress": "unlimited"}}, True)]
)
def test_only_who_speaks_of_bandwidth_costs_a_request(item, read):
    assert QosPolicy().concerns(written("acme", {"networks": {"backend": item}})) is read


def test_a_policy_is_read_with_its_limits_and_no_other_rules():
    rules = [
        {"id": "r1", "type": "bandwidth_limit", "direction": "ingress", "max_kbps": 64},
        {"id": "r2", "type": "dscp_marking", "dscp_mark": 26},
    ]
    body = {"id": "q1", "name": "renamed", "project_id": "acme-project", "rules": rules}
    body["description"] = Owner("contract").describe("", ADDRESS)
    (live,) = seen(a_cloud(**{"/qos/policies": {"policies": [body]}}))
    assert (live.address, live.owned, live.spec) == (ADDRESS, True, QosPolicySpec("renamed", -1, 64))


def test_a_cloud_that_limits_nothing_has_no_policy_and_is_asked_for_none():
    made = a_cloud()
    assert seen(made) == []
    (want,) = wanted(LIMITED)
    with pytest.raises(Unmet) as unmet:
        QosPolicy().resolve(made, want)
    assert unmet.value.where == str(want.origin)
    (gone,) = wanted({"bandwidth": {"egress": "unlimited"}})
    assert QosPolicy().resolve(made, gone) == gone
