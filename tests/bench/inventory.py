"""What a tenant has, whoever made it: the same words for the same thing, so that what two tools made can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.wanted import Wanted, quotas

from provision.cloud.connect import Cloud

EVERYWHERE = ("0.0.0.0/0", "::/0")  # Neutron says the same of a rule without a prefix
Line = tuple[str, ...]
NETWORK_WORDS = {
    "floating_ips": "floatingip", "networks": "network", "ports": "port", "rbac_policies": "rbac_policy", "routers": "router",
    "security_group_rules": "security_group_rule", "security_groups": "security_group", "subnet_pools": "subnetpool", "subnets": "subnet",
}  # fmt: skip


def take(cloud: Cloud, tenant: str, wanted: Wanted) -> frozenset[Line]:
    """Return everything the project of this name has, the quotas that the documents speak of included."""
    project = next(each for each in cloud.identity.list("/projects", "projects", name=tenant))
    found = {("project", "enabled" if project["enabled"] else "disabled")}
    for part in (_grants, _networks, _routers, _security_groups, _flavors, _volume_types):
        found.update(part(cloud, project["id"]))
    found.update(_quotas(cloud, project["id"], wanted))
    return frozenset(tuple(word.replace(tenant, "TENANT") for word in line) for line in found)


def _grants(cloud: Cloud, project: str) -> Iterator[Line]:
    asked = {"include_names": "true", "scope.project.id": project}
    for each in cloud.identity.get("/role_assignments", **asked)["role_assignments"]:
        if "group" in each:
            yield "grant", each["group"]["name"], each["role"]["name"]


def _of(cloud: Cloud, collection: str, project: str) -> list[dict[str, Any]]:
    return list(cloud.network.list(f"/{collection}", collection.replace("-", "_"), project_id=project))


def _networks(cloud: Cloud, project: str) -> Iterator[Line]:
    networks = {each["id"]: each["name"] for each in _of(cloud, "networks", project)}
    pools = {each["id"]: each["name"] for each in cloud.shared.subnet_pools()}
    for each in _of(cloud, "networks", project):
        yield "network", each["name"], f"port security {each['port_security_enabled']}"
    for each in _of(cloud, "subnets", project):
        length, pool = each["cidr"].split("/")[1], pools.get(each["subnetpool_id"], "-")
        yield "subnet", networks[each["network_id"]], each["name"], pool, length, str(each["ipv6_ra_mode"])


def _routers(cloud: Cloud, project: str) -> Iterator[Line]:
    subnets = {each["id"]: each["name"] for each in _of(cloud, "subnets", project)}
    for router in _of(cloud, "routers", project):
        way = router["external_gateway_info"] or {}
        yield "router", router["name"], f"gateway {bool(way)}", f"snat {way.get('enable_snat')}"
        ports = cloud.network.list("/ports", "ports", device_id=router["id"])
        for fixed in (fixed for port in ports for fixed in port["fixed_ips"]):
            if fixed["subnet_id"] in subnets:
                yield "interface", router["name"], subnets[fixed["subnet_id"]]


def _security_groups(cloud: Cloud, project: str) -> Iterator[Line]:
    groups = _of(cloud, "security-groups", project)
    names = {each["id"]: each["name"] for each in groups}
    for group in groups:
        yield "security group", group["name"]
        for rule in group["security_group_rules"]:
            peer = names.get(rule["remote_group_id"], "-")
            ports = f"{rule['port_range_min']}-{rule['port_range_max']}"
            said = (rule["direction"], rule["ethertype"], str(rule["protocol"]), ports)
            prefix = None if rule["remote_ip_prefix"] in EVERYWHERE else rule["remote_ip_prefix"]
            yield "rule", group["name"], *said, str(prefix), peer


def _flavors(cloud: Cloud, project: str) -> Iterator[Line]:
    for flavor in cloud.shared.flavors():
        if not flavor["os-flavor-access:is_public"]:
            access = cloud.compute.get(f"/flavors/{flavor['id']}/os-flavor-access")["flavor_access"]
            if any(each["tenant_id"] == project for each in access):
                yield "flavour", flavor["name"]


def _volume_types(cloud: Cloud, project: str) -> Iterator[Line]:
    names = {each["id"]: each["name"] for each in cloud.shared.volume_types()}
    for kind in cloud.shared.volume_types():
        if not kind["is_public"]:
            access = cloud.volume.get(f"/types/{kind['id']}/os-volume-type-access")["volume_type_access"]
            if any(each["project_id"] == project for each in access):
                yield "volume type", kind["name"]
    for each in cloud.volume.get("/default-types")["default_types"]:
        if each["project_id"] == project:
            yield "default volume type", names[each["volume_type_id"]]


def _quotas(cloud: Cloud, project: str, wanted: Wanted) -> Iterator[Line]:
    found: dict[str, Mapping[str, Any]] = {
        "compute": cloud.compute.get(f"/os-quota-sets/{project}")["quota_set"],
        "volume": cloud.volume.get(f"/os-quota-sets/{project}")["quota_set"],
        "network": {
            name: cloud.network.get(f"/quotas/{project}")["quota"].get(word)
            for name, word in NETWORK_WORDS.items()
        },
    }
    for name in quotas(wanted):
        value = next(given[name] for given in found.values() if name in given)
        yield "quota", name, str(value)
