"""What the simulator answers where the real services are odd."""

from __future__ import annotations

import pytest
import requests

from provision.cloud.connect import connect


def project(simulator, name, **fields):
    body = {"project": {"name": name, "domain_id": "default", **fields}}
    return simulator.call("identity", "POST", "/v3/projects", body).json()["project"]["id"]


def made(simulator, kind, path, **fields):
    answer = simulator.call("network", "POST", path, {kind: fields})
    assert answer.status_code == 201, answer.text
    return answer.json()[kind]


def names(simulator, path):
    return [each["name"] for each in next(iter(simulator.call("network", "GET", path).json().values()))]


def test_keystone_is_silent_about_more_than_a_thousand_projects(simulator):
    simulator.foreign(projects=1203)
    answer = simulator.call("identity", "GET", "/v3/projects").json()
    assert len(answer["projects"]) == 1000
    assert answer["links"]["next"] is None
    assert "truncated" not in answer


@pytest.mark.parametrize("limit", [1000, 400, 5000])
def test_keystone_pages_when_it_is_given_a_limit(simulator, limit):
    simulator.foreign(projects=1203)
    seen, following = [], f"{simulator.url}/identity/v3/projects?limit={limit}"
    while following:
        path = following.removeprefix(f"{simulator.url}/identity")
        answer = simulator.call("identity", "GET", path).json()
        seen += [each["id"] for each in answer["projects"]]
        following = answer["links"]["next"]
    assert len(seen) == len(set(seen)) == 1203 + 2


def test_our_own_lists_see_every_project(simulator, monkeypatch):
    simulator.foreign(projects=2100)
    for name, value in simulator.env.items():
        monkeypatch.setenv(name, value)
    cloud = connect(None, estate="seen")
    assert len(list(cloud.identity.list("/projects", "projects"))) == 2100 + 2
    cloud.close()


def test_neutron_pages_end_with_a_short_one(simulator):
    owner = project(simulator, "paged")
    for number in range(5):
        made(simulator, "network", "/v2.0/networks", name=f"n{number}", project_id=owner)
    path, seen = f"/v2.0/networks?limit=2&project_id={owner}", []
    while path:
        answer = simulator.call("network", "GET", path).json()
        seen += [each["name"] for each in answer["networks"]]
        links = {each["rel"]: each["href"] for each in answer["networks_links"]}
        path = links.get("next", "").removeprefix(f"{simulator.url}/network")
    assert sorted(seen) == ["n0", "n1", "n2", "n3", "n4"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("name=a", ["a"]),
        ("description=one", ["a"]),
        ("description=one&name=b", []),
        ("name=a&name=b&mtu=1400", ["b"]),
        ("router:external=True", ["public"]),
    ],
)
def test_neutron_filters(simulator, filters, found):
    made(simulator, "network", "/v2.0/networks", name="a", description="one")
    made(simulator, "network", "/v2.0/networks", name="b", description="two", mtu=1400)
    assert names(simulator, f"/v2.0/networks?{filters}") == found


def test_neutron_refuses_a_filter_it_does_not_know(simulator):
    answer = simulator.call("network", "GET", "/v2.0/networks?nonsense=1")
    assert answer.status_code == 400
    assert "nonsense" in answer.json()["NeutronError"]["message"]


def test_the_first_project_that_a_list_of_groups_names_gets_its_default_group(simulator):
    first, second = project(simulator, "first"), project(simulator, "second")
    listed = simulator.call("network", "GET", f"/v2.0/security-groups?project_id={first}&project_id={second}")
    (group,) = listed.json()["security_groups"]
    assert (group["name"], group["project_id"]) == ("default", first)
    assert len(group["security_group_rules"]) == 4
    assert simulator.verdict()["commits"]["security_group"] == {"create": 1}


def test_a_group_is_born_with_two_rules_and_brings_the_default_one(simulator):
    owner = project(simulator, "owner")
    group = made(simulator, "security_group", "/v2.0/security-groups", name="web", project_id=owner)
    assert [each["direction"] for each in group["security_group_rules"]] == ["egress", "egress"]
    assert sorted(names(simulator, f"/v2.0/security-groups?project_id={owner}")) == ["default", "web"]


def test_rules_come_all_or_not_at_all(simulator):
    group = made(simulator, "security_group", "/v2.0/security-groups", name="web")
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp", "ethertype": "IPv4"}
    old = {**rule, "port_range_min": 80, "port_range_max": 80}
    new = {**rule, "port_range_min": 81, "port_range_max": 81}
    path = "/v2.0/security-group-rules"
    assert simulator.call("network", "POST", path, {"security_group_rules": [old]}).status_code == 201
    refused = simulator.call("network", "POST", path, {"security_group_rules": [new, old]})
    assert refused.status_code == 409
    shown = simulator.call("network", "GET", f"/v2.0/security-groups/{group['id']}").json()["security_group"]
    assert len(shown["security_group_rules"]) == 3


