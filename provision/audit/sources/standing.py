"""Accounts as such: where they come from, whose they are, who of the provider stands among them, what those who left still hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from provision.audit.source import OfKind, Source, Thing, source
from provision.audit.sources.evidence import Shown
from provision.audit.sources.identity import everybody, s3_credentials, trusts, whoever
from provision.cloud.people import administrators
from provision.kind import kinds
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.cloud.people import Person
    from provision.model.tenant import Tenant

LOCAL, DIRECTORY, FEDERATED = "local", "directory", "federated"
_DECLARED: Final = {"local": LOCAL, "ldap": DIRECTORY, "oidc": FEDERATED, "saml": FEDERATED}
_PROVIDERS: Final = "/OS-FEDERATION/identity_providers"
_ENTRY: Final = "TEN-LOG-04"
_TELLS_WHOSE: Final = "2.10"


def declared(tenant: Tenant) -> str:
    """Return where documents say that the tenant's accounts come from: Keystone itself, where they say nothing."""
    return _DECLARED[tenant.values.get("identity.source", LOCAL)]


@dataclass(frozen=True, slots=True)
class Origins:
    """Where an account comes from, and where documents say that it does."""

    who: str
    comes_from: str
    declared: str


@source
class AccountOrigins(Source):
    """Where each account of the tenant's people comes from."""

    name = "account_origin"
    drawn_from = ("domain_directory",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return an account from where documents say."""
        said = declared(tenant)
        yield Thing("identity.source", Origins("*", said, said), tenant.values.origin("identity.source"))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each account; what has a domain by its directory is all that is in it."""
        brought = eyes.once("federated", partial(_brought, eyes))
        listed = eyes.domain(tenant.key) if _has_directory(eyes, tenant) else None
        for person in everybody(eyes, tenant):
            if person.id in brought or person.raw.get("federated"):
                comes_from = FEDERATED
            else:
                comes_from = DIRECTORY if listed and person.raw["domain_id"] == listed else LOCAL
            address = f"user/{tenant.key}/{person.name}"
            yield Thing(address, Origins(person.name, comes_from, declared(tenant)), raw=person.raw)


def _has_directory(eyes: Eyes, tenant: Tenant) -> bool:
    found = OfKind(kinds()["domain_directory"]).found(eyes, tenant)
    return any((each.raw or {}).get("identity", {}).get("driver") == "ldap" for each in found)


@source
class Directories(Source):
    """The directory of the tenant's domain (`DomainDirectorySpec`), whoever put it there."""

    name = "directory"
    drawn_from = ("domain_directory",)

    def promised(self, tenant: Tenant) -> Iterable[Thing]:
        """Return the one that documents describe."""
        return OfKind(kinds()["domain_directory"]).promised(tenant)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterable[Thing]:
        """Return the one there is. Raises `CloudError` where the domain it would be of is not to be seen."""
        if "domain" in eyes.refused:
            raise eyes.refused["domain"]
        return OfKind(kinds()["domain_directory"]).found(eyes, tenant)


def _providers(eyes: Eyes) -> Sequence[Mapping[str, Any]]:
    return eyes.once(
        "identity providers", lambda: tuple(eyes.cloud.identity.list(_PROVIDERS, "identity_providers"))
    )


def _brought(eyes: Eyes) -> frozenset[str]:
    """Return the ids of all that identity providers brought: Keystone lists them by provider, and unmarked otherwise."""
    found = (
        eyes.cloud.identity.list("/users", "users", idp_id=provider["id"]) for provider in _providers(eyes)
    )
    return frozenset(body["id"] for bodies in found for body in bodies)


@dataclass(frozen=True, slots=True)
class Owned:
    """An account, and what tells whose it is: an address, a description, the provider that answers for it; empty: nothing."""

    who: str
    owner: str


@source
class AccountOwners(Source):
    """Whose each account of the tenant's people is."""

    name = "account_owner"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as the documents want it."""
        path = "accounts.owner_required"
        yield Thing(path, Owned("*", "*" if tenant.values.get(path) else ""), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each there is; Keystone leaves out of its answer what nobody wrote."""
        brought = eyes.once("federated", partial(_brought, eyes))
        for person in everybody(eyes, tenant):
            told = (
                person.raw.get("email"),
                person.raw.get("description"),
                person.id in brought and FEDERATED,
            )
            owner = str(next(filter(None, told), ""))
            yield Thing(f"user/{tenant.key}/{person.name}", Owned(person.name, owner), raw=person.raw)


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody with roles on the tenant's project or domain; `stranger` says why that is the provider's, None for its own people."""

    who: str
    roles: tuple[str, ...]
    stranger: Text | None


@source
class Entrants(Source):
    """Everybody who has a role with the tenant, told from those of the provider."""

    name = "entrant"
    drawn_from = ("role_assignment",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return whether documents let the provider stand in the tenant."""
        path = "support_access.standing"
        there = None if tenant.values.get(path) == "none" else _ALLOWED
        yield Thing(path, Entrant("*", (), there), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each person with a role."""
        for entrant in entrants(eyes, tenant):
            yield Thing(f"user/{tenant.key}/{entrant.who}", entrant)


def entrants(eyes: Eyes, tenant: Tenant) -> Iterator[Entrant]:
    """Yield each person with a role, and whether it is of the provider: an administrator, or of a domain that is not the tenant's."""
    rulers = eyes.once("administrator", partial(administrators, eyes.cloud))
    homes = _homes(eyes, tenant)
    for person in whoever(eyes, tenant):
        if person.roles:
            roles = tuple(sorted({role for role, _ in person.roles}))
            yield Entrant(person.name, roles, _stranger(person, rulers, homes))


def _stranger(person: Person, rulers: frozenset[str], homes: frozenset[str]) -> Text | None:
    if person.id in rulers:
        return say("administers the cloud", "administre le cloud")
    return None if person.raw["domain_id"] in homes else say("is of another domain", "est d'un autre domaine")


def _homes(eyes: Eyes, tenant: Tenant) -> frozenset[str]:
    """Return the domains that the tenant's people may be of: its project's, and those of the providers it believes."""
    own = {str(eyes.project_body(tenant.key)["domain_id"])}
    if declared(tenant) == FEDERATED:
        own.update(str(each["domain_id"]) for each in _providers(eyes))
    return frozenset(own)


def unconsented(eyes: Eyes, tenant: Tenant) -> Thing | None:
    """Decide against a person of the provider who has a role now, where no consent that has an end, not yet reached, was shown."""
    today = datetime.now(UTC).date()
    consents = (each.until for each in tenant.evidence if _ENTRY in each.controls)
    if any(until is not None and until >= today for until in consents):
        return None
    for entrant in entrants(eyes, tenant):
        if entrant.stranger is not None:
            fault = say(
                "{who} has {roles}, and no consent with an end was shown",
                "{who} a {roles}, et aucun accord qui ait une fin n'a été montré",
                who=entrant.who,
                roles=", ".join(entrant.roles),
            )
            return Thing(f"user/{tenant.key}/{entrant.who}", Shown(fault=fault))
    return None


@dataclass(frozen=True, slots=True)
class Departed:
    """Somebody whose account is disabled, and what is still theirs, each in a word."""

    who: str
    holds: tuple[Text, ...]


@source
class DepartedPeople(Source):
    """The disabled accounts of the tenant's people."""

    name = "departed"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:  # noqa: ARG002 (documents make none)
        """Return none: documents disable nobody."""
        yield from ()

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each, with the roles, S3 and SSH keys, trusts and application credentials that are left."""
        for person in whoever(eyes, tenant):
            if not person.enabled:
                spec = Departed(person.name, tuple(_left(eyes, tenant, person)))
                yield Thing(f"user/{tenant.key}/{person.name}", spec, raw=person.raw)


def _left(eyes: Eyes, tenant: Tenant, person: Person) -> Iterator[Text]:
    for role, on in sorted(person.roles):
        yield say("the role {role} on the {on}", "le rôle {role} ({on})", role=role, on=on)
    if any(body["user_id"] == person.id for body in s3_credentials(eyes, tenant)):
        yield say("S3 keys", "des clés S3")
    if any(person.id in {body["trustor_user_id"], body["trustee_user_id"]} for body in trusts(eyes, tenant)):
        yield say("a trust", "une délégation")
    keys = eyes.cloud.compute.at(microversion=_TELLS_WHOSE).get("/os-keypairs", user_id=person.id)
    if keys["keypairs"]:
        yield say("SSH keys", "des clés SSH")
    path = f"/users/{person.id}/application_credentials"
    if any(eyes.cloud.identity.list(path, "application_credentials")):
        yield say("an application credential", "un accès applicatif")


_ALLOWED: Final = say("may be of the provider", "peut être du prestataire")
