"""Who can do what with a tenant, and through what: the list that a review of rights begins with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.audit.source import Silence, Source, Thing, source
from provision.audit.sources.identity import granted, whoever
from provision.model.finding import Access, Status
from provision.text import say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Listed:
    """How many roles could be listed, each with its person."""

    roles: int


@source
class Accesses(Source):
    """The list of who can do what."""

    name = "access"
    drawn_from = ("role_assignment", "group")

    def promised(self, tenant: Tenant) -> Iterator[Thing]:  # noqa: ARG002 (nobody has a role on a template)
        """Say that nobody has a role on a template."""
        yield Thing("identity.groups", None, silence=_LIVE)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return that the list can be made. Raises `CloudError` where it would be a part of one."""
        rows = accesses(eyes, tenant)
        people = len({each.who for each in rows})
        grounds = say("{roles} roles of {people} people", "{roles} rôles de {people} personnes", roles=len(rows), people=people)  # fmt: skip
        yield Thing(f"project/{tenant.key}/{tenant.key}", Listed(len(rows)), grounds=grounds)


def accesses(eyes: Eyes, tenant: Tenant) -> tuple[Access, ...]:
    """Return each role of each person, in order. Raises `CloudError` where they may not be read."""
    known = {person.id: person for person in whoever(eyes, tenant)}
    rows = {
        Access(
            tenant.key,
            known[user].name,
            grant.role,
            grant.on,
            grant.holder,
            known[user].enabled,
            str(known[user].raw.get("email") or ""),
        )
        for grant in granted(eyes, tenant)
        for user in grant.users
        if user in known
    }
    return tuple(sorted(rows))


_LIVE = Silence(
    Status.NOT_APPLICABLE,
    say("a list of people; a profile has none", "une liste de personnes ; un profil n'en a pas"),
)
