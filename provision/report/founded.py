"""An estate that was just made, for a person and for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from provision.report import words
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from provision.errors import ProvisionError
    from provision.model.facts import Facts
    from provision.report.look import Look
    from provision.text import Language


class Founded(Protocol):
    """What is told of a new estate (the workflow's own class stands above this room)."""

    @property
    def directory(self) -> Path:
        """Its folder."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def written(self) -> Sequence[str]:
        """The files that were written."""

    @property
    def kept(self) -> Sequence[str]:
        """The files that were there already."""

    @property
    def facts(self) -> Facts | None:
        """What its cloud offers."""

    @property
    def silence(self) -> ProvisionError | None:
        """Why the cloud did not answer."""


def data(founded: Founded, language: Language) -> dict[str, Any]:
    """Return a new estate as JSON has it (schema ``init``)."""
    return {
        "estate": founded.name,
        "directory": str(founded.directory),
        "written": list(founded.written),
        "kept": list(founded.kept),
        "cloud": founded.facts and founded.facts.cloud,
        "silence": founded.silence and founded.silence.render(language),
    }


def text(founded: Founded, look: Look) -> str:
    """Return what was written, what was asked of the cloud, and what to do next."""
    head = say(
        "Estate {name} made in {folder}",
        "Parc {name} créé dans {folder}",
        name=founded.name,
        folder=founded.directory,
    )
    blocks = [
        look.paint("good", f"✓ {look.words(head)}"),
        *_files(founded, look),
        *_asked(founded, look),
        _next(founded, look),
    ]
    return "\n".join(blocks) + "\n"


def _files(founded: Founded, look: Look) -> Iterator[str]:
    yield from (f"  + {each}" for each in founded.written)
    there = look.words(say("was there, left as it is", "existait, laissé tel quel"))
    yield from (f"  · {each} ({there})" for each in founded.kept)


def _asked(founded: Founded, look: Look) -> Iterator[str]:
    yield ""
    if founded.facts is not None:
        yield look.words(_found(founded.facts))
        yield look.words(
            say(
                "Read estate.yaml through: roles are guesses.",
                "Relire estate.yaml : les rôles sont des suppositions.",
            )
        )
        return
    if founded.silence is not None:
        yield look.paint("change", founded.silence.render(look.language))
    yield look.words(
        say(
            "No cloud was asked: estate.yaml holds defaults as comments, to fill in.",
            "Aucun cloud n'a été interrogé : estate.yaml contient des valeurs en commentaire, à compléter.",
        )
    )


def _found(facts: Facts) -> Text:
    return say(
        "The cloud was asked: {networks}, {pools}, {flavors}, {types}.",
        "Le cloud a été interrogé : {networks}, {pools}, {flavors}, {types}.",
        networks=words.counted(len(facts.external_networks), say("{n} external network", "{n} réseau externe"), say("{n} external networks", "{n} réseaux externes")),
        pools=words.counted(len(facts.pools), say("{n} pool", "{n} réserve"), say("{n} pools", "{n} réserves")),
        flavors=words.counted(len(facts.flavors), say("{n} flavour", "{n} gabarit"), say("{n} flavours", "{n} gabarits")),
        types=words.counted(len(facts.volume_types), say("{n} volume type", "{n} type de volume"), say("{n} volume types", "{n} types de volume")),
    )  # fmt: skip


def _next(founded: Founded, look: Look) -> str:
    head = look.words(say("Next:", "Ensuite :"), "strong")
    two_lines = say(
        "two lines in {folder}/tenants/acme.yaml (tenant: acme, profile: startup), then",
        "deux lignes dans {folder}/tenants/acme.yaml (tenant: acme, profile: startup), puis",
        folder=founded.directory,
    )
    return f"\n{head} {look.words(two_lines)}\n  provision plan --estate {founded.directory}"
