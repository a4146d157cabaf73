"""Envelopes: how much a tenant may be promised without somebody's approval, and how much all of them together.

An envelope is for the tenants, kinds or profiles that it names, else for everybody. One that names a tenant is an approval:
for what it bounds, it stands in place of the others. `together` bounds a sum: what the operator has to hand out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from provision.declare.floors import shown
from provision.declare.layers import suggestion
from provision.declare.place import mistake
from provision.declare.policy import TENANT_KINDS
from provision.declare.schema import at, tree_schema
from provision.errors import Mistake
from provision.model import quantity
from provision.model.estate import Profile
from provision.model.origin import Origin
from provision.model.quantity import UNLIMITED, QuantityError, Unit
from provision.model.tenant import Tenant, Values
from provision.text import Text, say

ENVELOPES: Final = "envelopes"
EACH: Final = "each"
TOGETHER: Final = "together"
LARGEST: Final = 3


@dataclass(frozen=True, slots=True)
class Bound:
    """One line of an envelope: at most so much of a quota, in its unit."""

    envelope: str
    path: str
    unit: Unit
    most: int
    origin: Origin
    owner: str

    def spelt(self, amount: int) -> str:
        """Return an amount as documents spell it."""
        return quantity.spelt(amount, self.unit)


def within_envelopes(
    estate: Values, profiles: Mapping[str, Profile], tenants: Sequence[Tenant]
) -> Iterator[Mistake]:
    """Yield what is wrong with the estate's envelopes, and each tenant, or sum of tenants, that goes beyond one."""
    staying = [tenant for tenant in tenants if not tenant.retired]
    yield from _misread(estate, profiles, tenants)
    for tenant in staying:
        for bound in _bounds(estate, tenant):
            yield from _beyond(tenant, bound)
    for name in estate.section(ENVELOPES):
        covered = [tenant for tenant in staying if _covers(estate, name, tenant)]
        for bound in _lines(estate, name, TOGETHER):
            yield from _beyond_together(covered, bound)


