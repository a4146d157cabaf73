"""A tenant as its documents say, every layer merged, every value with the place it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from provision.model.address import ESTATE
from provision.model.evidence import Evidence
from provision.model.origin import Origin
from provision.model.resource import Retirement

Path = tuple[str, ...]


def _is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, (dict, Mapping))


@dataclass(frozen=True, slots=True)
class Values:
    """A merged tree of plain values, and the origin of each path in it.

    Paths are dotted: ``values.get("quotas.compute.cores")``. List items are addressed by index.
    """

    tree: Mapping[str, Any]
    origins: Mapping[Path, Origin]

    def get(self, path: str, default: Any = None) -> Any:  # noqa: ANN401 (a YAML value)
        """Return the value at a dotted path, or `default`."""
        node: Any = self.tree
        for part in path.split("."):
            if _is_mapping(node) and part in node:
                node = node[part]
            else:
                return default
        return node

    def section(self, path: str) -> Mapping[str, Any]:
        """Return the mapping at a dotted path, empty when absent."""
        found = self.get(path)
        return found if _is_mapping(found) else {}

    def items(self, path: str) -> Sequence[Any]:
        """Return the list at a dotted path, empty when absent."""
        found = self.get(path)
        return found if isinstance(found, list | tuple) else ()

    def origin(self, path: str) -> Origin:
        """Return where the value at a dotted path was written; else where its nearest parent was."""
        parts = tuple(path.split("."))
        while parts:
            if parts in self.origins:
                return self.origins[parts]
            parts = parts[:-1]
        return self.origins.get((), Origin("?", 0))


def in_words(said: object) -> str:
    """Return a text of a document in one line; one written in several languages says each of them once."""
    if _is_mapping(said):
        return " / ".join(dict.fromkeys(str(each) for each in said.values()))
    return "" if said is None else str(said)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant of the estate: its key, its profile, and its effective values.

    `values` is floor > tenant > profile > parent profile > estate defaults; `estate` is what the operator
    knows once (external network, pools, flavours and volume types by role, naming, destinations).
    `names` holds the rendered names of the estate's naming rules (``names["project"]``,
    ``names["domain"]``), under ``group:<key>`` the name of each group it declares, and under ``pseudonym`` what
    the cloud calls it where the estate's naming says so. `evidence` is what was shown of it from outside.
    """

    key: str
    profile: str
    profile_version: str
    values: Values
    estate: Values
    names: Mapping[str, str] = field(default_factory=dict)
    evidence: Sequence[Evidence] = ()

    def group_name(self, group: str) -> str:
        """Return what a group of the documents is called in the cloud."""
        return self.names.get(f"group:{group}", f"{self.key}-{group}")

    @property
    def pseudonym(self) -> str | None:
        """Return what it is called in the cloud, or None where it is called by its key."""
        return self.names.get("pseudonym")

    def shown(self, said: object) -> str:
        """Return words for a place where others may read them: none, where nobody is to know who it is."""
        return "" if self.pseudonym else in_words(said)

    @property
    def is_estate(self) -> bool:
        """Tell the estate itself, which asks for what is everybody's, from its tenants."""
        return self.key == ESTATE

    @property
    def retired(self) -> bool:
        """Tell whether the document says ``state: retired``."""
        return bool(self.values.get("state", "active") == "retired")

    def retirement(self, *items: str) -> Retirement | None:
        """Return why something is to go: because the tenant is, else because one of `items` (dotted paths) is retired.

        The origin is the line that says ``state: retired``; None while everything is active.
        """
        for prefix in ("", *(f"{item}." for item in items)):
            if self.values.get(f"{prefix}state", "active") == "retired":
                why = self.values.section(f"{prefix}retirement")
                origin = self.values.origin(f"{prefix}state")
                return Retirement(str(why.get("reason", "")), str(why.get("date", "")), origin)
        return None
