"""A tenant made up from a profile, for who judges the profile before anybody has it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from provision.declare import scaffold
from provision.declare.estate import documents
from provision.declare.node import Layer, Node, mapping, scalar
from provision.declare.tenants import Assembly
from provision.errors import DocumentErrors, Mistake
from provision.model.facts import Facts
from provision.model.origin import Origin

if TYPE_CHECKING:
    from provision.model.tenant import Tenant

KEY: Final = "specimen"
_FACTS: Final = Facts(cloud=KEY, region=KEY, domain="Default")


def specimen(profile: str, folder: Path | None) -> Tenant:
    """Return what a tenant of this profile would be, in the estate of a folder, or in one that nobody has filled in.

    What the profile leaves for tenants to choose stays unsaid. Raises `DocumentErrors` for documents that cannot be used,
    `KeyError` for a profile that is not there.
    """
    if folder is None:
        with TemporaryDirectory() as made_up:
            for name, text in scaffold.files(KEY, _FACTS, "en").items():
                (Path(made_up) / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(made_up) / name).write_text(text, encoding="utf-8")
            return specimen(profile, Path(made_up))
    mistakes: list[Mistake] = []
    estate, profiles = documents(folder, mistakes)
    if mistakes:
        raise DocumentErrors(mistakes)
    built = profiles[profile]
    unchosen: list[Mistake] = []
    return Assembly(estate, unchosen).tenant(_document(profile, built.profile.path), built, sound=False)


def _document(profile: str, path: Path) -> Node:
    origin, layer = Origin(f"{path.parent.name}/{path.name}", 1), Layer("tenant", KEY)
    said = {"tenant": KEY, "profile": profile}
    return mapping({key: scalar(value, origin, layer) for key, value in said.items()}, origin, layer)
