"""`provision publish`: put files where anybody reads them. Takes a publisher's own credentials, and no estate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.cli import language, output, settings
from provision.cli.command import Command
from provision.cli.shape import Argument
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(
    "publish",
    cls=Command,
    shared=("cloud",),
    text=say(
        "Puts files into a public container of your own project, with their media type and SHA-256, reads them back as "
        "anybody does, and renews the catalogue beside them. Needs no administrator. Exit 2: something public is not fit "
        "for the catalogue; 3: the container does not say what the law asks for, and nothing was written.",
        "Dépose des fichiers dans un conteneur public de votre propre projet, avec leur type de média et leur SHA-256, les "
        "relit comme tout le monde, et renouvelle le catalogue à côté. Sans administrateur. Code 2 : une chose publique n'est "
        "pas digne du catalogue ; 3 : le conteneur ne dit pas ce que demande la loi, et rien n'a été écrit.",
    ),
)
@click.argument(
    "container",
    cls=Argument,
    label=say("CONTAINER", "CONTENEUR"),
    text=say("The public container.", "Le conteneur public."),
)
@click.argument(
    "files",
    cls=Argument,
    nargs=-1,
    type=click.Path(path_type=Path),
    label=say("FILE", "FICHIER"),
    text=say(
        "Files to publish under their own names; none: only the catalogue is renewed.",
        "Fichiers à publier sous leur nom ; aucun : seul le catalogue est renouvelé.",
    ),
)
def command(*, container: str, files: Sequence[Path]) -> int:
    """Publish, and show what anybody can read now."""
    told = settings.told()

    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import publishing as report  # noqa: PLC0415

    published = workflow.publish_files(container, files, cloud=told.cloud)
    output.answer(
        text=lambda look: report.text(published, look), data=lambda: report.data(published, language.spoken())
    )
    return report.exit_code(published)
