"""Put a file where anybody reads it: with its media type and its SHA-256, and read it back as anybody does."""

from __future__ import annotations

import hashlib
import mimetypes
from typing import TYPE_CHECKING, Final

from provision.cloud.anybody import anybody
from provision.cloud.shelf import path
from provision.errors import ProvisionError, UsageError
from provision.model.dataset import CHECKSUM, File
from provision.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from provision.cloud.api import Api

LARGEST: Final = 5 * 2**30
OK: Final = 200
UNKNOWN: Final = "application/octet-stream"
_TYPES: Final = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".jsonld": "application/ld+json",
    ".parquet": "application/vnd.apache.parquet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".gpkg": "application/geopackage+sqlite3",
}


def publish(account: Api, container: str, file: Path) -> File:
    """Put a file into a container under its own name. Raises `UsageError` for one that cannot be read or is too large."""
    content = _content(file)
    return put(account, container, file.name, content, media_type(file))


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size <= LARGEST:
            return file.read_bytes()
    except OSError as error:
        raise UsageError(
            say("it cannot be read: {why}", "il ne peut pas être lu : {why}", why=error.strerror),
            where=str(file),
        ) from error
    raise UsageError(
        say("it is larger than 5 GiB, the most that one object holds", "il dépasse 5 Gio, le plus que tienne un objet"),
        where=str(file),
        do=say("publish it in parts, each with its own checksum", "le publier en parties, chacune avec son empreinte"),
    )  # fmt: skip


def media_type(file: Path) -> str:
    """Return the media type of a file, by its name."""
    return _TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or UNKNOWN


def put(account: Api, container: str, name: str, content: bytes, kind: str) -> File:
    """Put content under a name, and read it back as anybody. Raises `ProvisionError` where anybody reads something else.

    Swift itself refuses bytes that were damaged on their way there: they are sent with their MD5, which is its ETag.
    """
    digest = hashlib.sha256(content).hexdigest()
    headers = {
        "Content-Type": kind,
        "ETag": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        f"X-Object-Meta-{CHECKSUM}": digest,
    }
    account.send("PUT", path(container, name), content=content, headers=headers)
    address = f"{account.endpoint}{path(container, name)}"
    seen = anybody("GET", address)
    if seen.status != OK or hashlib.sha256(seen.body).hexdigest() != digest:
        raise ProvisionError(
            say(
                "anybody who reads it gets another file, or none ({status})",
                "qui le lit obtient un autre fichier, ou aucun ({status})",
                status=seen.status,
            ),
            where=address,
            do=say(
                "see that the container is public: provision plan",
                "voir si le conteneur est public : provision plan",
            ),
        )
    return File(name, address, len(content), kind, "", digest)
