"""`provision check`: all the mistakes of the documents at once. Goes straight to `declare`: the cloud's door stays shut."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.cli import language, output, settings
from provision.cli.command import Command
from provision.cli.shape import Argument
from provision.errors import DocumentErrors, UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.errors import Mistake
    from provision.model.estate import Estate


@click.command(
    "check",
    cls=Command,
    shared=("estate",),
    text=say(
        "Checks the documents of the estate, without a cloud: all mistakes at once, each with its file and line. "
        "Exit 4 when there are some.",
        "Vérifie les documents du parc, sans cloud : toutes les erreurs d'un coup, chacune avec son fichier et sa "
        "ligne. Code 4 s'il y en a.",
    ),
)
@click.argument(
    "paths",
    cls=Argument,
    nargs=-1,
    type=click.Path(path_type=Path),
    label=say("PATH", "CHEMIN"),
    text=say(
        "Speak of these files or folders only; or the folder of an estate.",
        "Ne parler que de ces fichiers ou dossiers ; ou le dossier d'un parc.",
    ),
)
def command(paths: tuple[Path, ...]) -> int:
    """Check, and say what was found."""
    from provision.report import check as report  # noqa: PLC0415 (help needs none of it)

    folder, scope = _meant(paths)
    estate, mistakes = _loaded(folder)
    found = [each for each in mistakes if _within(folder / each.file, scope)]
    output.answer(
        text=lambda look: report.text(estate, found, look),
        data=lambda: report.data(found, language.spoken()),
    )
    return DocumentErrors.exit_code if found else 0


def _meant(paths: Sequence[Path]) -> tuple[Path, list[Path]]:
    """Return the estate, and where in it to look (nowhere in particular: everywhere). Raises `UsageError`."""
    for path in paths:
        if not path.exists():
            raise UsageError(say("there is no such file", "ce fichier n'existe pas"), where=str(path))
    if len(paths) == 1 and (paths[0] / settings.ESTATE_FILE).is_file():
        return paths[0], []
    return settings.told().estate, [path.resolve() for path in paths]


def _loaded(folder: Path) -> tuple[Estate | None, Sequence[Mistake]]:
    from provision import declare  # noqa: PLC0415 (help needs none of it)

    try:
        estate = declare.load(folder)
        for tenant in estate.tenants.values():
            declare.desired(tenant)
    except DocumentErrors as errors:
        return None, errors.mistakes
    return estate, ()


def _within(file: Path, scope: Sequence[Path]) -> bool:
    return not scope or any(file.resolve().is_relative_to(path) for path in scope)
