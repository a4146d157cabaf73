"""A tenant as a whole: what a plan would still do to it, and what is left of one that has left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provision.audit.source import Source, Thing, source
from provision.audit.sources.evidence import STAYS
from provision.draft import Draft
from provision.kind import Kind, kinds
from provision.model.plan import Action
from provision.plan import Options
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.origin import Origin
    from provision.model.plan import Change
    from provision.model.resource import Live
    from provision.model.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Standing:
    """How a thing stands to the documents: what is wrong with it, None for nothing."""

    wrong: Text | None = None


@source
class Drift(Source):
    """What a plan made now would do to the tenant: a template is what it says, a live tenant ought to be."""

    name = "drift"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return that a template is its profile, in the version that it says."""
        yield Thing("profile", Standing(), grounds=_as_said(tenant))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each change that is left to be made, and each thing that the cloud cannot do."""
        project = eyes.project(tenant.key)
        lives = list(_all(eyes, tenant))
        plan = Draft(eyes.cloud, Options(), {tenant.key: lives}).plan([tenant])
        for problem in plan.problems:
            yield Thing(f"tenant/{tenant.key}/{problem.where}", Standing(_said(problem.what)))
        changes = [change for change in plan.changes if change.action is not Action.LEAVE]
        for change in changes:
            yield Thing(str(change.address), Standing(_drifted(change)), _line(change))
        if not changes and not plan.problems:
            yield Thing(f"project/{tenant.key}/{project}", Standing(), grounds=_as_said(tenant))


def _all(eyes: Eyes, tenant: Tenant) -> Iterator[Live[Any]]:
    """Yield everything of a tenant. Raises `CloudError` where a kind could not be read: what is missing would look gone."""
    for name in _of_tenants():
        if name in eyes.refused:
            raise eyes.refused[name]
        yield from eyes.found.get((name, tenant.key), ())


def _of_tenants() -> dict[str, Kind[Any]]:
    return {name: kind for name, kind in kinds().items() if not kind.of_estate}


def _as_said(tenant: Tenant) -> Text:
    return say(
        "as {profile} {version} and its documents say",
        "comme le disent {profile} {version} et ses documents",
        profile=tenant.profile,
        version=tenant.profile_version,
    )


def _said(what: object) -> Text:
    return say("{what}", "{what}", what=what)


def _line(change: Change) -> Origin | None:
    return change.want.origin if change.want else None


def _drifted(change: Change) -> Text:
    return say("{reason} ({action})", "{reason} ({action})", reason=change.reason, action=change.action.value)


@source
class Remains(Source):
    """What is left on the cloud of a tenant that leaves."""

    name = "remains"

    @property
    def of_leavers(self) -> bool:
        """Tell that it is."""
        return True

    def promised(self, tenant: Tenant) -> Iterator[Thing]:  # noqa: ARG002 (a template leaves nowhere)
        """Say that a template leaves nowhere."""
        yield Thing("state", None, silence=STAYS)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each thing that is still there."""
        if not tenant.retired:
            yield Thing("state", None, silence=STAYS)
            return
        lives = list(_all(eyes, tenant))
        for live in lives:
            yield Thing(str(live.address), Standing(_STILL), tenant.values.origin("state"), live.raw)
        if not lives:
            grounds = say("nothing left, of {n} kinds of things", "plus rien, sur {n} sortes de choses", n=len(_of_tenants()))  # fmt: skip
            yield Thing(f"tenant/{tenant.key}/*", Standing(), tenant.values.origin("state"), grounds=grounds)


_STILL = say("it is still there", "c'est encore là")
