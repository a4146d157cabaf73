"""A folder of documents → an estate, or every mistake in all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from provision.declare import cross
from provision.declare.check import shape
from provision.declare.evidence import FOLDER as EVIDENCE
from provision.declare.evidence import handed_out, shown
from provision.declare.federation import itself, lacking
from provision.declare.layers import suggestion
from provision.declare.node import Layer, Node, values
from provision.declare.profiles import SHIPPED, Built, Shelf, find, profiles_folder
from provision.declare.read import read
from provision.declare.schema import estate_schema, request_schema, tenant_schema
from provision.declare.tenants import Assembly
from provision.errors import DocumentErrors, Mistake
from provision.model.estate import Estate
from provision.model.origin import Origin
from provision.model.tenant import Tenant
from provision.text import say


def load(directory: Path) -> Estate:
    """Read, merge, render and check every document of an estate. Raises `DocumentErrors` with all mistakes."""
    mistakes: list[Mistake] = []
    estate, shelf = _founded(directory, mistakes)
    profiles = shelf.all()
    tenants = _tenants(directory, estate, profiles, shelf.names, mistakes)
    _requests(directory, mistakes)
    known = {Path(file).stem for file in _files(directory, "tenants")}
    evidence = shown(directory, _files(directory, EVIDENCE), known, mistakes)
    mistakes += cross.check(
        values(estate), {name: built.profile for name, built in profiles.items()}, tenants
    )
    if mistakes:
        raise DocumentErrors(_once(mistakes))
    return Estate(
        directory=directory,
        name=str(estate.value["estate"]),
        cloud=estate.value.get("cloud"),
        values=values(estate),
        tenants={tenant.key: tenant for tenant in handed_out(evidence, tenants)},
        profiles={name: built.profile for name, built in profiles.items()},
        itself=itself(estate, tenants),
        evidence=evidence,
    )


def documents(directory: Path, mistakes: list[Mistake]) -> tuple[Node, Mapping[str, Built]]:
    """Return an estate's own document and its profiles; their mistakes are added to `mistakes`."""
    estate, shelf = _founded(directory, mistakes)
    return estate, shelf.all()


def _founded(directory: Path, mistakes: list[Mistake]) -> tuple[Node, Shelf]:
    root = _document(directory, "estate.yaml", Layer("estate", "estate"), mistakes)
    estate = root or Node({}, Origin("estate.yaml", 1), Layer("estate", "estate"))
    mistakes += lacking(estate)
    estate, wrong = shape(estate, estate_schema()) if root else (estate, [])
    mistakes += wrong
    return estate, _shelf(directory, estate, mistakes)


def _once(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Many tenants may share one mistake of their profile; it is told once."""
    return list({(each.file, each.line, str(each.what)): each for each in mistakes}.values())


def _document(directory: Path, file: str, layer: Layer, mistakes: list[Mistake]) -> Node | None:
    root, found = read(directory / file, file, layer)
    mistakes += found
    return root


def _shelf(directory: Path, estate: Node, mistakes: list[Mistake]) -> Shelf:
    drafts = [
        *find(profiles_folder(), SHIPPED, mistakes, shipped=True),
        *find(directory / "profiles", "profiles", mistakes, shipped=False),
    ]
    return Shelf(drafts, estate.children.get("defaults"), mistakes)


def _files(directory: Path, folder: str) -> Iterator[str]:
    for path in sorted(path for end in ("yaml", "yml") for path in (directory / folder).glob(f"*.{end}")):
        yield f"{folder}/{path.name}"


def _tenants(
    directory: Path, estate: Node, profiles: Mapping[str, Built], known: list[str], mistakes: list[Mistake]
) -> list[Tenant]:
    assembly = Assembly(estate, mistakes)
    tenants: list[Tenant] = []
    seen: dict[str, Origin] = {}
    for file in _files(directory, "tenants"):
        stem = Path(file).stem
        root = _document(directory, file, Layer("tenant", stem), mistakes)
        if root is None:
            continue
        root, wrong = shape(root, tenant_schema())
        taken = root.value.get("tenant") in seen
        mistakes += [*wrong, *_misnamed(root, stem, seen), *_unassignable(root, profiles, known)]
        built = profiles.get(str(root.value.get("profile")))
        if built is not None and "tenant" in root.children and not taken:
            tenants.append(assembly.tenant(root, built, sound=not wrong))
    return tenants


def _misnamed(root: Node, stem: str, seen: dict[str, Origin]) -> Iterator[Mistake]:
    node = root.children.get("tenant")
    if node is None:
        return
    first = seen.setdefault(node.value, node.origin)
    if first is not node.origin:
        yield Mistake(
            node.origin.file,
            node.origin.line,
            say(
                "the tenant key {key} is taken: {first}",
                "la clé de locataire {key} est déjà prise : {first}",
                key=node.value,
                first=first,
            ),
            say("choose another key", "choisir une autre clé"),
        )
    elif node.value != stem:
        yield Mistake(
            node.origin.file,
            node.origin.line,
            say(
                "the file is called {stem}, the tenant {key}",
                "le fichier s'appelle {stem}, le locataire {key}",
                stem=stem,
                key=node.value,
            ),
            say("name the file {key}.yaml", "nommer le fichier {key}.yaml", key=node.value),
        )


def _unassignable(root: Node, profiles: Mapping[str, Built], known: list[str]) -> Iterator[Mistake]:
    node = root.children.get("profile")
    if node is None or not isinstance(node.value, str):
        return
    built = profiles.get(node.value)
    offered = [name for name in known if name not in profiles or profiles[name].profile.assignable]
    if node.value not in known:
        what = say("there is no profile {name!r}", "il n'y a pas de profil {name!r}", name=node.value)
    elif built is not None and not built.profile.assignable:
        what = say(
            "profile {name} is a floor for others, no tenant can take it",
            "le profil {name} sert de plancher aux autres, aucun locataire ne peut le prendre",
            name=node.value,
        )
    else:
        return
    yield Mistake(node.origin.file, node.origin.line, what, suggestion(node.value, offered))


def _requests(directory: Path, mistakes: list[Mistake]) -> None:
    for file in _files(directory, "requests"):
        root = _document(directory, file, Layer("request", Path(file).stem), mistakes)
        if root is not None:
            mistakes += shape(root, request_schema())[1]
