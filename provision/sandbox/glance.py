"""glance: images, kept as files."""

from __future__ import annotations

import os
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

from provision.sandbox.ini import packaged, quiet, render, token_check
from provision.sandbox.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.rest import Admin
    from provision.sandbox.site import Site

IMAGES = {"debian-13": 1, "ubuntu-26.04": 2}
_SIZE = 4096


def configure(site: Site) -> Mapping[str, str]:
    """Return glance's configuration: one file store, no cache, no import."""
    store = site.path("glance", "images")
    text = render(
        {
            "DEFAULT": {
                "enabled_backends": "fs:file",
                "worker_self_reference_url": site.url("glance"),
                "enabled_import_methods": "[]",
                "node_staging_uri": f"file://{site.path('glance', 'staging')}",
                "image_cache_dir": site.path("glance", "cache"),
                "show_multiple_locations": False,
            },
            "database": {"connection": site.database("glance"), "sqlite_synchronous": False},
            "glance_store": {"default_backend": "fs"},
            "fs": {"filesystem_store_datadir": store},
            "os_glance_staging_store": {"filesystem_store_datadir": site.path("glance", "staging")},
            "os_glance_tasks_store": {"filesystem_store_datadir": site.path("glance", "tasks")},
            "paste_deploy": {
                "flavor": "keystone",
                "config_file": packaged("glance", "etc/glance/glance-api-paste.ini"),
            },
            "keystone_authtoken": token_check(site, "glance", "image"),
            "oslo_concurrency": {"lock_path": site.path("glance", "locks")},
            **quiet(),
        }
    )
    return {"glance/glance-api.conf": text}


def schema(site: Site) -> None:
    """Make the tables."""
    from glance.cmd import manage  # noqa: PLC0415

    sys.argv = ["glance-manage", "--config-file", str(site.path("glance", "glance-api.conf")), "db", "sync"]
    manage.main()


def relocate(site: Site) -> None:
    """Tell the database where the image files are."""
    with sqlite3.connect(site.path("databases", "glance.sqlite"), timeout=60) as database:
        database.execute(
            "UPDATE image_locations SET value = ? || image_id", (f"file://{site.path('glance', 'images')}/",)
        )
    database.close()


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return glance's application."""
    os.environ["OS_GLANCE_CONFIG_DIR"] = str(site.path("glance"))
    from glance.common import wsgi_app  # noqa: PLC0415

    return wsgi_app.init_app()


def seed(admin: Admin) -> None:
    """Upload two public images of a few KiB."""
    for name, fill in IMAGES.items():
        body = {
            "name": name,
            "disk_format": "raw",
            "container_format": "bare",
            "visibility": "public",
            "min_disk": 1,
            "os_distro": name.partition("-")[0],
        }
        image = admin.send("glance", "POST", "/v2/images", body).body["id"]
        admin.send(
            "glance",
            "PUT",
            f"/v2/images/{image}/file",
            bytes([fill]) * _SIZE,
            {"Content-Type": "application/octet-stream"},
        )


RECIPE = Recipe(
    name="glance",
    catalogue="image",
    suffix="",
    probe="/v2/images?limit=1",
    configure=configure,
    schema=schema,
    serve=serve,
    seed=seed,
    packages=("glance",),
    modules=("glance.common.wsgi_app",),
    databases=("glance",),
    folders=("glance/images", "glance/staging", "glance/tasks", "glance/cache", "glance/locks"),
    kept=("glance/images",),
)
