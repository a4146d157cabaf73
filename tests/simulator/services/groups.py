"""Neutron's security groups: born with rules, and one of them born by being looked for."""

from __future__ import annotations

import ipaddress
import time

from simulator.route import Answer
from simulator.services.neutron import (
    COLLECTIONS,
    collection,
    listed,
    project_of,
    refuse,
    room,
    routes,
    standard,
    written,
)
from simulator.world import Rule, SecurityGroup, stamp

_NAMES = {"IPv6": {"icmp": "ipv6-icmp", "icmpv6": "ipv6-icmp"}}
_WITH_PORTS = frozenset({"tcp", "udp", "sctp", "dccp", "udplite", "icmp", "ipv6-icmp", "6", "17", "33", "132", "136", "1", "58"})  # fmt: skip


def _body(world, row):
    return {
        **standard(row),
        "stateful": True,
        "shared": False,
        "security_group_rules": [_rule_body(rule) for rule in row.rules.values()],
    }


def _rule_body(rule):
    when = stamp(rule.born)
    return {
        "id": rule.id,
        "project_id": rule.project_id,
        "tenant_id": rule.project_id,
        "security_group_id": rule.group_id,
        "ethertype": rule.ethertype,
        "direction": rule.direction,
        "protocol": rule.protocol,
        "port_range_min": rule.low,
        "port_range_max": rule.high,
        "remote_ip_prefix": rule.prefix,
        "normalized_cidr": rule.prefix and str(ipaddress.ip_network(rule.prefix, strict=False)),
        "remote_address_group_id": None,
        "remote_group_id": rule.remote_id,
        "belongs_to_default_sg": None,
        "description": rule.description,
        "tags": [],
        "created_at": when,
        "updated_at": when,
        "revision_number": 0,
    }


# --- groups


def default_group(world, project):
    """Make a project's default group, unless it is there."""
    groups = world.security_groups.having("project_id", project)
    if any(group.name == "default" for group in groups):
        return
    room(world, project, "security_group_rule", 4)
    _born(world, project, "default", "Default security group", ingress=True)


def _born(world, project, name, description, *, ingress=False):
    """Return a new group with the rules that groups are born with."""
    row = world.row(SecurityGroup, name, project, description)
    row.revision = 1
    for direction in ("egress", "ingress") if ingress else ("egress",):
        for ethertype in ("IPv4", "IPv6"):
            remote = row.id if direction == "ingress" else None
            rule = Rule(
                world.uuid(),
                row.id,
                project,
                direction,
                ethertype,
                None,
                None,
                None,
                None,
                remote,
                None,
                row.born,
            )
            row.rules[rule.id] = world.rules[rule.id] = rule
    return world.security_groups.add(row)


