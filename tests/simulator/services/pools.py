"""Neutron's address scopes and subnet pools: the operator's, taken from in order, and those of tenants."""

from __future__ import annotations

import heapq
import ipaddress

from simulator.services.neutron import collection, refuse, room, standard, written
from simulator.world import Pool, Scope

BITS = {4: 32, 6: 128}
SHORTEST = {4: 8, 6: 64}
UNIT = {4: 32, 6: 64}
_FIELDS = {
    "default_prefixlen": "default",
    "min_prefixlen": "shortest",
    "max_prefixlen": "longest",
    "default_quota": "quota",
    "address_scope_id": "scope_id",
}


# --- scopes


def _scope_body(world, row):
    return {
        "id": row.id,
        "name": row.name,
        "project_id": row.project_id,
        "tenant_id": row.project_id,
        "shared": row.shared,
        "ip_version": row.version,
    }


def _create_scope(world, ask, said, project):
    return world.scopes.add(world.row(Scope, said.get("name", ""), project, version=said["ip_version"]))


def _update_scope(world, row, said):
    return world.scopes.change(row, {"name": said.get("name", row.name)})


def _delete_scope(world, row):
    if world.pools.having("scope_id", row.id):
        raise refuse(
            409,
            "AddressScopeInUse",
            f"Unable to complete operation on address scope {row.id}. There are one or more subnet pools in use on the"
            " address scope.",
        )


collection(
    "address_scope",
    title="Address scope",
    table="scopes",
    body=_scope_body,
    absent="Address scope {id} could not be found.",
    writes=frozenset({"ip_version"}),
    described=False,
    create=_create_scope,
    update=_update_scope,
    delete=_delete_scope,
    filters=frozenset({"id", "shared", "ip_version"}),
)


# --- pools


def _body(world, row):
    return {
        **standard(row),
        "default_prefixlen": str(row.default),
        "min_prefixlen": str(row.shortest),
        "max_prefixlen": str(row.longest),
        "is_default": row.shared,
        "shared": row.shared,
        "prefixes": list(row.prefixes),
        "ip_version": row.version,
        "default_quota": row.quota,
        "address_scope_id": row.scope_id,
    }


def make_pool(world, project, name, prefix, default, shortest, longest):
    """Make one of the operator's pools, shared with everybody."""
    network = ipaddress.ip_network(prefix)
    row = world.row(Pool, name, project, prefixes=(prefix,), version=network.version, shared=True)
    row.default, row.shortest, row.longest = default, shortest, longest
    row.cursor = int(network.network_address)
    return world.pools.add(row)


def fewest(prefixes):
    networks = [ipaddress.ip_network(each) for each in prefixes]
    return tuple(str(each) for each in ipaddress.collapse_addresses(networks))


def _create(world, ask, said, project):
    room(world, project, "subnetpool")
    prefixes = fewest(said["prefixes"])
    version = ipaddress.ip_network(prefixes[0]).version
    row = world.row(Pool, said.get("name", ""), project, said.get("description") or "", prefixes=prefixes)
    row.version, row.shortest, row.longest = version, SHORTEST[version], BITS[version]
    for name, field in _FIELDS.items():
        if said.get(name) is not None:
            setattr(row, field, said[name])
    row.default = said.get("default_prefixlen", row.shortest)
    _fitting(world, row.id, prefixes, version, row.scope_id)
    return world.pools.add(row)


def _update(world, row, said):
    fields = {field: said[name] for name, field in _FIELDS.items() if name in said}
    if "prefixes" in said:
        fields["prefixes"] = fewest(said["prefixes"])
        if not all(_within(each, fields["prefixes"]) for each in row.prefixes):
            raise refuse(
                400,
                "IllegalSubnetPoolPrefixUpdate",
                "Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.",
            )
    scope = fields.get("scope_id", row.scope_id)
    _fitting(world, row.id, fields.get("prefixes", row.prefixes), row.version, scope)
    return written(world, world.pools, row, said, **fields)


def _within(prefix, prefixes):
    network = ipaddress.ip_network(prefix)
    return any(network.subnet_of(ipaddress.ip_network(each)) for each in prefixes)


