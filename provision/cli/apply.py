"""`provision apply`: plan, ask, write, and say what became of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provision.cli import asking, engine, language, output, rolling, settings
from provision.cli.command import Command
from provision.cli.shape import Option
from provision.errors import Refused, UsageError
from provision.text import say

if TYPE_CHECKING:
    from provision.cli.progress import Watch
    from provision.model.plan import Plan


@click.command(
    "apply",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Brings the cloud to what the documents say: plans, asks, then writes. What a run left undone, the next one "
        "resumes. Exit 1: something failed; 3: something was refused, blocked or stale, or you said no.",
        "Amène le cloud à ce que disent les documents : planifie, demande, puis écrit. Ce qu'une exécution n'a pas "
        "fini, la suivante le reprend. Code 1 : un échec ; 3 : refusé, bloqué, périmé, ou vous avez dit non.",
    ),
)
@asking.questions
@click.option(
    "--plan",
    "saved",
    cls=Option,
    type=click.Path(path_type=Path),
    value=say("FILE", "FICHIER"),
    text=say(
        "Apply this saved plan and nothing else; having been reviewed, it is not asked about again.",
        "Appliquer ce plan enregistré et rien d'autre ; déjà relu, il n'est pas redemandé.",
    ),
)
@click.option(
    "--yes",
    cls=Option,
    is_flag=True,
    text=say("Do not ask.", "Ne pas demander."),
)
@rolling.rollout
@engine.engine
@click.option(
    "--verbose",
    cls=Option,
    is_flag=True,
    text=say("Name every resource in the report.", "Nommer chaque ressource dans le compte rendu."),
)
def command(*, saved: Path | None, yes: bool, verbose: bool, **asked: Any) -> int:  # noqa: ANN401 (the parts of a question)
    """Apply, and report."""
    rollout, scheduler = rolling.taken_from(asked), engine.taken_from(asked)
    if saved and (asked["tenants"] or asked["adopt"] or asked["replace"]):
        raise _said_twice()
    question = asking.question(**asked)

    from provision import workflow  # noqa: PLC0415 (help needs none of it)

    if not saved:
        question = workflow.begin(question, writing=True)

    from provision.cli.progress import Watch  # noqa: PLC0415
    from provision.report import apply as report  # noqa: PLC0415
    from provision.report.look import Cost  # noqa: PLC0415

    with Watch(language.spoken()) as watch:
        sure = yes or saved is not None
        applied = workflow.apply(
            question,
            saved=saved,
            confirm=None if sure else lambda plan: _agreed(plan, watch),
            rollout=rollout,
            scheduler=scheduler,
            whole=settings.told().json,
            on_event=watch,
        )
    if applied.declined:
        raise Refused(say("nothing was written: you said no", "rien n'a été écrit : vous avez dit non"))
    cost = Cost(applied.requests, applied.seconds)
    output.answer(
        text=lambda look: report.text(applied, cost, look),
        data=lambda: report.data(applied, cost, language.spoken()),
        verbose=verbose,
    )
    return report.exit_code(applied)


def _said_twice() -> UsageError:
    return UsageError(
        say(
            "a saved plan already says which tenants, adoptions and replacements",
            "un plan enregistré dit déjà quels locataires, adoptions et remplacements",
        ),
        where="--plan",
        do=say("leave the others out, or plan again", "retirer les autres, ou refaire un plan"),
    )


def _agreed(plan: Plan, watch: Watch) -> bool:
    """Show the plan beside the result (stderr) and ask. Raises `Refused` when nobody is there to answer."""
    from provision.report import plan as report  # noqa: PLC0415 (only when somebody is asked)

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Refused(
            say("nobody is there to say yes", "personne n'est là pour dire oui"),
            where="apply",
            do=say(
                "add --yes, or review a plan first: plan --out FILE, then apply --plan FILE",
                "ajouter --yes, ou relire d'abord un plan : plan --out FICHIER, puis apply --plan FICHIER",
            ),
        )
    with watch.paused():
        output.note(report.proposal(plan, output.look(sys.stderr)))
        answer = click.prompt(
            language.tell(say("Write this? [yes/no]", "Écrire cela ? [oui/non]")),
            default="",
            show_default=False,
            err=True,
        )
        return answer.strip().lower() in {"y", "yes", "o", "oui"}
