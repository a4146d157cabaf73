"""What a person reads, in both languages, written side by side.

A `Text` is a value: rooms that compute return it, `report` and `cli` render it. The two languages stand
beside each other in the code, so that neither can be forgotten and no catalogue goes stale.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in English and in French, with the values to put into it.

    Placeholders are `str.format` fields; a value that is itself a `Text` is rendered in the same language.
    """

    en: str
    fr: str
    values: Mapping[str, object] = field(default_factory=dict)

    def render(self, language: Language) -> str:
        """Return the sentence in `language`, its values filled in."""
        template = self.fr if language == "fr" else self.en
        if not self.values:
            return template
        filled = {
            key: value.render(language) if isinstance(value, Text) else value
            for key, value in self.values.items()
        }
        return template.format(**filled)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as words: a value that is neither word nor number (an exception) might hold anything."""
        plain = {
            key: value if isinstance(value, Text | str | int | float) else str(value)
            for key, value in self.values.items()
        }
        return Text, (self.en, self.fr, plain)

    def __str__(self) -> str:
        """Return the English sentence (logs, tests, tracebacks)."""
        return self.render("en")


def say(en: str, fr: str, **values: object) -> Text:
    """Write a sentence in both languages: ``say("no {kind}", "pas de {kind}", kind=kind)``."""
    return Text(en, fr, values)


def same(text: str) -> Text:
    """Wrap words that are the same in both languages (a name, a service's own message)."""
    return Text(text, text)


def render(text: str | Text, language: Language) -> str:
    """Render a `Text`; a plain string stands for itself."""
    return text.render(language) if isinstance(text, Text) else text
