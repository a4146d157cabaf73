"""The command line: options → workflow → report → exit code. Every error ends here, in one place."""

from __future__ import annotations

import atexit
import gc
import io
import logging
import os
import sys
import textwrap
import threading
import traceback
from typing import TYPE_CHECKING, Final

import click

from provision.cli import language, mistakes
from provision.cli.root import root
from provision.errors import ProvisionError
from provision.text import Text, same, say

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED: Final = 1
USAGE: Final = 4
DEBUG: Final = "PROVISION_DEBUG"
LONGEST: Final = 300
MOMENT: Final = 0.01  # seconds
COLLECT: Final = (150_000, 20, 50)
"""How seldom garbage is looked for: plans and modules are kept to the end, and looking at them took a sixth of a plan's time."""


def program() -> int:
    """Be the command `provision`: a process that ends with its command line, and need not tidy its memory.

    Garbage is looked for seldom. What libraries log is kept from people: whatever matters of it comes as an error, in their language.
    """
    gc.set_threshold(*COLLECT)
    logging.getLogger().addHandler(logging.NullHandler())
    return _left(main())


def _left(code: int) -> int:
    """Leave at once, with what was said said and what is to be done at the end done; unless somebody still works.

    Python would go through every module first, and end a thread that asks a cloud early in the middle of a call.
    """
    if threading.active_count() > 1 and _somebody_works():
        gc.freeze()
        return code
    atexit._run_exitfuncs()  # noqa: SLF001 (multiprocessing's processes end so too)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return code
    os._exit(code)


def _somebody_works() -> bool:
    """Tell whether threads go on that are not those of early questions; one that was told to end has a moment to do so."""
    from provision.workflow import EARLY  # noqa: PLC0415 (help needs no workflow)

    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name != EARLY:
            thread.join(MOMENT)
            if thread.is_alive():
                return True
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code: 0 done, 1 failed, 2 changes or a broken promise, 3 refused, 4 usage, 5 unreachable.

    Never raises, and never shows a traceback unless PROVISION_DEBUG is set.
    """
    own = list(sys.argv[1:] if arguments is None else arguments)
    language.speak(language.choose(own, os.environ))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return int(root.main(own, "provision", standalone_mode=False) or 0)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (the one place where everything ends)
        if os.environ.get(DEBUG):
            traceback.print_exception(error)
        return _ended(error)


def _ended(error: BaseException) -> int:
    """Say what happened, and return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return USAGE
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return _say(say("Interrupted.", "Interrompu."), FAILED)
    known = _known(error)
    return _say(known.render(language.spoken()), known.exit_code) if known else _say(_defect(error), FAILED)


def _known(error: BaseException) -> ProvisionError | None:
    """Return the error as one of ours, or None for a defect."""
    if isinstance(error, ProvisionError):
        return error
    if isinstance(error, click.ClickException):
        return mistakes.ours(error)
    if isinstance(error, OSError):
        return ProvisionError(same(error.strerror or str(error)), where=str(error.filename or ""))
    return None


def _defect(defect: BaseException) -> Text:
    return say(
        "This is a defect of provision, not of yours: {kind}: {message}\n"
        "  → run it again with {debug}=1 to see where, and report it with what is shown",
        "C'est un défaut de provision, pas le vôtre : {kind} : {message}\n"
        "  → relancer avec {debug}=1 pour voir où, et le signaler avec ce qui s'affiche",
        kind=type(defect).__name__,
        message=textwrap.shorten(str(defect), LONGEST, placeholder=" …"),
        debug=DEBUG,
    )


def _say(words: str | Text, code: int) -> int:
    shown = language.tell(words)
    click.echo(click.style(shown, fg="red") if _coloured() else shown, err=True)
    return code


def _coloured() -> bool:
    from provision.cli.output import coloured  # noqa: PLC0415 (only when something went wrong)

    return coloured(sys.stderr)
