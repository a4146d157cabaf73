"""Judge a template or a live tenant: every control, on everything that its source shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from provision.audit.control import About, Check, checks
from provision.audit.eyes import Eyes, why
from provision.audit.source import Source, Thing, sources
from provision.audit.waivers import waived
from provision.errors import ProvisionError
from provision.model.finding import Finding, Level, Status, Tier
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.model.estate import Profile
    from provision.model.tenant import Tenant

Looked = Callable[[Source], Iterable[Thing]]


def tier(profile: str, profiles: Mapping[str, Profile]) -> Tier:
    """Return the tier of a profile: its own name, or the nearest ancestor's, that names one."""
    name: str | None = profile
    while name is not None:
        if name in {Tier.SECURED, Tier.OPEN_DATA}:
            return Tier(name)
        known = profiles.get(name)
        name = known.extends if known and known.extends != name else None
    return Tier.BETWEEN


def template(tenant: Tenant, of: Tier, name: str) -> tuple[Finding, ...]:
    """Judge what a template makes: a tenant made up from it, and no cloud."""
    return _all(About(tenant, of), lambda source: source.promised(tenant), name)


def live(eyes: Eyes, tenant: Tenant, of: Tier) -> tuple[Finding, ...]:
    """Judge what the cloud has of a tenant."""
    return _all(About(tenant, of), lambda source: source.found(eyes, tenant), tenant.key)


def _all(about: About, look: Looked, subject: str) -> tuple[Finding, ...]:
    found = [each for check in checks() for each in _judged(check, about, look, subject)]
    return waived(about.tenant, found, _today())


def _today() -> date:
    return datetime.now(UTC).date()


def _judged(check: Check, about: About, look: Looked, subject: str) -> Iterator[Finding]:
    """Yield what a control finds: each failure, each thing that could not be judged, or that all is well."""
    level, asked = check.control.levels[about.tier], check.asked(about.values)
    if level is Level.NONE or (level is Level.SHOULD and not asked):
        yield _finding(check, about, Status.NOT_APPLICABLE, subject, _not_asked(level))
        return
    if not asked:
        yield _finding(check, about, Status.FAIL, subject, say("the documents do not ask for it", "les documents ne le demandent pas"))  # fmt: skip
        return
    try:
        things = list(look(sources()[check.over]))
    except ProvisionError as error:
        yield _finding(check, about, Status.NOT_EVALUATED, subject, why(error))
        return
    yield from _verdicts(check, about, things, subject) if things else (
        _finding(check, about, Status.PASS, subject, say("nothing of the kind is there", "il n'y a rien de tel")),
    )  # fmt: skip


def _verdicts(check: Check, about: About, things: Sequence[Thing], subject: str) -> Iterator[Finding]:
    well = 0
    for thing in things:
        untold = _untold(check, thing)
        wrong = None if untold else check.judge(about, thing.spec)
        if untold is not None:
            yield _finding(check, about, Status.NOT_EVALUATED, subject, untold, thing)
        elif wrong is not None:
            yield _finding(check, about, Status.FAIL, subject, wrong, thing)
        else:
            well += 1
    if well == len(things):
        yield _finding(check, about, Status.PASS, subject, say("{n} read", "lus : {n}", n=well))


def _untold(check: Check, thing: Thing) -> Text | None:
    """Return why a thing cannot be judged: what decides could not be read, or is not in the API's answer."""
    missing = thing.lacks(check.decided_by)
    return thing.unread or (_absent(missing) if missing else None)


def _finding(  # noqa: PLR0913, PLR0917 (a finding has these)
    check: Check, about: About, status: Status, subject: str, observed: Text, thing: Thing | None = None
) -> Finding:
    at = thing.address if thing else check.control.key
    origin = (thing and thing.origin) or about.values.origin(check.control.key)
    return Finding(check.control, status, subject, at, observed, origin)


def _not_asked(level: Level) -> Text:
    if level is Level.NONE:
        return say("not asked of this tier", "pas demandé à ce niveau")
    return say(
        "recommended to this tier; its documents do not promise it",
        "recommandé à ce niveau ; ses documents ne le promettent pas",
    )


def _absent(fields: Iterable[str]) -> Text:
    return say(
        "the API's answer has no {fields}", "la réponse de l'API n'a pas {fields}", fields=", ".join(fields)
    )
