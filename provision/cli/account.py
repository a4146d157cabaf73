"""`provision account`: the accounts that documents name, and their first sign-in."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli import output, settings
from provision.cli.command import Command, Group
from provision.cli.shape import Argument, Option
from provision.text import say


@click.command(
    "issue",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Gives an account that the tenant's document names a password and, unless the document says otherwise, a second factor "
        "(TOTP); tries that the password alone opens nothing; and writes both into one file, and nowhere else. Once: another "
        "time needs a reason, and ends what was handed over before.",
        "Donne à un compte que nomme le document du locataire un mot de passe et, sauf avis contraire du document, un second "
        "facteur (TOTP) ; essaie que le mot de passe seul n'ouvre rien ; et écrit les deux dans un fichier, et nulle part "
        "ailleurs. Une fois : une autre demande un motif, et met fin à ce qui avait été remis.",
    ),
)
@click.argument(
    "tenant",
    cls=Argument,
    label=say("TENANT", "TENANT"),
    text=say("Whose account it is.", "À qui est le compte."),
)
@click.argument(
    "account",
    cls=Argument,
    label=say("ACCOUNT", "COMPTE"),
    text=say("Its name in identity.accounts.", "Son nom dans identity.accounts."),
)
@click.option(
    "--out",
    cls=Option,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    value=say("FILE", "FICHIER"),
    text=say(
        "The file to write it to: a new one, readable by you only.",
        "Le fichier où l'écrire : un nouveau, lisible par vous seul.",
    ),
)
@click.option(
    "--again",
    cls=Option,
    value=say("REASON", "MOTIF"),
    text=say(
        "Why it is handed over another time; it goes into the ledger.",
        "Pourquoi elle est remise une autre fois ; le registre en garde trace.",
    ),
)
def issue(*, tenant: str, account: str, out: Path, again: str | None) -> int:
    """Hand it over."""
    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import accounts as report  # noqa: PLC0415

    told = settings.told()
    question = workflow.Question(told.estate, (tenant,), told.cloud)
    done = workflow.issue_account(question, account, out, again=again)
    output.answer(text=lambda look: report.text(done, look), data=lambda: report.data(done))
    return 0


command = Group.of(
    "account",
    say(
        "The accounts that documents name (identity.accounts): their first sign-in.",
        "Les comptes que nomment les documents (identity.accounts) : leur première connexion.",
    ),
    [issue],
)
