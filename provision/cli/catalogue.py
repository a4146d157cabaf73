"""`provision catalogue`: what a tenant publishes, as DCAT-AP."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli import language, output, settings
from provision.cli.command import Command
from provision.cli.shape import Argument, Option
from provision.text import say


@click.command(
    "catalogue",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Makes the DCAT-AP catalogue (JSON-LD) of what a tenant publishes, from what its public containers and their files "
        "say. Writes nothing without --publish, and nothing where the same catalogue stands already. Exit 2: something public "
        "is not fit for the catalogue.",
        "Fait le catalogue DCAT-AP (JSON-LD) de ce que publie un locataire, d'après ce que disent ses conteneurs publics et "
        "leurs fichiers. N'écrit rien sans --publish, ni là où se trouve déjà le même catalogue. Code 2 : une chose publique "
        "n'est pas digne du catalogue.",
    ),
)
@click.argument(
    "tenant",
    cls=Argument,
    required=False,
    label=say("TENANT", "TENANT"),
    text=say(
        "A tenant of the estate; none named means the project of your own credentials.",
        "Un locataire du parc ; sans nom, le projet de vos propres identifiants.",
    ),
)
@click.option(
    "--publish",
    "kept",
    cls=Option,
    is_flag=True,
    text=say(
        "Put it beside the data, for harvesters.", "Le déposer à côté des données, pour les moissonneurs."
    ),
)
def command(*, tenant: str | None, kept: bool) -> int:
    """Make the catalogue, publish it when asked to, and show it."""
    told = settings.told()
    folder = Path() if tenant is None else told.estate

    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import publishing as report  # noqa: PLC0415

    issued = workflow.catalogue(workflow.Question(folder, cloud=told.cloud), tenant, kept=kept)
    output.answer(
        text=lambda look: report.text(issued, look), data=lambda: report.data(issued, language.spoken())
    )
    return report.exit_code(issued)
