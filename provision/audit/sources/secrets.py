"""What the key manager keeps for a tenant: who reads it, how old and strong its keys are, and its certificates.

Barbican shows secrets to whoever works in their project and to nobody else: an operator's audit does not see them. No secret's
content is asked for, but that of certificates, which is public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn

from provision.audit.eyes import why
from provision.audit.source import Source, Thing, source, untold
from provision.audit.sources.balancers import bodies
from provision.audit.sources.identity import everybody
from provision.audit.sources.storage import backups
from provision.errors import CloudError, Forbidden, NotFound
from provision.model import certificate
from provision.model.certificate import Certificate
from provision.model.key import Key, KeyPolicy, id_of, newest, read_name, read_time
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

Body = Mapping[str, Any]
SERVICE: Final = "key-manager"
MIN_VALIDITY: Final = "pki.min_validity_days"
USUAL_VALIDITY: Final = 30
SYMMETRIC: Final = "symmetric"
_KEYS: Final = (SYMMETRIC, "private", "public")
_PAGE: Final = 100
_TELLS_KEYS: Final = "3.64"
_THEIRS: Final = say(
    "the key manager shows secrets only to whoever works in their project; audit the tenant with the access of one of its members",
    "le gestionnaire de clés ne montre les secrets qu'à qui travaille dans leur projet ; auditer le locataire avec l'accès d'un de ses membres",
)
_BUNDLE: Final = say(
    "it may hold a private key, and is not opened: keep the certificate in a secret of its own, of the type certificate",
    "il peut contenir une clé privée, et n'est pas ouvert : garder le certificat dans un secret à part, du type certificate",
)
_NONE: Final = say("it is no certificate that can be read", "ce n'est pas un certificat lisible")


def secrets(eyes: Eyes, tenant: Tenant) -> Sequence[Body]:
    """Return what Barbican tells of each secret of a tenant. Raises `Forbidden` unless this credential works in its project."""
    api = eyes.cloud.api(SERVICE)
    if eyes.project(tenant.key) != eyes.cloud.project:
        eyes.once("secrets of other projects", _refuse)
    return eyes.once("secret", lambda: tuple(api.list("/secrets", "secrets", limit=_PAGE)))


def _refuse() -> NoReturn:
    raise Forbidden(_THEIRS)


def _address(eyes: Eyes, tenant: Tenant, body: Body) -> str:
    """Return what a secret is called, without our mark."""
    name, _ = eyes.cloud.owner.read(body.get("name"))
    return f"secret/{tenant.key}/{name.strip() or id_of(body['secret_ref'])}"


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads a secret: all its project, and the ids of those named who are none of the tenant's people.

    `disk` tells the key of a volume or a backup: Nova and Cinder read it as whoever works with that, in the project.
    """

    project: bool
    strangers: tuple[str, ...] = ()
    disk: bool = False


@source
class SecretReaders(Source):
    """Each secret of the tenant, for who reads it."""

    name = "secret_readers"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return who reads one, as documents want it."""
        path = "keys.acl"
        yield Thing(path, Readers(tenant.values.get(path) != "private"), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each secret: a call for each."""
        every = secrets(eyes, tenant)
        disks, people = _disks(eyes, tenant), _people(eyes, tenant)
        for body, said in zip(every, eyes.cloud.each(lambda each: _acl(eyes, each), every), strict=True):
            address = _address(eyes, tenant, body)
            if isinstance(said, CloudError):
                yield Thing(address, None, silence=untold(why(said)))
                continue
            own = {body.get("creator_id"), eyes.cloud.user} | (people or set())
            strangers = tuple(sorted(set(said.get("users", ())) - own))
            readers = Readers(
                bool(said.get("project-access", True)), strangers, disk=id_of(body["secret_ref"]) in disks
            )
            unknown = people is None and strangers and (readers.disk or not readers.project)
            yield Thing(address, readers, raw=body, silence=untold(_named(strangers)) if unknown else None)


def _named(users: Iterable[str]) -> Text:
    return say(
        "it names readers, and this credential may not see who the tenant's people are: {users}",
        "il nomme des lecteurs, et cet accès ne peut pas voir qui sont les gens du locataire : {users}",
        users=", ".join(users),
    )


def _acl(eyes: Eyes, body: Body) -> Body | CloudError:
    """Return who may read a secret, or why that may not be known."""
    try:
        said: Body = eyes.cloud.api(SERVICE).get(f"/secrets/{id_of(body['secret_ref'])}/acl")["read"]
    except (Forbidden, NotFound) as error:
        return error
    return said


def _people(eyes: Eyes, tenant: Tenant) -> set[str | None] | None:
    """Return the ids of the tenant's people; None where this credential may not see them."""
    try:
        return {each.id for each in everybody(eyes, tenant)}
    except CloudError:
        return None


def _disks(eyes: Eyes, tenant: Tenant) -> frozenset[str]:
    """Return the ids of the secrets that volumes, backups and images made of volumes are encrypted with."""
    project = eyes.project(tenant.key)
    volumes = eyes.by_project(
        "volume with its key",
        "block-storage",
        "/volumes/detail",
        "volumes",
        owner="os-vol-tenant-attr:tenant_id",
        microversion=_TELLS_KEYS,
        all_tenants=1,
    ).get(project, ())
    images = eyes.cloud.api("image").list("/images", "images", owner=project)
    kept = [each.get("encryption_key_id") for each in (*volumes, *backups(eyes, tenant))]
    kept += [each.get("cinder_encryption_key_id") for each in images]
    return frozenset(each for each in kept if each)


