"""Ending a sandbox: only what `up` started, and all of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from provision.sandbox import process, state
from provision.sandbox.services import MORE, RECIPES
from provision.sandbox.site import LOCK, is_ours, locked

if TYPE_CHECKING:
    from pathlib import Path

_GRACE = 5.0
FOLDERS = ("databases", "run", "logs", "home")
FILES = ("clouds.yaml", "site.json")


def end_all(folder: Path) -> int:
    """End every process of the sandbox, the launcher first so that it starts no more; return how many."""
    known = state.identities(folder)
    running = {name: identity for name, identity in known.items() if process.alive(identity)}
    launcher = running.pop(state.LAUNCHER, None)
    if launcher is not None:
        process.end((launcher,), grace=_GRACE)
    late = {name: identity for name, identity in state.identities(folder).items() if process.alive(identity)}
    process.end(tuple(late.values()))
    return len({**running, **late}) + (launcher is not None)


def down(folder: Path) -> int:
    """End a sandbox; its state stays. Return how many processes ended."""
    folder = folder.absolute()
    if not is_ours(folder):
        return 0
    with locked(folder / LOCK):
        ended = end_all(folder)
        state.clear(folder)
    return ended


def reset(folder: Path) -> None:
    """End a sandbox and delete its state, and nothing that is not of it; the golden files stay."""
    folder = folder.absolute()
    if not is_ours(folder):
        return
    with locked(folder / LOCK):
        end_all(folder)
        for name in (*FOLDERS, *(recipe.name for recipe in (*RECIPES, *MORE))):
            shutil.rmtree(folder / name, ignore_errors=True)
        for name in (*FILES, LOCK):
            (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
