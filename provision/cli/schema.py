"""`provision schema`: the JSON Schemas of documents and of results, for editors and other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from provision.cli import output
from provision.cli.command import Command
from provision.cli.shape import Argument, did_you_mean
from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCUMENTS: Final = ("estate", "tenant", "profile", "request", "evidence")


@click.command(
    "schema",
    cls=Command,
    text=say(
        "Prints the JSON Schema of a document or of a result; without a name, lists them.",
        "Affiche le JSON Schema d'un document ou d'un résultat ; sans nom, les liste.",
    ),
)
@click.argument(
    "name",
    cls=Argument,
    required=False,
    label=say("DOCUMENT", "DOCUMENT"),
    text=say("A document, or a result of --format json.", "Un document, ou un résultat de --format json."),
)
def command(name: str | None) -> int:
    """Print a schema, or the names of all."""
    from provision.report.encode import as_json  # noqa: PLC0415 (help needs none of it)
    from provision.report.schemas import RESULTS  # noqa: PLC0415

    if name is not None:
        schema = _schema(name, RESULTS)
        output.answer(text=lambda _: as_json(schema), data=lambda: schema)
        return 0
    listed = {"documents": list(DOCUMENTS), "results": list(RESULTS)}
    head = {"documents": say("Documents:", "Documents :"), "results": say("Results:", "Résultats :")}
    output.answer(
        text=lambda look: "".join(
            f"{look.words(head[key])} {', '.join(names)}\n" for key, names in listed.items()
        ),
        data=lambda: listed,
    )
    return 0


def _schema(name: str, results: Iterable[str]) -> dict[str, Any]:
    if name in DOCUMENTS:
        from provision import declare  # noqa: PLC0415 (results need none of it)

        made = {
            "estate": declare.estate_schema,
            "tenant": declare.tenant_schema,
            "profile": declare.profile_schema,
            "request": declare.request_schema,
            "evidence": declare.evidence_schema,
        }
        return declare.published(made[name]())
    if name in results:
        from provision.report.schemas import result  # noqa: PLC0415

        return result(name)
    known = [*DOCUMENTS, *results]
    raise UsageError(
        say("there is no schema {name!r}", "il n'y a pas de schéma {name!r}", name=name),
        where="schema",
        do=did_you_mean(name, known) or say("known: {known}", "connus : {known}", known=", ".join(known)),
    )
