"""swift: proxy, account, container and object servers in one process; objects are encrypted on disk."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from provision.errors import SandboxError
from provision.sandbox.ini import render, token_check
from provision.sandbox.recipe import Recipe
from provision.sandbox.site import ADDRESS
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.site import Site

STORES = ("account", "container", "object")
SERVERS = ("proxy", *STORES)
PIPELINE = (
    "catch_errors gatekeeper healthcheck listing_formats bulk tempurl authtoken keystoneauth copy"
    " container-quotas account-quotas slo dlo versioned_writes symlink keymaster encryption proxy-server"
)
_PLAIN = (
    "catch_errors gatekeeper healthcheck listing_formats bulk tempurl copy container_quotas account_quotas"
    " slo dlo versioned_writes symlink encryption"
)


def port_name(server: str) -> str:
    """Return the name of a server's port: the proxy is the service itself."""
    return "swift" if server == "proxy" else f"swift-{server}"


def configure(site: Site) -> Mapping[str, str]:
    """Return swift's configuration: one replica, on one device, which is a folder."""
    common: dict[str, Any] = {
        "bind_ip": ADDRESS,
        "swift_dir": site.path("swift"),
        "devices": site.path("swift", "devices"),
        "mount_check": False,
        "log_level": "WARNING",
        "user": "nobody",
        "recon_cache_path": site.path("swift", "cache"),
    }
    files = {
        "swift/swift.conf": render(
            {
                "swift-hash": {
                    "swift_hash_path_suffix": site.secrets.swift_hash,
                    "swift_hash_path_prefix": site.secrets.swift_hash[::-1],
                },
                "storage-policy:0": {"name": "one-copy", "default": True},
            }
        ),
        "swift/proxy.conf": _proxy(site, common),
    }
    for server in STORES:
        files[f"swift/{server}.conf"] = render(
            {
                "DEFAULT": {**common, "bind_port": site.ports[port_name(server)], "workers": 0},
                "pipeline:main": {"pipeline": f"{server}-server"},
                f"app:{server}-server": {"use": f"egg:swift#{server}"},
                f"{server}-updater": {},
            }
        )
    return files


def _proxy(site: Site, common: Mapping[str, Any]) -> str:
    """Return the proxy's configuration, its whole pipeline."""
    sections: dict[str, Mapping[str, Any]] = {
        "DEFAULT": {**common, "bind_port": site.ports["swift"], "workers": 0},
        "pipeline:main": {"pipeline": PIPELINE},
        "app:proxy-server": {
            "use": "egg:swift#proxy",
            "account_autocreate": True,
            "allow_account_management": False,
            "conn_timeout": 5,
            "node_timeout": 30,
            "allow_open_expired": False,
            "cors_allow_origin": "",
            "admin_key": site.secrets.swift_info,
            # A file of a versioned container is read through a hidden one, whose CORS nobody can set: the strict mode would
            # leave browsers without an answer. What a page may send more than a plain GET is still asked of the container.
            "strict_cors_mode": False,
        },
    }
    for name in _PLAIN.split():
        sections[f"filter:{name.replace('_quotas', '-quotas')}"] = {"use": f"egg:swift#{name}"}
    sections["filter:versioned_writes"] = {
        "use": "egg:swift#versioned_writes",
        "allow_versioned_writes": True,
        "allow_object_versioning": True,
    }
    sections["filter:keymaster"] = {
        "use": "egg:swift#keymaster",
        "encryption_root_secret": site.secrets.swift_root,
    }
    sections["filter:keystoneauth"] = {
        "use": "egg:swift#keystoneauth",
        "operator_roles": "admin, member, swiftoperator",
        "project_reader_roles": "reader",
        "reseller_admin_role": "ResellerAdmin",
        "reseller_prefix": "AUTH",
        "allow_names_in_acls": False,
    }
    sections["filter:authtoken"] = {
        "paste.filter_factory": "keystonemiddleware.auth_token:filter_factory",
        **token_check(site, "swift", "object-store"),
        "delay_auth_decision": True,
        "include_service_catalog": True,  # access rules are checked against it
    }
    return render(sections)


def check(site: Site) -> None:
    """See that the file system keeps extended attributes: swift writes an object's metadata there."""
    probe = site.path("swift", "cache", "probe")
    probe.touch()
    try:
        os.setxattr(probe, "user.provision", b"1")
    except OSError as refused:
        raise SandboxError(
            say(
                "the file system keeps no extended attributes, which swift needs",
                "le système de fichiers ne garde pas d'attributs étendus, dont swift a besoin",
            ),
            where=str(site.folder),
            do=say(
                "choose a folder on ext4, xfs, btrfs or a recent tmpfs, with --dir",
                "choisissez un dossier sur ext4, xfs, btrfs ou un tmpfs récent, avec --dir",
            ),
        ) from refused
    finally:
        probe.unlink()


def serve(_site: Site) -> Any:  # noqa: ANN401 - never returns
    """Become another program: swift needs green threads from its first import on."""
    arguments = [sys.executable, "-m", "provision.sandbox.swift_server", os.environ["PROVISION_SANDBOX"]]
    os.execv(sys.executable, arguments)  # noqa: S606 - no shell is wanted


RECIPE = Recipe(
    name="swift",
    catalogue="object-store",
    suffix="/v1/AUTH_%(project_id)s",
    probe="/v1/AUTH_{project}?limit=1",
    configure=configure,
    serve=serve,
    packages=("swift",),
    extra_ports=tuple(port_name(server) for server in STORES),
    folders=("swift/devices/d1", "swift/cache"),
    alone=True,
)
