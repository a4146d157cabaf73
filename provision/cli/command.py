"""Commands whose help is a `Text` and whose answer is an exit code, and groups that load them late.

A group knows its commands by name and summary only; a command's module is imported when the command is called,
so that `provision --help` costs no more than click itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import click

from provision.cli import settings
from provision.cli.language import tell
from provision.cli.shape import Argument, Context, Option, Row, did_you_mean, see_help
from provision.errors import UsageError
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


class Command(click.Command):
    """A command with a `Text` for help; answers with an exit code (None: 0)."""

    context_class = Context
    allow_extra_args = True  # so that we refuse them in our own words

    def __init__(self, name: str | None, text: Text, shared: Iterable[str] = (), **rest: Any) -> None:  # noqa: ANN401 (click's own)
        """Keep the text, and take the shared options that the command understands beside --format and --lang."""
        super().__init__(name, add_help_option=False, **rest)
        self.text = text
        self.shared = [settings.option(each) for each in ("format", *shared, "lang", "help")]
        self.params = [*self.params, *self.shared]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and refuse what is left over."""
        rest = super().parse_args(ctx, args)
        if rest:
            raise UsageError(
                say("{extra!r} is one argument too many", "{extra!r} est un argument de trop", extra=rest[0]),
                where=ctx.command_path,
                do=see_help(ctx),
            )
        return rest

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help: usage, text, arguments, options, then what every command takes."""
        write_help(self, ctx, formatter, ())

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the pieces of the usage line."""
        return usage(self, ctx)


class Group(click.Group):
    """A group of commands; `table` holds each one's summary, in the order of the help, and `load` finds one by name."""

    context_class = Context

    def __init__(
        self,
        name: str,
        text: Text,
        table: Mapping[str, Text],
        load: Callable[[str], click.Command],
        options: Sequence[Option] = (),
    ) -> None:
        """Keep the table and the loader; no command is loaded before it is called."""
        super().__init__(name, params=list(options), add_help_option=False, no_args_is_help=True)
        self.text, self.table, self.load = text, table, load
        self.shared = [settings.option(each) for each in settings.SHARED]
        self.params = [*self.params, *self.shared]

    @classmethod
    def of(cls, name: str, text: Text, commands: Sequence[Command]) -> Self:
        """Return a group of commands that are here already."""
        known = {str(each.name): each for each in commands}
        return cls(name, text, {key: each.text for key, each in known.items()}, known.__getitem__)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's own signature)
        """Return the commands' names, in the table's order."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's own signature)
        """Load a command, or return None when there is none of that name."""
        return self.load(cmd_name) if cmd_name in self.table else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was named. Raises `UsageError` with the nearest name."""
        if args[0] in self.table or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        raise UsageError(
            say("there is no command {name!r}", "il n'y a pas de commande {name!r}", name=args[0]),
            where=ctx.command_path,
            do=did_you_mean(args[0], self.table) or see_help(ctx),
        )

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, from the table alone."""
        write_help(self, ctx, formatter, [(name, tell(text)) for name, text in self.table.items()])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the pieces of the usage line."""
        return [*usage(self, ctx), tell(say("COMMAND …", "COMMANDE …"))]


def usage(command: Command | Group, ctx: click.Context) -> list[str]:
    """Return the options' place, then the arguments."""
    arguments = [each.make_metavar(ctx) for each in command.params if isinstance(each, Argument)]
    return ["[OPTIONS]", *arguments]


def write_help(
    command: Command | Group, ctx: click.Context, formatter: click.HelpFormatter, commands: Sequence[Row]
) -> None:
    """Write a command's whole help."""
    command.format_usage(ctx, formatter)
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(tell(command.text))
    own = [each for each in command.params if each not in command.shared]
    rows = [each.row() for each in own if isinstance(each, Argument)]
    _section(formatter, say("Arguments", "Arguments"), rows)
    _section(formatter, say("Commands", "Commandes"), commands)
    _section(formatter, say("Options", "Options"), _records(own, ctx))
    _section(formatter, say("Shared options", "Options communes"), _records(command.shared, ctx))


def _records(params: Iterable[click.Parameter], ctx: click.Context) -> list[Row]:
    records = (each.get_help_record(ctx) for each in params if isinstance(each, Option))
    return [record for record in records if record is not None]


def _section(formatter: click.HelpFormatter, title: Text, rows: Sequence[Row]) -> None:
    if rows:
        with formatter.section(tell(title)):
            formatter.write_dl(rows)
