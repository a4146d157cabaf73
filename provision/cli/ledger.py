"""`provision ledger`: read the record of who did what, verify it, and hand it to others' tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.cli import language, output, settings
from provision.cli.command import Command, Group
from provision.cli.shape import Option
from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

_SINCE = click.option(
    "--since",
    cls=Option,
    default="",
    value=say("TIME", "DATE"),
    text=say(
        "Only what was recorded from then on, UTC: 2026-11-26, or 2026-11-26T14:30.",
        "Seulement ce qui est inscrit depuis, UTC : 2026-11-26, ou 2026-11-26T14:30.",
    ),
)


@click.command(
    "show",
    cls=Command,
    shared=("estate",),
    text=say(
        "Show the entries, oldest first. One entry, as JSON, comes with its proof of inclusion under the last checkpoint.",
        "Montrer les entrées, les plus anciennes d'abord. Une seule, en JSON, vient avec sa preuve d'inclusion sous le dernier point de contrôle.",
    ),
)
@_SINCE
@click.option(
    "--entry",
    cls=Option,
    type=click.IntRange(0, 2**53),
    value="N",
    text=say("Only the entry of this number.", "Seulement l'entrée de ce numéro."),
)
def show(*, since: str, entry: int | None) -> int:
    """Show entries."""
    _moment(since)
    folder = settings.told().estate

    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import ledger as report  # noqa: PLC0415

    reading = workflow.ledger(folder)
    lines = report.chosen(reading, since, entry)
    output.answer(
        text=lambda look: report.show_text(lines, look),
        data=lambda: report.show_data(reading, lines, prove=entry is not None),
    )
    return 0


@click.command(
    "verify",
    cls=Command,
    shared=("estate",),
    text=say(
        "Say, apart, whether anything was altered (integrity) and whether anything is missing (completeness), and where. "
        "Exit 0: both hold; 2: one does not.",
        "Dire, séparément, si quelque chose a été modifié (intégrité) et si quelque chose manque (complétude), et où. "
        "Code 0 : les deux tiennent ; 2 : l'une ne tient pas.",
    ),
)
@click.option(
    "--key",
    "keys",
    cls=Option,
    multiple=True,
    type=click.Path(path_type=Path),
    value=say("FILE", "FICHIER"),
    text=say(
        "Trust this public key (PEM) and no other [your own, else the one beside the ledger]. Repeatable.",
        "Se fier à cette clé publique (PEM) et à aucune autre [la vôtre, sinon celle à côté du registre]. Répétable.",
    ),
)
@click.option(
    "--kept",
    cls=Option,
    multiple=True,
    type=click.Path(path_type=Path),
    value=say("FILE", "FICHIER"),
    text=say(
        "Checkpoints kept elsewhere (lines of checkpoints.jsonl): the ledger must still hold what they say. Repeatable.",
        "Points de contrôle gardés ailleurs (lignes de checkpoints.jsonl) : le registre doit encore les contenir. Répétable.",
    ),
)
@click.option(
    "--tsa-certificate",
    "authority",
    cls=Option,
    type=click.Path(path_type=Path),
    value=say("FILE", "FICHIER"),
    text=say(
        "Look at the time stamps too, by this authority's certificate (PEM): which entries it dates, and which not.",
        "Examiner aussi les horodatages, avec le certificat de cette autorité (PEM) : quelles entrées elle date, et lesquelles non.",
    ),
)
def verify(*, keys: Sequence[Path], kept: Sequence[Path], authority: Path | None) -> int:
    """Verify the ledger."""
    folder = settings.told().estate

    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import ledger as report  # noqa: PLC0415

    found = workflow.examine(folder, keys, kept, authority)
    output.answer(
        text=lambda look: report.verify_text(found, look),
        data=lambda: report.verify_data(found, language.spoken()),
    )
    return report.exit_code(found)


@click.command(
    "anchor",
    cls=Command,
    shared=("estate",),
    text=say(
        "Have the last checkpoint, and so every entry up to it, dated by a time-stamping authority (RFC 3161). It is sent a hash.",
        "Faire dater le dernier point de contrôle, donc toute entrée jusqu'à lui, par une autorité d'horodatage (RFC 3161). Elle reçoit une empreinte.",
    ),
)
@click.option(
    "--tsa",
    "url",
    cls=Option,
    required=True,
    value="URL",
    text=say("Where the authority is asked.", "Où l'autorité est interrogée."),
)
@click.option(
    "--tsa-certificate",
    "authority",
    cls=Option,
    required=True,
    type=click.Path(path_type=Path),
    value=say("FILE", "FICHIER"),
    text=say(
        "The authority's certificate (PEM): a stamp is kept once it holds under it.",
        "Le certificat de l'autorité (PEM) : un horodatage est gardé s'il tient sous celui-ci.",
    ),
)
def anchor(*, url: str, authority: Path) -> int:
    """Have the ledger dated."""
    folder = settings.told().estate

    from provision import workflow  # noqa: PLC0415 (help needs none of it)
    from provision.report import ledger as report  # noqa: PLC0415

    made = workflow.anchor(folder, url, authority)
    output.answer(
        text=lambda look: report.anchor_text(made, look),
        data=lambda: report.anchor_data(made),
    )
    return 0


@click.command(
    "export",
    cls=Command,
    shared=("estate",),
    text=say(
        "Write the entries for a security centre, one JSON event a line (one list with --format json).",
        "Écrire les entrées pour un centre de sécurité, un événement JSON par ligne (une liste avec --format json).",
    ),
)
@click.option(
    "--as",
    "shape",
    cls=Option,
    type=click.Choice(["cadf", "ocsf"]),
    default="ocsf",
    text=say(
        "CADF, or OCSF 1.8.0 API Activity (class 6003) [ocsf].",
        "CADF, ou API Activity d'OCSF 1.8.0 (classe 6003) [ocsf].",
    ),
)
@_SINCE
def export(*, shape: str, since: str) -> int:
    """Export entries."""
    _moment(since)
    folder = settings.told().estate

    from provision import workflow  # noqa: PLC0415 (help needs none of it)

    events = workflow.events(folder, shape, since)
    output.answer(
        text=lambda _: "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in events),
        data=lambda: events,
    )
    return 0


def _moment(since: str) -> None:
    """Refuse what is no time as the ledger writes it."""
    from datetime import datetime  # noqa: PLC0415 (only where a time is asked about)

    try:
        aware = bool(since) and datetime.fromisoformat(since).tzinfo is not None
    except ValueError:
        aware = True
    if aware:
        raise UsageError(
            say("{since!r} is no time in UTC", "{since!r} n'est pas une date UTC", since=since),
            where="--since",
            do=say("write 2026-11-26, or 2026-11-26T14:30", "écrire 2026-11-26, ou 2026-11-26T14:30"),
        )


command = Group.of(
    "ledger",
    say(
        "Who did what, when, under which plan: a record that is only ever added to, and shows when somebody touched it.",
        "Qui a fait quoi, quand, selon quel plan : un registre auquel on ne fait qu'ajouter, et qui montre si on y a touché.",
    ),
    (show, verify, anchor, export),
)
