"""`provision prove`: put what the profiles promise to the test, on the live cloud."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.cli import asking, language, output, settings
from provision.cli.command import Command
from provision.cli.shape import Option
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(
    "prove",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Tries, on the live cloud, what the documents promise: as a member of the tenant, as another tenant, and as "
        "anybody. What it makes for that is removed again, also on Ctrl-C. Exit 0: nothing broken; 1: a test could not be "
        "run; 2: a promise is broken.",
        "Essaie, sur le cloud, ce que promettent les documents : en tant que membre du locataire, qu'autre locataire, et que "
        "n'importe qui. Ce qu'elle crée pour cela est supprimé, aussi après Ctrl-C. Code 0 : rien de rompu ; 1 : un essai "
        "n'a pas pu se faire ; 2 : une promesse est rompue.",
    ),
)
@asking.TENANTS
@click.option(
    "--out",
    cls=Option,
    type=click.Path(path_type=Path),
    value=say("FILE", "FICHIER"),
    text=say(
        "Keep the evidence here: the JSON result, sealed, readable by you only.",
        "Garder la preuve ici : le résultat JSON, scellé, lisible par vous seul.",
    ),
)
@click.option(
    "--verbose",
    cls=Option,
    is_flag=True,
    text=say("Say what was tried, of each promise.", "Dire ce qui a été essayé, pour chaque promesse."),
)
def command(*, tenants: Sequence[str], out: Path | None, verbose: bool) -> int:
    """Prove, show it, and keep the evidence when asked to."""
    told = settings.told()
    folder = told.estate

    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.cli.progress import Watch  # noqa: PLC0415
    from provision.proof.evidence import SEAL  # noqa: PLC0415
    from provision.report import proofs as report  # noqa: PLC0415

    with Watch(language.spoken()) as watch:
        proven = workflow.prove(
            workflow.Question(folder, tuple(tenants), told.cloud),
            watch,
            lambda made: str(report.data(made, language.spoken())[SEAL]),
        )
    evidence = report.data(proven, language.spoken())
    output.answer(text=lambda look: report.text(proven, look), data=lambda: evidence, verbose=verbose)
    if out is not None:
        workflow.keep(evidence, out)
        output.note(say("The evidence is kept: {path}", "La preuve est gardée : {path}", path=out))
    return report.exit_code(proven)
