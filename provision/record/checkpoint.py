"""A checkpoint: how large the tree is and what its root is, signed in a DSSE envelope, one a line."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from provision.record.entry import canonical
from provision.record.merkle import Frontier

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

FORMAT: Final = 1
TYPE: Final = "application/vnd.provision.ledger.checkpoint+json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: which ledger, when (UTC), the tree's frontier, the length in bytes of the entries' file that it covers.

    `runs` holds the runs that were begun and have not ended, by id, with the number of the entry that began each and the
    last run of the journal before it.
    """

    ledger: str
    time: str
    frontier: Frontier
    length: int
    runs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return the number of entries that it covers."""
        return self.frontier.size

    @property
    def root(self) -> bytes:
        """Return the root of the tree."""
        return self.frontier.root()

    def payload(self) -> bytes:
        """Return what is signed."""
        return canonical(
            {
                "format": FORMAT,
                "ledger": self.ledger,
                "time": self.time,
                "size": self.size,
                "root": self.root.hex(),
                "peaks": [peak.hex() for peak in self.frontier.peaks],
                "bytes": self.length,
                "runs": self.runs,
            }
        )


def sign(made: Checkpoint, signer: Signer) -> bytes:
    """Return the envelope, as one line of JSON without its end."""
    from securesystemslib.dsse import Envelope  # noqa: PLC0415 (slow to import, and reading needs none of it)

    envelope = Envelope(made.payload(), TYPE, {})
    envelope.sign(signer)
    return canonical(envelope.to_dict())


def parse(line: bytes) -> Checkpoint | None:
    """Return what an envelope says, whoever signed it, or None when it is no checkpoint of ours."""
    try:
        envelope = json.loads(line)
        content: dict[str, Any] = json.loads(base64.b64decode(envelope["payload"], validate=True))
        frontier = Frontier(content["size"], [bytes.fromhex(peak) for peak in content["peaks"]])
        known = envelope["payloadType"] == TYPE and content["format"] == FORMAT and frontier.sound()
        if not known or frontier.root().hex() != content["root"]:
            return None
        return Checkpoint(content["ledger"], content["time"], frontier, content["bytes"], content["runs"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def signed_by(line: bytes, keys: Mapping[str, Key]) -> str | None:
    """Return the id of the key that signed an envelope, or None when none of these did."""
    from securesystemslib.dsse import Envelope  # noqa: PLC0415 (as above)
    from securesystemslib.exceptions import VerificationError  # noqa: PLC0415

    try:
        return next(iter(Envelope.from_dict(json.loads(line)).verify(list(keys.values()), 1)))
    except (VerificationError, ValueError, KeyError, TypeError, AttributeError):
        return None
