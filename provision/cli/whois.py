"""`provision whois`: which tenant a name in the cloud belongs to, from the documents alone."""

from __future__ import annotations

import click

from provision.cli import output, settings
from provision.cli.command import Command
from provision.cli.shape import Argument
from provision.text import say


@click.command(
    "whois",
    cls=Command,
    shared=("estate",),
    text=say(
        "Tells which tenant a domain, project or group of the cloud belongs to, or what the cloud calls a tenant; asks the "
        "documents only. Needed where the estate gives tenants pseudonyms. Exit 1 when nobody is called so.",
        "Dit à quel locataire appartient un domaine, un projet ou un groupe du cloud, ou comment le cloud appelle un "
        "locataire ; ne lit que les documents. Utile quand le parc donne des pseudonymes aux locataires. Code 1 si "
        "personne ne s'appelle ainsi.",
    ),
)
@click.argument(
    "name",
    cls=Argument,
    label=say("NAME", "NOM"),
    text=say("A name in the cloud, or a tenant's key.", "Un nom du cloud, ou la clé d'un locataire."),
)
def command(*, name: str) -> int:
    """Look it up."""
    from provision import declare  # noqa: PLC0415 (help needs none of it)
    from provision.report import whois as report  # noqa: PLC0415

    known = report.known(declare.load(settings.told().estate).tenants.values(), name)
    if not known:
        output.note(say("Nobody here is called {name}.", "Personne ici ne s'appelle {name}.", name=name))
        return 1
    output.answer(text=lambda look: report.text(known, look), data=lambda: report.data(known))
    return 0
