"""A tenant as documents would have written it, for tests of kinds."""

from __future__ import annotations

from collections.abc import Mapping

from provision.model.origin import Origin
from provision.model.tenant import Tenant, Values

ESTATE = {
    "estate": "contract",
    "region": "fr-par",
    "jurisdiction": "FR",
    "domain": "Default",
    "external_network": "public",
    "pools": {"ipv4": "tenants-v4", "ipv6": "tenants-v6"},
    "prefix_lengths": {"ipv4": 24, "ipv6": 64},
    "flavors": {"standard": ["std.small", "std.medium"], "secured": ["sec.small"]},
    "images": {"hardened": ["contract-hardened"], "open": ["debian-13"]},
    "volume_types": {"standard": "standard", "luks": "luks"},
    "destinations": {
        "dns": {"protocol": "udp", "ports": 53, "to": "any"},
        "https-mirror": {"protocol": "tcp", "ports": 443, "to": ["198.51.100.0/24", "2001:db8:1::/48"]},
    },
}


def written(key, tree, estate=None, *, names_end=""):
    """Return a tenant; `estate` is merged over ESTATE, `names_end` is put at the end of what things are called."""
    values = _values({"tenant": key, **tree}, "tenant.yaml")
    called = f"{key}{names_end}"
    groups = {f"group:{group}": f"{called}-{group}" for group in values.section("identity.groups")}
    names = {"project": called, "domain": called, **groups}
    over = _values(merged(ESTATE, estate or {}), "estate.yaml")
    return Tenant(key, "contract", "1.0.0", values, over, names)


def merged(under, over):
    """Merge two trees; null removes a key."""
    both = {**under}
    for name, value in over.items():
        if value is None:
            both.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(both.get(name), Mapping):
            both[name] = merged(both[name], value)
        else:
            both[name] = value
    return both


def _values(tree, file):
    """Number the lines as if each path, in order, stood on its own."""
    return Values(tree, {path: Origin(file, line) for line, path in enumerate(_paths(tree), start=1)})


def _paths(tree, above=()):
    yield above
    items = tree.items() if isinstance(tree, Mapping) else enumerate(tree)
    for name, value in items:
        if isinstance(value, Mapping | list):
            yield from _paths(value, (*above, str(name)))
        else:
            yield (*above, str(name))