def _misread(estate: Values, profiles: Mapping[str, Profile], tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    known = {
        "tenants": [tenant.key for tenant in tenants],
        "profiles": list(profiles),
        "kinds": list(TENANT_KINDS),
    }
    for name in estate.section(ENVELOPES):
        for whose, there in known.items():
            path = f"{ENVELOPES}.{name}.{whose}"
            for index, entry in enumerate(estate.items(path)):
                if entry not in there:
                    what = say("{path}: {entry} is not known", "{path} : {entry} est inconnu", path=path, entry=entry)  # fmt: skip
                    yield mistake(estate, f"{path}.{index}", what, suggestion(str(entry), there))
        for part in (EACH, TOGETHER):
            for path, said in estate.section(f"{ENVELOPES}.{name}.{part}").items():
                yield from _line_misread(_place(estate, name, part, path), path, said)


def _line_misread(origin: Origin, path: str, said: object) -> Iterator[Mistake]:
    unit = _unit(path)
    if unit is None:
        yield Mistake(
            origin.file,
            origin.line,
            say("{path} is no quota of a tenant", "{path} n'est pas un quota de locataire", path=path),
            say("write the path of one: quotas.compute.cores", "écrire le chemin de l'un d'eux : quotas.compute.cores"),
        )  # fmt: skip
        return
    try:
        quantity.parse(said, unit)
    except QuantityError as error:
        yield Mistake(
            origin.file,
            origin.line,
            say("{path}: {what}", "{path} : {what}", path=path, what=error.what),
            error.do,
        )


def _unit(path: str) -> Unit | None:
    """Return what a quota is counted in, or None for a path that is none."""
    unit: Unit | None = (at(tree_schema(), tuple(path.split("."))) or {}).get("quota")
    return unit


def _lines(estate: Values, name: str, part: str) -> Iterator[Bound]:
    """Yield the lines of an envelope that can be read."""
    owner = str(estate.get(f"{ENVELOPES}.{name}.owner", "")) or _approvers(estate)
    for path, said in estate.section(f"{ENVELOPES}.{name}.{part}").items():
        unit = _unit(path)
        if unit is not None:
            with suppress(QuantityError):
                most = quantity.parse(said, unit)
                yield Bound(name, path, unit, most, _place(estate, name, part, path), owner)


def _approvers(estate: Values) -> str:
    people = [str(each.get("name") or each.get("email") or "") for each in estate.items("approvers")]
    return ", ".join(filter(None, people))


def _place(estate: Values, name: str, part: str, path: str) -> Origin:
    """Return the line of a bound: its key is a dotted path, and one step of the document."""
    return estate.origins.get((ENVELOPES, name, part, path)) or estate.origin(f"{ENVELOPES}.{name}.{part}")


def _covers(estate: Values, name: str, tenant: Tenant) -> bool:
    lists = {whose: estate.items(f"{ENVELOPES}.{name}.{whose}") for whose in ("tenants", "profiles", "kinds")}
    is_in = {"tenants": tenant.key, "profiles": tenant.profile, "kinds": tenant.values.get("kind")}
    named = {whose: those for whose, those in lists.items() if those}
    return not named or any(is_in[whose] in those for whose, those in named.items())


def _bounds(estate: Values, tenant: Tenant) -> Iterator[Bound]:
    """Yield what bounds one tenant: the lines that name it, and all others about what those do not speak of."""
    names = [name for name in estate.section(ENVELOPES) if _covers(estate, name, tenant)]
    approvals = [name for name in names if tenant.key in estate.items(f"{ENVELOPES}.{name}.tenants")]
    approved = [bound for name in approvals for bound in _lines(estate, name, EACH)]
    yield from approved
    spoken = {bound.path for bound in approved}
    for name in names:
        if name not in approvals:
            yield from (bound for bound in _lines(estate, name, EACH) if bound.path not in spoken)


def _amount(tenant: Tenant, bound: Bound) -> int | None:
    """Return what a tenant is promised of a quota, -1 for unlimited; None where the cloud decides."""
    said: Any = tenant.values.get(bound.path, "unmanaged")
    with suppress(QuantityError):
        found = quantity.quota(said, bound.unit)
        return found if isinstance(found, int) else None
    return None


def _beyond(tenant: Tenant, bound: Bound) -> Iterator[Mistake]:
    amount = _amount(tenant, bound)
    if amount is None:
        yield _unbounded(tenant, bound)
    elif amount == UNLIMITED or amount > bound.most:
        yield mistake(
            tenant.values,
            bound.path,
            say(
                "{path}: {amount} for tenant {tenant}, where envelope {envelope} gives at most {most} ({place})",
                "{path} : {amount} pour le locataire {tenant}, là où l'enveloppe {envelope} donne au plus {most} ({place})",
                path=bound.path,
                amount=bound.spelt(amount),
                tenant=tenant.key,
                envelope=bound.envelope,
                most=bound.spelt(bound.most),
                place=bound.origin,
            ),
            say(
                "ask for less (or a smaller size), or have {owner} approve it: an envelope with {line} in estate.yaml",
                "demander moins (ou une taille plus petite), ou le faire approuver par {owner} : une enveloppe avec {line} dans estate.yaml",
                owner=bound.owner or _THE_OPERATOR,
                line=f"tenants: [{tenant.key}]",
            ),
        )


def _unbounded(tenant: Tenant, bound: Bound) -> Mistake:
    return mistake(
        tenant.values,
        bound.path,
        say(
            "{path}: {said} for tenant {tenant}: nobody knows what it comes to, and envelope {envelope} bounds it ({place})",
            "{path} : {said} pour le locataire {tenant} : nul ne sait ce que cela fait, et l'enveloppe {envelope} le borne ({place})",
            path=bound.path,
            said=shown(tenant.values.get(bound.path)),
            tenant=tenant.key,
            envelope=bound.envelope,
            place=bound.origin,
        ),
        say("write a number, at most {most}", "écrire un nombre, au plus {most}", most=bound.spelt(bound.most)),
    )  # fmt: skip


def _beyond_together(tenants: Sequence[Tenant], bound: Bound) -> Iterator[Mistake]:
    amounts = {tenant.key: _amount(tenant, bound) for tenant in tenants}
    for tenant in tenants:
        if amounts[tenant.key] in {None, UNLIMITED}:
            yield _unbounded(tenant, bound)
    known = {key: amount for key, amount in amounts.items() if amount is not None and amount != UNLIMITED}
    total = sum(known.values())
    if total > bound.most:
        most = sorted(known, key=lambda key: (-known[key], key))[:LARGEST]
        yield Mistake(
            bound.origin.file,
            bound.origin.line,
            say(
                "envelope {envelope} gives {most} of {path}, and {count} tenants are promised {total} (most of it: {largest})",
                "l'enveloppe {envelope} donne {most} de {path}, et {count} locataires s'en voient promettre {total} (surtout : {largest})",
                envelope=bound.envelope,
                most=bound.spelt(bound.most),
                path=bound.path,
                count=len(known),
                total=bound.spelt(total),
                largest=", ".join(f"{key} {bound.spelt(known[key])}" for key in most),
            ),
            say(
                "lower the quotas or sizes of some, or have {owner} raise it",
                "baisser les quotas ou la taille de certains, ou la faire relever par {owner}",
                owner=bound.owner or _THE_OPERATOR,
            ),
        )


_THE_OPERATOR: Final[Text] = say("the operator", "l'exploitant")
