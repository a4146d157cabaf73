"""Documents → estate → tenants → what is desired, with every value's file and line, and every mistake at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provision.declare.estate import load
from provision.declare.layers import Said
from provision.declare.node import Origins
from provision.declare.profiles import profiles_folder
from provision.declare.schema import (
    estate_schema,
    evidence_schema,
    profile_schema,
    published,
    request_schema,
    tenant_schema,
)
from provision.declare.trace import enforced, explain
from provision.errors import DocumentErrors, Mistake
from provision.kind import kinds
from provision.model.address import Address
from provision.model.resource import Desired, Retirement
from provision.model.tenant import Tenant
from provision.text import say

__all__ = [
    "Origins",
    "Said",
    "desired",
    "enforced",
    "estate_schema",
    "evidence_schema",
    "explain",
    "load",
    "profile_schema",
    "profiles_folder",
    "published",
    "request_schema",
    "tenant_schema",
]


def desired(tenant: Tenant) -> tuple[Desired[Any], ...]:
    """Return what every kind asks for on behalf of a tenant, by address; all of it retired when the tenant is.

    Raises `DocumentErrors` when two kinds (or two entries) ask for the same address.
    """
    wanted: dict[Address, Desired[Any]] = {}
    mistakes = []
    for want in _asked(tenant):
        first = wanted.setdefault(want.address, want)
        if first is not want:
            mistakes.append(_twice(first, want))
    if mistakes:
        raise DocumentErrors(mistakes)
    return tuple(wanted[address] for address in sorted(wanted))


def _asked(tenant: Tenant) -> Iterator[Desired[Any]]:
    leaving = _retirement(tenant)
    for kind in kinds().values():
        if kind.of_estate is not tenant.is_estate:
            continue
        for want in kind.desire(tenant):
            yield replace(want, retired=leaving) if leaving else want


def _retirement(tenant: Tenant) -> Retirement | None:
    if not tenant.retired:
        return None
    return Retirement(
        reason=str(tenant.values.get("retirement.reason", "")),
        date=str(tenant.values.get("retirement.date", "")),
        origin=tenant.values.origin("state"),
    )


def _twice(first: Desired[Any], second: Desired[Any]) -> Mistake:
    return Mistake(
        second.origin.file,
        second.origin.line,
        say(
            "{address} is asked for twice, first in {first}",
            "{address} est demandé deux fois, d'abord dans {first}",
            address=second.address,
            first=first.origin,
        ),
        say("rename or remove one of them", "renommer ou supprimer l'un des deux"),
    )
