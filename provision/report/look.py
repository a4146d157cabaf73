"""How a result is to look, and what it cost to make."""

from __future__ import annotations

from dataclasses import dataclass

from provision.report import words
from provision.report.paint import PLAIN, Paint
from provision.text import Language, Text, render, say

Requests = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Look:
    """A language, colours or none, and whether everything is named or the long lists are summed up."""

    language: Language
    paint: Paint = PLAIN
    verbose: bool = False

    def words(self, text: str | Text, meaning: str = "") -> str:
        """Return a text in the language, painted when it means something."""
        said = render(text, self.language)
        return self.paint(meaning, said) if meaning else said


@dataclass(frozen=True, slots=True)
class Cost:
    """The requests sent, by service and method, and the seconds it all took."""

    requests: Requests
    seconds: float

    def said(self, tenants: int) -> Text:
        """Return the cost in words, with the number of tenants it was for."""
        total = sum(sum(methods.values()) for methods in self.requests.values())
        return say(
            "{tenants}, {requests}, {seconds}",
            "{tenants}, {requests}, {seconds}",
            tenants=words.tenants(tenants),
            requests=words.requests(total),
            seconds=words.duration(self.seconds),
        )
