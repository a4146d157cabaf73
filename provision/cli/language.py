"""Which language this run speaks: --lang, else PROVISION_LANG, else the locale, else English."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from provision.text import LANGUAGES, Language, Text, render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_spoken: ContextVar[Language] = ContextVar("language", default="en")


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language of a run; read before anything is parsed, because --help itself is in it."""
    for asked in (_asked(arguments), environment.get("PROVISION_LANG")):
        for language in LANGUAGES:
            if asked == language:
                return language
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    return "fr" if locale.lower().startswith("fr") else "en"


def _asked(arguments: Sequence[str]) -> str:
    """Return the last value of --lang, or nothing."""
    found, before = "", ""
    for word in arguments:
        if word == "--":
            break
        if before == "--lang":
            found = word
        elif word.startswith("--lang="):
            found = word.removeprefix("--lang=")
        before = word
    return found


def speak(language: Language) -> None:
    """Speak a language from here on."""
    _spoken.set(language)


def spoken() -> Language:
    """Return the language of this run."""
    return _spoken.get()


def tell(text: str | Text) -> str:
    """Return a text in the language of this run."""
    return render(text, _spoken.get())
