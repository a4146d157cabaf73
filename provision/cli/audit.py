"""`provision audit`: judge profiles, without a cloud, or tenants, by what the cloud has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.cli import asking, known, language, output, settings
from provision.cli.command import Command
from provision.cli.shape import Option
from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.model.finding import Audited


@click.command(
    "audit",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Judges by the controls of the catalogue: tenants by what the cloud has, reading only; or, with --profile, what a "
        "profile would make, without a cloud. What may not be read is said, never guessed. Exit 2: something failed.",
        "Juge selon les contrôles du catalogue : les locataires d'après le cloud, en lecture seule ; ou, avec --profile, ce "
        "que ferait un profil, sans cloud. Ce qui ne peut être lu est dit, jamais deviné. Code 2 : un défaut.",
    ),
)
@asking.TENANTS
@click.option(
    "--profile",
    "profiles",
    cls=Option,
    multiple=True,
    value=say("NAME", "NOM"),
    text=say(
        "Judge this profile instead of tenants. Repeatable.",
        "Juger ce profil au lieu de locataires. Répétable.",
    ),
)
@click.option(
    "--out",
    cls=Option,
    type=click.Path(path_type=Path),
    value=say("DIR", "DOSSIER"),
    text=say(
        "Keep it here in every format: a page (HTML), JSON, CSV, JUnit, SARIF, OSCAL; readable by you only.",
        "Le garder ici dans tous les formats : une page (HTML), JSON, CSV, JUnit, SARIF, OSCAL ; lisible par vous seul.",
    ),
)
@click.option(
    "--verbose",
    cls=Option,
    is_flag=True,
    text=say("Name the controls that hold, too.", "Nommer aussi les contrôles tenus."),
)
def command(*, tenants: Sequence[str], profiles: Sequence[str], out: Path | None, verbose: bool) -> int:
    """Audit, and show it."""
    if tenants and profiles:
        raise UsageError(
            say("an audit is of tenants or of profiles", "un audit porte sur des locataires ou sur des profils"),
            where="--profile",
            do=say("run it twice", "le lancer deux fois"),
        )  # fmt: skip
    audited = _of_profiles(profiles) if profiles else _of_tenants(tenants)

    from provision.report import audit as report  # noqa: PLC0415 (help needs none of it)

    output.answer(
        text=lambda look: report.text(audited, look),
        data=lambda: report.data(audited, language.spoken()),
        verbose=verbose,
    )
    if out is not None:
        _keep(audited, out)
    return report.exit_code(audited)


def _keep(audited: Audited, folder: Path) -> None:
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import assessment  # noqa: PLC0415

    kept = workflow.keep_files(assessment.files(audited, language.spoken()), folder)
    output.note(
        say(
            "Kept in {folder}: {names}", "Gardé dans {folder} : {names}", folder=folder, names=", ".join(kept)
        )
    )


def _of_profiles(names: Sequence[str]) -> Audited:
    from provision import workflow  # noqa: PLC0415 (help needs none of it)

    there, _ = known.everything()
    for name in names:
        known.profile(name, there)
    return workflow.audit_profiles(names, there, settings.told().estate_if_any)


def _of_tenants(names: Sequence[str]) -> Audited:
    told = settings.told()
    folder = told.estate

    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.cli.progress import Watch  # noqa: PLC0415

    with Watch(language.spoken()) as watch:
        return workflow.audit(workflow.Question(folder, tuple(names), told.cloud), watch)
