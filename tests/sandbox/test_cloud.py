"""What the sandbox is as a cloud: seeded as an operator would, and real where it matters."""

from __future__ import annotations

import http.client
import threading
import time
import uuid
from collections import Counter

import pytest
from steps import default_pool, domain_manager, wait_for

pytestmark = pytest.mark.sandbox
PLAIN = b"nobody may read this on the disk " * 64


def anonymous(admin, path):
    connection = http.client.HTTPConnection("127.0.0.1", admin.site.ports["swift"], timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def test_every_service_answers_an_authenticated_call_and_no_other(admin):
    for service, path in (
        ("keystone", "/v3/projects"),
        ("nova", "/v2.1/servers"),
        ("neutron", "/v2.0/networks"),
        ("cinder", f"/v3/{admin.project}/volumes"),
        ("glance", "/v2/images"),
        ("placement", "/resource_providers"),
        ("barbican", "/v1/secrets"),
        ("swift", f"/v1/AUTH_{admin.project}"),
    ):
        assert admin.send(service, "GET", path).status in {200, 204}
        assert admin.ask(service, "GET", path, headers={"X-Auth-Token": "wrong"}).status == 401


def test_the_catalogue_is_of_one_region(admin):
    endpoints = admin.send("keystone", "GET", "/v3/endpoints").body["endpoints"]
    assert {endpoint["region"] for endpoint in endpoints} == {"fr-par"}
    services = admin.send("keystone", "GET", "/v3/services").body["services"]
    assert {endpoint["service_id"] for endpoint in endpoints} == {service["id"] for service in services}
    assert len(services) >= 8


def test_flavours_and_volume_types_are_private(admin):
    flavors = admin.send("nova", "GET", "/v2.1/flavors/detail?is_public=None").body["flavors"]
    private = {flavor["name"] for flavor in flavors if not flavor["os-flavor-access:is_public"]}
    assert {
        f"{family}.{size}" for family in ("std", "sec") for size in ("small", "medium", "large")
    } <= private
    types = admin.send("cinder", "GET", f"/v3/{admin.project}/types?is_public=None").body["volume_types"]
    assert {kind["name"]: kind["is_public"] for kind in types}.items() >= {
        "standard": False,
        "luks": False,
    }.items()


def test_a_new_project_has_the_usual_default_group(admin, tenant):
    groups = admin.send("neutron", "GET", f"/v2.0/security-groups?project_id={tenant.project}").body
    rules = groups["security_groups"][0]["security_group_rules"]
    assert Counter(rule["direction"] for rule in rules) == {"egress": 2, "ingress": 2}


@pytest.fixture(scope="module")
def network(tenant):
    made = tenant.send("neutron", "POST", "/v2.0/networks", {"network": {"name": "inside"}}).body["network"][
        "id"
    ]
    router = tenant.send("neutron", "POST", "/v2.0/routers", {"router": {"name": "out"}}).body["router"]["id"]
    for version, more in ((4, {}), (6, {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"})):
        body = {
            "network_id": made,
            "ip_version": version,
            "subnetpool_id": default_pool(tenant, version),
            **more,
        }
        subnet = tenant.send("neutron", "POST", "/v2.0/subnets", {"subnet": body}).body["subnet"]["id"]
        tenant.send("neutron", "PUT", f"/v2.0/routers/{router}/add_router_interface", {"subnet_id": subnet})
    public = tenant.send("neutron", "GET", "/v2.0/networks?name=public").body["networks"][0]["id"]
    gateway = {"router": {"external_gateway_info": {"network_id": public}}}
    found = tenant.send("neutron", "PUT", f"/v2.0/routers/{router}", gateway).body["router"]
    assert len(found["external_gateway_info"]["external_fixed_ips"]) == 2
    return made


def test_a_tenants_server_becomes_active_with_both_families(tenant, network):
    image = tenant.send("glance", "GET", "/v2/images?visibility=public").body["images"][0]["id"]
    flavors = tenant.send("nova", "GET", "/v2.1/flavors").body["flavors"]
    flavor = next(flavor["id"] for flavor in flavors if flavor["name"] == "std.small")
    body = {"name": "one", "flavorRef": flavor, "imageRef": image, "networks": [{"uuid": network}]}
    server = tenant.send("nova", "POST", "/v2.1/servers", {"server": body}).body["server"]["id"]
    found = wait_for(tenant, "nova", f"/v2.1/servers/{server}", "server", {"ACTIVE", "ERROR"})
    assert found["status"] == "ACTIVE"
    assert {address["version"] for address in found["addresses"]["inside"]} == {4, 6}
    tenant.send("nova", "DELETE", f"/v2.1/servers/{server}")


def test_a_tenants_encrypted_volume_gets_a_key_in_barbican(admin, tenant):
    body = {"volume": {"size": 1, "name": "safe", "volume_type": "luks"}}
    volume = tenant.send("cinder", "POST", f"/v3/{tenant.project}/volumes", body).body["volume"]["id"]
    path = f"/v3/{tenant.project}/volumes/{volume}"
    found = wait_for(tenant, "cinder", path, "volume", {"available", "error"})
    assert found["status"] == "available"
    assert found["encrypted"]
    key = admin.send("cinder", "GET", f"/v3/{admin.project}/volumes/{volume}/encryption").body[
        "encryption_key_id"
    ]
    secret = tenant.send("barbican", "GET", f"/v1/secrets/{key}").body
    assert (secret["algorithm"], secret["bit_length"]) == ("aes", 256)


def test_objects_are_ciphertext_on_disk_and_public_when_told(sandbox, tenant):
    container = f"/v1/AUTH_{tenant.project}/{uuid.uuid4().hex}"
    tenant.send("swift", "PUT", container)
    tenant.send("swift", "PUT", f"{container}/o", PLAIN)
    kept = list((sandbox / "swift" / "devices").rglob("*.data"))
    assert kept
    assert not any(PLAIN[:32] in file.read_bytes() for file in kept)
    assert anonymous(tenant, f"{container}/o")[0] == 401
    tenant.send("swift", "POST", container, headers={"X-Container-Read": ".r:*,.rlistings"})
    assert anonymous(tenant, f"{container}/o") == (200, PLAIN)
    assert anonymous(tenant, container)[1] == b"o\n"


def test_the_administrator_sets_an_account_quota_and_it_holds(admin, tenant):
    account = f"/v1/AUTH_{tenant.project}"
    refused = tenant.ask("swift", "POST", account, headers={"X-Account-Meta-Quota-Bytes": "1"})
    assert refused.status == 403
    admin.send("swift", "POST", account, headers={"X-Account-Meta-Quota-Bytes": "100"})
    tenant.send("swift", "PUT", f"{account}/full")
    assert tenant.ask("swift", "PUT", f"{account}/full/o", b"x" * 200).status == 413
    admin.send("swift", "POST", account, headers={"X-Remove-Account-Meta-Quota-Bytes": "x"})


def test_a_container_quota_holds(tenant):
    container = f"/v1/AUTH_{tenant.project}/{uuid.uuid4().hex}"
    tenant.send("swift", "PUT", container, headers={"X-Container-Meta-Quota-Bytes": "10"})
    assert tenant.ask("swift", "PUT", f"{container}/o", b"x" * 20).status == 413


def test_an_account_is_counted_within_seconds(tenant):
    account = f"/v1/AUTH_{tenant.project}"
    tenant.send("swift", "PUT", f"{account}/counted")
    tenant.send("swift", "PUT", f"{account}/counted/o", b"x" * 1000)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if int(tenant.send("swift", "HEAD", account).headers["x-account-bytes-used"]) >= 1000:
            return
        time.sleep(0.2)
    pytest.fail("the account was not counted")


def _project(admin, _number):
    return admin.ask("keystone", "POST", "/v3/projects", {"project": {"name": uuid.uuid4().hex}})


def _network(admin, _number):
    return admin.ask("neutron", "POST", "/v2.0/networks", {"network": {"name": "load"}})


def _subnet(admin, number):
    made = _network(admin, number)
    body = {"network_id": made.body["network"]["id"], "ip_version": 4, "cidr": "192.168.0.0/24"}
    return admin.ask("neutron", "POST", "/v2.0/subnets", {"subnet": body})


def _nova_quota(admin, number):
    return admin.ask(
        "nova", "PUT", f"/v2.1/os-quota-sets/{admin.project}", {"quota_set": {"key_pairs": 100 + number}}
    )


def _cinder_quota(admin, number):
    path = f"/v3/{admin.project}/os-quota-sets/{uuid.uuid4().hex}"
    return admin.ask("cinder", "PUT", path, {"quota_set": {"volumes": number}})


def _volume(admin, number):
    body = {"volume": {"size": 1, "volume_type": ("standard", "luks")[number % 2]}}
    return admin.ask("cinder", "POST", f"/v3/{admin.project}/volumes", body)


def _secret(admin, _number):
    body = {"name": "load", "payload": "x", "payload_content_type": "text/plain"}
    return admin.ask("barbican", "POST", "/v1/secrets", body)


def _image(admin, _number):
    body = {"name": "load", "disk_format": "raw", "container_format": "bare"}
    return admin.ask("glance", "POST", "/v2/images", body)


def _provider(admin, _number):
    headers = {"OpenStack-API-Version": "placement 1.39"}
    return admin.ask("placement", "POST", "/resource_providers", {"name": uuid.uuid4().hex}, headers)


def _object(admin, _number):
    return admin.ask("swift", "PUT", f"/v1/AUTH_{admin.project}/{uuid.uuid4().hex}")


@pytest.fixture(scope="module")
def roomy(admin):
    """The administrator's project, without the quotas that 32 clients would hit; put back afterwards."""
    neutron, cinder = f"/v2.0/quotas/{admin.project}", f"/v3/{admin.project}/os-quota-sets/{admin.project}"
    admin.send("neutron", "PUT", neutron, {"quota": {"network": -1, "subnet": -1}})
    admin.send("cinder", "PUT", cinder, {"quota_set": {"volumes": -1, "gigabytes": -1}})
    yield admin
    admin.send("neutron", "DELETE", neutron)
    admin.send("cinder", "DELETE", cinder)
    for network in admin.send("neutron", "GET", "/v2.0/networks?name=load").body["networks"]:
        admin.send("neutron", "DELETE", f"/v2.0/networks/{network['id']}")


@pytest.mark.slow
@pytest.mark.parametrize(
    "write",
    [_project, _network, _subnet, _nova_quota, _cinder_quota, _volume, _secret, _image, _provider, _object],
    ids=lambda write: write.__name__.strip("_"),
)
def test_32_clients_at_once_get_no_server_error(roomy, write):
    seen = Counter()

    def client(number):
        for turn in range(2):
            seen[write(roomy, number + turn).status] += 1

    clients = [threading.Thread(target=client, args=(number,)) for number in range(32)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    assert sum(seen.values()) == 64
    assert not [status for status in seen if status >= 400], seen


def test_a_domain_manager_rules_its_domain_and_no_other(admin):
    manager, domain = domain_manager(admin)
    mine = {"project": {"name": uuid.uuid4().hex, "domain_id": domain}}
    assert manager.ask("keystone", "POST", "/v3/projects", mine).status == 201
    theirs = {"project": {"name": uuid.uuid4().hex, "domain_id": "default"}}
    assert manager.ask("keystone", "POST", "/v3/projects", theirs).status == 403
