"""The plate on an estate's door: a disabled project whose name comes from the estate's, so that only one can hang there.

Keystone keeps project names unique in a domain: hanging the plate is a test and set in the one place where all machines
meet. It is taken down by its id, which can never hit the plate that somebody hung after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from provision.model.address import Address
from provision.model.marker import ESTATE_TAG_PREFIX, LEASE_TAG

if TYPE_CHECKING:
    from provision.cloud.answer import Answer
    from provision.cloud.connect import Cloud


@dataclass(frozen=True, slots=True)
class Plate:
    """What hangs there: its project's id, what is written on it, whether it is this estate's own."""

    id: str
    text: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Door:
    """Where the plate of one estate hangs; no request takes longer than `timeout` (seconds).

    Each answer comes with the cloud's own time of it (epoch seconds, whole, rounded down), None where it does not say.
    """

    cloud: Cloud
    domain: str
    estate: str
    timeout: float

    @property
    def name(self) -> str:
        """Return the project's name: one no tenant's key can be, as it has dots."""
        return f"provision.lease.{self.estate}"

    def look(self) -> tuple[Plate | None, float | None]:
        """Return the plate, None when none hangs there. Raises `Forbidden`."""
        found, at = self._found()
        return next(map(self._plate, found), None), at

    def free(self) -> tuple[bool, float | None]:
        """Tell whether no plate hangs there, whoever's. Raises `Forbidden`."""
        found, at = self._found()
        return not found, at

    def hang(self, text: str) -> tuple[str, float | None]:
        """Hang a plate and return its id. Raises `Conflict` when there is one, `UnknownOutcome`, `Forbidden`."""
        body = {
            "name": self.name,
            "domain_id": self.domain,
            "enabled": False,
            "description": self._marked(text),
            "tags": [LEASE_TAG, f"{ESTATE_TAG_PREFIX}{self.estate}"],
        }
        made, at = self._ask("POST", "/projects", body={"project": body})
        return str(made["project"]["id"]), at

    def write(self, plate: str, text: str) -> float | None:
        """Write anew on a plate. Raises `NotFound` when it was taken down."""
        _, at = self._ask(
            "PATCH", f"/projects/{plate}", body={"project": {"description": self._marked(text)}}
        )
        return at

    def take_down(self, plate: str) -> None:
        """Take a plate down; already gone is success."""
        with self.cloud.wire.unfenced():
            self.cloud.identity.at(within=self.timeout).delete(f"/projects/{plate}")

    def _found(self) -> tuple[list[dict[str, Any]], float | None]:
        answer, at = self._ask("GET", "/projects", params={"name": self.name, "domain_id": self.domain})
        return answer["projects"], at

    def _ask(self, method: str, path: str, **what: Any) -> tuple[dict[str, Any], float | None]:  # noqa: ANN401 (as `Api.send`)
        with self.cloud.wire.unfenced():
            answer = self.cloud.identity.at(within=self.timeout).send(method, path, **what)
        return answer.object(), _date(answer)

    def _plate(self, body: dict[str, Any]) -> Plate:
        text, marked = self.cloud.owner.read(body.get("description"))
        return Plate(str(body["id"]), text, marked == self._address)

    def _marked(self, text: str) -> str:
        return f"{text} {self.cloud.owner.marker(self._address)}"

    @property
    def _address(self) -> Address:
        return Address("lease", self.estate, self.estate)


def _date(answer: Answer) -> float | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except ValueError:
        return None
