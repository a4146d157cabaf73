"""A Swift account as its owner reads it: its containers, what each says, and the files in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from provision.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.api import Api

PAGE: Final = 1000
META: Final = "x-container-meta-"
TEMP_URL: Final = "temp-url-key"
SYNC: Final = ("x-container-sync-to", "x-container-sync-key")
SECRETS: Final = (TEMP_URL, SYNC[1])


@dataclass(frozen=True, slots=True)
class Shelf:
    """A container; `metadata` is everything that it says about itself but secrets, in Unicode.

    `synced` and `signed` tell whether its files go to another container, and whether it has a temp-URL key; the secrets
    themselves are read nowhere.
    """

    name: str
    read: tuple[str, ...]
    write: tuple[str, ...]
    metadata: Mapping[str, str]
    versioned: bool
    synced: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """A file as a listing shows it: its size in bytes, its media type, its date as Swift writes it (UTC, no zone)."""

    name: str
    size: int
    type: str
    modified: str


def names(account: Api) -> Iterator[str]:
    """Yield the names of an account's containers, page after page; none when there is no account yet."""
    for each in _listed(account, "", {}):
        yield each["name"]


def files(account: Api, container: str) -> Iterator[Filed]:
    """Yield the files of a container, page after page; what only groups others (``subdir``) is none."""
    for each in _listed(account, path(container), {}):
        yield Filed(
            each["name"],
            int(each["bytes"]),
            each.get("content_type", "application/octet-stream"),
            each.get("last_modified", ""),
        )


def _listed(account: Api, place: str, more: Mapping[str, object]) -> Iterator[Mapping[str, str]]:
    last = None
    while True:
        try:
            page = account.get(place, format="json", limit=PAGE, marker=last, **more).get("items", ())
        except NotFound:
            return
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]["name"]


def shelf(account: Api, name: str) -> Shelf | None:
    """Ask about one container; None where there is none."""
    try:
        return told(name, account.head(path(name)))
    except NotFound:
        return None


def told(name: str, headers: Mapping[str, str]) -> Shelf:
    """Return what the headers of a container tell."""
    said = {key.lower(): value for key, value in headers.items()}
    return Shelf(
        name,
        entries(said.get("x-container-read")),
        entries(said.get("x-container-write")),
        {
            key.removeprefix(META): unicode(value)
            for key, value in said.items()
            if key.startswith(META) and TEMP_URL not in key
        },
        said.get("x-versions-enabled", "").lower() == "true",
        any(said.get(each) for each in SYNC),
        signed(said, META),
    )


def signed(headers: Mapping[str, str], prefix: str) -> bool:
    """Tell whether the headers of an account or a container (lower case) hold a temp-URL key."""
    return any(key.startswith(f"{prefix}{TEMP_URL}") and value for key, value in headers.items())


def harmless(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers without those that hold a secret."""
    return {key: value for key, value in headers.items() if not any(each in key.lower() for each in SECRETS)}


def entries(header: str | None) -> tuple[str, ...]:
    """Return the entries of an ACL."""
    return tuple(entry.strip() for entry in (header or "").split(",") if entry.strip())


def unicode(value: str) -> str:
    """Return a header's value as people wrote it: Swift sends UTF-8 bytes, which HTTP libraries show as Latin-1."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")


def wire(value: str) -> str:
    """Return a value as a header carries it: the other way."""
    return value.encode().decode("latin-1")


def path(container: str, name: str | None = None) -> str:
    """Return the path of a container, or of a file in it (whose slashes stay)."""
    return f"/{quote(container, safe='')}" + ("" if name is None else f"/{quote(name)}")
