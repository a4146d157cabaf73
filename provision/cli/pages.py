"""`provision profile doc`: the page of a profile, printed, written, or held against what is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provision.cli import known, language, output, settings
from provision.cli.command import Command
from provision.cli.shape import Argument, Option
from provision.errors import UsageError
from provision.text import LANGUAGES, Language, render, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from provision.model.estate import Profile

_STATES = {
    "written": say("written", "écrite"),
    "same": say("as the profile says", "conforme au profil"),
    "late": say("not what the profile says", "pas conforme au profil"),
    "missing": say("missing", "manquante"),
    "printed": say("printed", "affichée"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """The page of a profile in a language: where it belongs in the documentation, and what it says."""

    profile: str
    language: Language
    path: str
    text: str


@click.command(
    "doc",
    cls=Command,
    shared=("estate",),
    text=say(
        "Print the page of a profile for those who do not know OpenStack; without a name, of each. --write puts it in both "
        "languages under docs/profils and docs/profiles; --check exits 1 when one there is not what the profile says.",
        "Afficher la page d'un profil pour qui ne connaît pas OpenStack ; sans nom, de chacun. --write la met dans les deux "
        "langues sous docs/profils et docs/profiles ; --check sort avec 1 quand l'une n'y est pas conforme au profil.",
    ),
)
@click.argument(
    "name",
    cls=Argument,
    required=False,
    label=say("PROFILE", "PROFIL"),
    text=say("As profile list names it; all without it.", "Comme le nomme profile list ; tous sans lui."),
)
@click.option("--write", cls=Option, is_flag=True, text=say("Write the pages.", "Écrire les pages."))
@click.option(
    "--check", cls=Option, is_flag=True, text=say("Compare, write nothing.", "Comparer, ne rien écrire.")
)
@click.option(
    "--into",
    cls=Option,
    type=click.Path(path_type=Path, file_okay=False),
    value=say("FOLDER", "DOSSIER"),
    text=say(
        "The documentation [docs, beside estate.yaml].", "La documentation [docs, à côté de estate.yaml]."
    ),
)
def doc(*, name: str | None, write: bool, check: bool, into: Path | None) -> int:
    """Print, write or check the pages of profiles."""
    if write and check:
        raise UsageError(
            say(
                "--write and --check are two different things",
                "--write et --check sont deux choses différentes",
            ),
            do=say("give one of them", "n'en donner qu'un"),
        )
    profiles, _ = known.everything()
    chosen = list(profiles.values()) if name is None else [known.profile(name, profiles)]
    folder = into or (settings.told().estate_if_any or Path()) / "docs"
    if not (write or check):
        return _printed(list(pages(chosen, [language.spoken()])))
    every = list(pages(chosen, LANGUAGES))
    return _told([(each, _written(folder, each) if write else state(folder, each)) for each in every], folder)


def pages(profiles: Iterable[Profile], languages: Iterable[Language]) -> Iterator[Page]:
    """Yield the page of each profile in each language."""
    from provision.report.page import markdown, path  # noqa: PLC0415 (help needs none of it)

    spoken = list(languages)
    for profile in profiles:
        for each in spoken:
            yield Page(profile.name, each, path(profile, each), markdown(profile, each))


def state(folder: Path, page: Page) -> str:
    """Return how a page stands in a folder: ``same``, ``late`` or ``missing``."""
    there = folder / page.path
    if not there.is_file():
        return "missing"
    return "same" if there.read_text(encoding="utf-8") == page.text else "late"


def _written(folder: Path, page: Page) -> str:
    there = folder / page.path
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text(page.text, encoding="utf-8")
    return "written"


def _printed(shown: list[Page]) -> int:
    output.answer(
        text=lambda _: "\n".join(each.text for each in shown),
        data=lambda: [_data(each, "printed", each.text) for each in shown],
    )
    return 0


def _told(found: list[tuple[Page, str]], folder: Path) -> int:
    output.answer(
        text=lambda look: "".join(
            f"{folder / page.path}: {render(_STATES[said], look.language)}\n" for page, said in found
        ),
        data=lambda: [_data(page, said, None) for page, said in found],
    )
    return int(any(said in {"late", "missing"} for _, said in found))


def _data(page: Page, said: str, text: str | None) -> dict[str, Any]:
    return {
        "profile": page.profile,
        "language": page.language,
        "path": page.path,
        "state": said,
        "page": text,
    }
