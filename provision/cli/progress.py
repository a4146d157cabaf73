"""What is going on, on stderr, and only when a person looks at it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from provision.cli import output
from provision.model.event import Ended, Event, Noted, Proved, Reading, Waved
from provision.model.outcome import Outcome, Status
from provision.text import Text, render, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    from provision.text import Language

FAILURES_SHOWN: Final = 20
_READING: Final = say("reading the cloud", "lecture du cloud")
_PROVING: Final = say("proving", "mise à l'épreuve")
_APPLYING: Final = say("applying", "application")


class Watch:
    """A listener with bars: reading, waves where there are several, applying; but for notes, says nothing when stderr is not a terminal.

    Its cost does not grow with the plan: the bars are redrawn ten times a second, whatever happens in between, and
    after twenty failures the report alone tells the rest.
    """

    def __init__(self, language: Language) -> None:
        """Show nothing yet."""
        self._language = language
        self._progress: Progress | None = bars() if sys.stderr.isatty() else None
        self._tasks: dict[type[Event], TaskID] = {}
        self._failed = 0

    def __enter__(self) -> Self:
        """Start drawing."""
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing and clear what was drawn."""
        if self._progress:
            self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, Noted):
            self._note(render(event.what, self._language))
        elif self._progress is not None:
            self._show(self._progress, event)

    def _note(self, words: str) -> None:
        if self._progress is None:
            output.note(words)
        else:
            self._progress.console.print(words, style="yellow", markup=False, highlight=False)

    def _show(self, progress: Progress, event: Event) -> None:
        if isinstance(event, Reading):
            self._draw(progress, Reading, _READING, event.done, event.total, event.kind)
        elif isinstance(event, Waved) and event.total > 1:
            self._draw(progress, Waved, _waves(event), event.number - 1, event.total)
        elif isinstance(event, Proved):
            self._draw(progress, Proved, _PROVING, event.done, event.total, f"{event.tenant} {event.name}")
        elif isinstance(event, Ended):
            self._fail(progress, event.outcome)
            what = str(event.outcome.address)
            self._draw(progress, Ended, self._applying(), event.done, event.total, what)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Keep still while a person is asked something."""
        if self._progress:
            self._progress.stop()
        yield
        if self._progress:
            self._progress.start()

    def _fail(self, progress: Progress, outcome: Outcome) -> None:
        if outcome.status is not Status.FAILED:
            return
        self._failed += 1
        if self._failed <= FAILURES_SHOWN:
            what = render(outcome.error.what, self._language) if outcome.error else ""
            progress.console.print(f"✗ {outcome.address}: {what}", style="red", markup=False, highlight=False)

    def _applying(self) -> Text:
        if not self._failed:
            return _APPLYING
        return say("applying, {n} failed", "application, {n} en échec", n=self._failed)

    def _draw(  # noqa: PLR0913, PLR0917 (a bar shows these)
        self, progress: Progress, kind: type[Event], label: Text, done: int, total: int, detail: str = ""
    ) -> None:
        if kind not in self._tasks:
            self._tasks[kind] = progress.add_task("", total=total, detail="")
        progress.update(
            self._tasks[kind],
            description=label.render(self._language),
            completed=done,
            total=total,
            detail="" if done == total else detail,
        )


def _waves(event: Waved) -> Text:
    return say("waves, {n} tenants in all", "vagues, {n} locataires en tout", n=event.tenants)


def bars() -> Progress:
    """Return bars that clear themselves, on stderr."""
    from rich.console import Console  # noqa: PLC0415 (only for a terminal)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}", style="dim", markup=False),
    ]
    return Progress(*columns, console=Console(stderr=True), transient=True)