def test_quotas_have_room_or_refuse(simulator):
    owner = project(simulator, "small")
    simulator.call("network", "PUT", f"/v2.0/quotas/{owner}", {"quota": {"network": 1}})
    body = {"network": {"name": "a", "project_id": owner}}
    assert simulator.call("network", "POST", "/v2.0/networks", body).status_code == 201
    over = simulator.call("network", "POST", "/v2.0/networks", body)
    assert over.status_code == 409
    assert over.json()["NeutronError"]["type"] == "OverQuota"
    below = simulator.call("network", "PUT", f"/v2.0/quotas/{owner}", {"quota": {"network": 0}})
    assert below.status_code == 400


def test_nova_under_unified_limits_says_yes_and_changes_nothing(simulator):
    simulator.control(unified_limits=True)
    answer = simulator.call("compute", "PUT", "/v2.1/os-quota-sets/{project}", {"quota_set": {"cores": 99}})
    assert answer.status_code == 200
    shown = simulator.call("compute", "GET", "/v2.1/os-quota-sets/{project}").json()["quota_set"]
    assert shown["cores"] == 20
    assert "compute_quota" not in simulator.verdict()["commits"]


def test_prefixes_from_a_pool_do_not_overlap_and_are_given_again(simulator):
    network = made(simulator, "network", "/v2.0/networks", name="a")["id"]
    asked = {"network_id": network, "ip_version": 4, "use_default_subnetpool": True, "prefixlen": 26}
    first, second = (made(simulator, "subnet", "/v2.0/subnets", **asked) for _ in range(2))
    assert (first["cidr"], second["cidr"]) == ("10.0.0.0/26", "10.0.0.64/26")
    simulator.call("network", "DELETE", f"/v2.0/subnets/{first['id']}")
    assert made(simulator, "subnet", "/v2.0/subnets", **asked)["cidr"] == first["cidr"]


@pytest.mark.parametrize("collection", ["networks", "subnets", "routers"])
def test_what_is_in_use_is_not_deleted(simulator, collection):
    network = made(simulator, "network", "/v2.0/networks", name="a")["id"]
    asked = {"network_id": network, "ip_version": 4, "cidr": "10.9.0.0/24"}
    subnet = made(simulator, "subnet", "/v2.0/subnets", **asked)["id"]
    router = made(simulator, "router", "/v2.0/routers", name="r")["id"]
    simulator.call("network", "PUT", f"/v2.0/routers/{router}/add_router_interface", {"subnet_id": subnet})
    ids = {"networks": network, "subnets": subnet, "routers": router}
    assert simulator.call("network", "DELETE", f"/v2.0/{collection}/{ids[collection]}").status_code == 409
    simulator.call("network", "PUT", f"/v2.0/routers/{router}/remove_router_interface", {"subnet_id": subnet})
    assert simulator.call("network", "DELETE", f"/v2.0/{collection}/{ids[collection]}").status_code == 204


def test_every_answer_has_a_request_id(simulator):
    paths = ["/identity", "/compute/v2.1", "/nothing", "/network/v2.0/networks", "/object-store/v1/AUTH_x"]
    found = [
        requests.get(simulator.url + path, timeout=10).headers["x-openstack-request-id"] for path in paths
    ]
    assert len(set(found)) == len(paths)


@pytest.mark.parametrize(
    "path",
    [
        "identity/v3/projects",
        "compute/v2.1/flavors",
        "network/v2.0/networks",
        "volume/v3/x/types",
        "image/v2/images",
    ],
)
def test_a_token_that_nobody_issued_opens_nothing(simulator, path):
    answer = requests.get(f"{simulator.url}/{path}", headers={"X-Auth-Token": "nobody's"}, timeout=10)
    assert answer.status_code == 401


def test_a_microversion_that_is_not_there_is_refused_and_one_that_is_comes_back(simulator):
    asked = {"OpenStack-API-Version": "compute 2.79"}
    answer = simulator.call("compute", "GET", "/v2.1/flavors", headers=asked)
    assert answer.headers["OpenStack-API-Version"] == "compute 2.79"
    asked = {"OpenStack-API-Version": "compute 2.999"}
    assert simulator.call("compute", "GET", "/v2.1/flavors", headers=asked).status_code == 406
