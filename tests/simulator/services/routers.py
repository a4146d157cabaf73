"""Neutron's routers, and the ports that tie them to subnets."""

from __future__ import annotations

import ipaddress

from simulator.route import Answer
from simulator.services.neutron import (
    COLLECTIONS,
    HINTS,
    collection,
    fixed,
    hinted,
    refuse,
    room,
    routes,
    standard,
    there,
    written,
)
from simulator.world import Port, Router

INTERFACE = "network:router_interface"


def _bad(message):
    return refuse(400, "BadRequest", f"Bad router request: {message}")


# --- ports


def _port_body(world, row):
    return {
        **standard(row),
        "network_id": row.network_id,
        "mac_address": "fa:16:3e:" + ":".join((row.id[0:2], row.id[2:4], row.id[4:6])),
        "admin_state_up": True,
        "status": "DOWN",
        "device_id": row.device_id,
        "device_owner": row.device_owner,
        "fixed_ips": [{"subnet_id": subnet, "ip_address": address} for subnet, address in row.fixed],
        "allowed_address_pairs": [],
        "extra_dhcp_opts": [],
        "security_groups": list(row.groups),
        "binding:vnic_type": "normal",
        "port_security_enabled": bool(row.groups),
    }


def _create_port(world, ask, said, project):
    network = world.networks.get(said["network_id"])
    if network is None:
        raise refuse(404, "NetworkNotFound", f"Network {said['network_id']} could not be found.")
    room(world, project, "port")
    fixed = said.get("fixed_ips")
    if fixed is None:
        fixed = [{"subnet_id": each.id} for each in world.subnets.having("network_id", network.id)]
    row = world.row(Port, said.get("name", ""), project, said.get("description") or "")
    row.network_id, row.groups = network.id, tuple(said.get("security_groups", ()))
    row.device_id, row.device_owner = said.get("device_id", ""), said.get("device_owner", "")
    row.fixed = tuple(
        (each["subnet_id"], each.get("ip_address") or _address(world, each["subnet_id"])) for each in fixed
    )
    return world.ports.add(row)


def _address(world, identifier):
    """Return an address of a subnet that no port has."""
    subnet = world.subnets.get(identifier)
    taken = {address for port in world.ports.having("subnets", identifier) for _, address in port.fixed}
    hosts = ipaddress.ip_network(subnet.cidr).hosts()
    return next(str(each) for each in hosts if str(each) not in {*taken, subnet.gateway})


def _update_port(world, row, said):
    fields = {name: said[name] for name in ("device_id", "device_owner") if name in said}
    if "security_groups" in said:
        fields["groups"] = tuple(said["security_groups"])
    return written(world, world.ports, row, said, **fields)


def _delete_port(world, row):
    if row.device_owner == INTERFACE:
        raise refuse(
            409,
            "ServicePortInUse",
            f"Port {row.id} cannot be deleted directly via the port API: has device owner {INTERFACE}.",
        )


# --- routers


def _body(world, row):
    return {
        **standard(row),
        "admin_state_up": row.up,
        "status": "ACTIVE",
        "external_gateway_info": _way_out(world, row),
        "availability_zones": [],
        "distributed": False,
        "ha": False,
        HINTS: list(row.hints),
        "routes": [],
        "flavor_id": None,
    }


def _way_out(world, row):
    if row.gateway_id is None:
        return None
    fixed = [
        {
            "subnet_id": each.id,
            "ip_address": str(ipaddress.ip_network(each.cidr).network_address + row.outside),
        }
        for each in world.subnets.having("network_id", row.gateway_id)
    ]
    return {"network_id": row.gateway_id, "external_fixed_ips": fixed, "enable_snat": row.snat}


def _gateway(world, said):
    """Return the fields that a gateway asked for makes; an empty one takes it away."""
    if "external_gateway_info" not in said:
        return {}
    way = said["external_gateway_info"] or {}
    if not way:
        return {"gateway_id": None, "snat": True}
    network = world.networks.get(way["network_id"])
    if network is None:
        raise refuse(404, "NetworkNotFound", f"Network {way['network_id']} could not be found.")
    if not network.external:
        raise _bad(f"Network {network.id} is not an external network.")
    return {
        "gateway_id": network.id,
        "snat": way.get("enable_snat", True),
        "outside": 16 + len(world.routers),
    }