@dataclass(frozen=True, slots=True)
class Kept:
    """A key, its sort (``symmetric``, ``private``, ``public``), until when it is meant to serve, and whether it is a disk's."""

    key: Key
    sort: str = SYMMETRIC
    expires: datetime | None = None
    disk: bool = False


@source
class Keys(Source):
    """The keys of the tenant, those of its ring and others."""

    name = "secret_key"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return a key as documents want it."""
        policy, now = KeyPolicy.of(tenant), datetime.now(UTC)
        expires = None if policy.days is None else now + timedelta(days=policy.days)
        yield Thing("keys", Kept(Key("*", 1, "", *policy.made, now), expires=expires), tenant.values.origin("keys"))  # fmt: skip

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each key; of those in the ring only the newest generation is current."""
        every = [each for each in secrets(eyes, tenant) if _is_key(each)]
        disks = _disks(eyes, tenant) if every else frozenset()
        named = [read_name(eyes.cloud.owner, tenant.key, each.get("name")) for each in every]
        keys = [_key(body, ring) for body, ring in zip(every, named, strict=True)]
        last = newest(key for key, ring in zip(keys, named, strict=True) if ring)
        for body, key, ring in zip(every, keys, named, strict=True):
            current = ring is None or key.generation == last[key.name]
            until = body.get("expiration")
            spec = Kept(
                replace(key, current=current),
                body.get("secret_type") or SYMMETRIC,
                read_time(until) if until else None,
                disk=key.id in disks,
            )
            said = {name: value for name, value in body.items() if value is not None}
            yield Thing(_address(eyes, tenant, body), spec, raw=said)


def _is_key(body: Body) -> bool:
    """Tell keys from passwords, certificates and what else is kept: by their sort, or because an algorithm is named."""
    sort = body.get("secret_type")
    return sort in _KEYS or (sort == "opaque" and bool(body.get("algorithm")))


def _key(body: Body, ring: tuple[str, int, bool] | None) -> Key:
    name, generation, brought = ring or (str(body.get("name")), 1, False)
    return Key.told(body, name, generation, brought)


@source
class Certificates(Source):
    """The certificates that the tenant keeps in the key manager, and what its load balancers show."""

    name = "certificate"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as documents want it."""
        now, issuers = datetime.now(UTC), tenant.values.items("pki.issuers")
        days = int(tenant.values.get(MIN_VALIDITY, USUAL_VALIDITY))
        spec = Certificate(now, now + timedelta(days=days + 1), str(next(iter(issuers), "*")))
        yield Thing("pki", spec, tenant.values.origin("pki"))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each certificate: a call for each; what may hold a private key too is left shut."""
        known = {id_of(each["secret_ref"]): each for each in secrets(eyes, tenant)}
        parts = _parts(eyes)
        own = {each for each, body in known.items() if body.get("secret_type") == "certificate"}
        for each in sorted(own | parts.keys()):
            body = known.get(each, {"secret_ref": each})
            yield _certificate(eyes, _address(eyes, tenant, body), each)
        held = own | parts.keys() | set(parts.values())
        for each in sorted(_shown(eyes, tenant) - held):
            body = known.get(each, {"secret_ref": each})
            yield Thing(_address(eyes, tenant, body), None, silence=untold(_BUNDLE))


def _parts(eyes: Eyes) -> Mapping[str, str]:
    """Return the secrets that certificate containers name as the certificate, each with its container."""
    api = eyes.cloud.api(SERVICE)
    every = eyes.once(
        "container of secrets", lambda: tuple(api.list("/containers", "containers", limit=_PAGE))
    )
    return {
        id_of(part["secret_ref"]): id_of(body["container_ref"])
        for body in every
        if body["type"] == "certificate"
        for part in body["secret_refs"]
        if part["name"] == "certificate"
    }


def _shown(eyes: Eyes, tenant: Tenant) -> frozenset[str]:
    """Return what the tenant's load balancers end TLS with; nothing where there are none to be seen."""
    try:
        listeners = bodies(eyes, tenant)
    except CloudError:
        return frozenset()
    named = (
        reference
        for each in listeners
        for reference in (each.get("default_tls_container_ref"), *(each.get("sni_container_refs") or ()))
    )
    return frozenset(id_of(reference) for reference in named if reference)


def _certificate(eyes: Eyes, address: str, identifier: str) -> Thing:
    path = f"/secrets/{identifier}/payload"
    try:
        content = (
            eyes.cloud.api(SERVICE).send("GET", path, headers={"Accept": _accepted(eyes, identifier)}).content
        )
        return Thing(address, certificate.read(content))
    except (Forbidden, NotFound) as error:
        return Thing(address, None, silence=untold(why(error)))
    except ValueError:
        return Thing(address, None, silence=untold(_NONE))


def _accepted(eyes: Eyes, identifier: str) -> str:
    """Return the form that a secret's content was kept in."""
    said: Body = eyes.cloud.api(SERVICE).get(f"/secrets/{identifier}")
    return str((said.get("content_types") or {}).get("default") or "application/octet-stream")
