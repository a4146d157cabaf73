"""The playbook that a good operator would write for the same tenant, with the collection `openstack.cloud`.

One task a resource; a quota task sets all three services. Names repeat from tenant to tenant, so what refers to something
does it by the registered id. The subnet module finds another project's pool by id only. The collection has no module for default volume types: that task runs the cinder client.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.wanted import Wanted, quotas

Task = dict[str, Any]
MODULES = "openstack.cloud"


def tasks(wanted: Wanted, cinder: str, *, again: bool) -> list[Task]:
    """Return the tasks, in an order that works."""
    (tenant,) = wanted["project"]
    parts = (
        _project,
        _groups,
        _roles,
        _quotas,
        _flavors,
        _volume_types,
        _networks,
        _subnets,
        _routers,
        _security_groups,
    )
    found = [task for part in parts for task in part(wanted, tenant)]
    if again:
        for task in found:
            task.get(f"{MODULES}.subnet", {}).pop("prefix_length", None)
    return [*found, *_default_type(wanted, cinder)]


def play(wanted: Wanted, cinder: str, *, again: bool = False) -> list[dict[str, Any]]:
    """Return the whole playbook; one to run `again` over what is there lacks the one argument that its module then refuses."""
    todo = tasks(wanted, cinder, again=again)
    return [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": todo}]


def _task(module: str, name: str, register: str | None = None, /, **arguments: Any) -> Task:
    arguments = {key: value for key, value in arguments.items() if value is not None}
    task: Task = {"name": name, f"{MODULES}.{module}": arguments}
    return {**task, "register": _variable(register)} if register else task


def _id(kind: str, name: str, of: str) -> str:
    """Return how a later task says the id of what an earlier one registered."""
    return f"{{{{ {kind}_{_variable(name)}.{of}.id }}}}"


def _variable(name: str) -> str:
    return name.replace("-", "_")


def _project(wanted: Wanted, tenant: str) -> Iterator[Task]:
    spec = wanted["project"][tenant]
    yield _task(
        "project", "project", "project",
        name=spec["name"], domain=spec["domain"], description=spec.get("description"), is_enabled=True,
    )  # fmt: skip


def _groups(wanted: Wanted, tenant: str) -> Iterator[Task]:
    for key, spec in wanted["group"].items():
        yield _task(
            "identity_group", f"group {key}", f"group_{key}",
            name=spec["name"], domain_id="default", description=spec.get("description"),
        )  # fmt: skip


def _roles(wanted: Wanted, tenant: str) -> Iterator[Task]:
    for key, spec in wanted["role_assignment"].items():
        yield _task(
            "role_assignment", f"role {key}",
            group=_id("group", spec["who"], "group"), project="{{ project.project.id }}", role=spec["role"],
        )  # fmt: skip


def _quotas(wanted: Wanted, tenant: str) -> Iterator[Task]:
    yield _task("quota", "quotas", name="{{ project.project.id }}", **quotas(wanted))


def _flavors(wanted: Wanted, tenant: str) -> Iterator[Task]:
    for name in wanted["flavor_access"]:
        yield _task("compute_flavor_access", f"flavour {name}", name=name, project="{{ project.project.id }}")


def _volume_types(wanted: Wanted, tenant: str) -> Iterator[Task]:
    for name in wanted["volume_type_access"]:
        yield _task(
            "volume_type_access", f"volume type {name}", name=name, project="{{ project.project.id }}"
        )


def _networks(wanted: Wanted, tenant: str) -> Iterator[Task]:
    for name, spec in wanted["network"].items():
        yield _task(
            "network", f"network {name}", f"network_{name}",
            name=spec["name"], project="{{ project.project.id }}", port_security_enabled=spec.get("port_security"), mtu=spec.get("mtu"),
        )  # fmt: skip


def _subnets(wanted: Wanted, tenant: str) -> Iterator[Task]:
    for name, spec in wanted["subnet"].items():
        pool = spec.get("pool") or {}
        mode = spec.get("mode") if spec.get("mode") != "none" else None
        yield _task(
            "subnet", f"subnet {name}", f"subnet_{name}",
            name=spec["name"], network=_id("network", spec["network"], "network"),
            project="{{ project.project.id }}", ip_version=spec["family"], cidr=spec.get("cidr"),
            subnet_pool=pool.get("id"), prefix_length=pool.get("length"), ipv6_ra_mode=mode, ipv6_address_mode=mode,
        )  # fmt: skip


def _routers(wanted: Wanted, tenant: str) -> Iterator[Task]:
    for name, spec in wanted["router"].items():
        yield _task(
            "router", f"router {name}",
            name=spec["name"], project="{{ project.project.id }}", network=spec.get("gateway"), enable_snat=spec.get("snat"),
            interfaces=[_id("subnet", each, "subnet") for each in spec["interfaces"]],
        )  # fmt: skip


def _security_groups(wanted: Wanted, tenant: str) -> Iterator[Task]:
    """Make the groups that rules speak of before the rules that do, and give each group all its rules in one task."""
    spoken_of = {rule["remote"] for spec in wanted["security_group"].values() for rule in spec["rules"]}
    for name in sorted(spoken_of & wanted["security_group"].keys()):
        yield _task("security_group", f"security group {name}", f"peer_{name}", **_group(wanted, name))
    for name, spec in wanted["security_group"].items():
        rules = [_rule(rule) for rule in spec["rules"]]
        yield _task("security_group", f"rules of {name}", security_group_rules=rules, **_group(wanted, name))


def _group(wanted: Wanted, name: str) -> dict[str, Any]:
    spec = wanted["security_group"][name]
    return {
        "name": spec["name"],
        "project": "{{ project.project.id }}",
        "description": spec.get("description"),
    }


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    remote = rule["remote"]
    ports = rule["ports"]
    found = {
        "direction": rule["direction"],
        "ether_type": f"IPv{rule['family']}",
        "protocol": None if rule["protocol"] == "any" else rule["protocol"],
        "port_range_min": ports[0] if ports else None,
        "port_range_max": ports[-1] if ports else None,
        "remote_ip_prefix": remote if "/" in remote else None,
        "remote_group": None if "/" in remote or remote == "any" else _id("peer", remote, "security_group"),
        "description": rule.get("reason"),
    }
    return {key: value for key, value in found.items() if value is not None}


def _default_type(wanted: Wanted, cinder: str) -> Iterator[Task]:
    for spec in wanted["default_volume_type"].values():
        command = [
            cinder,
            "--os-volume-api-version",
            "3.62",
            "default-type-set",
            spec["type"],
            "{{ project.project.id }}",
        ]
        yield {"name": "default volume type", "ansible.builtin.command": {"argv": command}}
