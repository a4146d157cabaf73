import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.model.address import Address
from provision.model.marker import Owner
from provision.resources.network import Network, NetworkSpec

BODY = {
    "id": "n1",
    "name": "backend",
    "project_id": "acme-project",
    "description": "",
    "port_security_enabled": True,
    "mtu": 1450,
    "created_at": "2026-11-24T00:03:15Z",
}


def wanted(item, **rest):
    (want,) = Network().desire(written("acme", {"networks": {"backend": item}, **rest}))
    return want


def seen(**changes):
    made = with_tenant(cloud(network=Answers(**{"/networks": {"networks": [{**BODY, **changes}]}})))
    (live,) = Network().observe(made, frozenset({"acme"}))
    return live


def test_ports_are_secured_unless_the_document_says_otherwise():
    assert wanted({}).spec == NetworkSpec("backend", None, True, None)
    assert wanted({"port_security": False, "mtu": 1400, "description": {"fr": "Un", "en": "One"}}).spec == (
        NetworkSpec("backend", "Un / One", False, 1400)
    )


def test_a_network_stands_on_its_project_and_on_the_quota_that_leaves_room():
    assert wanted({}).needs == {
        Address("project", "acme", "acme"),
        Address("network_quota", "acme", "network"),
    }


def test_each_field_is_wanted_by_its_own_line():
    tenant = written("acme", {"networks": {"backend": {"mtu": 1400, "port_security": True}}})
    (want,) = Network().desire(tenant)
    assert want.where("mtu") == tenant.values.origin("networks.backend.mtu") != want.origin


@pytest.mark.parametrize("where", ["item", "tenant"])
def test_a_network_goes_with_its_line_or_with_its_tenant(where):
    gone = {"state": "retired", "retirement": {"reason": "moved", "date": "2026-11-01"}}
    want = wanted(gone) if where == "item" else wanted({}, **gone)
    assert want.retired.reason == "moved"


def test_a_network_is_read_as_it_is_wanted():
    address = Address("network", "acme", "backend")
    live = seen(name="renamed", description=Owner("contract").describe("Machines", address))
    assert live.address == address and live.owned and live.created_at == BODY["created_at"]
    assert live.spec == NetworkSpec("renamed", "Machines", True, 1450, "none")


def test_a_cloud_without_port_security_shows_that_it_has_none():
    body = {key: value for key, value in BODY.items() if key != "port_security_enabled"}
    made = with_tenant(cloud(network=Answers(**{"/networks": {"networks": [body]}})))
    (live,) = Network().observe(made, frozenset({"acme"}))
    assert live.spec.port_security is None and not live.owned


def test_a_network_has_the_policy_that_bears_its_key_and_waits_for_it():
    policy = Address("qos_policy", "acme", "backend")
    limited = wanted({"bandwidth": {"egress": "100 Mbit/s"}})
    assert (limited.spec.qos_policy, policy in limited.needs) == ("backend", True)
    free = wanted({"bandwidth": {"ingress": "unlimited"}})
    assert (free.spec.qos_policy, policy in free.needs) == ("none", True)
    assert wanted({}).spec.qos_policy is None


def test_a_policy_of_somebody_else_is_shown_by_its_id():
    assert seen(qos_policy_id="theirs").spec.qos_policy == "theirs"
    assert seen(qos_policy_id=None).spec.qos_policy == "none"
