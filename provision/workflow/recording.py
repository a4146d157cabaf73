"""Read, verify, date and pass on an estate's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provision.record.anchor import anchor as anchor_ledger
from provision.record.anchor import certificate
from provision.record.events import FORMATS
from provision.record.examine import examine as examine_ledger
from provision.record.examine import read as read_ledger
from provision.record.key import public
from provision.record.ledger import FOLDER
from provision.workflow.question import STATE

if TYPE_CHECKING:
    from provision.record.anchor import Anchor
    from provision.record.examine import Examined, Reading


def ledger(directory: Path) -> Reading:
    """Read an estate's ledger, whatever state it or the documents are in."""
    return read_ledger(directory / STATE / FOLDER)


def events(directory: Path, shape: str, since: str) -> list[dict[str, Any]]:
    """Return the entries from a time on as events of a ``cadf`` or ``ocsf`` shape."""
    entries = [line.entry for line in ledger(directory).lines if line.entry]
    name = str(entries[0].about.get("ledger")) if entries else ""
    return [FORMATS[shape](name, each) for each in entries if each.time >= since]


def examine(
    directory: Path, keys: Sequence[Path] = (), kept: Sequence[Path] = (), authority: Path | None = None
) -> Examined:
    """Verify an estate's ledger, by public keys in PEM files where some are named, against checkpoints `kept` elsewhere.

    Its time stamps are looked at where the certificate of their `authority` is named.
    """
    given = {found.keyid: found for found in map(public, keys)}
    lines = [line for path in kept for line in path.read_bytes().splitlines() if line]
    return examine_ledger(directory / STATE, given, lines, certificate(authority) if authority else None)


def anchor(directory: Path, url: str, authority: Path) -> Anchor:
    """Have an estate's ledger dated by a time-stamping authority, whose certificate is in a PEM file."""
    return anchor_ledger(directory / STATE, url, certificate(authority))
