"""The `clouds.yaml` of a sandbox, and the variables that make the `openstack` client use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.errors import SandboxError
from provision.sandbox.site import REGION, write
from provision.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from provision.sandbox.site import Site

CLOUD = "sandbox"


def write_file(site: Site) -> None:
    """Write how the administrator reaches this cloud."""
    text = f"""\
clouds:
  {CLOUD}:
    auth:
      auth_url: {site.url("keystone")}/v3
      username: admin
      password: "{site.secrets.admin}"
      project_name: admin
      user_domain_name: Default
      project_domain_name: Default
    region_name: {REGION}
    interface: public
    identity_api_version: 3
    swift_info_key: "{site.secrets.swift_info}"
"""
    write(site.path("clouds.yaml"), text)


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that select this cloud."""
    file = folder.absolute() / "clouds.yaml"
    if not file.exists():
        raise SandboxError(
            say("no sandbox was started here", "aucun bac à sable n'a été démarré ici"),
            where=str(folder),
            do=say("run `provision sandbox up`", "lancez `provision sandbox up`"),
        )
    return {"OS_CLIENT_CONFIG_FILE": str(file), "OS_CLOUD": CLOUD}
