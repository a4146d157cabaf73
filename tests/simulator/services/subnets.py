"""Neutron's subnets."""

from __future__ import annotations

import ipaddress

from simulator.services.neutron import collection, refuse, room, standard, written
from simulator.services.pools import give_back, take, take_this
from simulator.world import Subnet


def _bad(message):
    return refuse(400, "BadRequest", message)


# --- subnets


def _body(world, row):
    return {
        **standard(row),
        "network_id": row.network_id,
        "ip_version": row.version,
        "subnetpool_id": row.pool_id,
        "enable_dhcp": row.dhcp,
        "ipv6_ra_mode": row.ra_mode,
        "ipv6_address_mode": row.address_mode,
        "gateway_ip": row.gateway,
        "cidr": row.cidr,
        "allocation_pools": [{"start": start, "end": end} for start, end in _ranges(row)],
        "host_routes": [],
        "dns_nameservers": list(row.dns),
        "router:external": False,
        "service_types": [],
        "segment_id": None,
    }


def _ranges(row):
    """Return what is handed out: as was said, else everything but the gateway (and IPv4's own two addresses)."""
    if row.ranges is not None:
        return row.ranges
    network = ipaddress.ip_network(row.cidr)
    first, last = int(network.network_address) + 1, int(network.broadcast_address) - (network.version == 4)
    make = type(network.network_address)
    if row.gateway is None:
        return ((str(make(first)), str(make(last))),)
    gateway = int(ipaddress.ip_address(row.gateway))
    parts = ((first, gateway - 1), (gateway + 1, last)) if first <= gateway <= last else ((first, last),)
    return tuple((str(make(start)), str(make(end))) for start, end in parts if start <= end)


_MODES = {"ipv6_ra_mode": "ra_mode", "ipv6_address_mode": "address_mode", "enable_dhcp": "dhcp"}


def _create(world, ask, said, project):
    network = world.networks.get(said["network_id"])
    if network is None or (network.project_id != ask.who.project and not ask.who.admin):
        raise refuse(404, "NetworkNotFound", f"Network {said['network_id']} could not be found.")
    room(world, project, "subnet")
    pool, version = _pool(world, ask, said), said["ip_version"]
    if pool is not None:
        prefix = _from(world, pool, said)
    elif said.get("cidr"):
        prefix = said["cidr"]
    else:
        raise _bad("Bad subnets request: a subnetpool must be specified in the absence of a cidr.")
    prefix = _free(world, network, str(prefix))
    _same_pool(world, network, version, pool)
    row = world.row(Subnet, said.get("name", ""), project, said.get("description") or "")
    row.network_id, row.version, row.cidr = network.id, version, str(prefix)
    row.pool_id = pool.id if pool else None
    row.gateway = said.get("gateway_ip", str(prefix.network_address + 1))
    row.dns = tuple(said.get("dns_nameservers", ()))
    for name, field in _MODES.items():
        if said.get(name) is not None:
            setattr(row, field, said[name])
    row.ranges = _said_ranges(said)
    return world.subnets.add(row)


def _from(world, pool, said):
    if pool.version != said["ip_version"]:
        raise _bad(
            f"Bad subnets request: Cannot allocate IPv{said['ip_version']} subnet from IPv{pool.version} subnet pool."
        )
    if said.get("cidr"):
        return take_this(world, pool, said["cidr"])
    return take(world, pool, int(said.get("prefixlen") or pool.default))


def _pool(world, ask, said):
    if said.get("subnetpool_id"):
        pool = world.pools.get(said["subnetpool_id"])
        if pool is None or not (pool.shared or ask.who.admin or pool.project_id == ask.who.project):
            raise refuse(
                404, "SubnetPoolNotFound", f"Subnet pool {said['subnetpool_id']} could not be found."
            )
        return pool
    if said.get("use_default_subnetpool"):
        return next(pool for pool in world.pools if pool.shared and pool.version == said["ip_version"])
    return None


