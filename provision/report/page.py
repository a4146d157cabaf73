"""A profile as a page that an auditor reads without knowing OpenStack, in either language; nothing on it is written by hand."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from provision.report import glossary, words
from provision.report.phrases import capital
from provision.report.questions import QUESTIONS, Today
from provision.report.statements import TODAY, Statement, carriers, statements
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provision.model.estate import Profile
    from provision.text import Language

FOLDERS: Final[Mapping[Language, str]] = {"fr": "profils", "en": "profiles"}
_OTHER: Final[Mapping[Language, Language]] = {"fr": "en", "en": "fr"}
_INTRODUCTIONS: Final[Mapping[str, Text]] = {
    "purpose": say("For whom this profile is, and which data may be entrusted to it.",
                   "Pour qui est ce profil, et quelles données peuvent lui être confiées."),
    "identity": say("Which people and which programs may act, what they must prove first, and when the operator may enter.",
                    "Quelles personnes et quels programmes peuvent agir, ce qu'ils doivent prouver d'abord, et quand l'exploitant peut entrer."),
    "encryption": say("What nobody can read who holds only the disks, the backups or the wires, and who holds the keys.",
                      "Ce que ne peut lire celui qui n'a que les disques, les sauvegardes ou les câbles, et qui a les clés."),
    "network": say("What may reach the machines and what they may reach. The Internet has two families of addresses, and a filter must stand in both.",
                   "Ce qui peut atteindre les machines et ce qu'elles peuvent atteindre. Internet a deux familles d'adresses, et un filtre doit valoir dans les deux."),
    "publishing": say("What may be shown to people who have no account, and on what conditions.",
                      "Ce qui peut être montré à qui n'a pas de compte, et à quelles conditions."),
    "usage": say("Ceilings: a tenant's mistake, or an intruder, uses no more than this.",
                 "Des plafonds : une erreur du locataire, ou un intrus, ne consomme pas davantage."),
    "place": say("In which places and on which machines data are kept, and what is left of them after a disaster.",
                 "En quels lieux et sur quelles machines les données sont gardées, et ce qu'il en reste après un sinistre."),
    "logs": say("The traces by which one can tell afterwards who did what.",
                "Les traces par lesquelles on peut dire après coup qui a fait quoi."),
    "leaving": say("What happens to data when a tenant goes.", "Ce qu'il advient des données quand un locataire s'en va."),
    "other": say("What the cloud must offer, and what is prepared beside it.",
                 "Ce que le cloud doit offrir, et ce qui est préparé à côté."),
}  # fmt: skip


def path(profile: Profile, language: Language) -> str:
    """Return where a page stands in a folder of documentation: ``profils/open-data.md``, ``profiles/open-data.md``."""
    return f"{FOLDERS[language]}/{profile.name}.md"


def markdown(profile: Profile, language: Language) -> str:
    """Return the page of a profile."""
    told = statements(profile)
    body = [
        _head(profile, language),
        _reading(told, language),
        *(
            _question(question, list(those), _broad(profile, question, told), language)
            for question, those in groupby(told, key=lambda each: each.topic.question)
        ),
    ]
    return _explained("\n\n".join(body), language) + "\n"


def _head(profile: Profile, language: Language) -> str:
    title = profile.title[language]
    other = _OTHER[language]
    written = say(
        "Written by `provision profile doc --write` from `{it}` (version {version}); change that document, not this page. "
        "[En français]({link})",
        "Écrite par `provision profile doc --write` d'après `{it}` (version {version}) ; changer ce document, pas cette page. "
        "[In English]({link})",
        it=profile.name,
        version=profile.version,
        link=f"../{path(profile, other)}",
    )
    parts = [
        f"# {title}",
        written.render(language),
        f"**{profile.summary.get(language, '')}**",
        *_standing(profile, language),
    ]
    return "\n\n".join(part for part in parts if part != "****")


def _standing(profile: Profile, language: Language) -> Iterator[str]:
    if profile.extends:
        yield say(
            "It stands on the profile [{it}]({it}.md): all that one promises is promised here too, and told below.",
            "Il repose sur le profil [{it}]({it}.md) : tout ce que celui-là promet est promis ici aussi, et dit ci-dessous.",
            it=profile.extends,
        ).render(language)
    if not profile.assignable:
        yield say(
            "No tenant takes this profile as it is; others are built on it.",
            "Aucun locataire ne prend ce profil tel quel ; d'autres reposent sur lui.",
        ).render(language)


def _reading(told: list[Statement], language: Language) -> str:
    amounts = [sum(each.today is today for each in told) for today in Today]
    floors = sum(bool(each.floors) for each in told)
    title = say("## How to read this page", "## Comment lire cette page")
    said = say(
        "A **floor** is what nobody below this profile may weaken, neither a tenant nor another profile; the table says in which "
        "direction. A promise is **bounded** where a tenant may say otherwise as far as a floor allows, and a **default** where a "
        "tenant may say otherwise. A promise is **enforced** where something in the cloud is made to follow it today, by what is "
        "named; it is **recorded** where it is written, inherited and checked in documents, and nothing in the cloud follows from "
        "it yet.\n\n"
        "Of {all} promises, {enforced} are enforced today, {partly} in part, {recorded} are only recorded; floors hold or bound "
        "{floors}. The last column says which line of which document promises it.",
        "Un **plancher** est ce que nul ne peut affaiblir sous ce profil, ni un locataire ni un autre profil ; le tableau dit dans quel "
        "sens. Une promesse est **encadrée** quand un locataire peut dire autrement aussi loin qu'un plancher le permet, et **par "
        "défaut** quand un locataire peut dire autrement. Une promesse est **appliquée** quand quelque chose dans le cloud y est "
        "conformé aujourd'hui, par ce qui est nommé ; elle est **consignée** quand elle est écrite, héritée et vérifiée dans les "
        "documents, sans que rien dans le cloud n'en découle encore.\n\n"
        "Sur {all} promesses, {enforced} sont appliquées aujourd'hui, {partly} en partie, {recorded} sont seulement consignées ; des "
        "planchers en tiennent ou en encadrent {floors}. La dernière colonne dit quelle ligne de quel document le promet.",
        all=words.number(len(told)),
        enforced=words.number(amounts[0]),
        partly=words.number(amounts[1]),
        recorded=words.number(amounts[2]),
        floors=words.number(floors),
    )  # fmt: skip
    return f"{title.render(language)}\n\n{said.render(language)}"


def _broad(profile: Profile, question: str, told: Iterable[Statement]) -> list[Mapping[str, str]]:
    """Return the reasons given for a whole section of a profile, which no single statement carries."""
    single = [reason for each in told for reason in each.why]
    paths = [path for each in told if each.topic.question == question for path in each.paths]
    return [
        reason
        for section, reason in profile.why.items()
        if reason not in single and any(path.startswith(f"{section}.") for path in paths)
    ]


def _question(
    question: str, those: Iterable[Statement], broad: Iterable[Mapping[str, str]], language: Language
) -> str:
    columns = say(
        "| Promise | Who may change it | Today | Written in |\n|---|---|---|---|",
        "| Promesse | Qui peut la changer | Aujourd'hui | Écrit dans |\n|---|---|---|---|",
    )
    rows = [_row(each, language) for each in those]
    table = "\n".join([columns.render(language), *rows])
    opening = " ".join(
        [_INTRODUCTIONS[question].render(language), *(f"*{each[language]}*" for each in broad)]
    )
    return f"## {QUESTIONS[question].render(language)}\n\n{opening}\n\n{table}"


def _row(statement: Statement, language: Language) -> str:
    said = say("**{label}**: {says}.", "**{label}** : {says}.", label=statement.label, says=statement.says)
    why = " ".join(f"*{reason}*" for reason in statement.reasons(language))
    where = "<br>".join(f"`{short(origin.file)}:{origin.line}`" for origin in statement.origins)
    cells = [
        f"{said.render(language)}{'<br>' + why if why else ''}",
        capital(statement.held()).render(language),
        capital(_carried(statement)).render(language),
        where,
    ]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def short(file: str) -> str:
    """Return a document's place without what all shipped profiles have in common."""
    return file.removeprefix("provision/profiles/")


def _carried(statement: Statement) -> Text:
    today = TODAY[statement.today]
    if statement.today is Today.RECORDED:
        return today
    return say("{today}: {by}", "{today} : {by}", today=today, by=carriers(statement.kinds))


def _explained(page: str, language: Language) -> str:
    """Return a page whose words of OpenStack lead, where each is first used, to what they mean."""
    start = page.index("\n## ")
    head, body = page[:start], page[start:]
    explained = glossary.linked(body, language)
    terms = glossary.used(glossary.prose(body), language)
    title = say("## Words", "## Les mots").render(language)
    colon = say(": ", " : ").render(language)
    listed = [
        f'- <a id="{term.key}"></a>**{term.name.render(language)}**{colon}{term.means.render(language)}.'
        for term in terms
    ]
    return "\n".join([f"{head}{explained}\n\n{title}\n", *listed])
