"""Somebody who stands where a tenant stands, and tries what it is promised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from provision.cloud.guest import guest
from provision.cloud.neighbour import Neighbour, neighbour
from provision.proof.run import cases, set_up, tried

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SECURED, TOWN = "secured", "town"
AT_A_TIME = 4


@dataclass
class Stand:
    operator: Cloud
    tenant: Tenant
    guest: Cloud
    next_door: Neighbour
    at_a_time: int = AT_A_TIME

    @classmethod
    @contextmanager
    def of_each(cls, operator, tenants):
        with ExitStack() as end:
            next_door = end.enter_context(neighbour(operator))
            yield [
                cls(operator, tenant, end.enter_context(guest(operator, tenant)), next_door)
                for tenant in tenants
            ]

    @cached_property
    def project(self):
        return self.operator.ids.project(self.tenant.key)

    @property
    def promised(self):
        return [(promise.name, key) for promise, key in cases(self.tenant)]

    def try_all(self, only=None, but=()):
        """Try what is promised, or only what bears one of some names, or none of others; return the proofs."""
        names = {name for name, _ in self.promised if only is None or name in only} - {*but}
        known = [case for case in cases(self.tenant) if case[0].name in names]
        with ThreadPoolExecutor(self.at_a_time) as pool:
            return list(pool.map(self._try, known))

    def _try(self, case):
        return tried(case, set_up(self.tenant, self.operator, self.guest, lambda: self.next_door))

    def id(self, kind, name):
        from provision.model.address import Address  # noqa: PLC0415

        return self.operator.ids.of(Address(kind, self.tenant.key, name))


def verdicts(proofs):
    return {(proof.name, proof.key): str(proof.verdict) for proof in proofs}


def broken(proofs):
    return {proof.name for proof in proofs if proof.verdict == "BROKEN"}


def troubles(proofs):
    return [(proof.name, str(proof.seen), str(proof.error)) for proof in proofs if proof.error]
