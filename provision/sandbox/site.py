"""Where one sandbox lives: its folder, its ports and its secrets; every service is configured from it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ADDRESS = "127.0.0.1"
REGION = "fr-par"
HOST = "sandbox"
SITE = "site.json"
LOCK = "lock"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def random_key() -> str:
    """Return 32 random bytes as a Fernet key."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only this sandbox knows; never on a command line, never readable by others."""

    admin: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    service: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    barbican: str = field(default_factory=random_key, repr=False)
    swift_root: str = field(
        default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode("ascii"), repr=False
    )
    swift_hash: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    swift_info: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


@dataclass(frozen=True, slots=True)
class Site:
    """One sandbox; `more` names, as the catalogue does, the services that not every sandbox has."""

    folder: Path
    ports: Mapping[str, int]
    secrets: Secrets
    more: tuple[str, ...] = ()

    def path(self, *parts: str) -> Path:
        """Return a place in the folder."""
        return self.folder.joinpath(*parts)

    def url(self, service: str) -> str:
        """Return the root of a service."""
        return f"http://{ADDRESS}:{self.ports[service]}"

    def database(self, name: str) -> str:
        """Return the SQLAlchemy address of a database file."""
        return f"sqlite:///{self.path('databases', f'{name}.sqlite')}?timeout=60"


def is_ours(folder: Path) -> bool:
    """Tell whether a sandbox was ever made in this folder."""
    return (folder / SITE).is_file()


def make_folder(path: Path) -> Path:
    """Make a folder only its owner can enter."""
    path.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    path.chmod(PRIVATE_FOLDER)
    return path


def write(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    partial.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Return what a file of ours holds; nothing when it is not there."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def save(site: Site) -> None:
    """Keep the site in its folder."""
    kept = {"ports": dict(site.ports), "secrets": asdict(site.secrets), "more": site.more}
    write(site.path(SITE), json.dumps(kept))


def load(folder: Path) -> Site | None:
    """Return the site of a folder, or nothing when no sandbox was ever started there."""
    kept = read_json(folder / SITE)
    if not kept:
        return None
    return Site(folder, kept["ports"], Secrets(**kept["secrets"]), tuple(kept.get("more", ())))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file for the length of a block; other processes wait."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