def _create(world, ask, said, project):
    if "enable_snat" in (said.get("external_gateway_info") or {}) and not ask.who.admin:
        raise refuse(
            403,
            "PolicyNotAuthorized",
            "rule:create_router:external_gateway_info:enable_snat is disallowed by policy",
        )
    room(world, project, "router")
    row = world.row(
        Router, said.get("name", ""), project, said.get("description") or "", **_gateway(world, said)
    )
    row.hints = hinted(said)
    return world.routers.add(row)


def _delete(world, row):
    ports = world.ports.having("device_id", row.id)
    if ports:
        raise refuse(
            409,
            "RouterInUse",
            f"Router {row.id} has ports still attached: {', '.join(port.id for port in ports)}",
        )


def _interface(row, port):
    (subnet, _), *_ = port.fixed
    return Answer(
        200,
        {
            "id": row.id,
            "project_id": row.project_id,
            "port_id": port.id,
            "network_id": port.network_id,
            "subnet_id": subnet,
            "subnet_ids": [subnet],
        },
    )


def _asked(world, ask, identifier):
    row = there(world, ask, COLLECTIONS["routers"], identifier)
    subnet = there(world, ask, COLLECTIONS["subnets"], ask.body["subnet_id"])
    return row, subnet


@routes.on("PUT", "/v2.0/routers/{id}/add_router_interface")
def attach(world, ask, identifier):
    row, subnet = _asked(world, ask, identifier)
    if not subnet.gateway:
        raise _bad("Subnet for router interface must have a gateway IP.")
    prefix = ipaddress.ip_network(subnet.cidr)
    for port in world.ports.having("device_id", row.id):
        other = world.subnets.get(port.fixed[0][0])
        if other is subnet:
            raise _bad(f"Router already has a port on subnet {subnet.id}.")
        if other.version == subnet.version and prefix.overlaps(ipaddress.ip_network(other.cidr)):
            raise _bad(
                f"Cidr {subnet.cidr} of subnet {subnet.id} overlaps with cidr {other.cidr} of subnet {other.id}."
            )
    for port in world.ports.having("subnets", subnet.id):
        if (subnet.id, subnet.gateway) in port.fixed:
            raise refuse(
                409,
                "IpAddressInUse",
                f"Unable to complete operation for network {subnet.network_id}. The IP address {subnet.gateway} is in use.",
            )
    room(world, row.project_id, "port")
    port = world.row(Port, "", row.project_id)
    port.network_id, port.device_id, port.device_owner = subnet.network_id, row.id, INTERFACE
    port.fixed = ((subnet.id, subnet.gateway),)
    return _interface(row, world.ports.add(port))


@routes.on("PUT", "/v2.0/routers/{id}/remove_router_interface")
def detach(world, ask, identifier):
    row, subnet = _asked(world, ask, identifier)
    for port in world.ports.having("subnets", subnet.id):
        if port.device_id == row.id:
            world.ports.remove(port)
            return _interface(row, port)
    raise refuse(
        404, "RouterInterfaceNotFoundForSubnet", f"Router {row.id} has no interface on subnet {subnet.id}"
    )


@routes.on("GET", "/v2.0/floatingips")
def list_floating(world, ask):
    return Answer(200, {"floatingips": []})


collection(
    "port",
    title="Port",
    table="ports",
    body=_port_body,
    writes=frozenset({"network_id", "fixed_ips", "device_id", "device_owner", "security_groups"}),
    create=_create_port,
    update=_update_port,
    delete=_delete_port,
    filters=frozenset({"id", "name", "status", "description"}),
)
collection(
    "router",
    title="Router",
    table="routers",
    body=_body,
    writes=frozenset({"external_gateway_info", HINTS}),
    create=_create,
    update=lambda world, row, said: written(world, world.routers, row, fixed(said), **_gateway(world, said)),
    delete=_delete,
    absent="{title} {id} could not be found",
    filters=frozenset({"id", "status"}),
)
