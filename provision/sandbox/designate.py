"""designate: API and central in one process; no name server, and a worker of ours says that all have every zone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from provision.sandbox.ini import packaged, quiet, render, token_check
from provision.sandbox.recipe import Recipe
from provision.sandbox.site import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.site import Site

NAME_SERVER = "ns1.sandbox.example."
_PASTE = "designate/api-paste.ini"
_SERVER_OF_ZONES = "sandbox-pool"


def configure(site: Site) -> Mapping[str, str]:
    """Return designate's configuration, and the pipeline it looks for beside it."""
    text = render(
        {
            "DEFAULT": {
                "transport_url": "fake://",
                "host": HOST,
                "state_path": site.path("designate"),
                "network_api": "fake",
                "executor_thread_pool_size": 1,
                "rpc_response_timeout": 30,
            },
            "service:api": {
                "auth_strategy": "keystone",
                "api_base_uri": f"{site.url('designate')}/",
                "enable_host_header": False,
            },
            "storage:sqlalchemy": {"connection": site.database("designate"), "sqlite_synchronous": False},
            "heartbeat_emitter": {"emitter_type": "noop"},
            "keystone_authtoken": token_check(site, "designate", "dns"),
            "oslo_concurrency": {"lock_path": site.path("designate", "locks")},
            **quiet(),
        }
    )
    return {
        "designate/designate.conf": text,
        _PASTE: packaged("designate", "etc/designate/api-paste.ini").read_text(encoding="utf-8"),
    }


def schema(site: Site) -> None:
    """Make the tables, and give the one pool the name server that zones are said to be on."""
    from designate import conf, context, objects, policy, storage  # noqa: PLC0415
    from designate.manage import database  # noqa: PLC0415

    conf.CONF([], project="designate", default_config_files=[str(site.path("designate", "designate.conf"))])
    database.DatabaseCommands().sync()
    policy.init()
    kept, admin = storage.get_storage(), context.DesignateContext.get_admin_context(all_tenants=True)
    pool = kept.get_pool(admin, conf.CONF["service:central"].default_pool_id)
    pool.ns_records.append(objects.PoolNsRecord(priority=1, hostname=NAME_SERVER))
    kept.update_pool(admin, pool)


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return designate's application, with central and our worker running beside it."""
    os.environ["OS_DESIGNATE_CONFIG_DIR"] = str(site.path("designate"))
    from designate.api import wsgi  # noqa: PLC0415

    application = wsgi.init_application()
    from designate.central import service  # noqa: PLC0415

    service.Service().start()
    _worker()
    return application


def _worker() -> None:
    """Answer to the worker's name: whatever is to be on the name servers is said to be there, or gone."""
    import oslo_messaging  # noqa: PLC0415
    from designate import rpc  # noqa: PLC0415
    from designate.central import rpcapi  # noqa: PLC0415
    from designate.worker.rpcapi import WorkerAPI  # noqa: PLC0415

    class Everywhere:
        """The name servers of the pool, none of which there is."""

        target = oslo_messaging.Target(version=WorkerAPI.RPC_API_VERSION)

        def create_zone(self, context: Any, zone: Any) -> None:  # noqa: ANN401
            """Say that the zone is on every name server."""
            central = rpcapi.CentralAPI.get_instance()
            central.update_status(
                context.elevated(all_tenants=True), zone.id, "SUCCESS", zone.serial, zone.action
            )

        update_zone = create_zone

        def delete_zone(self, context: Any, zone: Any, hard_delete: bool = False) -> None:  # noqa: ANN401, FBT001, FBT002
            """Say that the zone is on none."""
            del hard_delete
            self.create_zone(context, zone)

    target = oslo_messaging.Target(topic=WorkerAPI.get_instance().topic, server=_SERVER_OF_ZONES)
    rpc.get_server(target, [Everywhere()]).start()


RECIPE = Recipe(
    name="designate",
    catalogue="dns",
    suffix="",
    probe="/v2/zones?limit=1",
    configure=configure,
    schema=schema,
    serve=serve,
    packages=("designate",),
    databases=("designate",),
    folders=("designate/locks",),
    many_writers=True,
)
