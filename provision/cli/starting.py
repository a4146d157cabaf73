"""A sandbox that starts, one line a service, on stderr and only when a person looks at it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, Self

from provision.cli.language import spoken
from provision.text import Text, render, say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from provision.sandbox import Event
    from provision.text import Language

_STATES: Final[dict[str, Text]] = {
    "prepared": say("prepared", "préparé"),
    "loading": say("loading", "chargement"),
    "schema": say("making its database", "création de sa base"),
    "serving": say("answering", "répond"),
    "seeding": say("filling it", "remplissage"),
    "up": say("up", "démarré"),
}


class Starting:
    """A listener with one line a service; says nothing when stderr is not a terminal."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self._language: Language = spoken()
        self._progress: Progress | None = _lines() if sys.stderr.isatty() else None
        self._tasks: dict[str, TaskID] = {}

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
        if self._progress is None:
            return
        if event.service not in self._tasks:
            self._tasks[event.service] = self._progress.add_task(event.service, total=1, state="", since="")
        self._progress.update(
            self._tasks[event.service],
            completed=int(event.state in {"up", "prepared"}),
            state=render(_STATES.get(event.state, event.state), self._language),
            since=f"{event.seconds:.1f} s",
        )


def _lines() -> Progress:
    from rich.console import Console  # noqa: PLC0415 (only for a terminal)
    from rich.progress import Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    columns: list[Any] = [
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:<10}", markup=False),
        TextColumn("{task.fields[since]:>7}", style="dim", markup=False),
        TextColumn("{task.fields[state]}", markup=False),
    ]
    return Progress(*columns, console=Console(stderr=True), transient=True)
