"""`provision plan`: what apply would change. Exit 2 when something would, so that it is the drift check too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provision.cli import asking, language, output
from provision.cli.command import Command
from provision.cli.shape import Option
from provision.text import say

if TYPE_CHECKING:
    from provision.text import Text


@click.command(
    "plan",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Shows what apply would change, and why, over a session that cannot write. "
        "Exit 0: nothing to do; 2: changes pending; 3: a tenant is refused as its documents stand.",
        "Montre ce que ferait apply, et pourquoi, par une session qui ne peut pas écrire. "
        "Code 0 : rien à faire ; 2 : des changements attendent ; 3 : un locataire est refusé en l'état.",
    ),
)
@asking.questions
@click.option(
    "--out",
    cls=Option,
    type=click.Path(path_type=Path),
    value=say("FILE", "FICHIER"),
    text=say("Keep the plan here, for apply --plan.", "Garder le plan ici, pour apply --plan."),
)
@click.option(
    "--verbose",
    cls=Option,
    is_flag=True,
    text=say("Name everything that is left alone.", "Nommer tout ce qui est laissé tel quel."),
)
def command(*, out: Path | None, verbose: bool, **asked: Any) -> int:  # noqa: ANN401 (the parts of a question)
    """Plan, keep the plan when asked to, and show it."""
    question = asking.question(**asked)

    from provision import workflow  # noqa: PLC0415 (help needs none of it)

    question = workflow.begin(question)

    from provision.cli.progress import Watch  # noqa: PLC0415
    from provision.report import plan as report  # noqa: PLC0415
    from provision.report.look import Cost  # noqa: PLC0415

    with Watch(language.spoken()) as watch:
        planned = workflow.plan(question, watch)
    if out is not None:
        workflow.save(planned, out)
        output.note(_kept(out))
    cost = Cost(planned.requests, planned.seconds)
    output.answer(
        text=lambda look: report.text(planned.plan, cost, look),
        data=lambda: report.data(planned.plan, cost, language.spoken()),
        verbose=verbose,
    )
    return report.exit_code(planned.plan)


def _kept(path: Path) -> Text:
    return say(
        "The plan is kept: provision apply --plan {path}",
        "Le plan est gardé : provision apply --plan {path}",
        path=path,
    )
