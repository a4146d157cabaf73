"""The generated pages of the documentation: `python -m provision.cli.reference --write`, or `--check` in CI."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from provision.cli import language
from provision.cli.root import root
from provision.text import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
_WIDTH: Final = 100
_HEAD: Final = """# Command line

Written by `python -m provision.cli.reference --write` from the commands themselves; change those, not this page.
Exit codes: **0** nothing to do, or done · **1** something failed · **2** changes pending (`plan`), a promise
broken (`prove`) · **3** refused (unsafe, stale, blocked, not permitted) · **4** bad document or usage · **5** cloud
unreachable or credentials refused.
"""


def commands() -> str:
    """Return the page of every command's help, in English."""
    language.speak("en")
    pages = [f"## {path}\n\n```text\n{text}\n```\n" for path, text in _helps(root, None)]
    return "\n".join([_HEAD, *pages])


def _helps(command: click.Command, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    ctx = command.context_class(
        command, parent=parent, info_name=command.name, terminal_width=_WIDTH, max_content_width=_WIDTH
    )
    yield ctx.command_path, command.get_help(ctx)
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            if below is not None:
                yield from _helps(below, ctx)


def kinds() -> str:
    """Return the page of every kind of resource."""
    import provision.resources  # noqa: F401, PLC0415 (registers every kind)
    from provision.kind import kinds as registered  # noqa: PLC0415
    from provision.report.kinds import markdown  # noqa: PLC0415

    return markdown(registered().values())


PAGES: Final[dict[str, Callable[[], str]]] = {"cli.md": commands, "kinds.md": kinds}


def made() -> Iterator[tuple[str, str]]:
    """Yield every page: its place in the documentation, and its text; last those of the shipped profiles."""
    from provision.cli.pages import pages  # noqa: PLC0415 (the other pages need none of it)
    from provision.declare.shipped import shipped  # noqa: PLC0415

    yield from ((name, make()) for name, make in PAGES.items())
    yield from ((each.path, each.text) for each in pages(shipped().values(), LANGUAGES))


def stale(folder: Path) -> list[Path]:
    """Return the pages that are not what the code and the shipped profiles say."""
    return [
        folder / name
        for name, text in made()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def write(folder: Path) -> None:
    """Write every page."""
    for name, text in made():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them and name those that are out of date."""
    if list(arguments) == ["--write"]:
        write(DOCS)
        return 0
    late = stale(DOCS)
    for page in late:
        click.echo(f"{page}: not what the code and the profiles say; nox -s docs -- --write", err=True)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
