"""neutron: networks; no agent runs and none is told, and a mechanism driver of ours binds every port."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_DNS, uuid5

from provision.sandbox.ini import credentials, packaged, quiet, render, token_check
from provision.sandbox.recipe import Recipe
from provision.sandbox.site import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.sandbox.rest import Admin
    from provision.sandbox.site import Site

DRIVER = "provision_sandbox"
ZONE = "nova"
_AGENTS = {"DHCP agent": "neutron-dhcp-agent", "L3 agent": "neutron-l3-agent"}
_PLUGIN = "neutron/plugins/provision_sandbox_driver-1.dist-info"


def configure(site: Site) -> Mapping[str, str]:
    """Return neutron's configuration, and the entry point of the driver."""
    text = render(
        {
            "DEFAULT": {
                "transport_url": "fake://",
                "host": HOST,
                "core_plugin": "ml2",
                "service_plugins": "router,qos,segments,log",
                "auth_strategy": "keystone",
                "api_paste_config": packaged("neutron", "etc/neutron/api-paste.ini"),
                "state_path": site.path("neutron"),
                "l3_ha": False,
                "dhcp_agent_notification": False,
                "notify_nova_on_port_status_changes": False,
                "notify_nova_on_port_data_changes": False,
                "rpc_response_timeout": 5,
                "rpc_workers": 0,  # nobody listens: else every change is read again and told to no agent
            },
            "database": {"connection": site.database("neutron"), "sqlite_synchronous": False},
            "ml2": {
                "type_drivers": "flat,vlan,vxlan",
                "tenant_network_types": "vxlan",
                "mechanism_drivers": DRIVER,
                "extension_drivers": "port_security,qos,dns",
            },
            "ml2_type_flat": {"flat_networks": "public"},
            "ml2_type_vlan": {"network_vlan_ranges": "public:100:199"},
            "ml2_type_vxlan": {"vni_ranges": "1:20000"},
            "keystone_authtoken": token_check(site, "neutron", "network"),
            "nova": credentials(site, "neutron"),
            "placement": credentials(site, "neutron"),
            "oslo_concurrency": {"lock_path": site.path("neutron", "locks")},
            **quiet(),
        }
    )
    return {
        "neutron/neutron.conf": text,
        f"{_PLUGIN}/METADATA": "Metadata-Version: 2.1\nName: provision-sandbox-driver\nVersion: 1\n",
        f"{_PLUGIN}/entry_points.txt": (
            f"[neutron.ml2.mechanism_drivers]\n{DRIVER} = provision.sandbox.port_binding:BindEveryPort\n"
        ),
    }


def schema(site: Site) -> None:
    """Make the tables: the migrations do not run on SQLite, so from the models, then marked as migrated."""
    import sqlalchemy  # noqa: PLC0415
    from neutron.db.migration import cli  # noqa: PLC0415
    from neutron.db.migration.models import head  # noqa: PLC0415

    engine = sqlalchemy.create_engine(site.database("neutron"))
    tables = head.get_metadata()
    tables.create_all(engine)
    with engine.begin() as rows:
        rows.execute(tables.tables["agents"].insert(), list(_agents()))
    engine.dispose()
    sys.argv = [
        "neutron-db-manage",
        "--config-file",
        str(site.path("neutron", "neutron.conf")),
        "stamp",
        "heads",
    ]
    cli.main()


def _agents() -> Iterator[dict[str, object]]:
    """Yield two agents that nobody ever heard of again: a zone of networks and routers is there where an agent is written down."""
    long_ago = datetime(2020, 1, 1)  # noqa: DTZ001 (neutron's times have no zone)
    for kind, binary in _AGENTS.items():
        yield {
            "id": str(uuid5(NAMESPACE_DNS, f"{binary}.provision")),
            "agent_type": kind,
            "binary": binary,
            "topic": binary,
            "host": HOST,
            "availability_zone": ZONE,
            "configurations": "{}",
            **dict.fromkeys(("created_at", "started_at", "heartbeat_timestamp"), long_ago),
        }


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return neutron's application."""
    os.environ["OS_NEUTRON_CONFIG_FILES"] = str(site.path("neutron", "neutron.conf"))
    sys.path.append(str(site.path("neutron", "plugins")))
    sys.argv = ["neutron-server"]
    from neutron.wsgi import api  # noqa: PLC0415

    return api.application


def _make(admin: Admin, kind: str, body: Mapping[str, object]) -> str:
    """Create one thing and return its id."""
    key = kind.replace("-", "_")
    made = admin.send("neutron", "POST", f"/v2.0/{kind}s", {key: body}).body
    return str(made[key]["id"])


def _default_rules(admin: Admin) -> None:
    """Write what new security groups begin with: the migrations do, and tables made from the models lack it."""
    for version in ("IPv4", "IPv6"):
        egress = {
            "direction": "egress",
            "ethertype": version,
            "used_in_default_sg": True,
            "used_in_non_default_sg": True,
            "description": "Legacy default SG rule for egress traffic",
        }
        ingress = {
            "direction": "ingress",
            "ethertype": version,
            "remote_group_id": "PARENT",
            "used_in_default_sg": True,
            "used_in_non_default_sg": False,
            "description": "Legacy default SG rule for ingress traffic",
        }
        for rule in (egress, ingress):
            _make(admin, "default-security-group-rule", rule)


def seed(admin: Admin) -> None:
    """Make the external network and the pools tenants take their subnets from, in both families."""
    _default_rules(admin)
    network = _make(
        admin,
        "network",
        {
            "name": "public",
            "router:external": True,
            "provider:network_type": "flat",
            "provider:physical_network": "public",
            "description": "the way out",
        },
    )
    subnets: tuple[dict[str, object], ...] = (
        {"name": "public-v4", "ip_version": 4, "cidr": "203.0.112.0/20", "gateway_ip": "203.0.112.1"},
        {"name": "public-v6", "ip_version": 6, "cidr": "2001:db8::/64", "gateway_ip": "2001:db8::1"},
    )
    for subnet in subnets:
        _make(admin, "subnet", {**subnet, "network_id": network, "enable_dhcp": False})
    pools: tuple[tuple[int, str, int, int, int], ...] = (
        (4, "10.0.0.0/8", 24, 16, 28),
        (6, "2001:db8:1000::/36", 64, 48, 64),
    )
    for version, prefix, default, shortest, longest in pools:
        scope = _make(
            admin, "address-scope", {"name": f"tenants-v{version}", "ip_version": version, "shared": True}
        )
        _make(
            admin,
            "subnetpool",
            {
                "name": f"tenants-v{version}",
                "prefixes": [prefix],
                "default_prefixlen": default,
                "min_prefixlen": shortest,
                "max_prefixlen": longest,
                "address_scope_id": scope,
                "shared": True,
                "is_default": True,
            },
        )


RECIPE = Recipe(
    name="neutron",
    catalogue="network",
    suffix="",
    probe="/v2.0/networks?limit=1",
    configure=configure,
    schema=schema,
    serve=serve,
    seed=seed,
    packages=("neutron",),
    modules=("neutron.server.api",),
    databases=("neutron",),
    folders=("neutron/locks", _PLUGIN),
)
