"""What became of a step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provision.errors import ProvisionError
from provision.model.address import Address
from provision.model.plan import Action


class Status(StrEnum):
    """How a step ended."""

    DONE = "DONE"
    UNCHANGED = "UNCHANGED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    STOPPED = "STOPPED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step's end: its error, or the address it was skipped because of; times are epoch seconds."""

    step: str
    action: Action
    address: Address
    status: Status
    error: ProvisionError | None = None
    because: Address | None = None
    request_ids: tuple[str, ...] = ()
    started: float = 0.0
    ended: float = 0.0

    @property
    def seconds(self) -> float:
        """Return how long the step took."""
        return max(0.0, self.ended - self.started)
