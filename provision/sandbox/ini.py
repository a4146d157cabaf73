"""Configuration files as the services read them, and the files that come inside their packages."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from provision.errors import SandboxError
from provision.sandbox.site import REGION
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.site import Site

    Section = Mapping[str, str | int | bool | Path]


EXTRA = "provision[sandbox]"


def render(sections: Mapping[str, Section]) -> str:
    """Return the text of an ini file."""
    blocks = []
    for name, options in sections.items():
        lines = [f"{option} = {value}" for option, value in options.items()]
        blocks.append("\n".join([f"[{name}]", *lines]))
    return "\n\n".join(blocks) + "\n"


def packaged(name: str, tail: str) -> Path:
    """Return where a data file of an installed package is."""
    for file in distribution(name).files or ():
        if str(file).endswith(tail):
            return Path(str(file.locate())).resolve()
    raise SandboxError(
        say("the package {name} has no {tail}", "le paquet {name} n'a pas {tail}", name=name, tail=tail),
        do=say("install {extra} again", "réinstallez {extra}", extra=EXTRA),
    )


def credentials(site: Site, user: str) -> dict[str, str | int | bool | Path]:
    """Return how a service logs in at keystone."""
    return {
        "auth_type": "password",
        "auth_url": f"{site.url('keystone')}/v3",
        "username": user,
        "password": site.secrets.service,
        "project_name": "service",
        "user_domain_name": "Default",
        "project_domain_name": "Default",
        "region_name": REGION,
    }


def token_check(site: Site, user: str, service: str) -> dict[str, str | int | bool | Path]:
    """Return how a service checks the tokens it is shown; they stay in its memory for five minutes.

    It must know its own type, or it refuses every application credential that has access rules.
    """
    return {
        **credentials(site, user),
        "www_authenticate_uri": f"{site.url('keystone')}/v3",
        "interface": "public",
        "service_token_roles": "service",
        "service_token_roles_required": True,
        "token_cache_time": 300,
        "service_type": service,
    }


def quiet() -> dict[str, Section]:
    """Return the sections every oslo service shares: no message bus, no notifications."""
    return {
        "oslo_messaging_notifications": {"driver": "noop"},
        "oslo_policy": {"policy_file": "policy.yaml"},
    }
