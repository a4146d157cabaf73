import pytest
from answers import Answers, cloud, with_tenant
from written import merged, written

from provision.kind import Unmet
from provision.model.address import Address
from provision.model.resource import Live
from provision.resources import router
from provision.resources.router import Router, RouterSpec

EXTERNAL = ({"id": "e1", "name": "public"},)
TREE = {
    "networks": {
        "backend": {"ipv4": "auto", "ipv6": "auto", "router": "egress"},
        "spare": {"ipv4": "auto", "ipv6": "none", "router": "egress"},
        "alone": {"ipv4": "auto"},
    },
    "routers": {"egress": {"gateway": "external", "snat": True}},
}
GONE = {"state": "retired", "retirement": {"reason": "moved", "date": "2026-11-01"}}
BODY = {"id": "r1", "name": "egress", "project_id": "acme-project", "description": ""}


def wanted(over=None, estate=None):
    (want,) = Router().desire(written("acme", merged(TREE, over or {}), estate))
    return want


def a_cloud(body, ports=(), external=EXTERNAL):
    answers = Answers(**{"/routers": {"routers": [body]}, "/ports": {"ports": list(ports)}})
    return with_tenant(cloud(network=answers, shared={"external_networks": external}))


def seen(made):
    (live,) = Router().observe(made, frozenset({"acme"}))
    return live


def subnets(*names):
    return {Address("subnet", "acme", name) for name in names}


def test_a_router_is_attached_to_the_subnets_of_the_networks_that_name_it():
    want = wanted()
    interfaces = {"backend-ipv4", "backend-ipv6", "spare-ipv4"}
    assert want.spec == RouterSpec("egress", None, "public", True, frozenset(interfaces))
    assert want.needs >= subnets(*interfaces) | {Address("network_quota", "acme", "network")}


def test_it_lets_go_of_a_network_that_goes_and_still_stands_before_its_removal():
    want = wanted({"networks": {"spare": GONE}})
    assert want.spec.interfaces == {"backend-ipv4", "backend-ipv6"}
    assert want.needs >= subnets("spare-ipv4")


def test_without_a_gateway_there_is_no_source_translation_to_speak_of():
    assert wanted({"routers": {"egress": {"gateway": "none"}}}).spec.snat is None
    assert wanted({"routers": {"egress": {"gateway": None}}}).spec.gateway == "none"


def test_an_external_network_that_is_not_there_is_said_before_any_write():
    want = wanted(estate={"external_network": "internet"})
    with pytest.raises(Unmet) as unmet:
        Router().resolve(a_cloud(BODY), want)
    assert unmet.value.where == str(want.where("gateway")) and "public" in str(unmet.value.do)
    leaving = wanted(GONE, estate={"external_network": "internet"})
    assert Router().resolve(a_cloud(BODY), leaving) == leaving


def test_two_external_networks_of_one_name_are_refused():
    with pytest.raises(Unmet, match="2 of the name"):
        Router().resolve(a_cloud(BODY, external=EXTERNAL * 2), wanted())


@pytest.mark.parametrize(
    ("way", "gateway", "snat"),
    [
        (None, "none", None),
        ({"network_id": "e1", "enable_snat": False}, "public", False),
        ({"network_id": "e2"}, "e2", None),
    ],
)
def test_the_way_out_is_read_by_name(way, gateway, snat):
    spec = seen(a_cloud({**BODY, "external_gateway_info": way})).spec
    assert (spec.gateway, spec.snat) == (gateway, snat)


def test_only_our_subnets_of_this_tenant_count_as_interfaces():
    fixed = [{"subnet_id": each} for each in ("ours", "double", "theirs", "others", "unknown")]
    port = {"device_id": "r1", "project_id": "acme-project", "fixed_ips": fixed}
    made = a_cloud(BODY, [port, {**port, "device_id": "r2", "fixed_ips": [{"subnet_id": "ours"}]}])
    own = Address("subnet", "acme", "backend-ipv4")
    made.ids.record_live(Live(own, "ours", None, owned=True))
    made.ids.record_live(Live(own, "double", None, owned=True))
    made.ids.record_live(Live(Address("subnet", "acme", "theirs"), "theirs", None, owned=False))
    made.ids.record_live(Live(Address("subnet", "globex", "backend-ipv4"), "others", None, owned=True))
    assert seen(made).spec.interfaces == {"backend-ipv4"}


def test_without_routers_no_ports_are_asked_for():
    answers = Answers(**{"/routers": {"routers": []}})
    made = with_tenant(cloud(network=answers))
    assert list(Router().observe(made, frozenset({"acme"}))) == []
    assert [path for path, _ in answers.sent] == ["/routers"]


def test_taking_the_gateway_away_says_so():
    made = a_cloud(BODY)
    assert router._gateway(made, wanted({"routers": {"egress": {"gateway": "none"}}})) == {
        "external_gateway_info": {}
    }
    assert router._gateway(made, wanted({"routers": {"egress": {"snat": None}}})) == {
        "external_gateway_info": {"network_id": "e1"}
    }
