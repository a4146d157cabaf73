"""Cases are data: ``cases/<kind>.yaml``. The shape of such a file:

kind: network                 # as registered
resource: backend             # the name in the address of the resource under test; {tenant} stands for the tenant's key
minimal: {…}                  # a tenant fragment that asks for as little of it as can be asked for; every text may hold {tenant}
full: {…}                     # a tenant fragment that says everything there is to say about it
whole: {…}                    # what stands for `full` in a tenant that asks for everything, where several cannot have that
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
from written import merged, written

import provision.resources  # noqa: F401 (importing it registers every kind)
from provision.kind import kinds
from provision.model.address import Address

FOLDER = Path(__file__).parent / "cases"


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
        tree = merged({"title": f"Contract {key}"}, fill(fragment, {"tenant": key}))
        return written(key, tree, self.get("estate"), names_end=fragment.get("names_end", ""))

    def changed(self, change):
        """Return `full` with one change merged over it."""
        return merged(self.data["full"], change)


def load():
    """Return the cases of every registered kind that has some."""
    yaml = YAML(typ="safe")
    files = {path.stem: path for path in FOLDER.glob("*.yaml")}
    return {name: Cases(name, yaml.load(files[name].read_text("utf-8"))) for name in kinds() if name in files}


def fill(value: Any, names: Mapping[str, str]) -> Any:
    """Replace {tenant}, {project} and {kind/name} in every text of a tree."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, dict):
        return {fill(name, names): fill(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [fill(each, names) for each in value]
    return value
