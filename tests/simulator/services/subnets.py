"""Neutron's subnets and the pools they are taken from."""

from __future__ import annotations

import heapq
import ipaddress

from simulator.services.neutron import collection, refuse, room, standard, written
from simulator.world import Pool, Subnet


def _bad(message):
    return refuse(400, "BadRequest", message)


# --- pools


def _pool_body(world, row):
    return {
        **standard(row),
        "default_prefixlen": str(row.default),
        "min_prefixlen": str(row.shortest),
        "max_prefixlen": str(row.longest),
        "is_default": True,
        "shared": True,
        "prefixes": [row.prefix],
        "ip_version": row.version,
        "default_quota": None,
        "address_scope_id": None,
    }


def make_pool(world, project, name, prefix, default, shortest, longest):
    """Make one of the operator's pools, shared with everybody."""
    network = ipaddress.ip_network(prefix)
    row = world.row(Pool, name, project, prefix=prefix, version=network.version)
    row.default, row.shortest, row.longest = default, shortest, longest
    row.cursor = int(network.network_address)
    return world.pools.add(row)


def take(pool, length):
    """Return the first free prefix of a length: one that was given back, else the next that was never given."""
    network = ipaddress.ip_network(pool.prefix)
    back = next((each for each in sorted(pool.free) if each[0] == length), None)
    if back:
        pool.free.remove(back)
        heapq.heapify(pool.free)
        return ipaddress.ip_network((back[1], length))
    size = 1 << (network.max_prefixlen - length)
    start = -(-pool.cursor // size) * size
    if start + size - 1 > int(network.broadcast_address):
        raise refuse(409, "SubnetPoolQuotaExceeded", "Failed to allocate subnet: Insufficient prefix space.")
    pool.cursor = start + size
    return ipaddress.ip_network((start, length))


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
    pool, version = _pool(world, said), said["ip_version"]
    _same_pool(world, network, version, pool)
    if said.get("cidr"):
        prefix = _free(world, network, said["cidr"])
    elif pool is None:
        raise _bad("Bad subnets request: a subnetpool must be specified in the absence of a cidr.")
    else:
        prefix = take(pool, int(said.get("prefixlen") or pool.default))
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


def _pool(world, said):
    if said.get("subnetpool_id"):
        pool = world.pools.get(said["subnetpool_id"])
        if pool is None:
            raise refuse(
                404, "SubnetPoolNotFound", f"Subnet pool {said['subnetpool_id']} could not be found."
            )
        return pool
    if said.get("use_default_subnetpool"):
        return next(pool for pool in world.pools if pool.version == said["ip_version"])
    return None


def _same_pool(world, network, version, pool):
    identifier = pool.id if pool else None
    for other in world.subnets.having("network_id", network.id):
        if other.version == version and other.pool_id != identifier:
            raise refuse(
                400,
                "NetworkSubnetPoolAffinityError",
                "Subnets hosted on the same network must be allocated from the same subnet pool.",
            )


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
    pool = world.pools.get(row.pool_id) if row.pool_id else None
    if pool is not None:
        prefix = ipaddress.ip_network(row.cidr)
        heapq.heappush(pool.free, (prefix.prefixlen, int(prefix.network_address)))


def _fixed(*_):
    raise refuse(403, "PolicyNotAuthorized", "the simulator's pools are the operator's")


collection(
    "subnetpool",
    title="Subnet pool",
    table="pools",
    body=_pool_body,
    writes=frozenset(),
    create=_fixed,
    update=_fixed,
    delete=_fixed,
    filters=frozenset({"id", "shared", "ip_version", "is_default"}),
)
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
