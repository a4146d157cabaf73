"""What can be done to the networks, filters and pools of a tenant behind the tool's back."""

from __future__ import annotations

from contextlib import contextmanager

from promised import AT_A_TIME, SECURED, TOWN


def shared_with(target):
    """A network of the tenant is shared by the operator."""

    @contextmanager
    def share(stand):
        with rbac(stand, stand.id("network", "backend"), target or stand.operator.project):
            yield

    return share


@contextmanager
def rbac(stand, network, target):
    body = {
        "object_type": "network",
        "object_id": network,
        "action": "access_as_shared",
        "target_tenant": target,
    }
    policy = stand.operator.network.post("/rbac-policies", {"rbac_policy": body})["rbac_policy"]["id"]
    yield
    stand.operator.network.delete(f"/rbac-policies/{policy}")


@contextmanager
def shown_a_foreign_network(stand):
    """A network of another project is shared with the tenant."""
    made = stand.operator.network.post("/networks", {"network": {"name": "foreign"}})["network"]["id"]
    with rbac(stand, made, stand.project):
        yield
    stand.operator.network.delete(f"/networks/{made}")


@contextmanager
def room_for_shares(stand):
    """The proof then really shares a network for a moment: another one that looks meanwhile would see it."""
    path = f"/quotas/{stand.project}"
    stand.operator.network.put(path, {"quota": {"rbac_policy": 5}})
    stand.at_a_time = 1
    yield
    stand.at_a_time = AT_A_TIME
    stand.operator.network.put(path, {"quota": {"rbac_policy": 0}})


@contextmanager
def unfiltered(stand):
    """The proof then really makes a port without filter for a moment: another one that looks meanwhile would see it."""
    stand.at_a_time = 1
    path = f"/networks/{stand.id('network', 'backend')}"
    stand.operator.network.put(path, {"network": {"port_security_enabled": False}})
    yield
    stand.operator.network.put(path, {"network": {"port_security_enabled": True}})
    stand.at_a_time = AT_A_TIME


def a_rule(group, direction, family, **more):
    """A rule is written by hand into a group of the documents."""

    @contextmanager
    def rule(stand):
        said = {"direction": direction, "ethertype": family, **more}
        body = {"security_group_id": stand.id("security_group", group), "project_id": stand.project, **said}
        made = stand.operator.network.post("/security-group-rules", {"security_group_rule": body})
        yield
        stand.operator.network.delete(f"/security-group-rules/{made['security_group_rule']['id']}")

    return rule


def let_in(family):
    return a_rule("default", "ingress", family)


@contextmanager
def a_group_by_hand(stand):
    """A member makes a group: Neutron lets everything out of it, in both families."""
    made = stand.guest.network.post("/security-groups", {"security_group": {"name": "by-hand"}})
    yield
    stand.operator.network.delete(f"/security-groups/{made['security_group']['id']}")


def a_port_by_hand(**more):
    """A member makes a port on a network of its own."""

    @contextmanager
    def port(stand):
        body = {"network_id": stand.id("network", "backend"), "name": "by-hand", **more}
        made = stand.guest.network.post("/ports", {"port": body})["port"]["id"]
        yield
        stand.operator.network.delete(f"/ports/{made}")

    return port


def pairs(*prefixes):
    return a_port_by_hand(allowed_address_pairs=[{"ip_address": each} for each in prefixes])


@contextmanager
def shared_group(stand):
    """A security group of the tenant is shared by the operator with another project."""
    body = {"object_type": "security_group", "object_id": stand.id("security_group", "internal")}
    body |= {"action": "access_as_shared", "target_tenant": stand.operator.project}
    made = stand.operator.network.post("/rbac-policies", {"rbac_policy": body})["rbac_policy"]["id"]
    yield
    stand.operator.network.delete(f"/rbac-policies/{made}")


@contextmanager
def without_limit(stand):
    rules = f"/qos/policies/{stand.id('qos_policy', 'publication')}/bandwidth_limit_rules"
    (rule,) = stand.operator.network.get(rules)["bandwidth_limit_rules"]
    stand.operator.network.delete(f"{rules}/{rule['id']}")
    yield
    said = {"max_kbps": rule["max_kbps"], "direction": rule["direction"]}
    stand.operator.network.post(rules, {"bandwidth_limit_rule": said})


def room_for_pools(count):
    """The tenant may make one pool more than its documents write down."""

    @contextmanager
    def room(stand):
        path = f"/quotas/{stand.project}"
        for limit in (count + 1, count):
            stand.operator.network.put(path, {"quota": {"subnetpool": limit}})
            if limit > count:
                yield

    return room


