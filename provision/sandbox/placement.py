"""placement: what the hypervisor has to give."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from provision.sandbox.ini import quiet, render, token_check
from provision.sandbox.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.site import Site


def configure(site: Site) -> Mapping[str, str]:
    """Return placement's configuration."""
    text = render(
        {
            "api": {"auth_strategy": "keystone"},
            "placement_database": {
                "connection": site.database("placement"),
                "sqlite_synchronous": False,
                "sync_on_startup": True,
            },
            "keystone_authtoken": token_check(site, "placement", "placement"),
            **quiet(),
        }
    )
    return {"placement/placement.conf": text}


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return placement's application; it makes its own tables when there are none."""
    os.environ["OS_PLACEMENT_CONFIG_DIR"] = str(site.path("placement"))
    from placement import wsgi  # noqa: PLC0415

    return wsgi.init_application()


RECIPE = Recipe(
    name="placement",
    catalogue="placement",
    suffix="",
    probe="/resource_providers",
    configure=configure,
    serve=serve,
    packages=("openstack-placement",),
    modules=("placement.wsgi",),
    databases=("placement",),
)
