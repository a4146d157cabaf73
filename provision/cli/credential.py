"""`provision credential`: application credentials of the user who asks, without admin rights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.cli import language, output, settings
from provision.cli.command import Command, Group
from provision.cli.shape import Argument, Option
from provision.model.credential import RULE_SETS
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.selfservice import Whose

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
MOST_DAYS = 3650
_NAME = click.argument(
    "name",
    cls=Argument,
    label=say("NAME", "NOM"),
    text=say(
        "What it is called, in the cloud and in the file.", "Son nom, dans le cloud et dans le fichier."
    ),
)
_PROFILE = click.option(
    "--profile",
    cls=Option,
    value=say("PROFILE", "PROFIL"),
    text=say(
        "The shipped profile whose limits hold, where the estate's documents are not at hand.",
        "Le profil livré dont les limites valent, quand les documents du parc ne sont pas là.",
    ),
)


@click.command(
    "create",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Makes an application credential of yours in the project that you are logged in to, as far as its documents allow: "
        "never unrestricted, always with an end. Its secret goes into a clouds.yaml file and nowhere else.",
        "Crée un identifiant d'application à vous dans le projet auquel vous êtes connecté, autant que ses documents le "
        "permettent : jamais sans restriction, toujours avec une fin. Son secret va dans un fichier clouds.yaml et nulle "
        "part ailleurs.",
    ),
)
@_NAME
@click.option(
    "--out",
    cls=Option,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    value=say("FILE", "FICHIER"),
    text=say(
        "The clouds.yaml file to write it to: added to it, readable by you only.",
        "Le fichier clouds.yaml où l'écrire : il y est ajouté, lisible par vous seul.",
    ),
)
@click.option(
    "--days",
    cls=Option,
    type=click.IntRange(1, MOST_DAYS),
    value="N",
    text=say("How long it lives [30, or fewer].", "Sa durée de vie [30, ou moins]."),
)
@click.option(
    "--role",
    "roles",
    cls=Option,
    multiple=True,
    value=say("ROLE", "RÔLE"),
    text=say("Only this role of yours. Repeatable.", "Seulement ce rôle, parmi les vôtres. Répétable."),
)
@click.option(
    "--allow",
    "sets",
    cls=Option,
    multiple=True,
    type=click.Choice(list(RULE_SETS)),
    text=say(
        "Only what this takes: look, publish objects, run servers. Repeatable.",
        "Seulement ce qu'il faut pour : regarder, publier des objets, tenir des serveurs. Répétable.",
    ),
)
@click.option(
    "--rule",
    "rules",
    cls=Option,
    multiple=True,
    type=(str, click.Choice(METHODS), str),
    value=say("SERVICE METHOD PATH", "SERVICE MÉTHODE CHEMIN"),
    text=say(
        "Also these requests; * is one step of a path, ** any number. Repeatable.",
        "Aussi ces requêtes ; * est une étape d'un chemin, ** un nombre quelconque. Répétable.",
    ),
)
@_PROFILE
def create(  # noqa: PLR0913 (click gives every option by name)
    *,
    name: str,
    out: Path,
    days: int | None,
    roles: Sequence[str],
    sets: Sequence[str],
    rules: Sequence[tuple[str, str, str]],
    profile: str | None,
) -> int:
    """Make one, and say what it may do."""
    from provision import selfservice  # noqa: PLC0415 (help needs none of it)
    from provision.model.credential import AccessRule  # noqa: PLC0415
    from provision.report import credentials as report  # noqa: PLC0415

    wish = selfservice.Wish(name, days, roles, sets, [AccessRule(*each) for each in rules])
    issued = selfservice.issue(_whose(profile), wish, out)
    output.answer(text=lambda look: report.issued_text(issued, look), data=lambda: report.issued_data(issued))
    return 0


@click.command(
    "list",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Lists yours in this project, and what of them its documents do not allow. Exit 2 where there is some.",
        "Liste les vôtres dans ce projet, et ce que ses documents n'en permettent pas. Code 2 s'il y en a.",
    ),
)
@_PROFILE
def list_(*, profile: str | None) -> int:
    """List them."""
    from provision import selfservice  # noqa: PLC0415 (help needs none of it)
    from provision.report import credentials as report  # noqa: PLC0415

    held = selfservice.held(_whose(profile))
    output.answer(
        text=lambda look: report.held_text(held, look),
        data=lambda: report.held_data(held, language.spoken()),
    )
    return 2 if any(each.faults for each in held) else 0


@click.command(
    "revoke",
    cls=Command,
    shared=("estate", "cloud"),
    text=say(
        "Revokes one of yours: what uses it stops at once.",
        "Révoque l'un des vôtres : ce qui s'en sert s'arrête aussitôt.",
    ),
)
@_NAME
@click.option(
    "--out",
    cls=Option,
    type=click.Path(path_type=Path, dir_okay=False),
    value=say("FILE", "FICHIER"),
    text=say("Take its entry out of this file too.", "Retirer aussi son entrée de ce fichier."),
)
@_PROFILE
def revoke(*, name: str, out: Path | None, profile: str | None) -> int:
    """Revoke one."""
    from provision import selfservice  # noqa: PLC0415 (help needs none of it)
    from provision.report import credentials as report  # noqa: PLC0415

    gone = selfservice.revoke(_whose(profile), name, out)
    output.answer(text=lambda look: report.revoked_text(gone, look), data=lambda: report.revoked_data(gone))
    return 0


def _whose(profile: str | None) -> Whose:
    from provision.selfservice import Whose  # noqa: PLC0415 (help needs none of it)

    told = settings.told()
    return Whose(told.estate_if_any, profile, told.cloud)


command = Group.of(
    "credential",
    say(
        "Application credentials of yours, without admin rights.",
        "Vos identifiants d'application, sans droits d'administration.",
    ),
    [create, list_, revoke],
)
