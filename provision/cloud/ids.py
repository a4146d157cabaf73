"""Which id stands behind which address, as observed or created in this run; nothing of it outlives the run."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provision.errors import NotFound
from provision.model.address import Address
from provision.text import say

if TYPE_CHECKING:
    from provision.model.resource import Live


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one tenant: the id behind each address, and the address of each (kind, id)."""

    ids: Mapping[Address, str] = field(default_factory=dict)
    addresses: Mapping[tuple[str, str], Address] = field(default_factory=dict)


class Ids:
    """A two-way table of addresses and ids; safe for threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._ids: dict[Address, str] = {}
        self._addresses: dict[tuple[str, str], Address] = {}

    def record(self, address: Address, identifier: str) -> None:
        """Remember one."""
        with self._lock:
            self._ids[address] = identifier
            self._addresses[(address.kind, identifier)] = address

    def record_live(self, live: Live[Any]) -> None:
        """Remember what was observed; something not ours never takes the place of something ours."""
        with self._lock:
            self._addresses.setdefault((live.address.kind, live.id), live.address)
            if live.owned:
                self._ids.setdefault(live.address, live.id)

    def forget(self, address: Address) -> None:
        """Forget what was deleted."""
        with self._lock:
            identifier = self._ids.pop(address, None)
            self._addresses.pop((address.kind, identifier or ""), None)

    def drop(self, tenants: frozenset[str]) -> None:
        """Forget everything of some tenants: a run that is done with them needs it no more."""
        with self._lock:
            for address in [each for each in self._ids if each.tenant in tenants]:
                del self._ids[address]
            for key in [key for key, each in self._addresses.items() if each.tenant in tenants]:
                del self._addresses[key]

    def known(self) -> dict[str, Known]:
        """Return what is known, by tenant."""
        found: dict[str, tuple[dict[Address, str], dict[tuple[str, str], Address]]] = defaultdict(
            lambda: ({}, {})
        )
        with self._lock:
            for address, identifier in self._ids.items():
                found[address.tenant][0][address] = identifier
            for key, address in self._addresses.items():
                found[address.tenant][1][key] = address
        return {tenant: Known(*tables) for tenant, tables in found.items()}

    def learn(self, known: Known) -> None:
        """Remember what another table knew."""
        with self._lock:
            self._ids.update(known.ids)
            self._addresses.update(known.addresses)

    def take(self, tenant: str) -> Known:
        """Return what is known of a tenant, and forget it."""
        known = self.known().get(tenant, Known())
        self.drop(frozenset({tenant}))
        return known

    def find(self, address: Address) -> str | None:
        """Return the id behind an address, or None."""
        return self._ids.get(address)

    def of(self, address: Address) -> str:
        """Return the id behind an address. Raises `NotFound`."""
        found = self._ids.get(address)
        if found is None:
            raise NotFound(
                say("{address} is not there (yet)", "{address} n'existe pas (encore)", address=address),
                where=str(address),
            )
        return found

    def address(self, kind: str, identifier: str) -> Address | None:
        """Return the address of an id, or None for one that was not observed."""
        return self._addresses.get((kind, identifier))

    def of_kind(self, kind: str, tenants: frozenset[str]) -> list[tuple[str, Address]]:
        """Return the id and the address of everything of a kind that these tenants have, ours or not."""
        with self._lock:
            known = list(self._addresses.items())
        return sorted(
            (each, address) for (sort, each), address in known if sort == kind and address.tenant in tenants
        )

    def project(self, tenant: str) -> str | None:
        """Return a tenant's project id, or None while it has none."""
        return self.find(Address("project", tenant, tenant))

    def projects(self, tenants: frozenset[str]) -> dict[str, str]:
        """Return the tenants that have a project, by project id."""
        found = ((self.project(tenant), tenant) for tenant in sorted(tenants))
        return {project: tenant for project, tenant in found if project is not None}
