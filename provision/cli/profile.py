"""`provision profile`: read the profiles, those of the estate and those that come with `provision`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provision.cli import known, language, output
from provision.cli.command import Command, Group
from provision.cli.pages import doc
from provision.cli.shape import Argument, Option
from provision.text import say

if TYPE_CHECKING:
    from provision.model.estate import Profile
    from provision.model.tenant import Tenant


@click.command(
    "list",
    cls=Command,
    shared=("estate",),
    text=say(
        "List them, and which can be given to a tenant.",
        "Les lister, et dire lesquels se donnent à un locataire.",
    ),
)
def list_() -> int:
    """List the profiles."""
    from provision.report import profile as report  # noqa: PLC0415 (help needs none of it)

    profiles, _ = known.everything()
    output.answer(
        text=lambda look: report.listing_text(profiles.values(), look),
        data=lambda: report.listing_data(profiles.values(), language.spoken()),
    )
    return 0


@click.command(
    "show",
    cls=Command,
    shared=("estate",),
    text=say(
        "Show what one promises and why, and what of it is enforced today.",
        "Montrer ce que l'un promet et pourquoi, et ce qui en est appliqué aujourd'hui.",
    ),
)
@click.argument(
    "name",
    cls=Argument,
    label=say("PROFILE", "PROFIL"),
    text=say("As profile list names it.", "Comme le nomme profile list."),
)
@click.option(
    "--verbose",
    cls=Option,
    is_flag=True,
    text=say("Say where each value was written.", "Dire où chaque valeur a été écrite."),
)
def show(*, name: str, verbose: bool) -> int:
    """Show one profile."""
    from provision.report import profile as report  # noqa: PLC0415 (help needs none of it)

    profiles, _ = known.everything()
    found = known.profile(name, profiles)
    output.answer(
        text=lambda look: report.text(found, look),
        data=lambda: report.data(found, language.spoken()),
        verbose=verbose,
    )
    return 0


@click.command(
    "explain",
    cls=Command,
    shared=("estate",),
    text=say(
        "Say where a value comes from: what each layer says, the one in force first.",
        "Dire d'où vient une valeur : ce que dit chaque couche, celle qui l'emporte d'abord.",
    ),
)
@click.argument(
    "subject",
    cls=Argument,
    label=say("TENANT-OR-PROFILE", "TENANT-OU-PROFIL"),
    text=say("A tenant of the estate, or a profile.", "Un locataire du parc, ou un profil."),
)
@click.argument(
    "key",
    cls=Argument,
    label=say("KEY", "CLÉ"),
    text=say("A dotted path: quotas.compute.cores.", "Un chemin pointé : quotas.compute.cores."),
)
def explain(subject: str, key: str) -> int:
    """Explain one value."""
    from provision import declare  # noqa: PLC0415 (help needs none of it)
    from provision.declare.promises import leaves  # noqa: PLC0415
    from provision.report import explain as report  # noqa: PLC0415

    profiles, tenants = known.everything()
    found: Tenant | Profile | None = tenants.get(subject) or profiles.get(subject)
    if found is None:
        nobody = say(
            "there is no tenant or profile {name!r}", "il n'y a ni locataire ni profil {name!r}", name=subject
        )
        raise known.unknown(nobody, subject, [*tenants, *profiles])
    said = declare.explain(found, key)
    if not said:
        silent = say(
            "{name} says nothing about {key!r}", "{name} ne dit rien de {key!r}", name=subject, key=key
        )
        raise known.unknown(silent, key, [path for path, _ in leaves(found.values.tree)])
    output.answer(
        text=lambda look: report.text(subject, key, said, look), data=lambda: report.data(subject, key, said)
    )
    return 0


@click.command(
    "diff",
    cls=Command,
    shared=("estate",),
    text=say(
        "Compare what two promise: by the questions an auditor asks, which is the stricter, and what is enforced.",
        "Comparer ce que deux promettent : par les questions d'un auditeur, lequel est le plus strict, et ce qui est appliqué.",
    ),
)
@click.argument("a", cls=Argument, label=say("PROFILE-A", "PROFIL-A"), text=say("One profile.", "Un profil."))
@click.argument("b", cls=Argument, label=say("PROFILE-B", "PROFIL-B"), text=say("Another.", "Un autre."))
def diff(a: str, b: str) -> int:
    """Compare two profiles."""
    from provision.report import comparison as report  # noqa: PLC0415 (help needs none of it)

    profiles, _ = known.everything()
    left, right = known.profile(a, profiles), known.profile(b, profiles)
    output.answer(
        text=lambda look: report.text(left, right, look),
        data=lambda: report.data(left, right, language.spoken()),
    )
    return 0


command = Group.of(
    "profile",
    say(
        "Reads the profiles that tenants are made from: those of the estate, and those that come with provision.",
        "Lit les profils dont les locataires sont faits : ceux du parc, et ceux livrés avec provision.",
    ),
    (list_, show, explain, diff, doc),
)
