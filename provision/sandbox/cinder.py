"""cinder: API, scheduler, volume and backup managers in one process, over back ends that keep no bytes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from provision.sandbox.ini import credentials, packaged, quiet, render, token_check
from provision.sandbox.recipe import Recipe
from provision.sandbox.site import HOST, REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.rest import Admin
    from provision.sandbox.site import Site

BACKEND = "fake"
_EVER = 10**9  # seconds: golden files are old, and one process is up or down as a whole


def configure(site: Site) -> Mapping[str, str]:
    """Return cinder's configuration."""
    text = render(
        {
            "DEFAULT": {
                "transport_url": "fake://",
                "host": HOST,
                "my_ip": "127.0.0.1",
                "auth_strategy": "keystone",
                "enabled_backends": BACKEND,
                "default_volume_type": "standard",
                "api_paste_config": packaged("cinder", "etc/cinder/api-paste.ini"),
                "resource_query_filters_file": packaged("cinder", "etc/cinder/resource_filters.json"),
                "state_path": site.path("cinder"),
                "image_conversion_dir": site.path("cinder", "conversion"),
                "glance_api_servers": site.url("glance"),
                "backup_manager": "provision.sandbox.backup_manager.NoBytesBackups",
                "backup_driver": "provision.sandbox.backup_manager.NoBytesBackup",
                "service_down_time": _EVER,
                "scheduler_driver_init_wait_time": 5,
                "periodic_fuzzy_delay": 0,
                "periodic_interval": 10,
                "rpc_response_timeout": 30,
            },
            BACKEND: {
                "volume_driver": "provision.sandbox.volume_driver.NoBytesDriver",
                "volume_backend_name": BACKEND,
            },
            "database": {"connection": site.database("cinder"), "sqlite_synchronous": False},
            "coordination": {"backend_url": f"file://{site.path('cinder', 'coordination')}"},
            "keystone_authtoken": token_check(site, "cinder", "block-storage"),
            "service_user": {"send_service_user_token": True, **credentials(site, "cinder")},
            "nova": credentials(site, "cinder"),
            "key_manager": {"backend": "barbican"},
            "barbican": {
                "barbican_endpoint": site.url("barbican"),
                "auth_endpoint": f"{site.url('keystone')}/v3",
                "barbican_region_name": REGION,
            },
            "oslo_concurrency": {"lock_path": site.path("cinder", "locks")},
            **quiet(),
        }
    )
    return {"cinder/cinder.conf": text}


def _arguments(site: Site) -> list[str]:
    """Return the command line every part of cinder reads."""
    return ["cinder", "--config-file", str(site.path("cinder", "cinder.conf"))]


def _threads() -> None:
    """Choose native threads: no green threads, no patched standard library."""
    from cinder import monkey_patch  # noqa: PLC0415

    monkey_patch.patch(backend="threading")


def schema(site: Site) -> None:
    """Make the tables."""
    _threads()
    from cinder import objects  # noqa: PLC0415
    from cinder.common import config  # noqa: PLC0415
    from cinder.db import migration  # noqa: PLC0415

    objects.register_all()
    config.CONF(_arguments(site)[1:], project="cinder")
    migration.db_sync()


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return cinder's application, with its managers running beside it."""
    _threads()
    sys.argv = _arguments(site)
    from cinder.wsgi import wsgi  # noqa: PLC0415

    application = wsgi.initialize_application()
    _managers()
    return application


def _managers() -> None:
    """Start the scheduler, the volume manager and the backup manager in this process."""
    from cinder import service  # noqa: PLC0415
    from cinder.common import constants  # noqa: PLC0415
    from oslo_config import cfg  # noqa: PLC0415

    cfg.CONF.register_opt(cfg.StrOpt("backend_host"), group=BACKEND)
    volume = service.Service.create(
        host=f"{HOST}@{BACKEND}",
        service_name=BACKEND,
        binary=constants.VOLUME_BINARY,
        topic=constants.VOLUME_TOPIC,
        coordination=True,
    )
    volume.start()
    scheduler = service.Service.create(binary=constants.SCHEDULER_BINARY, topic=constants.SCHEDULER_TOPIC)
    scheduler.start()
    backup = service.Service.create(
        binary=constants.BACKUP_BINARY, topic=constants.BACKUP_TOPIC, service_name="backup", coordination=True
    )
    backup.start()


def seed(admin: Admin) -> None:
    """Make two private volume types, one plain and one encrypted, and drop the built-in one."""
    prefix = f"/v3/{admin.project}/types"
    ids = {}
    for name, about in (("standard", "plain disks"), ("luks", "disks encrypted with a key of the tenant")):
        body = {
            "volume_type": {
                "name": name,
                "description": about,
                "os-volume-type-access:is_public": False,
                "extra_specs": {"volume_backend_name": BACKEND},
            }
        }
        ids[name] = admin.send("cinder", "POST", prefix, body).body["volume_type"]["id"]
    encryption = {
        "provider": "luks",
        "cipher": "aes-xts-plain64",
        "key_size": 256,
        "control_location": "front-end",
    }
    admin.send("cinder", "POST", f"{prefix}/{ids['luks']}/encryption", {"encryption": encryption})
    for found in admin.send("cinder", "GET", f"{prefix}?is_public=None").body["volume_types"]:
        if found["name"] == "__DEFAULT__":
            admin.send("cinder", "DELETE", f"{prefix}/{found['id']}")


RECIPE = Recipe(
    name="cinder",
    catalogue="block-storage",
    suffix="/v3/%(project_id)s",
    probe="/v3/{project}/volumes?limit=1",
    configure=configure,
    schema=schema,
    serve=serve,
    seed=seed,
    packages=("cinder",),
    databases=("cinder",),
    threads=4,
    many_writers=True,
    environment={"OS_CINDER_DISABLE_EVENTLET_PATCHING": "true"},
    folders=("cinder/conversion", "cinder/coordination", "cinder/locks"),
)
