"""Every error of `provision`, in one tree; the exit code sits on the class.

    ProvisionError (1)                    something failed
    ├── SandboxError (1)                  the sandbox could not start, or a service of it died
    ├── ClusterError (1)                  the cluster does not answer, or has nobody who can work
    ├── Refused (3)                       unsafe, stale, blocked, not permitted: nothing was written
    │   ├── StalePlan                     documents or cloud moved since the plan was saved
    │   ├── WriteRefused                  a write was attempted over a read-only session
    │   └── LeaseLost                     this run held the estate and does no longer: it writes nothing more
    ├── DocumentErrors (4)                bad documents: all mistakes at once, each with its place
    ├── UsageError (4)                    bad arguments
    └── CloudError (1)                    a service answered no
        ├── Unreachable (5)               no answer, before anything was sent or for a read
        ├── CredentialsRefused (5)        401: the cloud does not know us
        ├── Forbidden (1)                 403: known, but not allowed
        ├── NotFound (1)                  404
        ├── Conflict (1)                  409
        ├── QuotaExceeded (1)             413, or 403 and 409 that speak of quota
        ├── ServiceAbsent (3)             the catalogue has no such service
        └── UnknownOutcome (1)            a write whose answer was lost: it may or may not have happened

Every error says three things apart: `where` (file:line, address or URL), `what` happened, what to `do`.
"""

from __future__ import annotations

import copyreg
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from provision.text import Language, Text, render

if TYPE_CHECKING:
    from collections.abc import Iterable


class ProvisionError(Exception):
    """Something failed; says where, what, and what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str | Text, *, where: str = "", do: str | Text = "") -> None:
        """Keep the three parts apart, so that each output can lay them out its own way."""
        super().__init__(str(what))
        self.what = what
        self.where = where
        self.do = do

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes whole (children take other arguments), without what caused it."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def render(self, language: Language) -> str:
        """Return ``where: what`` and, on a second line, what to do."""
        head = f"{self.where}: " if self.where else ""
        tail = f"\n  → {render(self.do, language)}" if self.do else ""
        return f"{head}{render(self.what, language)}{tail}"

    def __str__(self) -> str:
        """Return the English rendering."""
        return self.render("en")


class SandboxError(ProvisionError):
    """The sandbox could not start, or one of its services died."""


class ClusterError(ProvisionError):
    """The cluster does not answer, or has nobody who can work."""


class Refused(ProvisionError):
    """Unsafe, stale, blocked or not permitted; nothing was written."""

    exit_code = 3


class StalePlan(Refused):
    """The documents or the cloud moved since the plan was saved."""


class WriteRefused(Refused):
    """A write was attempted over a session that only reads."""


class LeaseLost(Refused):
    """This run held the estate and does no longer; what it wrote before stays, from now on it writes nothing."""


class UsageError(ProvisionError):
    """Arguments that make no sense together."""

    exit_code = 4


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake in a document: where it stands, what is wrong, what to do."""

    file: str
    line: int
    what: str | Text
    do: str | Text = ""

    @property
    def where(self) -> str:
        """Return ``file:line``."""
        return f"{self.file}:{self.line}"

    def render(self, language: Language) -> str:
        """Return the mistake as a person reads it."""
        tail = f"\n  → {render(self.do, language)}" if self.do else ""
        return f"{self.where}: {render(self.what, language)}{tail}"


class DocumentErrors(ProvisionError):
    """Bad documents; holds every mistake found, in file and line order."""

    exit_code = 4

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        """Sort and keep the mistakes."""
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line)))
        super().__init__("\n".join(mistake.render("en") for mistake in self.mistakes))

    def render(self, language: Language) -> str:
        """Return one paragraph a mistake."""
        return "\n".join(mistake.render(language) for mistake in self.mistakes)


class CloudError(ProvisionError):
    """A service answered no; keeps its status and request id."""

    def __init__(
        self,
        what: str | Text,
        *,
        where: str = "",
        do: str | Text = "",
        status: int | None = None,
        request_id: str = "",
    ) -> None:
        """Keep what the service said."""
        super().__init__(what, where=where, do=do)
        self.status = status
        self.request_id = request_id


class Unreachable(CloudError):
    """No answer, before anything was sent or for a read."""

    exit_code = 5


class CredentialsRefused(CloudError):
    """The cloud does not accept the credentials."""

    exit_code = 5


class Forbidden(CloudError):
    """Known, but not allowed."""


class NotFound(CloudError):
    """There is no such thing."""


class Conflict(CloudError):
    """It exists already, or is in use."""


class QuotaExceeded(CloudError):
    """A quota stands in the way (not a rate limit)."""


class ServiceAbsent(CloudError):
    """The catalogue has no such service."""

    exit_code = 3


class UnknownOutcome(CloudError):
    """A write whose answer was lost; resolve by marker, never by retrying."""
