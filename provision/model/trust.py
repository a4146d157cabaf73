"""Trusts: a role in a project that a user lets another use, and what a tenant's documents let one be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from provision.model.credential import moment
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.model.tenant import Values

ALLOWED: Final = "trusts.allowed"
REDELEGATION: Final = "trusts.redelegation"
IMPERSONATION: Final = "trusts.impersonation"
MAX_DAYS: Final = "trusts.max_days"
_LEEWAY: Final = timedelta(minutes=5)  # between our clock and the cloud's


@dataclass(frozen=True, slots=True)
class Trust:
    """Until when it is good (None: for ever), whether it may be handed on, or acts in its giver's name."""

    expires: datetime | None
    handed_on: bool
    impersonates: bool


def read(body: Mapping[str, Any]) -> Trust:
    """Return a trust as Keystone shows it."""
    handed_on = bool(body.get("redelegation_count") or body.get("redelegated_trust_id"))
    return Trust(moment(body.get("expires_at")), handed_on, bool(body.get("impersonation")))


def bounds(values: Values) -> list[str]:
    """Return the document keys that bound trusts: that there are none, else each bound on them."""
    if values.get(ALLOWED) is False:
        return [ALLOWED]
    forbidden = [each for each in (REDELEGATION, IMPERSONATION) if values.get(each) is False]
    return [*forbidden, *([MAX_DAYS] if values.get(MAX_DAYS) else [])]


def fault(trust: Trust, key: str, values: Values, now: datetime) -> Text | None:
    """Return how a trust is beyond one bound, None where it keeps it."""
    if key == ALLOWED:
        return say("there may be none", "il ne doit pas y en avoir")
    if key == REDELEGATION and trust.handed_on:
        return say("may be handed on", "peut être confiée à un autre")
    if key == IMPERSONATION and trust.impersonates:
        return say("acts in somebody else's name", "agit au nom d'un autre")
    if key == MAX_DAYS:
        days = int(values.get(MAX_DAYS))
        if trust.expires is None or trust.expires > now + timedelta(days=days) + _LEEWAY:
            return say("lasts longer than {days} days", "dure plus de {days} jours", days=days)
    return None