def _create(world, ask, said, project):
    if said.get("name") == "default":
        raise refuse(409, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
    room(world, project, "security_group")
    default_group(world, project)
    room(world, project, "security_group_rule", 2)
    return _born(world, project, said.get("name", ""), said.get("description") or "")


def _update(world, row, said):
    if row.name == "default" and said.get("name", row.name) != row.name:
        raise refuse(409, "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
    return written(world, world.security_groups, row, said)


def _delete(world, row):
    ports = world.ports.having("groups", row.id)
    if ports:
        raise refuse(409, "SecurityGroupInUse", f"Security Group {row.id} in use.")
    for other in world.security_groups.having("project_id", row.project_id):
        for rule in [rule for rule in other.rules.values() if other is row or rule.remote_id == row.id]:
            del other.rules[rule.id], world.rules[rule.id]


@routes.on("GET", "/v2.0/security-groups")
def list_groups(world, ask):
    """List; the first project that is named gets its default group by being named."""
    named = (ask.query.get("project_id") or ask.query.get("tenant_id") or [ask.who.project])[0]
    if ask.who.admin or named == ask.who.project:
        default_group(world, named)
    return listed(world, ask, COLLECTIONS["security_groups"])


# --- rules


def _rule(world, ask, said):
    """Return the rule that was asked for, not yet in its group."""
    group = world.security_groups.get(said["security_group_id"])
    project = project_of(ask, said)
    if group is None or (group.project_id != ask.who.project and not ask.who.admin):
        raise _no_group(said["security_group_id"])
    remote = said.get("remote_group_id")
    if remote and world.security_groups.get(remote) is None:
        raise _no_group(remote)
    ethertype, protocol = said.get("ethertype", "IPv4"), said.get("protocol")
    protocol = None if protocol in {None, "any"} else str(protocol).lower()
    low, high = said.get("port_range_min"), said.get("port_range_max")
    _ports(protocol, low, high)
    return Rule(
        world.uuid(),
        group.id,
        project,
        said["direction"],
        ethertype,
        _NAMES.get(ethertype, {}).get(protocol, protocol),
        low,
        high,
        _prefix(said, ethertype),
        remote,
        said.get("description") or "",
        time.time(),
    )


def _no_group(identifier):
    return refuse(404, "SecurityGroupNotFound", f"Security group {identifier} does not exist")


def _ports(protocol, low, high):
    if low is None and high is None:
        return
    if protocol is None:
        raise refuse(
            400,
            "SecurityGroupProtocolRequiredWithPorts",
            "Must also specify protocol if port range is given.",
        )
    if protocol not in _WITH_PORTS:
        raise refuse(
            400,
            "SecurityGroupInvalidProtocolForPort",
            f"Invalid protocol {protocol} for port range, only supported for TCP, UDP, UDPLITE, SCTP and DCCP.",
        )
    if high is not None and low is not None and low > high and "icmp" not in protocol:
        raise refuse(
            400,
            "SecurityGroupInvalidPortRange",
            "For TCP/UDP protocols, port_range_min must be <= port_range_max",
        )


def _prefix(said, ethertype):
    prefix = said.get("remote_ip_prefix")
    if not prefix:
        return None
    try:
        version = ipaddress.ip_network(prefix, strict=False).version
    except ValueError:
        raise refuse(400, "HTTPBadRequest", f"'{prefix}' is not a valid IP subnet") from None
    if ethertype != f"IPv{version}":
        raise refuse(
            400,
            "SecurityGroupRuleParameterConflict",
            f"Conflicting value ethertype {ethertype} for CIDR {prefix}",
        )
    return prefix


def _exists(identifier):
    return refuse(
        409, "SecurityGroupRuleExists", f"Security group rule already exists. Rule id is {identifier}."
    )


def _fit(world, rules):
    """Refuse all of several rules where one is there already, or there is no room for all."""
    for group in {rule.group_id for rule in rules}:
        held = world.security_groups.get(group)
        room(world, held.project_id, "security_group_rule", sum(rule.group_id == group for rule in rules))
        there = {rule.same(): rule.id for rule in held.rules.values()}
        for rule in rules:
            if rule.group_id == group and there.setdefault(rule.same(), rule.id) != rule.id:
                raise _exists(there[rule.same()])


@routes.on("POST", "/v2.0/security-group-rules")
def create_rules(world, ask):
    if not ask.who.roles & {"member", "manager", "admin"}:
        raise refuse(403, "PolicyNotAuthorized", "rule:create_security_group_rule is disallowed by policy")
    many = "security_group_rules" in ask.body
    asked = ask.body["security_group_rules"] if many else [ask.body["security_group_rule"]]
    rules = [_rule(world, ask, said) for said in asked]
    _fit(world, rules)
    for rule in rules:
        group = world.security_groups.get(rule.group_id)
        group.rules[rule.id] = world.rules[rule.id] = rule
        group.revision += 1
        world.ledger_commit("create", "security_group_rule", rule)
    bodies = [_rule_body(rule) for rule in rules]
    return Answer(201, {"security_group_rules": bodies} if many else {"security_group_rule": bodies[0]})


def _rule_there(world, ask, identifier):
    rule = world.rules.get(identifier)
    if rule is None or (not ask.who.admin and rule.project_id != ask.who.project):
        raise refuse(404, "SecurityGroupRuleNotFound", f"Security group rule {identifier} does not exist")
    return rule


@routes.on("GET", "/v2.0/security-group-rules")
def list_rules(world, ask):
    groups = ask.query.get("security_group_id")
    held = [world.security_groups.get(each) for each in groups] if groups else world.security_groups
    rules = [
        _rule_body(rule)
        for group in held
        if group is not None and (ask.who.admin or group.project_id == ask.who.project)
        for rule in group.rules.values()
        if rule.born <= ask.horizon
    ]
    return Answer(200, {"security_group_rules": rules})


@routes.on("GET", "/v2.0/security-group-rules/{id}")
def show_rule(world, ask, identifier):
    return Answer(200, {"security_group_rule": _rule_body(_rule_there(world, ask, identifier))})


@routes.on("DELETE", "/v2.0/security-group-rules/{id}")
def delete_rule(world, ask, identifier):
    rule = _rule_there(world, ask, identifier)
    group = world.security_groups.get(rule.group_id)
    del group.rules[rule.id], world.rules[rule.id]
    group.revision += 1
    world.ledger_commit("delete", "security_group_rule", rule)
    return Answer(204)


collection(
    "security_group",
    title="Security group",
    table="security_groups",
    body=_body,
    writes=frozenset({"stateful"}),
    create=_create,
    update=_update,
    delete=_delete,
    absent="Security group {id} does not exist",
    filters=frozenset({"id", "stateful", "shared"}),
)
# Looking for groups is not like looking for other things: it can make one.
routes.on("GET", "/v2.0/security-groups")(list_groups)
