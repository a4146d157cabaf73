"""What runs: the processes of a sandbox and how far each has come, kept as small files in its folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from provision.sandbox.process import Identity
from provision.sandbox.site import make_folder, read_json, write

if TYPE_CHECKING:
    from pathlib import Path

LAUNCHER = "launcher"


def _run(folder: Path) -> Path:
    """Return where the files are."""
    return folder / "run"


def clear(folder: Path) -> None:
    """Forget what ran."""
    for file in make_folder(_run(folder)).iterdir():
        file.unlink()


def born(folder: Path, name: str, identity: Identity) -> None:
    """Remember a process that was started."""
    write(_run(folder) / f"{name}.process", json.dumps(asdict(identity)))


def reached(folder: Path, name: str, state: str, detail: str = "") -> None:
    """Remember how far a service has come: ``loading``, ``schema``, ``serving`` or ``dead``."""
    write(_run(folder) / f"{name}.state", json.dumps({"state": state, "detail": detail}))


def identity(folder: Path, name: str) -> Identity | None:
    """Return the process of a service, if one was started."""
    kept = read_json(_run(folder) / f"{name}.process")
    return Identity(**kept) if kept else None


def identities(folder: Path) -> dict[str, Identity]:
    """Return every process that was started, the launcher first."""
    if not _run(folder).is_dir():
        return {}
    names = sorted((file.stem for file in _run(folder).glob("*.process")), key=lambda name: name != LAUNCHER)
    found = {name: identity(folder, name) for name in names}
    return {name: kept for name, kept in found.items() if kept is not None}


def progress(folder: Path, name: str) -> tuple[str, str]:
    """Return how far a service has come, and what was said about it."""
    kept = read_json(_run(folder) / f"{name}.state")
    return str(kept.get("state", "")), str(kept.get("detail", ""))
