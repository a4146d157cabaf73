"""A start-up with its own access, and no admin rights: it plans and applies what members of a project may make."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import replace

import pytest
from ruamel.yaml import YAML

pytestmark = pytest.mark.sandbox
POOLS = """\
network:
  scopes: {inside: {family: ipv4}}
  pools: {inside: {prefixes: [172.16.0.0/16], prefix_length: 24, scope: inside}}
quotas: {network: {subnet_pools: 1}}
networks: {spare: {ipv4: {pool: inside}, router: none}}
"""
MADE = {"network", "subnet", "router", "security_group", "subnet_pool", "address_scope"}


def project_of(operator, tenant):
    return next(
        each["id"] for each in operator.identity.list("/projects", "projects") if each["name"] == tenant
    )


@contextmanager
def member(desk, operator, tenant, role="member"):
    """The same desk, as somebody sits at it who has one role in a tenant's project and nothing else."""
    project = project_of(operator, tenant)
    name, password = f"joe-{secrets.token_hex(3)}", secrets.token_hex(12)
    domain = operator.shared.domains()["Default"]
    body = {"user": {"name": name, "domain_id": domain, "password": password}}
    with operator.writing():
        user = operator.identity.post("/users", body)["user"]["id"]
        operator.identity.put(f"/projects/{project}/users/{user}/roles/{operator.shared.roles()[role]}")
    config = operator.connection.config
    auth = {
        "auth_url": config.auth["auth_url"],
        "username": name,
        "password": password,
        "user_domain_name": "Default",
        "project_id": project,
    }
    clouds = desk.estate / f"{name}.yaml"
    region = config.get_region_name("identity")
    YAML().dump({"clouds": {"ours": {"auth": auth, "region_name": region}}}, clouds)
    yield replace(
        desk, environment={**desk.environment, "OS_CLIENT_CONFIG_FILE": str(clouds), "OS_CLOUD": "ours"}
    )
    with operator.writing():
        operator.identity.delete(f"/users/{user}")


def kinds(plan, action):
    return {each["address"].split("/")[0] for each in plan["changes"] if each["action"] == action}


def remove_networks(operator, tenant):
    """Take away, behind the tool's back, all that the tenant's members could make again."""
    project = project_of(operator, tenant)

    def all_of(kind, **only):
        return [
            each["id"]
            for each in operator.network.list(f"/{kind}", kind.replace("-", "_"), project_id=project, **only)
        ]

    with operator.writing():
        for router in all_of("routers"):
            for port in all_of("ports", device_owner="network:router_interface"):
                operator.network.put(f"/routers/{router}/remove_router_interface", {"port_id": port})
        for kind in ("routers", "networks", "subnetpools", "address-scopes", "security-groups"):
            for each in all_of(kind):
                operator.network.delete(f"/{kind}/{each}")


def test_a_member_makes_its_networks_again_and_leaves_to_the_operator_what_is_the_operators(desk, operator):
    tenant = desk.tenant("startup", POOLS)
    desk.provision("apply", tenant, "--yes")
    remove_networks(operator, tenant)
    with member(desk, operator, tenant) as ours:
        plan = ours.json("plan", tenant, expect=2)
        assert kinds(plan, "CREATE") | kinds(plan, "UPDATE") == MADE
        left = kinds(plan, "LEAVE")
        assert {"project", "group", "role_assignment", "network_quota", "compute_quota"} <= left
        assert not left & MADE
        applied = ours.json("apply", tenant, "--yes")
        assert {each["status"] for each in applied["outcomes"]} == {"DONE"}
        again = ours.provision("plan", tenant).stdout
        assert "the operator's to make" in again
        assert "Nothing to do: but for what is left out, the cloud is as the documents say." in again
    operators = desk.json("plan", tenant)
    assert not [each for each in operators["changes"] if each["action"] != "LEAVE"]


def test_a_member_is_told_whose_access_it_is_when_asking_for_somebody_else(desk, operator):
    tenant, other = desk.tenant("startup"), desk.tenant("startup")
    desk.provision("apply", tenant, "--yes")
    with member(desk, operator, tenant) as ours:
        several = ours.provision("plan", expect=3).stderr
        assert f"this access sees {tenant} alone, of 2 tenants" in several
        assert f"→ name it: provision plan {tenant}" in several
        nothing = ours.provision("plan", other, "--lang", "fr", expect=1).stderr
        assert "→ prendre un accès d'exploitant, ou celui d'un membre" in nothing


def test_a_reader_sees_what_differs_and_changes_nothing(desk, operator):
    tenant = desk.tenant("startup")
    desk.provision("apply", tenant, "--yes")
    (group,) = operator.network.list(
        "/security-groups", "security_groups", project_id=project_of(operator, tenant), name="web"
    )
    hole = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp", "port_range_min": 22}
    with operator.writing():
        operator.network.post(
            "/security-group-rules", {"security_group_rule": {**hole, "port_range_max": 22}}
        )
    with member(desk, operator, tenant, "reader") as ours:
        assert kinds(ours.json("plan", tenant, expect=2), "UPDATE") == {"security_group"}
        refused = ours.provision("apply", tenant, "--yes", expect=1).stderr
        assert "403" in refused
    assert kinds(desk.json("plan", tenant, expect=2), "UPDATE") == {"security_group"}
