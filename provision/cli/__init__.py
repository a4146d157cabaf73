"""The command line: options → workflow → report → exit code. Every error ends here, in one place."""

from __future__ import annotations

import io
import os
import sys
import textwrap
import traceback
from typing import TYPE_CHECKING, Final

import click

from provision.cli import language, mistakes
from provision.cli.root import root
from provision.errors import ProvisionError
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED: Final = 1
USAGE: Final = 4
DEBUG: Final = "PROVISION_DEBUG"
LONGEST: Final = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code: 0 done, 1 failed, 2 changes, 3 refused, 4 usage, 5 unreachable.

    Never raises, and never shows a traceback unless PROVISION_DEBUG is set.
    """
    own = list(sys.argv[1:] if arguments is None else arguments)
    language.speak(language.choose(own, os.environ))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return int(root.main(own, "provision", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        return _failed(mistakes.ours(error))
    except ProvisionError as error:
        return _failed(error)
    except (click.Abort, KeyboardInterrupt):
        return _say(say("Interrupted.", "Interrompu."), FAILED)
    except Exception as defect:  # noqa: BLE001 (the one place where a defect becomes a sentence)
        return _defect(defect)


def _failed(error: ProvisionError) -> int:
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    return _say(error.render(language.spoken()), error.exit_code)


def _defect(defect: Exception) -> int:
    if os.environ.get(DEBUG):
        traceback.print_exception(defect)
    return _say(
        say(
            "This is a defect of provision, not of yours: {kind}: {message}\n"
            "  → run it again with {debug}=1 to see where, and report it with what is shown",
            "C'est un défaut de provision, pas le vôtre : {kind} : {message}\n"
            "  → relancer avec {debug}=1 pour voir où, et le signaler avec ce qui s'affiche",
            kind=type(defect).__name__,
            message=textwrap.shorten(str(defect), LONGEST, placeholder=" …"),
            debug=DEBUG,
        ),
        FAILED,
    )


def _say(words: str | Text, code: int) -> int:
    shown = language.tell(words)
    click.echo(click.style(shown, fg="red") if _coloured() else shown, err=True)
    return code


def _coloured() -> bool:
    from provision.cli.output import coloured  # noqa: PLC0415 (only when something went wrong)

    return coloured(sys.stderr)
