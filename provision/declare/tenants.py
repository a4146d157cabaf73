"""One tenant: its document over its profile, floors raised and checked, templates filled in, names made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provision.declare.check import shape
from provision.declare.floors import raised, unchosen, weakened
from provision.declare.layers import overlay
from provision.declare.naming import pseudonym
from provision.declare.node import Layer, Node, mapping, scalar, values
from provision.declare.profiles import Built
from provision.declare.render import render
from provision.declare.schema import tree_schema
from provision.declare.sizes import SIZE, sized
from provision.errors import Mistake
from provision.model.origin import Origin
from provision.model.tenant import Tenant, Values
from provision.text import say

NAMING: Final = {
    "domain": "{{ tenant.key }}",
    "project": "{{ tenant.key }}",
    "group": "{{ tenant.key }}-{{ group }}",
}
PSEUDONYMOUS: Final = {
    "domain": "{{ tenant.pseudonym }}",
    "project": "{{ tenant.pseudonym }}",
    "group": "{{ tenant.pseudonym }}-{{ group }}",
}
_NOT_ASKED: Final = ("defaults", "naming")
_ABOUT: Final = ("title", "kind", "classification", "owner")


class Assembly:
    """Makes tenants of one estate; remembers what it has already checked, as most of a tenant is its profile's."""

    def __init__(self, estate: Node, mistakes: list[Mistake]) -> None:
        """Keep the estate's document."""
        self._estate = values(estate)
        self._root = estate
        self._mistakes = mistakes
        self._checked: dict[int, tuple[Node, Node | None]] = {}
        self._sized: dict[tuple[str, str], Node] = {}

    def tenant(self, document: Node, built: Built, *, sound: bool = True) -> Tenant:
        """Return a tenant; its mistakes are added to the list that the assembly was given.

        `sound` tells a document without mistakes of its own: of another one, nobody asks what it lacks.
        """
        profile = built.profile
        root = overlay(self._base(document, built), _titled(document), self._mistakes)
        root = raised(root, profile.floors)
        context = self._context(root, built)
        root = self._rendered(root, context)
        self._mistakes += weakened(root, profile.floors)
        self._mistakes += [
            _unchosen(document, floor.path, floor.bound) for floor in unchosen(root, profile.floors)
        ]
        root = self._check(root, sound=sound)
        return Tenant(
            key=str(document.value["tenant"]),
            profile=profile.name,
            profile_version=profile.version,
            values=values(root),
            estate=self._estate,
            names=self._names(root, context),
        )

    def _base(self, document: Node, built: Built) -> Node:
        """Return what a tenant stands on: its profile, multiplied by the size that it or its profile says; made once a size."""
        size = document.children.get(SIZE) or built.base.children.get(SIZE)
        if size is None:
            return built.base
        known = (built.profile.name, str(size.value))
        if known not in self._sized:
            before = len(self._mistakes)
            base = sized(built.base, size, built.profile.floors, self._mistakes)
            if len(self._mistakes) > before:
                return base
            self._sized[known] = base
        return self._sized[known]

    def _context(self, root: Node, built: Built) -> dict[str, Any]:
        about: dict[str, Any] = {"key": root.value["tenant"]}
        if isinstance(salt := self._estate.get("naming.pseudonyms"), str):
            about["pseudonym"] = pseudonym(salt, str(self._estate.get("estate")), str(about["key"]))
        context = {
            "tenant": about,
            "estate": {key: value for key, value in self._estate.tree.items() if key not in _NOT_ASKED},
            "profile": {"name": built.profile.name, "version": built.profile.version},
        }
        for key in _ABOUT:
            if key in root.children:
                about[key] = render(root.children[key], context, []).value
            if isinstance(about.get("title"), dict):
                about["title"] = about["title"].get("fr") or about["title"].get("en")
        return context

    def _rendered(self, root: Node, context: Mapping[str, Any]) -> Node:
        return render(root, context, self._mistakes)

    def _check(self, root: Node, *, sound: bool) -> Node:
        """Check each section that no tenant before this one shared; return the tree without what is wrong in it."""
        fresh = {key: node for key, node in root.children.items() if id(node) not in self._checked}
        checked, mistakes = shape(mapping(fresh, root.origin, root.layer), tree_schema(), whole=sound)
        self._mistakes += mistakes
        found = {id(node): (node, checked.children.get(key)) for key, node in fresh.items()}
        if sound:
            self._checked.update(found)
        kept = {key: (found.get(id(n)) or self._checked[id(n)])[1] for key, n in root.children.items()}
        if all(kept[key] is node for key, node in root.children.items()):
            return root
        return mapping({key: node for key, node in kept.items() if node}, root.origin, root.layer, root.below)

    def _names(self, root: Node, context: Mapping[str, Any]) -> Mapping[str, str]:
        names = {what: self._name(what, context) for what in ("project", "domain")}
        if alias := context["tenant"].get("pseudonym"):
            names["pseudonym"] = alias
        for group in Values(root.value, {}).section("identity.groups"):
            names[f"group:{group}"] = self._name("group", {**context, "group": group})
        return names

    def _name(self, what: str, context: Mapping[str, Any]) -> str:
        usual = PSEUDONYMOUS if "pseudonym" in context["tenant"] else NAMING
        written = self._root.at(("naming", what)) or scalar(
            usual[what], Origin("-", 0), Layer("provision", what)
        )
        return str(render(written, context, self._mistakes).value)


def _titled(document: Node) -> Node:
    """A tenant without a title is called by its key."""
    key = document.children["tenant"]
    return mapping({"title": key, **document.children}, document.origin, document.layer)


def _unchosen(document: Node, path: str, bound: Any) -> Mistake:  # noqa: ANN401 (a YAML value)
    at = document.children["tenant"].origin
    return Mistake(
        at.file,
        at.line,
        say("{path} must be chosen", "{path} est à choisir", path=path),
        say(
            "write one of these: {words}",
            "écrire l'une de ces valeurs : {words}",
            words=", ".join(map(str, bound)),
        ),
    )
