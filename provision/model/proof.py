"""What was tried on the live cloud, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass

from provision.text import Text


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise put to the test: `promise` in words, whether it `held`, and what was `seen`."""

    tenant: str
    promise: Text
    held: bool
    seen: Text
