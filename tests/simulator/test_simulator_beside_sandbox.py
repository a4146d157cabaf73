"""The simulator beside the real services: the same calls, in the same order, answered alike.

Alike is: the same status, the same error in the same words, no field that the real service does not know, and none of
those left out that a client reads. What is compared is where people are likely to look; the contract suite does the rest.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

import pytest

from provision.sandbox.rest import Admin
from provision.sandbox.site import load

SERVICES = {
    "keystone": "identity", "nova": "compute", "neutron": "network", "cinder": "volume", "swift": "object-store",
    "glance": "image", "barbican": "key-manager", "designate": "dns", "octavia": "load-balancer",
}  # fmt: skip
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
NUMBERS = re.compile(
    r"req-[0-9a-f-]+|http://127.0.0.1:\d+(/[a-z-]+(?=/v))?|for flavor \d+|for \d+ /|for flavor [a-z.]+|for [a-z.]+ /"
)
UNKNOWN = "0" * 32
ABSENT = "00000000-0000-0000-0000-000000000000"
NEWER = {"nova": "compute 2.79", "cinder": "volume 3.62"}
# (service, method, path, body, what of the answer is remembered under which name)
CALLS = (
    ("keystone", "GET", "/v3", None, {}),
    ("keystone", "GET", "/v3/domains?limit=1", None, {}),
    ("keystone", "GET", "/v3/roles?name=member", None, {"role": ("roles", 0, "id")}),
    ("keystone", "POST", "/v3/projects", {"project": {"name": "{run}", "domain_id": "default", "tags": ["b", "a"]}}, {"project": ("project", "id")}),
    ("keystone", "POST", "/v3/projects", {"project": {"name": "{run}", "domain_id": "default"}}, {}),
    ("keystone", "PATCH", "/v3/projects/{project}", {"project": {"description": "é"}}, {}),
    ("keystone", "GET", "/v3/projects/{project}", None, {}),
    ("keystone", "GET", f"/v3/projects/{UNKNOWN}", None, {}),
    ("keystone", "GET", "/v3/projects?name={run}&limit=1", None, {}),
    ("keystone", "POST", "/v3/groups", {"group": {"name": "{run}", "domain_id": "default"}}, {"group": ("group", "id")}),
    ("keystone", "POST", "/v3/groups", {"group": {"name": "{run}", "domain_id": "default"}}, {}),
    ("keystone", "HEAD", "/v3/projects/{project}/groups/{group}/roles/{role}", None, {}),
    ("keystone", "PUT", "/v3/projects/{project}/groups/{group}/roles/{role}", None, {}),
    ("keystone", "PUT", "/v3/projects/{project}/groups/{group}/roles/{role}", None, {}),
    ("keystone", "GET", "/v3/role_assignments?include_names=true&scope.project.id={project}", None, {}),
    ("keystone", "GET", "/v3/role_assignments?scope.project.id={project}", None, {}),
    ("keystone", "DELETE", "/v3/projects/{project}/groups/{group}/roles/{role}", None, {}),
    ("keystone", "DELETE", "/v3/projects/{project}/groups/{group}/roles/{role}", None, {}),
    ("keystone", "POST", "/v3/domains", {"domain": {"name": "{run}"}}, {"domain": ("domain", "id")}),
    ("keystone", "POST", "/v3/domains", {"domain": {"name": "{run}"}}, {}),
    ("keystone", "DELETE", "/v3/domains/{domain}", None, {}),
    ("keystone", "PATCH", "/v3/domains/{domain}", {"domain": {"enabled": False}}, {}),
    ("keystone", "DELETE", "/v3/domains/{domain}", None, {}),
    ("keystone", "GET", "/v3/domains/{domain}", None, {}),
    ("nova", "GET", "/v2.1", None, {}),
    ("nova", "GET", "/v2.1/os-quota-class-sets/default", None, {}),
    ("nova", "GET", "/v2.1/os-quota-sets/{project}", None, {}),
    ("nova", "PUT", "/v2.1/os-quota-sets/{project}", {"quota_set": {"cores": 3, "ram": -1}}, {}),
    ("nova", "PUT", "/v2.1/os-quota-sets/{project}", {"quota_set": {"bogus": 3}}, {}),
    ("nova", "GET", f"/v2.1/os-quota-sets/{UNKNOWN}", None, {}),
    ("nova", "DELETE", "/v2.1/os-quota-sets/{project}", None, {}),
    ("nova", "GET", "/v2.1/flavors/detail?is_public=None", None, {"flavor": ("flavors", "std.small", "id"), "open": ("flavors", "try.nano", "id")}),
    ("nova", "GET", "/v2.1/flavors/{open}/os-flavor-access", None, {}),
    ("nova", "POST", "/v2.1/flavors/{flavor}/action", {"addTenantAccess": {"tenant": "{project}"}}, {}),
    ("nova", "POST", "/v2.1/flavors/{flavor}/action", {"addTenantAccess": {"tenant": "{project}"}}, {}),
    ("nova", "GET", "/v2.1/flavors/{flavor}/os-flavor-access", None, {}),
    ("nova", "POST", "/v2.1/flavors/{flavor}/action", {"removeTenantAccess": {"tenant": "{project}"}}, {}),
    ("nova", "POST", "/v2.1/flavors/{flavor}/action", {"removeTenantAccess": {"tenant": "{project}"}}, {}),
    ("nova", "POST", "/v2.1/flavors/{open}/action", {"addTenantAccess": {"tenant": "{project}"}}, {}),
    ("nova", "GET", "/v2.1/servers?all_tenants=true&limit=1&project_id={project}", None, {}),
    ("cinder", "GET", "/v3/", None, {}),
    ("cinder", "GET", "/v3/{own}/os-quota-class-sets/default", None, {}),
    ("cinder", "GET", "/v3/{own}/os-quota-sets/{project}", None, {}),
    ("cinder", "PUT", "/v3/{own}/os-quota-sets/{project}", {"quota_set": {"volumes": 3}}, {}),
    ("cinder", "PUT", "/v3/{own}/os-quota-sets/{project}", {"quota_set": {"bogus": 3}}, {}),
    ("cinder", "DELETE", "/v3/{own}/os-quota-sets/{project}", None, {}),
    ("cinder", "GET", "/v3/{own}/types?is_public=None&limit=10", None, {"type": ("volume_types", "luks", "id")}),
    ("cinder", "POST", "/v3/{own}/types/{type}/action", {"addProjectAccess": {"project": "{project}"}}, {}),
    ("cinder", "POST", "/v3/{own}/types/{type}/action", {"addProjectAccess": {"project": "{project}"}}, {}),
    ("cinder", "GET", "/v3/{own}/types/{type}/os-volume-type-access", None, {}),
    ("cinder", "GET", "/v3/{own}/default-types/{project}", None, {}),
    ("cinder", "PUT", "/v3/{own}/default-types/{project}", {"default_type": {"volume_type": "luks"}}, {}),
    ("cinder", "PUT", "/v3/{own}/default-types/{project}", {"default_type": {"volume_type": "none"}}, {}),
    ("cinder", "PUT", f"/v3/{{own}}/default-types/{UNKNOWN}", {"default_type": {"volume_type": "luks"}}, {}),
    ("cinder", "GET", "/v3/{own}/default-types/{project}", None, {}),
    ("cinder", "DELETE", "/v3/{own}/default-types/{project}", None, {}),
    ("cinder", "DELETE", "/v3/{own}/default-types/{project}", None, {}),
    ("cinder", "POST", "/v3/{own}/types/{type}/action", {"removeProjectAccess": {"project": "{project}"}}, {}),
    ("cinder", "POST", "/v3/{own}/types/{type}/action", {"removeProjectAccess": {"project": "{project}"}}, {}),
    ("glance", "GET", "/v2/images?limit=1&owner={project}", None, {}),
    ("glance", "GET", "/v2/images?limit=1&visibility=public", None, {}),
    ("glance", "GET", "/v2/images?visibility=public", None, {"public": ("images", "debian-13", "id")}),
    ("glance", "GET", "/v2/images/{public}/members", None, {}),
    ("glance", "POST", "/v2/images/{public}/members", {"member": "{project}"}, {}),
    ("glance", "POST", "/v2/images", {"name": "{run}", "disk_format": "raw", "container_format": "bare", "visibility": "shared"}, {"image": ("id",)}),
    ("glance", "GET", "/v2/images/{image}/members/{project}", None, {}),
    ("glance", "POST", "/v2/images/{image}/members", {"member": "{project}"}, {}),
    ("glance", "POST", "/v2/images/{image}/members", {"member": "{project}"}, {}),
    ("glance", "PUT", "/v2/images/{image}/members/{project}", {"status": "accepted"}, {}),
    ("glance", "GET", "/v2/images/{image}/members", None, {}),
    ("glance", "DELETE", "/v2/images/{image}/members/{project}", None, {}),
    ("glance", "DELETE", "/v2/images/{image}/members/{project}", None, {}),
    ("glance", "DELETE", "/v2/images/{image}", None, {}),
    ("glance", "GET", "/v2/images/{image}/members", None, {}),
    ("barbican", "GET", "/v1/project-quotas/{project}", None, {}),
    ("barbican", "PUT", "/v1/project-quotas/{project}", {"project_quotas": {"secrets": 5, "orders": -1}}, {}),
    ("barbican", "PUT", "/v1/project-quotas/{project}", {"project_quotas": {"cas": 0}}, {}),
    ("barbican", "GET", "/v1/project-quotas/{project}", None, {}),
    ("barbican", "GET", "/v1/project-quotas?limit=1", None, {}),
    ("barbican", "DELETE", "/v1/project-quotas/{project}", None, {}),
    ("barbican", "DELETE", "/v1/project-quotas/{project}", None, {}),
    ("octavia", "GET", "/", None, {}),
    ("octavia", "GET", "/v2/lbaas/quotas/defaults", None, {}),
    ("octavia", "GET", "/v2/lbaas/quotas/{project}", None, {}),
    ("octavia", "DELETE", "/v2/lbaas/quotas/{project}", None, {}),
    ("octavia", "PUT", "/v2/lbaas/quotas/{project}", {"quota": {"loadbalancer": 0, "member": -1}}, {}),
    ("octavia", "PUT", "/v2.0/lbaas/quotas/{project}", {"quota": {"bogus": 1}}, {}),
    ("octavia", "PUT", "/v2/lbaas/quotas/{project}", {"quota": {"listener": -2}}, {}),
    ("octavia", "GET", "/v2/lbaas/quotas", None, {}),
    ("neutron", "GET", "/v2.0/networks?router:external=true", None, {"outside": ("networks", 0, "id")}),
    ("octavia", "POST", "/v2/lbaas/loadbalancers", {"loadbalancer": {"project_id": "{project}", "vip_network_id": "{outside}"}}, {}),
    ("octavia", "DELETE", "/v2/lbaas/quotas/{project}", None, {}),
    ("designate", "GET", "/", None, {}),
    ("designate", "GET", "/v2/quotas/defaults?all_projects=true", None, {}),
    ("designate", "GET", "/v2/quotas/{project}", None, {}),
    ("designate", "PATCH", "/v2/quotas/{project}?all_projects=true", {"zones": 1, "zone_records": -1}, {}),
    ("designate", "PATCH", "/v2/quotas/{project}?all_projects=true", {"bogus": 1}, {}),
    ("designate", "PATCH", "/v2/quotas/{project}?all_projects=true", {"zones": -2}, {}),
    ("designate", "POST", "/v2/zones", {"name": "{run}.example.", "email": "a@b.example"}, {"zone": ("id",)}),
    ("designate", "POST", "/v2/zones", {"name": "{run}.example.", "email": "a@b.example"}, {}),
    ("designate", "POST", "/v2/zones", {"name": "{run}.example", "email": "a@b.example"}, {}),
    ("designate", "POST", "/v2/zones", {"name": "x.{run}.example.", "email": "a@b.example", "description": "x" * 161}, {}),
    ("designate", "GET", "/v2/zones?name={run}.example.&limit=1", None, {}),
    ("designate", "PATCH", "/v2/zones/{zone}?all_projects=true", {"ttl": 300, "description": "z"}, {}),
    ("designate", "PATCH", "/v2/zones/{zone}", {"name": "other.example."}, {}),
    ("designate", "GET", "/v2/zones/{zone}", None, {}),
    ("designate", "DELETE", "/v2/zones/{zone}?all_projects=true", None, {}),
    ("designate", "DELETE", f"/v2/zones/{ABSENT}?all_projects=true", None, {}),
    ("designate", "DELETE", "/v2/quotas/{project}?all_projects=true", None, {}),
    ("neutron", "GET", "/", None, {}),
    ("neutron", "GET", "/v2.0/quotas/default/default", None, {}),
    ("neutron", "GET", "/v2.0/quotas/{project}", None, {}),
    ("neutron", "DELETE", "/v2.0/quotas/{project}", None, {}),
    ("neutron", "PUT", "/v2.0/quotas/{project}", {"quota": {"network": 1, "bogus": 1}}, {}),
    ("neutron", "PUT", "/v2.0/quotas/{project}", {"quota": {"network": 1}}, {}),
    ("neutron", "POST", "/v2.0/networks", {"network": {"name": "a", "project_id": "{project}", "mtu": 1400}}, {"network": ("network", "id")}),
    ("neutron", "POST", "/v2.0/networks", {"network": {"name": "b", "project_id": "{project}"}}, {}),
    ("neutron", "PUT", "/v2.0/quotas/{project}", {"quota": {"network": 0}}, {}),
    ("neutron", "PUT", "/v2.0/networks/{network}", {"network": {"mtu": 1300}}, {}),
    ("neutron", "PUT", "/v2.0/networks/{network}", {"network": {"bogus": 1}}, {}),
    ("neutron", "GET", "/v2.0/networks?project_id={project}&limit=1", None, {}),
    ("neutron", "GET", "/v2.0/networks?bogus=1", None, {}),
    ("neutron", "GET", f"/v2.0/networks/{ABSENT}", None, {}),
    ("neutron", "GET", "/v2.0/networks?router:external=true", None, {"outside": ("networks", 0, "id")}),
    ("neutron", "GET", "/v2.0/subnetpools?limit=10", None, {"pool": ("subnetpools", "tenants-v4", "id")}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"name": "s", "project_id": "{project}", "network_id": "{network}", "ip_version": 4, "subnetpool_id": "{pool}", "prefixlen": 26}}, {"subnet": ("subnet", "id"), "gateway": ("subnet", "gateway_ip")}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{network}", "ip_version": 4, "cidr": "172.30.8.0/24"}}, {}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{network}", "ip_version": 6, "cidr": "2001:db8:9::/64"}}, {"six": ("subnet", "id")}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{network}", "ip_version": 6, "cidr": "2001:db8:9::/64"}}, {}),
    ("neutron", "PUT", "/v2.0/subnets/{subnet}", {"subnet": {"dns_nameservers": ["9.9.9.9", "1.1.1.1"]}}, {}),
    ("neutron", "POST", "/v2.0/routers", {"router": {"name": "r", "project_id": "{project}", "external_gateway_info": {"network_id": "{outside}", "enable_snat": True}}}, {"router": ("router", "id")}),
    ("neutron", "PUT", "/v2.0/routers/{router}/add_router_interface", {"subnet_id": "{subnet}"}, {}),
    ("neutron", "PUT", "/v2.0/routers/{router}/add_router_interface", {"subnet_id": "{subnet}"}, {}),
    ("neutron", "GET", "/v2.0/ports?project_id={project}&device_owner=network:router_interface", None, {}),
    ("neutron", "DELETE", "/v2.0/routers/{router}", None, {}),
    ("neutron", "DELETE", "/v2.0/subnets/{subnet}", None, {}),
    ("neutron", "DELETE", "/v2.0/networks/{network}", None, {}),
    ("neutron", "PUT", "/v2.0/routers/{router}", {"router": {"external_gateway_info": {}}}, {}),
    ("neutron", "PUT", "/v2.0/routers/{router}/remove_router_interface", {"subnet_id": "{subnet}"}, {}),
    ("neutron", "PUT", "/v2.0/routers/{router}/remove_router_interface", {"subnet_id": "{subnet}"}, {}),
    ("neutron", "DELETE", "/v2.0/routers/{router}", None, {}),
    ("neutron", "DELETE", "/v2.0/routers/{router}", None, {}),
    ("neutron", "GET", "/v2.0/security-groups?project_id={project}&limit=10", None, {"default": ("security_groups", "default", "id")}),
    ("neutron", "PUT", "/v2.0/security-groups/{default}", {"security_group": {"name": "z"}}, {}),
    ("neutron", "POST", "/v2.0/security-groups", {"security_group": {"name": "default", "project_id": "{project}"}}, {}),
    ("neutron", "POST", "/v2.0/security-groups", {"security_group": {"name": "web", "project_id": "{project}"}}, {"web": ("security_group", "id")}),
    ("neutron", "POST", "/v2.0/security-group-rules", {"security_group_rules": [{"security_group_id": "{web}", "project_id": "{project}", "direction": "ingress", "ethertype": "IPv6", "protocol": "icmp"}]}, {"rule": ("security_group_rules", 0, "id")}),
    ("neutron", "POST", "/v2.0/security-group-rules", {"security_group_rules": [{"security_group_id": "{web}", "project_id": "{project}", "direction": "ingress", "ethertype": "IPv6", "protocol": "icmp"}]}, {}),
    ("neutron", "POST", "/v2.0/security-group-rules", {"security_group_rule": {"security_group_id": "{web}", "direction": "ingress", "ethertype": "IPv4", "protocol": None, "port_range_min": 1, "port_range_max": 2}}, {}),
    ("neutron", "POST", "/v2.0/security-group-rules", {"security_group_rule": {"security_group_id": "{web}", "direction": "ingress", "ethertype": "IPv6", "remote_ip_prefix": "10.0.0.0/8"}}, {}),
    ("neutron", "POST", "/v2.0/security-group-rules", {"security_group_rule": {"security_group_id": "{web}", "direction": "ingress", "ethertype": "IPv4", "protocol": "112", "port_range_min": 1, "port_range_max": 2}}, {}),
    ("neutron", "DELETE", "/v2.0/security-group-rules/{rule}", None, {}),
    ("neutron", "DELETE", "/v2.0/security-group-rules/{rule}", None, {}),
    ("neutron", "DELETE", "/v2.0/security-groups/{web}", None, {}),
    ("neutron", "DELETE", "/v2.0/security-groups/{web}", None, {}),
    ("neutron", "DELETE", "/v2.0/security-groups/{default}", None, {}),
    ("neutron", "PUT", "/v2.0/quotas/{project}", {"quota": {"security_group_rule": 3}}, {}),
    ("neutron", "GET", "/v2.0/security-groups?project_id={project}", None, {}),
    ("neutron", "POST", "/v2.0/rbac-policies", {"rbac_policy": {"object_type": "network", "object_id": "{network}", "action": "access_as_shared", "target_tenant": "*", "project_id": "{project}"}}, {"share": ("rbac_policy", "id")}),
    ("neutron", "POST", "/v2.0/rbac-policies", {"rbac_policy": {"object_type": "network", "object_id": "{network}", "action": "access_as_shared", "target_tenant": "*", "project_id": "{project}"}}, {}),
    ("neutron", "GET", "/v2.0/rbac-policies?object_type=network&action=access_as_shared&object_id={network}&limit=1000", None, {}),
    ("neutron", "GET", "/v2.0/networks/{network}", None, {}),
    ("neutron", "DELETE", "/v2.0/rbac-policies/{share}", None, {}),
    ("neutron", "DELETE", "/v2.0/rbac-policies/{share}", None, {}),
    ("neutron", "POST", "/v2.0/qos/policies", {"policy": {"name": "a", "project_id": "{project}"}}, {"policy": ("policy", "id")}),
    ("neutron", "POST", "/v2.0/qos/policies/{policy}/bandwidth_limit_rules", {"bandwidth_limit_rule": {"max_kbps": 1000, "direction": "ingress"}}, {"limit": ("bandwidth_limit_rule", "id")}),
    ("neutron", "POST", "/v2.0/qos/policies/{policy}/bandwidth_limit_rules", {"bandwidth_limit_rule": {"max_kbps": 2000, "direction": "ingress"}}, {}),
    ("neutron", "PUT", "/v2.0/qos/policies/{policy}/bandwidth_limit_rules/{limit}", {"bandwidth_limit_rule": {"max_kbps": 2000, "direction": "ingress"}}, {}),
    ("neutron", "GET", "/v2.0/qos/policies?project_id={project}&limit=1000", None, {}),
    ("neutron", "PUT", "/v2.0/networks/{network}", {"network": {"qos_policy_id": ABSENT}}, {}),
    ("neutron", "PUT", "/v2.0/networks/{network}", {"network": {"qos_policy_id": "{policy}"}}, {}),
    ("neutron", "DELETE", "/v2.0/qos/policies/{policy}", None, {}),
    ("neutron", "POST", "/v2.0/log/logs", {"log": {"name": "a", "resource_type": "security_group", "event": "DROP", "project_id": "{project}"}}, {"log": ("log", "id")}),
    ("neutron", "GET", "/v2.0/log/logs?project_id={project}&limit=1000", None, {}),
    ("neutron", "PUT", "/v2.0/log/logs/{log}", {"log": {"enabled": False, "description": "b"}}, {}),
    ("neutron", "PUT", "/v2.0/log/logs/{log}", {"log": {"event": "ALL"}}, {}),
    ("neutron", "DELETE", "/v2.0/log/logs/{log}", None, {}),
    ("neutron", "PUT", "/v2.0/networks/{network}", {"network": {"qos_policy_id": None}}, {}),
    ("neutron", "DELETE", "/v2.0/qos/policies/{policy}/bandwidth_limit_rules/{limit}", None, {}),
    ("neutron", "DELETE", "/v2.0/qos/policies/{policy}/bandwidth_limit_rules/{limit}", None, {}),
    ("neutron", "DELETE", "/v2.0/qos/policies/{policy}", None, {}),
    ("neutron", "DELETE", "/v2.0/qos/policies/{policy}", None, {}),
    ("neutron", "GET", "/v2.0/extensions?limit=1000", None, {}),
    ("neutron", "DELETE", "/v2.0/networks/{network}", None, {}),
    ("neutron", "GET", "/v2.0/subnets?project_id={project}", None, {}),
    ("neutron", "DELETE", "/v2.0/quotas/{project}", None, {}),
    ("neutron", "POST", "/v2.0/networks", {"network": {"name": "pooled", "project_id": "{project}"}}, {"pooled": ("network", "id")}),
    ("neutron", "POST", "/v2.0/address-scopes", {"address_scope": {"name": "in", "ip_version": 4, "project_id": "{project}"}}, {"scope": ("address_scope", "id")}),
    ("neutron", "POST", "/v2.0/address-scopes", {"address_scope": {"name": "six", "ip_version": 6, "project_id": "{project}"}}, {"six scope": ("address_scope", "id")}),
    ("neutron", "POST", "/v2.0/address-scopes", {"address_scope": {"name": "x", "ip_version": 4, "description": "d", "project_id": "{project}"}}, {}),
    ("neutron", "PUT", "/v2.0/address-scopes/{scope}", {"address_scope": {"name": "inside"}}, {}),
    ("neutron", "POST", "/v2.0/subnetpools", {"subnetpool": {"name": "own", "prefixes": ["172.16.0.0/17", "172.16.128.0/17"], "address_scope_id": "{scope}", "default_prefixlen": 26, "default_quota": 100, "project_id": "{project}"}}, {"own": ("subnetpool", "id")}),
    ("neutron", "POST", "/v2.0/subnetpools", {"subnetpool": {"name": "twin", "prefixes": ["172.16.3.0/24"], "address_scope_id": "{scope}", "project_id": "{project}"}}, {}),
    ("neutron", "POST", "/v2.0/subnetpools", {"subnetpool": {"name": "twin", "prefixes": ["172.16.3.0/24"], "address_scope_id": "{six scope}", "project_id": "{project}"}}, {}),
    ("neutron", "PUT", "/v2.0/subnetpools/{own}", {"subnetpool": {"prefixes": ["172.16.0.0/17"]}}, {}),
    ("neutron", "PUT", "/v2.0/subnetpools/{own}", {"subnetpool": {"prefixes": ["172.16.0.0/16", "172.18.0.0/16"]}}, {}),
    ("neutron", "GET", "/v2.0/subnetpools?project_id={project}&limit=1000", None, {}),
    ("neutron", "GET", "/v2.0/address-scopes?project_id={project}&limit=1000", None, {}),
    ("neutron", "DELETE", "/v2.0/address-scopes/{scope}", None, {}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{pooled}", "ip_version": 4, "cidr": "192.168.9.0/26", "subnetpool_id": "{own}"}}, {}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{pooled}", "ip_version": 4, "prefixlen": 6, "subnetpool_id": "{own}"}}, {}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{pooled}", "ip_version": 6, "subnetpool_id": "{own}"}}, {}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{pooled}", "ip_version": 4, "subnetpool_id": "{own}"}}, {"taken": ("subnet", "id")}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{pooled}", "ip_version": 4, "cidr": "172.30.8.0/24"}}, {}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{pooled}", "ip_version": 4, "subnetpool_id": "{pool}"}}, {}),
    ("neutron", "POST", "/v2.0/subnets", {"subnet": {"project_id": "{project}", "network_id": "{pooled}", "ip_version": 4, "subnetpool_id": "{own}"}}, {}),
    ("neutron", "DELETE", "/v2.0/subnetpools/{own}", None, {}),
    ("neutron", "DELETE", "/v2.0/subnets/{taken}", None, {}),
    ("neutron", "DELETE", "/v2.0/networks/{pooled}", None, {}),
    ("neutron", "DELETE", "/v2.0/subnetpools/{own}", None, {}),
    ("neutron", "DELETE", "/v2.0/subnetpools/{own}", None, {}),
    ("neutron", "DELETE", "/v2.0/address-scopes/{scope}", None, {}),
    ("neutron", "DELETE", "/v2.0/address-scopes/{scope}", None, {}),
    ("neutron", "DELETE", "/v2.0/address-scopes/{six scope}", None, {}),
    ("neutron", "GET", "/v2.0/floatingips?limit=1&project_id={project}", None, {}),
    ("swift", "HEAD", "/v1/AUTH_{project}/c", None, {}),
    ("swift", "PUT", "/v1/AUTH_{project}/c", None, {}),
    ("swift", "PUT", "/v1/AUTH_{project}/c", None, {}),
    ("swift", "HEAD", "/v1/AUTH_{project}/c", None, {}),
    ("swift", "POST", "/v1/AUTH_{project}/nothing", None, {}),
    ("swift", "DELETE", "/v1/AUTH_{project}/c", None, {}),
    ("swift", "DELETE", "/v1/AUTH_{project}/c", None, {}),
    ("keystone", "DELETE", "/v3/groups/{group}", None, {}),
    ("keystone", "DELETE", "/v3/projects/{project}", None, {}),
    ("keystone", "DELETE", "/v3/projects/{project}", None, {}),
)  # fmt: skip


@dataclass
class Side:
    """One of the two clouds: how it is asked, and the ids it gave."""

    ask: object
    known: dict = field(default_factory=dict)

    def answers(self, service, method, path, body, remembered):
        status, said = self.ask(service, method, filled(path, self.known), filled(body, self.known))
        for name, way in remembered.items():
            self.known[name] = follow(said, way)
        return status, said


def newer(service):
    """Return the header that asks for the microversion that provision asks for."""
    return {"OpenStack-API-Version": NEWER[service]} if service in NEWER else {}


def filled(value, names):
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, dict):
        return {name: filled(each, names) for name, each in value.items()}
    return [filled(each, names) for each in value] if isinstance(value, list) else value


def follow(said, way):
    for step in way:
        found = isinstance(said, list) and isinstance(step, str)
        said = next(each for each in said if each["name"] == step) if found else said[step]
    return said


def words(said):
    """Return what a refusal says, without ids."""
    return NUMBERS.sub("#", IDS.sub("#", str(said)))


def shape(said):
    """Return the fields of an answer, as deep as they go; of a list, those of its last item."""
    if isinstance(said, dict):
        return {name: shape(each) for name, each in said.items()}
    return [shape(said[-1])] if isinstance(said, list) and said else type(said).__name__


def strange(real, ours, at=""):
    """Yield the fields that only the simulator has."""
    if isinstance(real, dict) and isinstance(ours, dict):
        for name, each in ours.items():
            if name not in real:
                yield f"{at}/{name}"
            else:
                yield from strange(real[name], each, f"{at}/{name}")
    elif isinstance(real, list) and isinstance(ours, list):
        for left, right in zip(real, ours, strict=True):
            yield from strange(left, right, f"{at}[]")


@pytest.fixture
def sides(sandbox, simulator):
    admin = Admin(load(sandbox))
    admin.login()
    run = f"beside-{secrets.token_hex(3)}"

    def real(service, method, path, body):
        answer = admin.ask(service, method, path, body, newer(service))
        return answer.status, answer.body

    def ours(service, method, path, body):
        answer = simulator.call(SERVICES[service], method, path, body, headers=newer(service))
        is_json = answer.headers.get("Content-Type", "").startswith("application/json") and answer.content
        return answer.status_code, answer.json() if is_json else answer.text

    own = simulator.call("identity", "GET", "/v3/projects?name=admin").json()["projects"][0]["id"]
    return Side(real, {"run": run, "own": admin.project}), Side(ours, {"run": run, "own": own})


@pytest.mark.sandbox
def test_the_same_calls_are_answered_alike(sides):
    real, ours = sides
    wrong = []
    for call in CALLS:
        (status, said), (our_status, our_said) = real.answers(*call), ours.answers(*call)
        name = f"{call[0]} {call[1]} {call[2]} {call[3] or ''}"
        if status != our_status:
            wrong.append(f"{name}: {status} {said}\n  but {our_status} {our_said}")
        elif status >= 400 and call[0] != "swift" and words(said) != words(our_said):
            wrong.append(f"{name}: {words(said)}\n  but {words(our_said)}")
        elif extra := list(strange(shape(said), shape(our_said))):
            wrong.append(f"{name}: the real one has no {', '.join(extra)}")
    assert not wrong, "\n".join(wrong)
