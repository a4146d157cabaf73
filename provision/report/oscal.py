"""What OSCAL's three documents have in common: metadata, identifiers that follow from what they name, controls worst first."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from provision import __version__
from provision.model.finding import Status
from provision.text import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from provision.model.finding import Audited, Finding
    from provision.text import Language, Text

VERSION: Final = "1.2.1"
PROPERTIES: Final = "urn:provision:oscal"
_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, PROPERTIES)
Case = tuple[str, str, "Sequence[Finding]"]


def identifier(*parts: str) -> str:
    """Return the UUID (version 5) of what some words name: the same words have the same one."""
    return str(uuid.uuid5(_SPACE, "\n".join(parts)))


def metadata(title: Text, audited: Audited, language: Language) -> dict[str, Any]:
    """Return a document's metadata."""
    return {
        "title": render(title, language),
        "last-modified": audited.made_at,
        "version": __version__,
        "oscal-version": VERSION,
    }


def prop(name: str, value: str) -> dict[str, str]:
    """Return a property in our own namespace."""
    return {"name": name, "ns": PROPERTIES, "value": value}


def cases(findings: Iterable[Finding]) -> Iterator[Case]:
    """Yield subject, control and its findings, but for what is not applicable."""
    known = sorted(findings, key=lambda each: (each.subject, each.control.id))
    for (subject, control), those in groupby(known, key=lambda each: (each.subject, each.control.id)):
        found = [each for each in those if each.status is not Status.NOT_APPLICABLE]
        if found:
            yield subject, control, found


def told(findings: Iterable[Finding], language: Language) -> str:
    """Return what was seen, a line a thing."""
    return "\n".join(f"{each.address}: {render(each.observed, language)}" for each in findings)
