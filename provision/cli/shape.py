"""What click lacks for us: options and arguments whose help is a `Text`, and headings in the language of the run."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import click

from provision.cli.language import tell
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = tuple[str, str]


class Formatter(click.HelpFormatter):
    """Help with headings in the language of the run."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, tell(say("Usage: ", "Utilisation : ")) if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write a heading; French puts a space before the colon."""
        self.write(f"{'':>{self.current_indent}}{heading}{tell(say(':', ' :'))}\n")


class Context(click.Context):
    """A context that writes help with our formatter."""

    formatter_class = Formatter


class Option(click.Option):
    """An option whose help and value name are `Text`s."""

    def __init__(
        self,
        names: Sequence[str],
        text: Text,
        value: str | Text | None = None,
        **rest: Any,  # noqa: ANN401 (click's own)
    ) -> None:
        """Keep the texts; everything else is click's."""
        super().__init__(names, **rest)
        self.text, self.value = text, value

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what stands for the value."""
        return tell(self.value) if self.value is not None else super().make_metavar(ctx)

    def get_help_record(self, ctx: click.Context) -> Row | None:
        """Return the names and the help."""
        found = super().get_help_record(ctx)
        return found and (found[0], tell(self.text))


class Argument(click.Argument):
    """An argument with a help, and a name of its own in each language."""

    def __init__(self, names: Sequence[str], text: Text, label: str | Text, **rest: Any) -> None:  # noqa: ANN401 (click's own)
        """Keep the texts; everything else is click's."""
        super().__init__(names, **rest)
        self.label, self.text = label, text

    def make_metavar(self, ctx: click.Context) -> str:  # noqa: ARG002 (click's own signature)
        """Return ``NAME``, ``[NAME]`` or ``[NAME]…``."""
        label = tell(self.label) if self.required else f"[{tell(self.label)}]"
        return f"{label}…" if self.nargs == -1 else label

    def row(self) -> Row:
        """Return the name and the help."""
        return (tell(self.label), tell(self.text))


def did_you_mean(word: str, known: Iterable[str]) -> Text | None:
    """Return a question with the nearest known word, or nothing."""
    close = difflib.get_close_matches(word, known, 1)
    return say("did you mean {close}?", "vouliez-vous dire {close} ?", close=close[0]) if close else None


def see_help(ctx: click.Context) -> Text:
    """Return where the help is."""
    return say("see {path} --help", "voir {path} --help", path=ctx.command_path)
