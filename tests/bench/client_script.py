"""The shell script that a good operator would write for the same tenant, with the `openstack` client.

One command a resource, and one a rule: the client takes no list of rules. It has no command for default volume types: that
line runs the cinder client.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from bench.wanted import Wanted, quotas

HEAD = "set -euo pipefail"
ID = "-f value -c id"
CALLED = {
    "backup_gigabytes": "backup-gigabytes", "floating_ips": "floating-ips", "key_pairs": "key-pairs", "rbac_policies": "rbac-policies",
    "security_group_rules": "secgroup-rules", "security_groups": "secgroups", "server_group_members": "server-group-members",
    "server_groups": "server-groups", "subnet_pools": "subnetpools",
}  # fmt: skip


def script(wanted: Wanted, openstack: str, cinder: str) -> str:
    """Return the script; `openstack` and `cinder` are the commands' paths."""
    lines = [
        line
        for part in (
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
        for line in part(wanted)
    ]
    lines = [
        HEAD,
        f'openstack() {{ {shlex.quote(openstack)} "$@"; }}',
        f'cinder() {{ {shlex.quote(cinder)} "$@"; }}',
        *lines,
    ]
    for spec in wanted["default_volume_type"].values():
        lines.append(f"cinder --os-volume-api-version 3.62 default-type-set {_q(spec['type'])} $project")
    return "\n".join(lines) + "\n"


def _q(value: object) -> str:
    return shlex.quote(str(value))


def _options(**options: Any) -> str:
    return " ".join(
        f"--{name.replace('_', '-')} {_q(value)}" for name, value in options.items() if value is not None
    )


def _variable(kind: str, name: str) -> str:
    return f"{kind}_{name}".replace("-", "_").replace(".", "_")


def _project(wanted: Wanted) -> Iterator[str]:
    for spec in wanted["project"].values():
        options = _options(domain=spec["domain"], description=spec.get("description"))
        yield f"project=$(openstack project create {ID} {options} --enable {_q(spec['name'])})"


def _groups(wanted: Wanted) -> Iterator[str]:
    for key, spec in wanted["group"].items():
        options = _options(domain=spec["domain"], description=spec.get("description"))
        yield f"{_variable('group', key)}=$(openstack group create {ID} {options} {_q(spec['name'])})"


def _roles(wanted: Wanted) -> Iterator[str]:
    for spec in wanted["role_assignment"].values():
        yield f"openstack role add --project $project --group ${_variable('group', spec['who'])} {_q(spec['role'])}"


def _quotas(wanted: Wanted) -> Iterator[str]:
    options = _options(**{CALLED.get(name, name): value for name, value in quotas(wanted).items()})
    yield f"openstack quota set {options} $project"


def _flavors(wanted: Wanted) -> Iterator[str]:
    for name in wanted["flavor_access"]:
        yield f"openstack flavor set --project $project {_q(name)}"


def _volume_types(wanted: Wanted) -> Iterator[str]:
    for name in wanted["volume_type_access"]:
        yield f"openstack volume type set --project $project {_q(name)}"


def _networks(wanted: Wanted) -> Iterator[str]:
    for name, spec in wanted["network"].items():
        secured = {True: "--enable-port-security", False: "--disable-port-security"}.get(
            spec.get("port_security"), ""
        )
        options = _options(description=spec.get("description"), mtu=spec.get("mtu"))
        yield (
            f"{_variable('network', name)}=$(openstack network create {ID} --project $project"
            f" {secured} {options} {_q(spec['name'])})"
        )


def _subnets(wanted: Wanted) -> Iterator[str]:
    for name, spec in wanted["subnet"].items():
        pool = spec.get("pool") or {}
        mode = spec.get("mode") if spec.get("mode") != "none" else None
        options = _options(
            ip_version=spec["family"], subnet_range=spec.get("cidr"), subnet_pool=pool.get("name"),
            prefix_length=pool.get("length"), ipv6_ra_mode=mode, ipv6_address_mode=mode,
        )  # fmt: skip
        network = _variable("network", spec["network"])
        yield (
            f"{_variable('subnet', name)}=$(openstack subnet create {ID} --project $project --network ${network}"
            f" {options} {_q(spec['name'])})"
        )


def _routers(wanted: Wanted) -> Iterator[str]:
    for name, spec in wanted["router"].items():
        outside = {True: "--enable-snat", False: "--disable-snat"}.get(spec.get("snat"), "")
        options = _options(description=spec.get("description"), external_gateway=spec.get("gateway"))
        router = _variable("router", name)
        yield f"{router}=$(openstack router create {ID} --project $project {options} {outside} {_q(spec['name'])})"
        for each in spec["interfaces"]:
            yield f"openstack router add subnet ${router} ${_variable('subnet', each)}"


def _security_groups(wanted: Wanted) -> Iterator[str]:
    groups = wanted["security_group"]
    for name, spec in groups.items():
        yield from _group(name, spec)
    for name, spec in groups.items():
        variable = _variable("security_group", name)
        yield f"openstack security group rule delete $(openstack security group rule list -f value -c ID ${variable})"
        for rule in spec["rules"]:
            yield f"openstack security group rule create --project $project {_rule(rule)} ${variable} >/dev/null"


def _group(name: str, spec: dict[str, Any]) -> Iterator[str]:
    """Make a group; Neutron makes the default one when it is listed."""
    variable, options = _variable("security_group", name), _options(description=spec.get("description"))
    if name != "default":
        yield f"{variable}=$(openstack security group create {ID} --project $project {options} {_q(spec['name'])})"
        return
    yield (
        f"{variable}=$(openstack security group list --project $project -f value -c ID -c Name"
        " | awk '$2 == \"default\" {print $1}')"
    )
    yield f"openstack security group set {options} ${variable}"


def _rule(rule: dict[str, Any]) -> str:
    remote, ports = rule["remote"], rule["ports"]
    peer = remote != "any" and "/" not in remote
    options = _options(
        ethertype=f"IPv{rule['family']}", protocol=None if rule["protocol"] == "any" else rule["protocol"],
        dst_port=":".join(str(each) for each in ports) or None, remote_ip=remote if "/" in remote else None,
        description=rule.get("reason"),
    )  # fmt: skip
    group = f" --remote-group ${_variable('security_group', remote)}" if peer else ""
    return f"--{rule['direction']} {options}{group}"
