"""A kind of resource that lives in a dictionary, for tests of the pure rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from provision.kind import exact_set, immutable, secret, unordered
from provision.model.address import Address
from provision.model.origin import Origin
from provision.model.resource import Desired, Live, Retirement

HERE = Origin("tenants/acme.yaml", 3)


@dataclass(frozen=True)
class BookSpec:
    title: str | None = None
    shelf: Annotated[str | None, immutable()] = None
    tags: Annotated[tuple[str, ...] | None, unordered()] = None
    readers: Annotated[frozenset[str] | None, exact_set()] = None
    pin: Annotated[str | None, secret()] = None
    pages: tuple[int, ...] | None = None
    notes: dict[str, str] | None = None


class BookKind:
    name = "book"
    service = "library"
    spec = BookSpec


KINDS = {"book": BookKind()}


def address(name="one", tenant="acme"):
    return Address("book", tenant, name)


def desired(name="one", needs=(), retired=False, tenant="acme", **fields):
    return Desired(
        address(name, tenant),
        BookSpec(**fields),
        HERE,
        frozenset(address(need, tenant) for need in needs),
        {"title": Origin("tenants/acme.yaml", 7)},
        Retirement("closed", "2026-11-01", HERE) if retired else None,
    )


def live(name="one", owned=True, identifier=None, created_at="", tenant="acme", **fields):
    return Live(address(name, tenant), identifier or f"id-{name}", BookSpec(**fields), owned, {}, created_at)
