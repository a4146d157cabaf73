"""`provision profile`: read the profiles, those of the estate and those that come with `provision`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provision.cli import language, output, settings
from provision.cli.command import Command, Group
from provision.cli.shape import Argument, Option, did_you_mean
from provision.errors import UsageError
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provision.model.estate import Profile
    from provision.model.tenant import Tenant
    from provision.text import Text


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

    profiles, _ = _known()
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

    profiles, _ = _known()
    found = profiles.get(name)
    if found is None:
        raise _unknown(
            say("there is no profile {name!r}", "il n'y a pas de profil {name!r}", name=name), name, profiles
        )
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
    from provision.report import explain as report  # noqa: PLC0415
    from provision.report.profile import leaves  # noqa: PLC0415

    profiles, tenants = _known()
    found: Tenant | Profile | None = tenants.get(subject) or profiles.get(subject)
    if found is None:
        nobody = say(
            "there is no tenant or profile {name!r}", "il n'y a ni locataire ni profil {name!r}", name=subject
        )
        raise _unknown(nobody, subject, [*tenants, *profiles])
    said = declare.explain(found, key)
    if not said:
        silent = say(
            "{name} says nothing about {key!r}", "{name} ne dit rien de {key!r}", name=subject, key=key
        )
        raise _unknown(silent, key, [path for path, _ in leaves(found.values.tree)])
    output.answer(
        text=lambda look: report.text(subject, key, said, look), data=lambda: report.data(subject, key, said)
    )
    return 0


def _known() -> tuple[Mapping[str, Profile], Mapping[str, Tenant]]:
    """Return the profiles and the tenants of the estate; without one, the shipped profiles and no tenant."""
    folder = settings.told().estate_if_any
    if folder is None:
        from provision.declare.shipped import shipped  # noqa: PLC0415 (help needs none of it)

        return shipped(), {}
    from provision import declare  # noqa: PLC0415

    estate = declare.load(folder)
    return estate.profiles, estate.tenants


def _unknown(what: Text, word: str, known: Iterable[str]) -> UsageError:
    listed = list(known)
    return UsageError(what, do=did_you_mean(word, listed) or _known_words(listed))


def _known_words(known: Iterable[str]) -> Text:
    return say("known: {known}", "connus : {known}", known=", ".join(sorted(known)))


command = Group.of(
    "profile",
    say(
        "Reads the profiles that tenants are made from: those of the estate, and those that come with provision.",
        "Lit les profils dont les locataires sont faits : ceux du parc, et ceux livrés avec provision.",
    ),
    (list_, show, explain),
)
