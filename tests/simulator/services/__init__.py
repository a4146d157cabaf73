"""The services, one file each; importing this brings all their routes."""

from simulator.services import (
    barbican,
    cinder,
    designate,
    federation,
    glance,
    grants,
    groups,
    keystone,
    logs,
    neutron,
    nova,
    octavia,
    qos,
    rbac,
    routers,
    subnets,
    swift,
    tokens,
)

ROUTES = {
    "identity": keystone.routes,
    "compute": nova.routes,
    "network": neutron.routes,
    "volume": cinder.routes,
    "image": glance.routes,
    "key-manager": barbican.routes,
    "object-store": swift.routes,
    "dns": designate.routes,
    "load-balancer": octavia.routes,
}
PARTS = (federation, grants, groups, logs, qos, rbac, routers, subnets, tokens)
