"""nova: API, conductor, scheduler and compute in one process; the hypervisor is nova's own fake one."""

from __future__ import annotations

import os
import sqlite3
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_DNS, uuid5

from provision.sandbox import database
from provision.sandbox.ini import credentials, packaged, quiet, render, token_check
from provision.sandbox.recipe import Recipe
from provision.sandbox.site import HOST, REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.rest import Admin
    from provision.sandbox.site import Site

_EVER = 10**9  # seconds: golden files are old, and one process is up or down as a whole
NODE = str(uuid5(NAMESPACE_DNS, f"{HOST}.provision"))
DEDICATED = tuple(f"dedicated-{number}" for number in range(1, 5))
RESERVE = "reserve"  # the aggregate that keeps everybody off these hosts, until one is given to a tenant
_FILTERS = (
    "ComputeFilter,ComputeCapabilitiesFilter,ImagePropertiesFilter,"
    "ServerGroupAntiAffinityFilter,ServerGroupAffinityFilter,AggregateMultiTenancyIsolation"
)
SIZES = {"small": (1, 2048, 10), "medium": (2, 4096, 20), "large": (4, 8192, 40)}


def configure(site: Site) -> Mapping[str, str]:
    """Return nova's configuration; the paste file must stand beside it, and be named first."""
    text = render(
        {
            "DEFAULT": _default(site),
            "api": {"auth_strategy": "keystone", "response_validation": "ignore"},
            "api_database": {"connection": site.database("nova_api"), "sqlite_synchronous": False},
            "database": {"connection": site.database("nova"), "sqlite_synchronous": False},
            "quota": {"driver": "nova.quota.DbQuotaDriver"},
            "scheduler": {"limit_tenants_to_placement_aggregate": True},
            "filter_scheduler": {"enabled_filters": _FILTERS},
            "keystone_authtoken": token_check(site, "nova", "compute"),
            "service_user": {"send_service_user_token": True, **credentials(site, "nova")},
            "placement": credentials(site, "nova"),
            "neutron": credentials(site, "nova"),
            "cinder": {**credentials(site, "nova"), "os_region_name": REGION},
            "glance": credentials(site, "nova"),
            "key_manager": {"backend": "barbican"},
            "barbican": {
                "barbican_endpoint": site.url("barbican"),
                "auth_endpoint": f"{site.url('keystone')}/v3",
                "barbican_region_name": REGION,
            },
            "vnc": {"enabled": False},
            "oslo_concurrency": {"lock_path": site.path("nova", "locks")},
            **quiet(),
        }
    )
    paste = packaged("nova", "etc/nova/api-paste.ini").read_text(encoding="utf-8")
    return {"nova/nova.conf": text, "nova/api-paste.ini": paste, "nova/compute_id": NODE}


def _default(site: Site) -> dict[str, Any]:
    """Return the options outside any section: no periodic work that would fight the fake hypervisor."""
    return {
        "transport_url": "fake://",
        "host": HOST,
        "my_ip": "127.0.0.1",
        "compute_driver": "fake.FakeDriver",
        "state_path": site.path("nova"),
        "instances_path": site.path("nova", "instances"),
        "service_down_time": _EVER,
        "sync_power_state_interval": -1,
        "heal_instance_info_cache_interval": -1,
        "shelved_poll_interval": -1,
        "running_deleted_instance_poll_interval": 0,
        "periodic_fuzzy_delay": 0,
        "vif_plugging_is_fatal": False,
        "vif_plugging_timeout": 0,
        "rpc_response_timeout": 60,
    }


def _read(site: Site) -> None:
    """Read the configuration in this process."""
    from nova import config  # noqa: PLC0415

    config.parse_args(["nova-manage", "--config-file", str(site.path("nova", "nova.conf"))])


def schema(site: Site) -> None:
    """Make the tables of the API and of the cells; the cell of the failed is a copy of the other."""
    from nova.cmd import manage  # noqa: PLC0415
    from nova.db import migration  # noqa: PLC0415

    _read(site)
    migration.db_sync(database="api")
    migration.db_sync(database="main")
    database.copy(site.path("databases", "nova.sqlite"), site.path("databases", "nova_cell0.sqlite"))
    cells = manage.CellV2Commands()
    cells.map_cell0(database_connection=site.database("nova_cell0"))
    cells.create_cell(name="cell1", database_connection=site.database("nova"), transport_url="fake://")


