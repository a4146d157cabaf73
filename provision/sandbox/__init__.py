"""A real OpenStack control plane on loopback, in one command.

keystone, nova, neutron, cinder, glance, placement, barbican and swift, and on request designate and octavia, of one
pinned release, from the package index: no container, no root, no system package. All state is in one folder.

`recipe.py` says what a service is; each has one file; `start.py` brings them up, `stop.py` ends them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.sandbox.report import Event, Service, ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "MORE",
    "Event",
    "Service",
    "down",
    "environment",
    "folder",
    "ignore",
    "last_words",
    "reset",
    "status",
    "up",
]

MORE: Final = ("dns", "load-balancer")
"""What a sandbox has only when asked for, as the catalogue says it: designate and octavia."""


def folder(name: str = "default", directory: Path | None = None) -> Path:
    """Return where the state of a sandbox is."""
    if directory is not None:
        return directory.absolute()
    root = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(root) / "provision" / "sandbox" / name


def up(
    folder: Path, more: Iterable[str] = (), *, on_event: Callable[[Event], None] = ignore
) -> tuple[Service, ...]:
    """Start a sandbox, or find that it runs; `more` names services that not every sandbox has (``dns``, ``load-balancer``)."""
    from provision.sandbox import start  # noqa: PLC0415 - kept out of `--help`

    return start.up(folder, more, on_event=on_event)


def status(folder: Path) -> tuple[Service, ...]:
    """Return which service is up, its process, its address and its memory."""
    from provision.sandbox import look  # noqa: PLC0415

    return look.status(folder)


def last_words(folder: Path, service: str) -> str:
    """Return how a dead service ended, and the last lines of its log."""
    from provision.sandbox import look  # noqa: PLC0415

    return look.last_words(folder, service)


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that make the `openstack` client use this sandbox."""
    from provision.sandbox import clouds  # noqa: PLC0415

    return clouds.environment(folder)


def down(folder: Path) -> int:
    """End what `up` started, and nothing else; return how many processes that were."""
    from provision.sandbox import stop  # noqa: PLC0415

    return stop.down(folder)


def reset(folder: Path) -> None:
    """End a sandbox and delete its state; the golden files stay."""
    from provision.sandbox import stop  # noqa: PLC0415

    stop.reset(folder)
