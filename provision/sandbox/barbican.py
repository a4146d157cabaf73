"""barbican: keys and secrets, encrypted with a key of this sandbox: one secret store, in software, which says so."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from provision.sandbox.ini import packaged, render, token_check
from provision.sandbox.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.site import Site


def configure(site: Site) -> Mapping[str, str]:
    """Return barbican's configuration; `simple_crypto` reads it from the home folder only."""
    text = render(
        {
            "DEFAULT": {"host_href": site.url("barbican"), "db_auto_create": True, "use_stderr": True},
            "database": {"connection": site.database("barbican"), "sqlite_synchronous": False},
            "secretstore": {
                "enabled_secretstore_plugins": "store_crypto",
                "namespace": "barbican.secretstore.plugin",
                "enable_multiple_secret_stores": True,
                "stores_lookup_suffix": "software",
            },
            "secretstore:software": {
                "secret_store_plugin": "store_crypto",
                "crypto_plugin": "simple_crypto",
                "global_default": True,
            },
            "crypto": {"enabled_crypto_plugins": "simple_crypto", "namespace": "barbican.crypto.plugin"},
            "simple_crypto_plugin": {"kek": site.secrets.barbican},
            "queue": {"enable": False},
            "keystone_authtoken": token_check(site, "barbican", "key-manager"),
            "oslo_messaging_notifications": {"driver": "noop"},
        }
    )
    return {"barbican/.barbican/barbican.conf": text}


def serve(site: Site) -> Any:  # noqa: ANN401 - a WSGI application
    """Return barbican's application; it makes its own tables."""
    os.environ["HOME"] = str(site.path("barbican"))
    _forget("keystonemiddleware", "oslo_middleware")
    from paste import deploy  # noqa: PLC0415

    return deploy.loadapp(f"config:{packaged('barbican', 'etc/barbican/barbican-api-paste.ini')}")


def _forget(*packages: str) -> None:
    """Have these imported anew: barbican swaps oslo's global configuration, and they hold the old one."""
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]


RECIPE = Recipe(
    name="barbican",
    catalogue="key-manager",
    suffix="",
    probe="/v1/secrets?limit=1",
    configure=configure,
    serve=serve,
    packages=("barbican",),
    databases=("barbican",),
    folders=("barbican/.barbican",),
)
