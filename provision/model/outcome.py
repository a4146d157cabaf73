"""What became of a step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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


GOOD: Final = frozenset({Status.DONE, Status.UNCHANGED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step's end: its error, or the address it was skipped because of; times are epoch seconds.

    `shown` tells whether the service's own answers showed what is wanted; a step of which it is False is looked at once
    more when the walk is over. `found` tells that what was to be created was there already.
    """

    step: str
    action: Action
    address: Address
    status: Status
    error: ProvisionError | None = None
    because: Address | None = None
    request_ids: tuple[str, ...] = ()
    started: float = 0.0
    ended: float = 0.0
    shown: bool = True
    found: bool = False

    @property
    def seconds(self) -> float:
        """Return how long the step took."""
        return max(0.0, self.ended - self.started)
