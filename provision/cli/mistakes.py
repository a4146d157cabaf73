"""What click finds wrong with a command line, in our own words and both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provision.cli.shape import did_you_mean, see_help
from provision.errors import UsageError
from provision.text import Text, same, say

if TYPE_CHECKING:
    from collections.abc import Iterable


def ours(error: click.ClickException) -> UsageError:
    """Return click's error as one of ours (exit 4)."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return UsageError(_what(error), where=ctx.command_path if ctx else "", do=_do(error, ctx) if ctx else "")


def _what(error: click.ClickException) -> Text:
    if isinstance(error, click.NoSuchOption):
        return say("there is no option {name}", "il n'y a pas d'option {name}", name=error.option_name)
    if isinstance(error, click.MissingParameter):
        return say("{name} is missing", "il manque {name}", name=_name(error))
    if isinstance(error, click.BadParameter):
        return _bad_value(error)
    if isinstance(error, click.BadOptionUsage):
        return say(
            "{name} needs a value, or takes none",
            "{name} attend une valeur, ou n'en prend pas",
            name=error.option_name,
        )
    return same(error.format_message())


def _bad_value(error: click.BadParameter) -> Text:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        choices = ", ".join(map(str, kind.choices))
        return say(
            "{name} is one of: {choices}",
            "{name} vaut l'un de : {choices}",
            name=_name(error),
            choices=choices,
        )
    if isinstance(kind, click.IntRange):
        return say(
            "{name} is a whole number from {low} to {high}",
            "{name} est un nombre entier de {low} à {high}",
            name=_name(error),
            low=kind.min,
            high=kind.max,
        )
    return say("{name}: {message}", "{name} : {message}", name=_name(error), message=error.message)


def _name(error: click.BadParameter) -> str:
    if error.param is None or error.ctx is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Option):
        return error.param.opts[0]
    return error.param.make_metavar(error.ctx)


def _do(error: click.ClickException, ctx: click.Context) -> Text:
    if isinstance(error, click.NoSuchOption):
        return did_you_mean(error.option_name, _options(ctx)) or see_help(ctx)
    return see_help(ctx)


def _options(ctx: click.Context) -> Iterable[str]:
    return [name for param in ctx.command.params for name in param.opts]