def relocate(site: Site) -> None:
    """Tell the API database where the cells' files are."""
    with sqlite3.connect(site.path("databases", "nova_api.sqlite"), timeout=60) as tables:
        for cell, name in (("cell0", "nova_cell0"), ("cell1", "nova")):
            tables.execute(
                "UPDATE cell_mappings SET database_connection = ? WHERE name = ?", (site.database(name), cell)
            )
    tables.close()


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return nova's application, with conductor, scheduler and compute running beside it."""
    from nova import monkey_patch  # noqa: PLC0415

    sys.argv = ["nova-api"]
    os.environ["OS_NOVA_CONFIG_DIR"] = str(site.path("nova"))
    monkey_patch.patch(backend="threading")
    from nova.api.openstack import wsgi_app  # noqa: PLC0415

    application = wsgi_app.init_application("osapi_compute", "nova-api-os-compute")
    _managers()
    return application


def _managers() -> None:
    """Start conductor, scheduler and one compute a host in this process, and map the hypervisors to their cell."""
    from nova import context, service  # noqa: PLC0415
    from nova.compute import rpcapi as compute  # noqa: PLC0415
    from nova.conductor import rpcapi as conductor  # noqa: PLC0415
    from nova.objects import host_mapping  # noqa: PLC0415
    from nova.scheduler import rpcapi as scheduler  # noqa: PLC0415
    from oslo_config import cfg  # noqa: PLC0415
    from oslo_utils.fixture import uuidsentinel  # noqa: PLC0415

    for host in (HOST, *DEDICATED):  # a fake hypervisor is a new one each time
        uuidsentinel._sentinels[f"node_{host}"] = str(uuid5(NAMESPACE_DNS, f"{host}.provision"))  # noqa: SLF001
    import_module("os_brick").setup(cfg.CONF)
    import_module("os_vif").initialize()
    service.Service.create(binary="nova-conductor", topic=conductor.RPC_TOPIC).start()
    service.Service.create(binary="nova-scheduler", topic=scheduler.RPC_TOPIC).start()
    for host in (HOST, *DEDICATED):
        service.Service.create(
            host=host, binary="nova-compute", topic=compute.RPC_TOPIC, topic_alt=compute.RPC_TOPIC_ALT
        ).start()
    host_mapping.discover_hosts(context.get_admin_context())


def seed(admin: Admin) -> None:
    """Make two families of flavours, both private: tenants get them by flavour access; and close the hosts kept in reserve."""
    for family in ("std", "sec"):
        for size, (vcpus, ram, disk) in SIZES.items():
            flavor = {
                "name": f"{family}.{size}",
                "vcpus": vcpus,
                "ram": ram,
                "disk": disk,
                "os-flavor-access:is_public": False,
            }
            admin.send("nova", "POST", "/v2.1/flavors", {"flavor": flavor})
    public = {"name": "try.nano", "vcpus": 1, "ram": 512, "disk": 1, "os-flavor-access:is_public": True}
    admin.send("nova", "POST", "/v2.1/flavors", {"flavor": public})
    made = admin.send("nova", "POST", "/v2.1/os-aggregates", {"aggregate": {"name": RESERVE}})
    act = f"/v2.1/os-aggregates/{made.body['aggregate']['id']}/action"
    admin.send("nova", "POST", act, {"set_metadata": {"metadata": {"filter_tenant_id": RESERVE}}})
    for host in DEDICATED:
        admin.send("nova", "POST", act, {"add_host": {"host": host}})


RECIPE = Recipe(
    name="nova",
    catalogue="compute",
    suffix="/v2.1",
    probe="/v2.1/servers?limit=1",
    configure=configure,
    schema=schema,
    serve=serve,
    seed=seed,
    packages=("nova",),
    modules=("nova.api.openstack.wsgi_app", "nova.api.openstack.compute", "nova.compute.manager"),
    databases=("nova_api", "nova", "nova_cell0"),
    folders=("nova/instances", "nova/locks"),
    green_library=False,
    threads=4,
    many_writers=True,
    environment={"OS_NOVA_DISABLE_EVENTLET_PATCHING": "true"},
)
