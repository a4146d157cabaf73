"""Application credentials: what one may do and until when, and what a tenant's documents let one be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision.text import Text, say

if TYPE_CHECKING:
    from provision.model.origin import Origin
    from provision.model.tenant import Values

MAX_DAYS: Final = "app_credentials.max_days"
ROLES_MAX: Final = "app_credentials.roles_max"
ALLOWED: Final = "identity.roles.allowed"
ACCESS_RULES: Final = "app_credentials.access_rules"
_READ: Final = ("GET", "HEAD")
_WRITE: Final = ("POST", "PUT", "PATCH", "DELETE")
_LOOKED_AT: Final = ("compute", "network", "block-storage", "image", "object-store")
Requests = tuple[tuple[str, tuple[str, ...], str], ...]
RULE_SETS: Final[Mapping[str, Requests]] = {
    "read-only": tuple((service, _READ, "/**") for service in _LOOKED_AT),
    "publish": (("object-store", (*_READ, "PUT", "POST", "DELETE"), "/**"),),
    "servers": (
        *((service, _READ, "/**") for service in ("compute", "network", "block-storage", "image")),
        ("compute", _WRITE, "/**/servers"),
        ("compute", _WRITE, "/**/servers/**"),
    ),
}
"""Sets of access rules by name. Keys are in none: their content is read by GET, so that who needs them says so by a rule."""
_LEEWAY: Final = timedelta(minutes=5)  # between our clock and the cloud's


@dataclass(frozen=True, slots=True, order=True)
class AccessRule:
    """One sort of request: a service's type, a method, a path (``*`` one step of it, ``**`` any number of them)."""

    service: str
    method: str
    path: str

    def __str__(self) -> str:
        """Return it as people type it."""
        return f"{self.service} {self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Credential:
    """An application credential as Keystone shows it, without its secret.

    `expires` is None for one that never does; `rules` is None for one that may send any request its roles allow.
    """

    id: str
    name: str
    project: str
    roles: tuple[str, ...]
    expires: datetime | None
    unrestricted: bool
    rules: tuple[AccessRule, ...] | None


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential, and the file that its secret was written to."""

    credential: Credential
    path: Path


@dataclass(frozen=True, slots=True)
class Held:
    """A credential that the user has, and what of it the documents do not allow."""

    credential: Credential
    faults: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the documents let an application credential be; `origins` is where each of it was written."""

    max_days: int
    roles: tuple[str, ...]
    rules_required: bool
    origins: Mapping[str, Origin]

    @classmethod
    def of(cls, values: Values) -> Terms:
        """Read them: without `roles_max`, the roles are those that the tenant's people may have."""
        roles = ROLES_MAX if values.get(ROLES_MAX) is not None else ALLOWED
        origins = {
            "days": values.origin(MAX_DAYS),
            "roles": values.origin(roles),
            "rules": values.origin(ACCESS_RULES),
        }
        return cls(
            int(values.get(MAX_DAYS, 365)),
            tuple(values.items(roles)),
            values.get(ACCESS_RULES) == "required",
            origins,
        )

    def faults(self, credential: Credential, now: datetime) -> Iterator[Text]:
        """Yield what a credential has that they do not allow; one that has expired can do no harm."""
        if credential.expires is None or credential.expires > now:
            yield from self.endless(credential, now)
            yield from self.beyond(credential)

    def endless(self, credential: Credential, now: datetime) -> Iterator[Text]:
        """Yield what lets it last, or make others that do."""
        if credential.unrestricted:
            yield say("unrestricted", "sans restriction")
        if credential.expires is None:
            yield say("never expires", "n'expire jamais")
        elif credential.expires > now + timedelta(days=self.max_days) + _LEEWAY:
            yield say(
                "expires on {day}, in more than {days} days",
                "expire le {day}, dans plus de {days} jours",
                day=credential.expires.date().isoformat(),
                days=self.max_days,
            )

    def beyond(self, credential: Credential) -> Iterator[Text]:
        """Yield what it may do that it should not."""
        if beyond := sorted(set(credential.roles) - set(self.roles)):
            yield say("has {roles}", "a {roles}", roles=", ".join(beyond))
        if self.rules_required and credential.rules is None:
            yield say("has no access rules", "n'a pas de règles d'accès")


def moment(text: str | None) -> datetime | None:
    """Read a time as Keystone writes it (UTC, with or without a zone)."""
    if text is None:
        return None
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
