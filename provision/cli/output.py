"""stdout is the result, stderr is everything else; colour only where somebody looks and did not say no."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

from provision.cli import settings
from provision.cli.language import spoken, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from provision.report.look import Look
    from provision.text import Text


def answer(*, text: Callable[[Look], str], data: Callable[[], Any], verbose: bool = False) -> None:
    """Write the result, as text or as JSON; only the one that was asked for is made."""
    if settings.told().json:
        from provision.report.encode import as_json  # noqa: PLC0415 (only when there is something to say)

        click.echo(as_json(data()), nl=False)
    else:
        click.echo(text(look(sys.stdout, verbose=verbose)), nl=False)


def note(words: str | Text) -> None:
    """Write something that is not the result."""
    click.echo(tell(words), err=True)


def look(stream: TextIO, *, verbose: bool = False) -> Look:
    """Return how a result is to look on a stream."""
    from provision.report.look import Look  # noqa: PLC0415 (help needs none)
    from provision.report.paint import Paint  # noqa: PLC0415

    return Look(spoken(), Paint(colour=coloured(stream)), verbose)


def coloured(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal that may be coloured."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
