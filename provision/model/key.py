"""The keys of a tenant's ring, and what its documents want of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from provision.model.address import Address
from provision.model.marker import Owner
from provision.model.tenant import Tenant

KIND: Final = "key"
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")
USUAL: Final = ("aes", 256)
_TEXT: Final = re.compile(
    r"(?P<name>[a-z][a-z0-9-]{0,62})/(?P<generation>[1-9][0-9]*)(?P<brought> imported)?"
)


class Fault(StrEnum):
    """What a key lacks of what the documents want."""

    OPEN = "open"
    OLD = "old"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Key:
    """One generation of a key: the newest is `current`, the former ones stay readable.

    `id` is the secret's; `bits` is 0 where Barbican does not say. `project` tells that everybody of the project may read it;
    `readers` are the ids of the users who may besides its maker. `brought` tells that the tenant brought its own.
    """

    name: str
    generation: int
    id: str
    algorithm: str
    bits: int
    created: datetime
    brought: bool = False
    current: bool = True
    project: bool = True
    readers: tuple[str, ...] = ()

    @classmethod
    def told(cls, body: Mapping[str, Any], name: str, generation: int, brought: bool) -> Key:  # noqa: FBT001 (as `read_name` returns them)
        """Return the key that Barbican's metadata of a secret tells of."""
        return cls(
            name,
            generation,
            id_of(body["secret_ref"]),
            body.get("algorithm") or "",
            body.get("bit_length") or 0,
            read_time(body["created"]),
            brought,
        )

    def age(self, now: datetime) -> timedelta:
        """Return how old it is."""
        return now - self.created


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """What documents want of a tenant's keys: None where they say nothing."""

    private: bool = False
    days: int | None = None
    algorithm: str | None = None
    bits: int | None = None

    @classmethod
    def of(cls, tenant: Tenant) -> KeyPolicy:
        """Return what a tenant's documents want."""
        said = tenant.values.get
        return cls(
            said("keys.acl") == "private",
            said("keys.rotation_days"),
            said("keys.floor.algorithm"),
            said("keys.floor.bit_length"),
        )

    @property
    def made(self) -> tuple[str, int]:
        """Return the algorithm and the bits of a key that is made."""
        algorithm, bits = self.algorithm or USUAL[0], self.bits or USUAL[1]
        return algorithm, bits

    def weaker(self, algorithm: str, bits: int) -> bool:
        """Tell whether a key is below the floor: of another algorithm, or shorter."""
        other = self.algorithm is not None and algorithm.lower() != self.algorithm.lower()
        return other or (self.bits is not None and bits < self.bits)

    def due(self, key: Key) -> datetime | None:
        """Return when a key is to have a successor; None for one that has, and where documents name no age."""
        if self.days is None or not key.current:
            return None
        return key.created + timedelta(days=self.days)

    def is_due(self, key: Key, now: datetime) -> bool:
        """Tell whether a key should have a successor by now."""
        due = self.due(key)
        return due is not None and due <= now

    def faults(self, key: Key, now: datetime) -> tuple[Fault, ...]:
        """Return what a key lacks; of a former one, which only reads what is old, only who may read it counts."""
        found = {
            Fault.OPEN: self.private and key.project,
            Fault.OLD: self.is_due(key, now),
            Fault.WEAK: key.current and self.weaker(key.algorithm, key.bits),
        }
        return tuple(fault for fault, is_so in found.items() if is_so)


def called(owner: Owner, tenant: str, name: str, generation: int, *, brought: bool) -> str:
    """Return what the secret of one generation is called: readable, and marked as ours."""
    text = f"{name}/{generation}{' imported' if brought else ''}"
    return f"{text} {owner.marker(Address(KIND, tenant, name))}"


def read_name(owner: Owner, tenant: str, secret: str | None) -> tuple[str, int, bool] | None:
    """Return name, generation and whether it was brought, from what a secret is called; None for one that is not of the ring."""
    text, address = owner.read(secret)
    found = _TEXT.fullmatch(text.strip())
    if found is None or address != Address(KIND, tenant, found["name"]):
        return None
    return found["name"], int(found["generation"]), bool(found["brought"])


def id_of(reference: str) -> str:
    """Return the id at the end of the address by which Barbican names a thing."""
    return reference.rstrip("/").rsplit("/", 1)[-1]


def read_time(said: str) -> datetime:
    """Return a moment as Barbican says it: UTC, without saying so."""
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def newest(keys: Iterable[Key]) -> dict[str, int]:
    """Return the newest generation of each name."""
    found: dict[str, int] = {}
    for key in keys:
        found[key.name] = max(key.generation, found.get(key.name, 0))
    return found
