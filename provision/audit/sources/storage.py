"""Volumes, the types that a tenant can choose, the images it owns, and the stores of its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from provision.audit.source import Source, Thing, source
from provision.kind import kinds
from provision.model import encryption, signature
from provision.model.encryption import Encryption
from provision.observe.demands import HARDWARE

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

_OWNER: Final = "os-backup-project-attr:project_id"
_TELLS_KEYS: Final = "3.64"
_HOUR: Final = 3600.0
_FALLBACK: Final = "__DEFAULT__"  # Cinder's own, for clouds that name no other


@dataclass(frozen=True, slots=True)
class Volume:
    """Whether a volume is encrypted."""

    encrypted: bool


@source
class Volumes(Source):
    """The volumes of the tenant."""

    name = "volume"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return a volume as documents want it."""
        path = "storage.volume.encrypted"
        yield Thing(path, Volume(bool(tenant.values.get(path))), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each volume."""
        for body in volumes(eyes, tenant):
            address = f"{self.name}/{tenant.key}/{body['name'] or body['id']}"
            yield Thing(address, Volume(bool(body.get("encrypted"))), raw=body)


def volumes(eyes: Eyes, tenant: Tenant) -> Sequence[Mapping[str, Any]]:
    """Return the volumes of a tenant, as Cinder lists them."""
    every = eyes.by_project(
        "volume",
        "block-storage",
        "/volumes/detail",
        "volumes",
        owner="os-vol-tenant-attr:tenant_id",
        all_tenants=1,
    )
    return every.get(eyes.project(tenant.key), ())


def backups(eyes: Eyes, tenant: Tenant) -> Sequence[Mapping[str, Any]]:
    """Return the backups of a tenant, as Cinder lists them."""
    every = eyes.by_project(
        "backup",
        "block-storage",
        "/backups/detail",
        "backups",
        owner=_OWNER,
        microversion=_TELLS_KEYS,
        all_tenants=1,
    )
    return every.get(eyes.project(tenant.key), ())


@dataclass(frozen=True, slots=True)
class Backup:
    """Whether a backup is encrypted."""

    encrypted: bool


@source
class Backups(Source):
    """The backups of the tenant."""

    name = "backup"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return a backup as documents want it."""
        path = "backup.encrypted"
        yield Thing(path, Backup(bool(tenant.values.get(path))), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each backup."""
        for body in backups(eyes, tenant):
            address = f"{self.name}/{tenant.key}/{body['name'] or body['id']}"
            yield Thing(address, Backup(bool(body.get("encryption_key_id"))), raw=body)


@dataclass(frozen=True, slots=True)
class Copies:
    """How old the newest backup of a volume is (hours; None: there is none)."""

    hours: float | None


@source
class BackedUp(Source):
    """Each volume of the tenant, for the age of its newest backup that is complete."""

    name = "volume_copies"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return what documents promise of every volume."""
        path = "backup.rpo_hours"
        yield Thing(path, Copies(tenant.values.get(path)), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each volume."""
        newest: dict[str, str] = {}
        for body in backups(eyes, tenant):
            if body["status"] == "available":
                newest[body["volume_id"]] = max(newest.get(body["volume_id"], ""), body["created_at"])
        for body in volumes(eyes, tenant):
            at = newest.get(body["id"])
            yield Thing(
                f"volume/{tenant.key}/{body['name'] or body['id']}",
                Copies(_hours(at) if at else None),
                raw=body,
            )


def _hours(moment: str) -> float:
    at = datetime.fromisoformat(moment.rstrip("Z")).replace(tzinfo=UTC)
    return (datetime.now(UTC) - at).total_seconds() / _HOUR


@dataclass(frozen=True, slots=True)
class VolumeType:
    """A type, and how it encrypts: None where it does not."""

    name: str
    encryption: Encryption | None


@source
class VolumeTypes(Source):
    """The volume types that the tenant can choose: public ones, and those it was given."""

    name = "volume_type"
    drawn_from = ("volume_type_access",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return each type that documents name, as they want it to encrypt."""
        how = encryption.wanted(tenant.values) if tenant.values.get("storage.volume.encrypted") else None
        origin = tenant.values.origin("storage.volume.types")
        for name in tenant.values.items("storage.volume.types"):
            yield Thing("storage.volume.types", VolumeType(name, how), origin)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each type that the tenant can choose."""
        given = {live.spec.type for live in eyes.lives("volume_type_access", tenant.key)}
        for body in eyes.once("volume_type", eyes.cloud.shared.volume_types):
            public = body.get("os-volume-type-access:is_public", True)  # told to few: unsaid, it is judged
            if body["name"] != _FALLBACK and (public or body["name"] in given):
                spec = VolumeType(body["name"], _encryption(eyes, body))
                yield Thing(f"{self.name}/{tenant.key}/{body['name']}", spec, raw=body)


def _encryption(eyes: Eyes, body: Mapping[str, Any]) -> Encryption | None:
    ask = partial(eyes.cloud.shared.volume_encryption, body["id"])
    return encryption.read(eyes.once(f"encryption of {body['name']}", ask))


@dataclass(frozen=True, slots=True)
class Choice:
    """What whoever asks for a volume can choose, and what those get who choose nothing (None: what the cloud sees fit)."""

    types: tuple[VolumeType, ...]
    default: str | None


@source
class VolumeChoice(Source):
    """The choice of volume types, and the default."""

    name = "volume_choice"
    drawn_from = ("volume_type_access", "default_volume_type")

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return the choice that documents leave."""
        types = tuple(each.spec for each in VolumeTypes().promised(tenant))
        path = "storage.volume.types"
        yield Thing(
            path, Choice(types, tenant.values.get("storage.volume.default")), tenant.values.origin(path)
        )

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return the choice there is, its default under the name of the documents' role where that is meant."""
        types = tuple(each.spec for each in VolumeTypes().found(eyes, tenant))
        wanted = {
            want.spec.type: tenant.values.get("storage.volume.default")
            for want in kinds()["default_volume_type"].desire(tenant)
        }
        default = next((live.spec.type for live in eyes.lives("default_volume_type", tenant.key)), None)
        yield Thing(f"{self.name}/{tenant.key}/*", Choice(types, wanted.get(default or "", default)))


@dataclass(frozen=True, slots=True)
class KeyStore:
    """Where new keys go: the store's name (empty: no key manager is asked for), and whether the operator calls it hardware."""

    name: str
    hardware: bool


@source
class KeyStores(Source):
    """The store that the key manager puts new keys into, where nobody prefers another."""

    name = "key_store"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return the store that documents ask for."""
        required = "key-manager" in tenant.values.items("services.required")
        store = str(tenant.values.get("keys.store", "any")) if required else ""
        yield Thing(
            "keys.store", KeyStore(store, hardware=store == "hsm"), tenant.values.origin("keys.store")
        )

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return the default store. Raises `ServiceAbsent`, and `NotFound` where the key manager does not tell its stores."""
        ask = partial(eyes.cloud.api("key-manager").get, "/secret-stores")
        for body in eyes.once("key_store", ask)["secret_stores"]:
            if body["global_default"]:
                spec = KeyStore(body["name"], body["name"] in tenant.estate.items(HARDWARE))
                yield Thing(f"{self.name}/{tenant.key}/{body['name']}", spec, raw=body)


@dataclass(frozen=True, slots=True)
class Image:
    """Who sees an image, and whether it is signed."""

    visibility: str
    signed: bool


@source
class Images(Source):
    """The images that the tenant owns."""

    name = "image"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return an image as documents want it."""
        path = "images.visibility"
        yield Thing(
            path,
            Image(str(tenant.values.get(path, "private")), bool(tenant.values.get("images.signed"))),
            tenant.values.origin(path),
        )

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each image of the tenant's project."""
        for body in eyes.cloud.api("image").list("/images", "images", owner=eyes.project(tenant.key)):
            yield Thing(
                f"{self.name}/{tenant.key}/{body['name'] or body['id']}",
                Image(body["visibility"], not signature.lacking(body)),
                raw=body,
            )
