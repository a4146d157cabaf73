"""Waivers: a failure that somebody named answers for, until a day; expired, it is a failure again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from provision.model.finding import Finding, Status, Waiver
from provision.text import say

if TYPE_CHECKING:
    from provision.model.tenant import Tenant


def waivers(tenant: Tenant) -> Iterator[Waiver]:
    """Yield a tenant's waivers, in the order of its documents."""
    for index, item in enumerate(tenant.values.items("waivers")):
        yield Waiver(
            str(item["control"]),
            str(item.get("resource", "*")),
            str(item["reason"]),
            str(item["owner"]),
            str(item["approver"]),
            str(item["expires"]),
            str(item.get("measure", "")),
            tenant.values.origin(f"waivers.{index}"),
        )


def waived(tenant: Tenant, findings: Iterable[Finding], today: date) -> tuple[Finding, ...]:
    """Return the findings; a failure with a waiver that counts on this day is waived, with an expired one it says so."""
    known = list(waivers(tenant))
    return tuple(_looked_up(each, known, today) if each.status is Status.FAIL else each for each in findings)


def _looked_up(finding: Finding, known: Iterable[Waiver], today: date) -> Finding:
    for waiver in known:
        if waiver.control == finding.control.id and fnmatchcase(finding.address, waiver.resource):
            return _under(finding, waiver, today)
    return finding


def _under(finding: Finding, waiver: Waiver, today: date) -> Finding:
    if date.fromisoformat(waiver.expires) >= today:
        return replace(finding, status=Status.WAIVED, waiver=waiver)
    expired = say(
        "{observed}; the waiver of {origin} expired on {day}",
        "{observed} ; la dérogation de {origin} a pris fin le {day}",
        observed=finding.observed,
        origin=waiver.origin,
        day=waiver.expires,
    )
    return replace(finding, observed=expired, waiver=waiver)
