"""`provision init`: the folder of an estate, filled in with what its cloud offers."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli import language, output, settings
from provision.cli.command import Command
from provision.cli.shape import Argument, Option
from provision.text import say


@click.command(
    "init",
    cls=Command,
    shared=("cloud",),
    text=say(
        "Makes an estate: the folder of documents. When a cloud is named (--cloud, OS_CLOUD) and answers, it is asked, "
        "read-only, for its networks, pools, flavours and volume types.",
        "Crée un parc : le dossier des documents. Si un cloud est nommé (--cloud, OS_CLOUD) et répond, ses réseaux, "
        "réserves, gabarits et types de volume y sont lus, sans rien écrire.",
    ),
)
@click.argument(
    "directory",
    cls=Argument,
    type=click.Path(path_type=Path),
    label=say("DIR", "DOSSIER"),
    text=say("Where; made when it is not there.", "Où ; créé s'il n'existe pas."),
)
@click.option(
    "--name",
    cls=Option,
    value=say("ESTATE", "PARC"),
    text=say(
        "The estate's name, part of every mark left in the cloud [the folder's].",
        "Le nom du parc, qui entre dans chaque marque laissée dans le cloud [celui du dossier].",
    ),
)
def command(directory: Path, name: str | None) -> int:
    """Make an estate, and say what was found."""
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import founded as report  # noqa: PLC0415

    founded = workflow.init(directory, name=name, cloud=settings.told().cloud, language=language.spoken())
    output.answer(
        text=lambda look: report.text(founded, look), data=lambda: report.data(founded, language.spoken())
    )
    return 0
