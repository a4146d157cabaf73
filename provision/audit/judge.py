"""Judge a template or a live tenant: every control, on everything that its source shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

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

_READ: Final = say("read", "lu")
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
    return _all(checks(), About(tenant, of), lambda source: source.promised(tenant), name)


def live(eyes: Eyes, tenant: Tenant, of: Tier) -> tuple[Finding, ...]:
    """Judge what the cloud has of a tenant; of one that leaves, what is left of it."""
    known = sources()
    those = [check for check in checks() if not tenant.retired or known[check.over].of_leavers]
    return _all(those, About(tenant, of), lambda source: source.found(eyes, tenant), tenant.key)


def _all(those: Iterable[Check], about: About, look: Looked, subject: str) -> tuple[Finding, ...]:
    found = [each for check in those for each in _judged(check, about, look, subject)]
    return waived(about.tenant, found, _today())


def _today() -> date:
    return datetime.now(UTC).date()


def _judged(check: Check, about: About, look: Looked, subject: str) -> Iterator[Finding]:
    """Yield what a control finds: each failure, each thing that could not be judged, or that all is well."""
    level, asked = check.control.levels[about.tier], _asked(check, about)
    if level is Level.NONE or (level is Level.SHOULD and not asked):
        yield _finding(check, about, Status.NOT_APPLICABLE, subject, _not_asked(level))
        return
    if not asked and not check.outside:
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


def _asked(check: Check, about: About) -> bool:
    shown = check.outside and any(check.control.id in each.controls for each in about.tenant.evidence)
    return shown or check.asked(about.values)


def _verdicts(check: Check, about: About, things: Sequence[Thing], subject: str) -> Iterator[Finding]:
    well = 0
    for thing in things:
        status, said = _verdict(check, about, thing)
        if status is not Status.PASS or thing.grounds:
            yield _finding(check, about, status, subject, said, thing)
        well += status is Status.PASS and not thing.grounds
    if well == len(things):
        yield _finding(check, about, Status.PASS, subject, say("{n} read", "lus : {n}", n=well))


def _verdict(check: Check, about: About, thing: Thing) -> tuple[Status, Text]:
    if thing.silence is not None:
        return thing.silence.status, thing.silence.why
    missing = thing.lacks(check.decided_by)
    if missing:
        return Status.NOT_EVALUATED, _absent(missing)
    wrong = check.judge(about, thing.spec)
    return (Status.PASS, thing.grounds or _READ) if wrong is None else (Status.FAIL, wrong)


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