@contextmanager
def a_prefix_by_hand(stand):
    """A member makes a network, and chooses its IPv6 prefix: Neutron has nothing against it."""
    ours = stand.guest.network
    made = ours.post("/networks", {"network": {"name": "by-hand"}})["network"]["id"]
    body = {"network_id": made, "ip_version": 6, "cidr": "2001:db8:9:9::/64"}
    ours.post("/subnets", {"subnet": body})
    yield
    ours.delete(f"/networks/{made}")


@contextmanager
def pool_shared_next_door(stand):
    """The operator shares the tenant's pool, and its scope, with another project."""
    made = []
    for kind, thing in (("address_scope", "address_scope"), ("subnetpool", "subnet_pool")):
        body = {"object_type": kind, "object_id": stand.id(thing, "inside"), "action": "access_as_shared"}
        policy = {**body, "target_tenant": stand.next_door.project}
        made.append(
            stand.operator.network.post("/rbac-policies", {"rbac_policy": policy})["rbac_policy"]["id"]
        )
    yield
    for policy in reversed(made):
        stand.operator.network.delete(f"/rbac-policies/{policy}")


def anew(**prefix):
    """The subnet of the network that takes from the tenant's pool is made anew, and then again from the pool."""

    @contextmanager
    def make(stand):
        network = stand.operator.network
        (there,) = network.list("/subnets", "subnets", network_id=stand.id("network", "inside"))
        kept = ("name", "description", "network_id", "project_id", "ip_version")
        body = {name: there[name] for name in kept}
        for said in (prefix, {"subnetpool_id": there["subnetpool_id"], "cidr": there["cidr"]}):
            network.delete(f"/subnets/{there['id']}")
            there = {**there, **network.post("/subnets", {"subnet": {**body, **said}})["subnet"]}
            there["subnetpool_id"] = there["subnetpool_id"] or stand.id("subnet_pool", "inside")
            if said is prefix:
                yield

    return make


@contextmanager
def without_log(stand):
    path = f"/log/logs/{stand.id('network_log', 'filters')}"
    for enabled in (False, True):
        stand.operator.network.put(path, {"log": {"enabled": enabled}})
        if not enabled:
            yield


OF_NETWORKS = {
    "a network is shared with a project": (SECURED, "network-not-shared shares-as-written", shared_with(None)),
    "a network is shared with all": (SECURED, "network-not-shared shares-as-written", shared_with("*")),
    "there is room for shares": (SECURED, "network-cannot-share quotas-as-written", room_for_shares),
    "a foreign network is shown": (SECURED, "networks-of-other-projects shares-as-written", shown_a_foreign_network),
    "ports are not filtered": (SECURED, "port-security", unfiltered),
    "IPv6 is let in": (SECURED, "default-deny families-alike", let_in("IPv6")),
    "IPv4 is let in": (TOWN, "default-deny families-alike", let_in("IPv4")),
    "a port is let in by IPv6": (SECURED, "families-alike", a_rule("internal", "ingress", "IPv6", protocol="tcp", port_range_min=22, port_range_max=22)),
    "all goes out by IPv4": (SECURED, "egress-allowlist families-alike", a_rule("internal", "egress", "IPv4", remote_ip_prefix="0.0.0.0/0")),
    "all goes out by IPv6": (TOWN, "egress-allowlist families-alike", a_rule("web", "egress", "IPv6", remote_ip_prefix="::/0")),
    "all goes out of a group by hand": (SECURED, "egress-allowlist", a_group_by_hand),
    "a port by hand is unfiltered": (SECURED, "every-port-filtered", a_port_by_hand(port_security_enabled=False, security_groups=[])),
    "a port by hand is in no group": (SECURED, "every-port-filtered", a_port_by_hand(security_groups=[])),
    "a port by hand poses as the cloud's": (SECURED, "every-port-filtered", a_port_by_hand(device_owner="network:dhcp")),
    "a port bears any IPv4 address": (SECURED, "every-port-filtered", pairs("0.0.0.0/0")),
    "a port bears any IPv6 address": (TOWN, "every-port-filtered", pairs("::/1")),
    "a group is shared with a project": (SECURED, "shares-as-written", shared_group),
    "a limit of bandwidth is lifted": (TOWN, "bandwidth-limited", without_limit),
    "there is room for a pool": (SECURED, "no-pool-of-its-own", room_for_pools(0)),
    "there is room for one more pool": (TOWN, "no-pool-of-its-own", room_for_pools(1)),
    "an IPv6 prefix is chosen by hand": (SECURED, "ipv6-from-the-pool", a_prefix_by_hand),
    "a pool is shared with another": (TOWN, "pool-is-its-own", pool_shared_next_door),
    "a network is of no pool": (TOWN, "networks-keep-to-their-pool", anew(cidr="172.16.0.0/24")),
    "a log is switched off": (SECURED, "filters-logged", without_log),
}  # fmt: skip
