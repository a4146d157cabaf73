"""What was shown from outside about a tenant, one source a control; and what our own ledger says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from provision.audit.source import Silence, Source, Thing
from provision.model.finding import Status
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.evidence import Evidence
    from provision.model.tenant import Tenant, Values

YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Shown:
    """What counts for a control: how many days old (of a template: how old it may be), and what is wrong with it."""

    days: int = 0
    fault: Text | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """How old evidence may be: `longest` days (None: it does not age), or less, where the documents say so at `key`.

    With `least`, the documents' number is no age, but something that they must ask for at least.
    """

    key: str
    longest: int | None = YEAR
    least: int | None = None

    def said(self, values: Values) -> int | None:
        """Return the number that documents give, None where they give none."""
        found = values.get(self.key)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def days(self, values: Values) -> int | None:
        """Return how old it may be, None for any age."""
        said = self.said(values) if self.least is None else None
        return min((each for each in (said, self.longest) if each is not None), default=None)

    def broken(self, values: Values, shown: Shown) -> Text | None:
        """Return what is wrong: that documents ask for too little, that it does not count, that it is too old."""
        asked, longest = self.said(values), self.days(values)
        if self.least is not None and asked is not None and asked < self.least:
            return say("{n} are asked for, {least} at least are needed", "{n} sont demandés, il en faut au moins {least}", n=asked, least=self.least)  # fmt: skip
        if shown.fault is not None:
            return shown.fault
        if longest is not None and shown.days > longest:
            return say("it is {n} days old, {longest} at most count", "elle a {n} jours, {longest} au plus comptent", n=shown.days, longest=longest)  # fmt: skip
        return None


Own = Callable[["Eyes", "Tenant"], Thing | None]
Fits = Callable[["Tenant", "Evidence"], Text | None]


@dataclass(frozen=True)
class Attestation(Source):
    """The evidence there is for one control.

    `own` is what we can tell without anybody: a thing where that decides. `fits` is what more a piece must fulfil.
    `leaving` tells that it is asked of tenants that leave, and of no others.
    """

    control: str
    bound: Bound
    own: Own | None = None
    fits: Fits | None = None
    leaving: bool = False

    @property
    def of_leavers(self) -> bool:
        """Tell whether it is asked of tenants that leave."""
        return self.leaving

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return what documents ask of evidence; a template has none itself."""
        asked, origin = self.bound.said(tenant.values), tenant.values.origin(self.bound.key)
        if asked is None:
            yield Thing(self.bound.key, None, origin, silence=_OF_TENANTS)
        else:
            grounds = say("{n} asked for; the evidence is each tenant's", "demandé : {n} ; la preuve est celle de chaque locataire", n=asked)  # fmt: skip
            shown = Shown(0 if self.bound.least else asked)
            yield Thing(self.bound.key, shown, origin, grounds=grounds)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return what decides: what we know ourselves, files that are not what was said, and the piece that counts most."""
        if self.leaving and not tenant.retired:
            yield Thing(self.bound.key, None, silence=STAYS)
            return
        decided = self.own(eyes, tenant) if self.own else None
        if decided is not None:
            yield decided
            return
        pieces = [each for each in tenant.evidence if self.control in each.controls]
        if not pieces:
            yield Thing(f"evidence/{tenant.key}/*", None, silence=_NEEDED)
        yield from self._counted(tenant, [(each, digest(eyes, each)) for each in pieces])

    def _counted(self, tenant: Tenant, pieces: Sequence[tuple[Evidence, str | None]]) -> Iterator[Thing]:
        today = datetime.now(UTC).date()
        things = {piece.key: self._thing(tenant, piece, found, today) for piece, found in pieces}
        false = [piece for piece, found in pieces if found not in {None, piece.sha256}]
        yield from (things[each.key] for each in false)
        rest = sorted((each for each, _ in pieces if each not in false), key=lambda each: each.made)
        if rest and not false:
            good = [each for each in rest if self._counts(tenant, things[each.key])]
            yield things[(good or rest)[-1].key]

    def _counts(self, tenant: Tenant, thing: Thing) -> bool:
        return thing.silence is None and self.bound.broken(tenant.values, thing.spec) is None

    def _thing(self, tenant: Tenant, piece: Evidence, found: str | None, today: date) -> Thing:
        fault = (
            _altered(piece, found) or _over(piece, today) or (self.fits(tenant, piece) if self.fits else None)
        )
        shown = Shown((today - piece.made).days, fault)
        unseen = found is None and self.bound.broken(tenant.values, shown) is None
        return Thing(
            f"evidence/{tenant.key}/{piece.key}",
            shown,
            piece.origin,
            silence=_absent(piece) if unseen else None,
            grounds=say(
                "on evidence, confidence {confidence}: {what} ({day}, {owner})",
                "sur preuve, confiance {confidence} : {what} ({day}, {owner})",
                confidence=_CONFIDENCES[piece.confidence],
                what=piece.what,
                day=piece.made,
                owner=piece.owner,
            ),
        )


def digest(eyes: Eyes, piece: Evidence) -> str | None:
    """Return the SHA-256 of a piece's file, read once; None where it is not here, or cannot be read."""

    def ask() -> str | None:
        try:
            return piece.digest()
        except OSError:
            return None

    return eyes.once(f"evidence {piece.key}", ask)


def _altered(piece: Evidence, found: str | None) -> Text | None:
    if found is None or found == piece.sha256:
        return None
    return say(
        "{file} is not what was shown: its sha256 is {found}, {said} was written",
        "{file} n'est pas ce qui a été montré : son sha256 est {found}, il était écrit {said}",
        file=piece.file,
        found=found,
        said=piece.sha256,
    )


def _over(piece: Evidence, today: date) -> Text | None:
    """Return why a piece does not count on this day, whatever its file."""
    if not piece.holds:
        return say("what it shows is a failure: {what}", "ce qu'elle montre est un échec : {what}", what=piece.what)  # fmt: skip
    if piece.made > today:
        return say("it is of a day to come: {day}", "elle est d'un jour à venir : {day}", day=piece.made)
    if piece.until is not None and piece.until < today:
        return say("it was good until {day}", "elle valait jusqu'au {day}", day=piece.until)
    return None


def _absent(piece: Evidence) -> Silence:
    why = say(
        "{file} is not here, or cannot be read: nobody can see that it is what was shown",
        "{file} n'est pas ici, ou est illisible : nul ne peut voir que c'est ce qui a été montré",
        file=piece.file,
    )
    return Silence(Status.NOT_EVALUATED, why)


_CONFIDENCES: Final = {
    "low": say("low", "faible"),
    "medium": say("medium", "moyenne"),
    "high": say("high", "élevée"),
}
_NEEDED: Final = Silence(
    Status.NOT_EVALUATED,
    say(
        "needs evidence from outside (evidence/*.yaml)", "demande une preuve de l'extérieur (evidence/*.yaml)"
    ),
)
_OF_TENANTS: Final = Silence(
    Status.NOT_APPLICABLE,
    say(
        "judged on evidence about a tenant; a profile is none",
        "jugé sur des preuves au sujet d'un locataire ; un profil n'en est pas un",
    ),
)
STAYS: Final = Silence(
    Status.NOT_APPLICABLE, say("asked when a tenant leaves", "demandé quand un locataire part")
)
