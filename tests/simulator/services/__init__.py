"""The services, one file each; importing this brings all their routes."""

from simulator.services import (
    barbican,
    cinder,
    glance,
    groups,
    keystone,
    neutron,
    nova,
    routers,
    subnets,
    swift,
)

ROUTES = {
    "identity": keystone.routes,
    "compute": nova.routes,
    "network": neutron.routes,
    "volume": cinder.routes,
    "image": glance.routes,
    "key-manager": barbican.routes,
    "object-store": swift.routes,
}
PARTS_OF_NEUTRON = (groups, routers, subnets)
