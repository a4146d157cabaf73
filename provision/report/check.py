"""What checking the documents found, for a person and for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.report import words
from provision.text import Text, render, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.errors import Mistake
    from provision.model.estate import Estate
    from provision.report.look import Look
    from provision.text import Language


def data(mistakes: Sequence[Mistake], language: Language) -> list[dict[str, Any]]:
    """Return the mistakes as JSON has them (schema ``check``); none is an empty list."""
    return [
        {
            "file": each.file,
            "line": each.line,
            "what": render(each.what, language),
            "do": render(each.do, language),
        }
        for each in mistakes
    ]


def text(estate: Estate | None, mistakes: Sequence[Mistake], look: Look) -> str:
    """Return one paragraph a mistake and how many there are, or that all is in order (`estate` None: where one looked)."""
    if mistakes:
        return (
            "\n".join(
                [*(_paragraph(each, look) for each in mistakes), "", look.words(_total(mistakes), "bad")]
            )
            + "\n"
        )
    fine = _in_order(estate) if estate else say("Nothing wrong here.", "Rien à redire ici.")
    return look.paint("good", f"✓ {look.words(fine)}") + "\n"


def _paragraph(mistake: Mistake, look: Look) -> str:
    advice = f"\n  → {look.words(mistake.do)}" if mistake.do else ""
    return f"{look.paint('strong', mistake.where)}: {look.words(mistake.what)}{advice}"


def _total(mistakes: Sequence[Mistake]) -> Text:
    files = len({each.file for each in mistakes})
    return say(
        "{mistakes} in {files}",
        "{mistakes} dans {files}",
        mistakes=words.counted(
            len(mistakes), say("{n} mistake", "{n} erreur"), say("{n} mistakes", "{n} erreurs")
        ),
        files=words.counted(files, say("{n} file", "{n} fichier"), say("{n} files", "{n} fichiers")),
    )


def _in_order(estate: Estate) -> Text:
    folder = estate.directory.resolve()
    own = sum(profile.path.resolve().is_relative_to(folder) for profile in estate.profiles.values())
    documents = 1 + len(estate.tenants) + own + len(estate.evidence)
    profiles = len(estate.profiles)
    return say(
        "{name}: {documents} in order ({tenants}, {profiles} to choose from).",
        "{name} : {documents} en ordre ({tenants}, {profiles} au choix).",
        name=estate.name,
        documents=words.counted(
            documents, say("{n} document", "{n} document"), say("{n} documents", "{n} documents")
        ),
        tenants=words.tenants(len(estate.tenants)),
        profiles=words.counted(
            profiles, say("{n} profile", "{n} profil"), say("{n} profiles", "{n} profils")
        ),
    )
