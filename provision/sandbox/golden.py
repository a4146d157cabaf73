"""Golden databases: what a first start made, kept to make every later first start fast."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from provision.errors import SandboxError
from provision.sandbox import database, glance, keystone, nova
from provision.sandbox.ini import EXTRA
from provision.sandbox.services import chosen
from provision.sandbox.site import LOCK, PRIVATE_FILE, Site, locked, make_folder
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provision.sandbox.recipe import Recipe

_WHOLE = "complete"
_KEPT = 4


def _versions(recipes: Iterable[Recipe]) -> list[str]:
    """Return which services are installed; say so when one is not."""
    try:
        return [f"{name}=={version(name)}" for recipe in recipes for name in recipe.packages]
    except PackageNotFoundError as missing:
        raise SandboxError(
            say(
                "the services of the sandbox are not installed: {name} is missing",
                "les services du bac à sable ne sont pas installés : il manque {name}",
                name=missing.name,
            ),
            do=say("install {extra}", "installez {extra}", extra=EXTRA),
        ) from missing


def _root() -> Path:
    """Return where golden files are."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "provision" / "sandbox"


def cache(recipes: Iterable[Recipe]) -> Path:
    """Return where the golden files of these services, of their versions and of this code are."""
    digest = hashlib.sha256("\n".join([sys.version, *_versions(recipes)]).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return _root() / digest.hexdigest()[:16]


def restore(site: Site) -> bool:
    """Fill a new folder from the golden files; say whether there were any."""
    golden = cache(chosen(site))
    with locked(_root() / LOCK):
        if not (golden / _WHOLE).exists():
            return False
        (golden / _WHOLE).touch()
        for file in (golden / "databases").iterdir():
            shutil.copyfile(file, site.path("databases", file.name))
            site.path("databases", file.name).chmod(PRIVATE_FILE)
        for kept in (kept for recipe in chosen(site) for kept in recipe.kept):
            _copy(golden / kept, site.path(kept))
    return True


def store(site: Site) -> None:
    """Keep what a first start made; the first of several wins."""
    golden = cache(chosen(site))
    with locked(_root() / LOCK):
        if (golden / _WHOLE).exists():
            return
        shutil.rmtree(golden, ignore_errors=True)
        databases = make_folder(make_folder(golden) / "databases")
        for name in (name for recipe in chosen(site) for name in recipe.databases):
            database.copy(site.path("databases", f"{name}.sqlite"), databases / f"{name}.sqlite")
        for recipe in chosen(site):
            (databases / f"{recipe.name}.made").touch()
            for kept in recipe.kept:
                _copy(site.path(kept), golden / kept)
        (golden / _WHOLE).touch()
        _prune()


def _prune() -> None:
    """Drop the golden files that were used least lately: each change of this code makes new ones."""
    kept = sorted(_root().glob(f"*/{_WHOLE}"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in kept[_KEPT:]:
        shutil.rmtree(file.parent, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a folder."""
    make_folder(target.parent)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        shutil.copyfile(source, target)


def relocate(site: Site, *, passwords: bool) -> None:
    """Write this sandbox's ports, paths and passwords into databases that may come from elsewhere."""
    endpoints = [(recipe.catalogue, f"{site.url(recipe.name)}{recipe.suffix}") for recipe in chosen(site)]
    keystone.relocate(site, endpoints, passwords=passwords)
    glance.relocate(site)
    nova.relocate(site)
