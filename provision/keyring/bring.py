"""A key that the tenant brings: from a file that nobody else may read, or from standard input; never from the command line."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from provision.errors import Refused, UsageError
from provision.text import say

BYTE: Final = 8
LONGEST: Final = 1024
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Brought:
    """What a key holds; never shown, not even by mistake."""

    content: bytes = field(repr=False)

    @property
    def bits(self) -> int:
        """Return its real length: Barbican believes whatever it is told."""
        return len(self.content) * BYTE


def read(source: Path | None, stdin: BinaryIO, *, encoded: bool) -> Brought:
    """Return the key in a file, or on standard input where none is named; `encoded` for base64.

    Raises `Refused` for a file that others may read, `UsageError` for one that holds no key.
    """
    if source is None:
        return _decoded(stdin.read(LONGEST + 1), "stdin", encoded=encoded)
    try:
        with source.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise _open_to_others(source)
            content = file.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(
            say("this cannot be read: {why}", "ceci ne peut pas être lu : {why}", why=error.strerror),
            where=str(source),
        ) from error
    return _decoded(content, str(source), encoded=encoded)


def _decoded(content: bytes, where: str, *, encoded: bool) -> Brought:
    try:
        held = base64.b64decode(content.strip(), validate=True) if encoded else content
    except binascii.Error:
        raise UsageError(say("this is not base64", "ceci n'est pas du base64"), where=where) from None
    if not held or len(content) > LONGEST:
        raise UsageError(
            say("a key has 1 to {most} bytes", "une clé compte de 1 à {most} octets", most=LONGEST),
            where=where,
        )
    if len(set(held)) == 1:
        raise Refused(
            say("this is one byte over and over, and no key", "c'est un seul octet répété, pas une clé"),
            where=where,
        )
    return Brought(held)


def _open_to_others(source: Path) -> Refused:
    return Refused(
        say(
            "others than its owner may read this file",
            "d'autres que son propriétaire peuvent lire ce fichier",
        ),
        where=str(source),
        do=say("chmod 600 it, and think of the key as seen", "faire chmod 600, et tenir la clé pour vue"),
    )
