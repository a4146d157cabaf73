"""What is shown from outside for controls that no API answers: documents of their own, each of which stands for a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from provision.declare.check import shape
from provision.declare.layers import suggestion
from provision.declare.node import Layer, Node
from provision.declare.read import read
from provision.declare.schema import evidence_schema
from provision.errors import Mistake
from provision.model.evidence import EVERYBODY, HOLDS, Evidence
from provision.model.tenant import Tenant
from provision.text import Text, say

FOLDER: Final = "evidence"
_DAYS: Final = ("date", "valid_until")


def shown(
    directory: Path, files: Iterable[str], tenants: Collection[str], mistakes: list[Mistake]
) -> tuple[Evidence, ...]:
    """Return what the documents of these files show; their mistakes are added to `mistakes`.

    A file that one stands for is not opened here: whether it is what was said is for an audit to see.
    """
    found = []
    for file in files:
        key = Path(file).stem
        root, wrong = read(directory / file, file, Layer("evidence", key))
        if root is not None:
            _, misshapen = shape(root, evidence_schema(), whole=True)
            wrong = [*wrong, *(misshapen or _contradictions(root, key, tenants))]
        mistakes += wrong
        if root is not None and not wrong:
            found.append(_evidence(root, directory / FOLDER))
    return tuple(found)


def handed_out(evidence: Sequence[Evidence], tenants: Iterable[Tenant]) -> Iterator[Tenant]:
    """Yield each tenant with what was shown of it."""
    for tenant in tenants:
        its = tuple(each for each in evidence if each.concerns(tenant.key))
        yield replace(tenant, evidence=its) if its else tenant


def _evidence(root: Node, folder: Path) -> Evidence:
    said = root.value
    return Evidence(
        key=said["evidence"],
        controls=frozenset(said["controls"]),
        tenants=None if said["tenants"] == EVERYBODY else frozenset(said["tenants"]),
        what=_text(said["what"]),
        made=date.fromisoformat(said["date"]),
        until=date.fromisoformat(said["valid_until"]) if "valid_until" in said else None,
        file=said["file"],
        path=folder / said["file"],
        sha256=said["sha256"],
        confidence=said["confidence"],
        owner=said["owner"],
        holds=said.get("outcome", HOLDS) == HOLDS,
        origin=root.origin,
    )


def _text(said: str | Mapping[str, str]) -> Text:
    return Text(said, said) if isinstance(said, str) else Text(said["en"], said["fr"])


def _contradictions(root: Node, stem: str, tenants: Collection[str]) -> Iterator[Mistake]:
    said = root.value
    if said["evidence"] != stem:
        yield _mistake(
            root,
            "evidence",
            say("the file is called {stem}, the evidence {key}", "le fichier s'appelle {stem}, la preuve {key}", stem=stem, key=said["evidence"]),
            say("name the file {key}.yaml", "nommer le fichier {key}.yaml", key=said["evidence"]),
        )  # fmt: skip
    yield from _strangers(root, tenants)
    yield from _impossible_days(root)


def _strangers(root: Node, tenants: Collection[str]) -> Iterator[Mistake]:
    named: Any = root.value["tenants"]
    for index, key in enumerate(named if isinstance(named, list) else ()):
        if key not in tenants:
            what = say("there is no tenant {key!r}", "il n'y a pas de locataire {key!r}", key=key)
            yield _mistake(root, f"tenants.{index}", what, suggestion(key, [*tenants, EVERYBODY]))


def _impossible_days(root: Node) -> Iterator[Mistake]:
    days = {}
    for key in _DAYS:
        try:
            days[key] = date.fromisoformat(root.value.get(key, "9999-12-31"))
        except ValueError:
            what = say("{day} is no day", "{day} n'est pas un jour", day=root.value[key])
            yield _mistake(
                root, key, what, say("write a day of the calendar", "écrire un jour du calendrier")
            )
    if len(days) == len(_DAYS) and days["valid_until"] < days["date"]:
        yield _mistake(
            root,
            "valid_until",
            say("it would have ended before it was made", "elle aurait pris fin avant d'être faite"),
            say("write a day after {day}", "écrire un jour après le {day}", day=root.value["date"]),
        )


def _mistake(root: Node, path: str, what: Text, do: Text) -> Mistake:
    origin = (root.at(path.split(".")) or root).origin
    return Mistake(origin.file, origin.line, what, do)
