"""What a cloud offers to everybody: read once, to write an estate's first document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.errors import Forbidden, NotFound, ServiceAbsent
from provision.model.facts import Facts, Flavor, Pool, VolumeType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from provision.cloud.connect import Cloud

_DEFAULT_DOMAIN: Final = "default"
_FROM_ENVIRONMENT: Final = (
    "envvars"  # the SDK's name for a cloud given by OS_* variables: not one to write down
)
_CINDER_FALLBACK: Final = "__DEFAULT__"  # what cinder makes for itself when no type was named


def facts(cloud: Cloud) -> Facts:
    """Read what the cloud offers; what these credentials may not see is left empty.

    Raises `Unreachable` and `CredentialsRefused`.
    """
    config = cloud.connection.config
    return Facts(
        cloud="" if cloud.name == _FROM_ENVIRONMENT else cloud.name,
        region=config.get_region_name() or "",
        domain=_domain(cloud),
        external_networks=tuple(_names(cloud.shared.external_networks)),
        pools=tuple(_pool(each) for each in _seen(cloud.shared.subnet_pools) if each.get("shared")),
        flavors=tuple(
            Flavor(each["name"], each["os-flavor-access:is_public"])
            for each in sorted(_seen(cloud.shared.flavors), key=lambda each: (each["ram"], each["name"]))
        ),
        hosts=tuple(sorted(_hosts(cloud))),
        volume_types=tuple(_volume_type(cloud, each) for each in _volume_types(cloud)),
    )


def _seen(ask: Callable[[], Iterable[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """Return the answer with the cloud's default first, or nothing when it is not ours to see."""
    try:
        return sorted(ask(), key=lambda each: (not each.get("is_default"), each["name"]))
    except (Forbidden, NotFound, ServiceAbsent):
        return []


def _hosts(cloud: Cloud) -> Iterable[str]:
    try:
        return cloud.shared.compute_hosts()
    except (Forbidden, NotFound, ServiceAbsent):
        return ()


def _names(ask: Callable[[], Iterable[Mapping[str, Any]]]) -> list[str]:
    return [each["name"] for each in _seen(ask)]


def _domain(cloud: Cloud) -> str:
    try:
        domains = cloud.shared.domains()
    except Forbidden:
        return ""
    return next((name for name, identifier in domains.items() if identifier == _DEFAULT_DOMAIN), "")


def _pool(pool: Mapping[str, Any]) -> Pool:
    return Pool(pool["name"], "ipv6" if pool["ip_version"] == 6 else "ipv4", int(pool["default_prefixlen"]))  # noqa: PLR2004 (IPv6)


def _volume_types(cloud: Cloud) -> list[Mapping[str, Any]]:
    return [each for each in _seen(cloud.shared.volume_types) if each["name"] != _CINDER_FALLBACK]


def _volume_type(cloud: Cloud, volume_type: Mapping[str, Any]) -> VolumeType:
    try:
        encryption = cloud.volume.get(f"/types/{volume_type['id']}/encryption")
    except (Forbidden, NotFound):
        encryption = {}
    return VolumeType(volume_type["name"], bool(encryption.get("encryption_id")))
