"""What was published, and the catalogue of it, for a person and for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.report import words
from provision.text import render, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.publish import Published
    from provision.report.look import Look
    from provision.text import Language, Text

LEFT_OUT: Final = 2
_STATES: Final = {
    True: say("published", "publié"),
    False: say("published already, unchanged", "déjà publié, inchangé"),
    None: say("not published: --publish does", "non publié : --publish le fait"),
}
_DATASETS: Final = say("{n} dataset", "{n} jeu de données"), say("{n} datasets", "{n} jeux de données")
_FILES: Final = say("{n} file", "{n} fichier"), say("{n} files", "{n} fichiers")


def data(published: Published, language: Language) -> dict[str, Any]:
    """Return it as JSON has it (schemas ``catalogue`` and ``publish``); the catalogue itself stands in it."""
    return {
        "address": published.catalogue.address,
        "written": published.written,
        "files": [
            {"address": each.address, "bytes": each.size, "media_type": each.type, "sha256": each.sha256}
            for each in published.files
        ],
        "left_out": [render(each, language) for each in published.catalogue.left_out],
        "catalogue": published.catalogue.document,
    }


def text(published: Published, look: Look) -> str:
    """Return a line a file published, a line a thing left out, and the catalogue in one sentence."""
    return "\n".join(_lines(published, look)) + "\n"


def _lines(published: Published, look: Look) -> Iterator[str]:
    for each in published.files:
        yield f"{look.paint('good', '✓')} {each.address}  {look.paint('quiet', f'sha256 {each.sha256}')}"
    for left in published.catalogue.left_out:
        yield f"{look.paint('bad', '✗')} {look.words(_left_out(left))}"
    held = published.catalogue.datasets
    yield look.words(
        say(
            "Catalogue of {datasets}, {files}: {address} ({state})",
            "Catalogue de {datasets}, {files} : {address} ({state})",
            datasets=words.counted(len(held), *_DATASETS),
            files=words.counted(sum(len(each.files) for each in held), *_FILES),
            address=published.catalogue.address,
            state=_STATES[published.written],
        )
    )


def _left_out(what: Text) -> Text:
    return say(
        "public, and left out of the catalogue: {what}",
        "public, et laissé hors du catalogue : {what}",
        what=what,
    )


def exit_code(published: Published) -> int:
    """Return 2 where something public is not fit to be in the catalogue, else 0."""
    return LEFT_OUT if published.catalogue.left_out else 0
