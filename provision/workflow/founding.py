"""Found an estate: its folder, from what its cloud offers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.cloud.connect import CLOUD_VARIABLES, connect
from provision.declare import examples, scaffold
from provision.errors import ProvisionError, Refused, UsageError
from provision.observe.facts import facts as observe_facts
from provision.text import say

if TYPE_CHECKING:
    from provision.model.facts import Facts
    from provision.text import Language

ESTATE_FILE: Final = "estate.yaml"


@dataclass(frozen=True, slots=True)
class Founded:
    """A new estate: what was written, what was there already, and what its cloud said, or why it said nothing."""

    directory: Path
    name: str
    written: tuple[str, ...]
    kept: tuple[str, ...]
    facts: Facts | None
    silence: ProvisionError | None


def init(directory: Path, *, name: str | None, cloud: str | None, language: Language) -> Founded:
    """Make an estate's folder, from what its cloud offers when one is named and answers; overwrites nothing.

    Raises `Refused` for a folder that is an estate already, `UsageError` for a name or a folder that will not do.
    """
    if (directory / ESTATE_FILE).exists():
        raise Refused(
            say("this folder is an estate already", "ce dossier est déjà un parc"), where=str(directory)
        )
    estate = name or scaffold.name_from(directory.resolve().name)
    if not scaffold.NAME.fullmatch(estate):
        raise UsageError(
            say("{name!r} cannot name an estate", "{name!r} ne peut pas nommer un parc", name=estate),
            do=say("write [a-z][a-z0-9-]{{1,30}}", "écrire [a-z][a-z0-9-]{{1,30}}", name=estate),
        )
    facts, silence = _facts_of(cloud, estate)
    written, kept = _write(directory, scaffold.files(estate, facts, language))
    return Founded(directory, estate, written, kept, facts, silence)


def _facts_of(cloud: str | None, estate: str) -> tuple[Facts | None, ProvisionError | None]:
    if cloud is None and not CLOUD_VARIABLES & os.environ.keys():
        return None, None
    try:
        with closing(connect(cloud, estate=estate)) as connected:
            return observe_facts(connected), None
    except ProvisionError as error:
        return None, error


def _write(directory: Path, files: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the files that are not there yet; return those written, and those that were there."""
    kept = tuple(path for path in files if (directory / path).exists())
    written = tuple(path for path in files if path not in kept)
    try:
        for path in written:
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(files[path], encoding="utf-8")
    except OSError as error:
        raise UsageError(
            say("this cannot be written: {why}", "ceci ne peut pas être écrit : {why}", why=error.strerror),
            where=str(error.filename),
        ) from error
    return written, kept


def write_examples(directory: Path, language: Language) -> tuple[Path, ...]:
    """Write the example tenants into an estate, leaving those that are there; return where they all are."""
    files = examples.tenants(language)
    _write(directory, files)
    return tuple(directory / name for name in files)