def _same_pool(world, network, version, pool):
    """Refuse a second pool on a network, unless both are of one scope; and a prefix of no pool beside one of a pool."""
    others = [each for each in world.subnets.having("network_id", network.id) if each.version == version]
    of = [world.pools.get(each.pool_id) for each in others if each.pool_id]
    scope = next((each.scope_id for each in of if each.scope_id), None)
    if scope and pool and pool.scope_id != scope:
        raise _unlike(
            "NetworkAddressScopeAffinityError",
            "Subnets of the same address family hosted on the same network must all participate in the same address scope.",
        )
    alike = all(each.pool_id == pool.id for each in others) or scope if pool else not of
    if not alike:
        raise _unlike(
            "NetworkSubnetPoolAffinityError",
            "Subnets hosted on the same network must be allocated from the same subnet pool.",
        )


def _unlike(kind, message):
    return refuse(400, kind, message)


def _free(world, network, cidr):
    """Return a prefix that no other subnet of the network overlaps."""
    try:
        prefix = ipaddress.ip_network(cidr)
    except ValueError:
        raise refuse(
            400, "HTTPBadRequest", f"Invalid input for cidr. Reason: '{cidr}' is not valid."
        ) from None
    for other in world.subnets.having("network_id", network.id):
        if other.version == prefix.version and prefix.overlaps(ipaddress.ip_network(other.cidr)):
            raise refuse(
                400,
                "InvalidInput",
                f"Invalid input for operation: Requested subnet with cidr: {cidr} for network: {network.id} overlaps"
                " with another subnet.",
            )
    return prefix


def _said_ranges(said):
    if said.get("allocation_pools") is None:
        return None
    return tuple((each["start"], each["end"]) for each in said["allocation_pools"])


def _update(world, row, said):
    fields = {field: said[name] for name, field in _MODES.items() if name in said}
    if "dns_nameservers" in said:
        fields["dns"] = tuple(said["dns_nameservers"])
    ranges = _said_ranges(said)
    if ranges is not None:
        fields["ranges"] = ranges
    if "gateway_ip" in said and said["gateway_ip"] != row.gateway:
        fields["gateway"] = _gateway(world, row, said["gateway_ip"], ranges)
        fields.setdefault("ranges", _ranges(row))
    return written(world, world.subnets, row, said, **fields)


def _gateway(world, row, gateway, ranges):
    for port in world.ports.having("subnets", row.id):
        if (row.id, row.gateway) in port.fixed:
            raise refuse(
                409,
                "GatewayIpInUse",
                f"Current gateway ip {row.gateway} already in use by port {port.id}. Unable to update.",
            )
    wanted = ipaddress.ip_address(gateway) if gateway else None
    for start, end in _ranges(row) if ranges is None else ranges:
        if wanted and ipaddress.ip_address(start) <= wanted <= ipaddress.ip_address(end):
            raise refuse(
                409,
                "GatewayConflictWithAllocationPools",
                f"Gateway ip {gateway} conflicts with allocation pool {start}-{end}.",
            )
    return gateway


def _delete(world, row):
    if world.ports.count("subnets", row.id):
        raise refuse(
            409,
            "SubnetInUse",
            f"Unable to complete operation on subnet {row.id}: One or more ports have an IP allocation from this subnet.",
        )
    give_back(world, row)


collection(
    "subnet",
    title="Subnet",
    table="subnets",
    body=_body,
    writes=frozenset(
        {
            "network_id", "ip_version", "cidr", "subnetpool_id", "use_default_subnetpool", "prefixlen", "gateway_ip",
            "enable_dhcp", "ipv6_ra_mode", "ipv6_address_mode", "dns_nameservers", "allocation_pools", "host_routes",
        }
    ),
    create=_create,
    update=_update,
    delete=_delete,
    filters=frozenset({"id", "ip_version", "cidr", "gateway_ip", "enable_dhcp", "subnetpool_id"}),
)  # fmt: skip
