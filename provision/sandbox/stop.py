"""Ending a sandbox: only what `up` started, and all of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from provision.sandbox import process, state
from provision.sandbox.site import locked

if TYPE_CHECKING:
    from pathlib import Path


def end_all(folder: Path) -> int:
    """End every process of the sandbox; return how many there were."""
    known = state.identities(folder)
    running = {name: identity for name, identity in known.items() if process.alive(identity)}
    launcher = running.pop(state.LAUNCHER, None)
    services = tuple(running.values())
    if launcher is not None:
        process.end((launcher,), grace=4.0)
    process.end(services)
    return len(services) + (launcher is not None)


def down(folder: Path) -> int:
    """End a sandbox; its state stays. Return how many processes ended."""
    folder = folder.absolute()
    if not folder.is_dir():
        return 0
    with locked(folder / "lock"):
        ended = end_all(folder)
        state.clear(folder)
    return ended


def reset(folder: Path) -> None:
    """End a sandbox and delete its state; the golden files stay."""
    folder = folder.absolute()
    if not folder.is_dir():
        return
    with locked(folder / "lock"):
        end_all(folder)
        for entry in folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()
    (folder / "lock").unlink(missing_ok=True)
    folder.rmdir()
