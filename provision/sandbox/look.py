"""Looking at a sandbox: which service is up, and what the log of a dead one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.errors import SandboxError
from provision.sandbox import process, state
from provision.sandbox.report import Service
from provision.sandbox.services import RECIPES, chosen
from provision.sandbox.site import load
from provision.text import say

if TYPE_CHECKING:
    from pathlib import Path

_TAIL_LINES = 15
_TAIL_BYTES = 16384


def status(folder: Path) -> tuple[Service, ...]:
    """Return every service's state, process, port and memory."""
    site = load(folder)
    recipes = chosen(site) if site else RECIPES
    return tuple(_service(folder, recipe.name, site.url(recipe.name) if site else "") for recipe in recipes)


def _service(folder: Path, name: str, url: str) -> Service:
    """Return one service's."""
    identity = state.identity(folder, name)
    if identity is None:
        return Service(name, url, None, 0.0, "down")
    if not process.alive(identity):
        return Service(name, url, None, 0.0, "dead")
    reached, _ = state.progress(folder, name)
    found = "up" if reached == "serving" else "starting"
    return Service(name, url, identity.pid, process.resident(identity), found)


def tail(folder: Path, name: str, lines: int = _TAIL_LINES) -> str:
    """Return the last lines of a service's log."""
    log = folder / "logs" / f"{name}.log"
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            text = stream.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def last_words(folder: Path, name: str) -> str:
    """Return how a service ended, as far as is known, and the last lines of its log."""
    _, detail = state.progress(folder, name)
    return f"{detail}\n{tail(folder, name)}".strip()


def failure(folder: Path, name: str, detail: str) -> SandboxError:
    """Return the error that says how a service failed, with the last lines of its log."""
    return SandboxError(
        f"{name} {detail}\n{tail(folder, name)}".rstrip(),
        where=str(folder / "logs" / f"{name}.log"),
        do=say(
            "correct the cause, then run `provision sandbox up` again",
            "corrigez la cause, puis relancez `provision sandbox up`",
        ),
    )
