"""Profiles: found, chained by ``extends``, merged over the estate's defaults, their floors raised and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provision.declare.check import shape
from provision.declare.floors import floors_of, quarrels, raised, weakened
from provision.declare.layers import overlay, suggestion
from provision.declare.node import Layer, Node, mapping, values
from provision.declare.read import read
from provision.declare.schema import PROFILE_ONLY, profile_schema
from provision.errors import Mistake
from provision.model.estate import Floor, Profile
from provision.model.origin import Origin
from provision.text import say

FILE: Final = "profile.yaml"
SHIPPED: Final = "provision/profiles"


def profiles_folder() -> Path:
    """Return the folder of the profiles that come with `provision`."""
    return Path(__file__).resolve().parent.parent / "profiles"


@dataclass(frozen=True, slots=True)
class Draft:
    """A profile's document as read; `shipped` tells those that came with `provision` from the estate's own."""

    name: str
    root: Node
    path: Path
    shipped: bool

    def said(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 (a YAML value)
        """Return what the head of the document says."""
        return self.root.value.get(key, default)

    def place(self, key: str) -> Origin:
        """Return where a key of the document stands."""
        return self.root.children[key].origin


@dataclass(frozen=True, slots=True)
class Built:
    """A profile with the tree that its tenants stand on (estate defaults below, floors raised)."""

    profile: Profile
    base: Node


def find(folder: Path, label: str, mistakes: list[Mistake], *, shipped: bool) -> Iterator[Draft]:
    """Read every ``<folder>/<name>/profile.yaml``; `label` is what messages call the folder.

    Shipped ones are as our tests found them: their shape is not looked at again each time.
    """
    for path in sorted(folder.glob(f"*/{FILE}")):
        name = path.parent.name
        root, found = read(path, f"{label}/{name}/{FILE}", Layer("profile", name))
        mistakes += found
        if root is not None:
            root, wrong = (root, []) if shipped else shape(root, profile_schema())
            mistakes += wrong
            yield from _named(Draft(name, root, path, shipped), mistakes)


def _named(draft: Draft, mistakes: list[Mistake]) -> Iterator[Draft]:
    if draft.said("profile", draft.name) != draft.name:
        at = draft.place("profile")
        mistakes.append(
            Mistake(
                at.file,
                at.line,
                say(
                    "the profile calls itself {given}, its folder is {folder}",
                    "le profil s'appelle {given}, son dossier {folder}",
                    given=draft.said("profile"),
                    folder=draft.name,
                ),
                say("write profile: {folder}", "écrire profile: {folder}", folder=draft.name),
            )
        )
    yield draft


class Shelf:
    """Every profile of an estate, each built once, parents first."""

    def __init__(self, drafts: Sequence[Draft], defaults: Node | None, mistakes: list[Mistake]) -> None:
        """Keep the drafts; an estate's own profile stands before a shipped one of the same name."""
        self._own = {draft.name: draft for draft in drafts if not draft.shipped}
        self._shipped = {draft.name: draft for draft in drafts if draft.shipped}
        self._defaults = defaults
        self._mistakes = mistakes
        self._built: dict[tuple[str, bool], Built | None] = {}

    @property
    def names(self) -> list[str]:
        """Return the names, sorted."""
        return sorted({*self._own, *self._shipped})

    def all(self) -> Mapping[str, Built]:
        """Build every profile; those that cannot be built have their mistakes and are left out."""
        built = {name: self._build(self._own.get(name) or self._shipped[name], ()) for name in self.names}
        return {name: each for name, each in built.items() if each is not None}

    def _build(self, draft: Draft, below: tuple[str, ...]) -> Built | None:
        key = (draft.name, draft.shipped)
        if key not in self._built:
            self._built[key] = None
            self._built[key] = self._made(draft, (*below, draft.name))
        return self._built[key]

    def _made(self, draft: Draft, chain: tuple[str, ...]) -> Built | None:
        extends = draft.said("extends")
        if extends is None:
            return self._merged(draft, None)
        parent = self._parent(draft, extends)
        if parent is None or (parent.name in chain and (parent.shipped, draft.shipped) != (True, False)):
            self._mistakes.append(self._no_parent(draft, extends, chain if parent else ()))
            return None
        built = self._build(parent, chain)
        return self._merged(draft, built) if built else None

    def _parent(self, draft: Draft, name: str) -> Draft | None:
        """An estate's profile that extends its own name extends the shipped one."""
        if name != draft.name or draft.shipped:
            own = None if draft.shipped else self._own.get(name)
            return own or self._shipped.get(name)
        return self._shipped.get(name, draft)

    def _no_parent(self, draft: Draft, extends: str, chain: Sequence[str]) -> Mistake:
        at = draft.place("extends")
        if chain:
            return Mistake(
                at.file,
                at.line,
                say(
                    "profiles extend one another in a circle: {circle}",
                    "les profils s'étendent en rond : {circle}",
                    circle=" → ".join([*chain, extends]),
                ),
                say("break the circle here", "rompre le cercle ici"),
            )
        return Mistake(
            at.file,
            at.line,
            say("there is no profile {name!r}", "il n'y a pas de profil {name!r}", name=extends),
            suggestion(extends, [name for name in self.names if name != draft.name]),
        )

    def _merged(self, draft: Draft, parent: Built | None) -> Built:
        below = parent.base if parent else self._defaults
        sections = {
            key: node for key, node in draft.root.children.items() if key not in (*PROFILE_ONLY, "profile")
        }
        own = mapping(sections, draft.root.origin, draft.root.layer)
        inherited = tuple(parent.profile.floors) if parent else ()
        floors = floors_of(draft.name, draft.root.children.get("floor"))
        base = raised(overlay(below, own, self._mistakes), (*inherited, *floors))
        self._mistakes += [*weakened(base, (*inherited, *floors)), *quarrels(floors, inherited)]
        return Built(_profile(draft, base, (*inherited, *floors), parent), base)


def _profile(draft: Draft, base: Node, floors: tuple[Floor, ...], parent: Built | None) -> Profile:
    return Profile(
        name=draft.name,
        version=str(draft.said("version", "0.0.0")),
        title=both(draft.said("title", draft.name)),
        extends=parent.profile.name if parent else None,
        assignable=draft.said("assignable") is not False,
        values=values(base),
        floors=floors,
        path=draft.path,
        summary=both(draft.said("summary", "")),
        why={**(parent.profile.why if parent else {}), **draft.said("why", {})},
    )


def both(title: Any) -> Mapping[str, str]:  # noqa: ANN401 (a word, or a mapping of languages)
    """Return a title in both languages; one given in no language stands for both."""
    return title if isinstance(title, dict) else {"en": str(title), "fr": str(title)}