def _fitting(world, pool, prefixes, version, scope):
    """Refuse prefixes that overlap another pool's of the same scope, and a scope of the other family."""
    if scope is None:
        return
    of = world.scopes.get(scope)
    if of is None:
        raise refuse(404, "AddressScopeNotFound", f"Address scope {scope} could not be found.")
    if of.version != version:
        raise refuse(
            400,
            "IllegalSubnetPoolIpVersionAssociationToAddressScope",
            f"Illegal subnetpool association: subnetpool {pool} cannot associate with address scope {scope} because"
            f" subnetpool ip_version is not {of.version}.",
        )
    others = [
        each for other in world.pools.having("scope_id", scope) if other.id != pool for each in other.prefixes
    ]
    if any(ipaddress.ip_network(a).overlaps(ipaddress.ip_network(b)) for a in prefixes for b in others):
        raise refuse(
            409,
            "AddressScopePrefixConflict",
            "Failed to associate address scope: subnetpools within an address scope must have unique prefixes.",
        )


def _delete(world, row):
    if world.subnets.having("pool_id", row.id):
        raise refuse(
            400,
            "SubnetPoolDeleteError",
            "Unable to delete subnet pool: Subnet pool has existing allocations.",
        )


collection(
    "subnetpool",
    title="Subnet pool",
    table="pools",
    body=_body,
    absent="Subnet pool {id} could not be found.",
    missing="SubnetPool",
    writes=frozenset({"prefixes", *_FIELDS}),
    create=_create,
    update=_update,
    delete=_delete,
    filters=frozenset({"id", "shared", "ip_version", "is_default"}),
)


# --- what is taken


def take(world, pool, length):
    """Return the first free prefix of a length. Of the operator's pool: one that was given back, else the next in order."""
    _bounded(pool, length)
    _room_for(world, pool, length)
    if not pool.shared:
        return _first_free(world, pool, length)
    back = pool.free.get(length)
    if back:
        return ipaddress.ip_network((heapq.heappop(back), length))
    network = ipaddress.ip_network(pool.prefixes[0])
    size = 1 << (network.max_prefixlen - length)
    start = -(-pool.cursor // size) * size
    if start + size - 1 > int(network.broadcast_address):
        raise _full(f"Insufficient prefix space to allocate subnet size /{length}")
    pool.cursor = start + size
    return ipaddress.ip_network((start, length))


def take_this(world, pool, cidr):
    """Return a prefix of a pool that was asked for by name."""
    prefix = ipaddress.ip_network(cidr)
    _bounded(pool, prefix.prefixlen)
    _room_for(world, pool, prefix.prefixlen)
    taken = any(prefix.overlaps(each) for each in _taken(world, pool))
    if taken or not _within(cidr, pool.prefixes):
        raise _full("Cannot allocate requested subnet from the available set of prefixes")
    return prefix


def give_back(world, subnet):
    """Have a prefix of the operator's pool free again; those of others are looked for among what is taken."""
    pool = world.pools.get(subnet.pool_id) if subnet.pool_id else None
    if pool is not None and pool.shared:
        prefix = ipaddress.ip_network(subnet.cidr)
        heapq.heappush(pool.free.setdefault(prefix.prefixlen, []), int(prefix.network_address))


def _full(reason):
    return refuse(500, "SubnetAllocationError", f"Failed to allocate subnet: {reason}.")


def _taken(world, pool):
    return [ipaddress.ip_network(each.cidr) for each in world.subnets.having("pool_id", pool.id)]


def _first_free(world, pool, length):
    taken = _taken(world, pool)
    for each in pool.prefixes:
        network = ipaddress.ip_network(each)
        for prefix in network.subnets(new_prefix=length) if length >= network.prefixlen else ():
            if not any(prefix.overlaps(other) for other in taken):
                return prefix
    raise _full(f"Insufficient prefix space to allocate subnet size /{length}")


def _bounded(pool, length):
    for kind, word, bound, beyond in (
        ("Max", "maximum", pool.longest, length > pool.longest),
        ("Min", "minimum", pool.shortest, length < pool.shortest),
    ):
        if beyond:
            raise refuse(
                400,
                f"{kind}PrefixSubnetAllocationError",
                f"Unable to allocate subnet with prefix length {length}, {word} allowed prefix is {bound}.",
            )


def _room_for(world, pool, length):
    """Refuse more than a pool's quota, which counts what its own project took of it."""
    if not pool.quota:
        return
    unit = UNIT[pool.version]
    own = [each for each in world.subnets.having("pool_id", pool.id) if each.project_id == pool.project_id]
    used = sum(2.0 ** (unit - ipaddress.ip_network(each.cidr).prefixlen) for each in own)
    if used + 2.0 ** (unit - length) > pool.quota:
        raise refuse(409, "SubnetPoolQuotaExceeded", "Per-project subnet pool prefix quota exceeded.")
