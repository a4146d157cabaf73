"""Cases are data: ``cases/<kind>.yaml``. The shape of such a file:

kind: network                 # as registered
resource: backend             # the name in the address of the resource under test; {tenant} stands for the tenant's key
minimal: {…}                  # a tenant fragment that asks for as little of it as can be asked for
full: {…}                     # a tenant fragment that says everything there is to say about it
mutable:                      # for each field that can change in place: what to merge over `full` (null removes a key)
  description: {networks: {backend: {description: other}}}
immutable:                    # for each field that cannot: the same
  cidr: {…}
foreign: [{…}]                # API calls (see below) that make one of the same name which is not ours
operator: [{…}]               # API calls that make, once a session, what an operator has to have made before
writes: 1                     # how many requests a creation may write (default 1); more needs `writes_because`
refused_with: 403             # what the service answers to one who may not (default 403 or 404)
stays: false                  # what the kind itself says of it (`Kind.stays`), where one of them differs from the others
estate: {…}                   # merged over ESTATE
A fragment may say `names_end: -new` for what the estate's naming rules put at the end of the names of project, domain and groups.
not_applicable:               # a case, or `field:<name>`, that makes no sense for the kind: why
  foreign: a quota has no owner

An API call: {service: network, path: /networks, body: {…}, method: POST, undo: "/networks/{id}"}; every text may hold {tenant}
and {project} (the project's id); {id} in `undo` is the id in the answer. With `account: "{project}"` it goes to that Swift account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import provision.resources  # noqa: F401 (importing it registers every kind)
from provision.kind import kinds
from provision.model.address import Address
from provision.model.origin import Origin
from provision.model.tenant import Tenant, Values

FOLDER = Path(__file__).parent / "cases"
ESTATE = {
    "estate": "contract",
    "region": "fr-par",
    "jurisdiction": "FR",
    "domain": "Default",
    "external_network": "public",
    "pools": {"ipv4": "tenants-v4", "ipv6": "tenants-v6"},
    "prefix_lengths": {"ipv4": 24, "ipv6": 64},
    "flavors": {"standard": ["std.small", "std.medium"], "secured": ["sec.small"]},
    "volume_types": {"standard": "standard", "luks": "luks"},
    "destinations": {
        "dns": {"protocol": "udp", "ports": 53, "to": "any"},
        "https-mirror": {"protocol": "tcp", "ports": 443, "to": ["198.51.100.0/24", "2001:db8:1::/48"]},
    },
}


@dataclass(frozen=True)
class Cases:
    """What one file says."""

    kind: str
    data: Mapping[str, Any]

    def get(self, name, default=None):
        return self.data.get(name, default)

    def reason_against(self, case):
        return self.data.get("not_applicable", {}).get(case)

    def address(self, key):
        return Address(self.kind, key, self.data["resource"].format(tenant=key))

    def tenant(self, key, fragment):
        values = _values(merged({"tenant": key, "title": f"Contract {key}"}, fragment), "tenant.yaml")
        estate = _values(merged(ESTATE, self.get("estate", {})), "estate.yaml")
        groups = values.section("identity.groups")
        called = f"{key}{fragment.get('names_end', '')}"
        names = {
            "project": called,
            "domain": called,
            **{f"group:{group}": f"{called}-{group}" for group in groups},
        }
        return Tenant(key, "contract", "1.0.0", values, estate, names)

    def changed(self, change):
        """Return `full` with one change merged over it."""
        return merged(self.data["full"], change)


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
    origins = {path: Origin(file, line) for line, path in enumerate(_paths(tree), start=1)}
    return Values(tree, origins)


def _paths(tree, above=()):
    yield above
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _paths(value, (*above, name))
        else:
            yield (*above, name)


def load():
    """Return the cases of every registered kind that has some."""
    yaml = YAML(typ="safe")
    files = {path.stem: path for path in FOLDER.glob("*.yaml")}
    return {name: Cases(name, yaml.load(files[name].read_text("utf-8"))) for name in kinds() if name in files}
