"""A date from somebody else: an RFC 3161 authority stamps the last checkpoint, and so every entry up to it.

A stamp is a file of its own, ``anchors/<size>.tsr``: the authority's answer as it came, over the line of ``checkpoints.jsonl``
that signs so many entries. `openssl ts -verify` reads it too.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from provision.errors import Refused, Unreachable, UsageError
from provision.record.ledger import CHECKPOINTS, FOLDER, last_signed
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse, VerifierBuilder

ANCHORS: Final = "anchors"
_END: Final = ".tsr"
_WITHIN: Final = 20.0  # seconds


class Invalid(Exception):
    """A stamp that is not what it should be; its argument says why."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stamp that holds: the number of entries below it, when the authority saw them (UTC, ISO 8601), and whose certificate says so."""

    size: int
    time: str
    authority: str


def certificate(path: Path) -> Certificate:
    """Return an authority's certificate out of a PEM file. Raises `UsageError`, also where nothing can read stamps."""
    if find_spec("rfc3161_client") is None:
        raise UsageError(
            say("what reads time stamps is not installed", "ce qui lit les horodatages n'est pas installé"),
            do="pip install provision[ledger]",
        )
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 (slow to import, and most verbs need none)

    try:
        return load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            say("this is no certificate: {error}", "ce n'est pas un certificat : {error}", error=error),
            where=str(path),
        ) from error


def anchor(state: Path, url: str, authority: Certificate) -> Anchor:
    """Have the last checkpoint stamped, and keep the stamp once it is seen to hold.

    Raises `UsageError` where nothing is signed yet, `Unreachable` without an answer, `Refused` for one that does not hold.
    """
    folder = state / FOLDER
    last = last_signed(folder / CHECKPOINTS)
    if last is None:
        raise UsageError(
            say("nothing is signed yet", "rien n'est signé pour l'instant"), where=str(folder / CHECKPOINTS)
        )
    line, made = last
    answer, builder = _asked(url, line)
    try:
        found = _held(answer, line, builder, authority, made.size)
    except Invalid as error:
        raise Refused(say("the stamp does not hold: {error}", "l'horodatage ne tient pas : {error}", error=error), where=url) from error  # fmt: skip
    _keep(folder / ANCHORS, f"{made.size}{_END}", answer)
    return found


def stamps(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield the stamps kept in a ledger's folder, by the number of entries below each."""
    there = (folder / ANCHORS).glob(f"*{_END}") if (folder / ANCHORS).is_dir() else ()
    yield from sorted((int(each.stem), each) for each in there if each.stem.isdecimal())


def check(path: Path, line: bytes, authority: Certificate, size: int) -> Anchor:
    """Return what a kept stamp says of a checkpoint's line. Raises `Invalid`, `OSError`."""
    from rfc3161_client import VerifierBuilder  # noqa: PLC0415 (as above)

    return _held(path.read_bytes(), line, VerifierBuilder(), authority, size)


def _asked(url: str, line: bytes) -> tuple[bytes, VerifierBuilder]:
    """Return the authority's answer, and what is to be checked of it: that it is to this question (its nonce)."""
    from rfc3161_client import TimestampRequestBuilder, VerifierBuilder  # noqa: PLC0415 (as above)

    if urlsplit(url).scheme not in {"http", "https"}:
        raise UsageError(
            say("an authority is asked over HTTP", "une autorité est interrogée en HTTP"), where=url
        )
    question = TimestampRequestBuilder().data(line).nonce(nonce=True).cert_request(cert_request=True).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    asked = Request(url, data=question.as_bytes(), headers=headers)  # noqa: S310 (HTTP, as was just seen)
    try:
        with urlopen(asked, timeout=_WITHIN) as answer:  # noqa: S310 (as above)
            return answer.read(), VerifierBuilder.from_request(question)
    except (URLError, OSError) as error:
        raise Unreachable(
            say("the authority does not answer: {error}", "l'autorité ne répond pas : {error}", error=error),
            where=url,
            do=say("run it again: until then these entries are not dated", "relancer : d'ici là ces entrées ne sont pas datées"),
        ) from error  # fmt: skip


def _held(answer: bytes, line: bytes, builder: VerifierBuilder, authority: Certificate, size: int) -> Anchor:
    from rfc3161_client import VerificationError, decode_timestamp_response  # noqa: PLC0415 (as above)

    try:
        stamp: TimeStampResponse = decode_timestamp_response(answer)
        builder.add_root_certificate(authority).build().verify_message(stamp, line)
        moment = stamp.tst_info.gen_time
    except (ValueError, VerificationError) as error:
        raise Invalid(str(error)) from error
    return Anchor(size, moment.strftime("%Y-%m-%dT%H:%M:%SZ"), authority.subject.rfc4514_string())


def _keep(folder: Path, name: str, content: bytes) -> None:
    """Write a stamp whole or not at all, for its owner alone."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, folder / name)  # noqa: PTH105 (mkstemp names a str)
    except OSError as error:
        raise UsageError(
            say("the stamp cannot be kept: {error}", "l'horodatage ne peut pas être gardé : {error}", error=error),
            where=str(folder),
        ) from error  # fmt: skip
