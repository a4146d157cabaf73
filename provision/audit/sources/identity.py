"""People and what they hold: who has which roles, how accounts open, credentials, trusts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from provision.audit.source import OfKind, Source, Thing, source
from provision.cloud import credentials
from provision.cloud.people import Grant, Person, grants, people
from provision.kind import kinds
from provision.model import sign_in, trust
from provision.model.credential import MAX_DAYS, Credential, Terms
from provision.model.trust import Trust

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

METHODS: Final = ("password", "totp", "x509", "ssh")  # names enough for as many methods as anybody asks


def everybody(eyes: Eyes, tenant: Tenant) -> Sequence[Person]:
    """Return the enabled people of a tenant: of its own domain, and whoever has a role there, through groups too."""
    return tuple(each for each in whoever(eyes, tenant) if each.enabled)


def whoever(eyes: Eyes, tenant: Tenant) -> Sequence[Person]:
    """Return the people of a tenant, disabled ones too."""

    def ask() -> tuple[Person, ...]:
        eyes.project(tenant.key)
        return tuple(people(eyes.cloud, tenant.key, granted(eyes, tenant)))

    return eyes.once(f"people of {tenant.key}", ask)


def granted(eyes: Eyes, tenant: Tenant) -> Sequence[Grant]:
    """Return the roles that are given on the tenant's project and domain, with whom they reach."""
    return eyes.once(f"roles of {tenant.key}", lambda: tuple(grants(eyes.cloud, tenant.key)))


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, and every role held on the project or the domain, through whatever group."""

    who: str
    roles: frozenset[str]


@source
class Principals(Source):
    """Everybody who has a role on the tenant's project or domain."""

    name = "principal"
    drawn_from = ("role_assignment", "group")

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return a member of each group, with the group's roles."""
        roles: dict[str, set[str]] = defaultdict(set)
        for each in OfKind(kinds()["role_assignment"]).promised(tenant):
            roles[each.spec.who].add(each.spec.role)
        for who, held in roles.items():
            origin = tenant.values.origin(f"identity.groups.{who}")
            yield Thing(f"group/{tenant.key}/{who}", Principal(who, frozenset(held)), origin)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each person, roles of all groups together."""
        for person in everybody(eyes, tenant):
            held = frozenset(role for role, _ in person.roles)
            yield Thing(f"user/{tenant.key}/{person.name}", Principal(person.name, held))


@dataclass(frozen=True, slots=True)
class Account:
    """An account, and its options in Keystone."""

    name: str
    options: Mapping[str, Any]


@source
class Accounts(Source):
    """The accounts of the tenant's people."""

    name = "person"
    drawn_from = ("user",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as the documents want it."""
        least = int(tenant.values.get(sign_in.MIN_METHODS, 1))
        excused = tenant.values.get(sign_in.BYPASS) != "none"
        options = {
            sign_in.ENABLED: True,
            sign_in.RULES: [METHODS[:least]],
            **dict.fromkeys(sign_in.BYPASSES, excused),
        }
        yield Thing("identity.auth", Account("*", options), tenant.values.origin(sign_in.MIN_METHODS))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each there is."""
        for person in everybody(eyes, tenant):
            address = f"user/{tenant.key}/{person.name}"
            yield Thing(address, Account(person.name, person.options), raw=person.raw)


@source
class AppCredentials(Source):
    """The application credentials of the tenant's people on its project (`Credential`)."""

    name = "app_credential"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as the documents allow it."""
        terms = Terms.of(tenant.values)
        spec = Credential(
            "*",
            "*",
            tenant.key,
            terms.roles,
            datetime.now(UTC) + timedelta(days=terms.max_days),
            bool(tenant.values.get("app_credentials.unrestricted")),
            () if terms.rules_required else None,
        )
        yield Thing("app_credentials", spec, tenant.values.origin(MAX_DAYS))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each credential of each person; its secret is nowhere in the answer."""
        project = eyes.project(tenant.key)
        for person in everybody(eyes, tenant):
            path = f"/users/{person.id}/application_credentials"
            for body in eyes.cloud.identity.list(path, "application_credentials"):
                if body["project_id"] == project:
                    address = f"{self.name}/{tenant.key}/{person.name}:{body['name']}"
                    yield Thing(address, credentials.read(body), raw=body)


@source
class Trusts(Source):
    """The trusts on the tenant's project (`Trust`)."""

    name = "trust"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as the documents allow it, none where they allow none."""
        said = tenant.values.section("trusts")
        if said.get("allowed", True):
            days = said.get("max_days")
            spec = Trust(
                None if days is None else datetime.now(UTC) + timedelta(days=int(days)),
                bool(said.get("redelegation", True)),
                bool(said.get("impersonation", True)),
            )
            yield Thing("trusts", spec, tenant.values.origin("trusts"))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each trust on the project."""
        for body in trusts(eyes, tenant):
            yield Thing(f"{self.name}/{tenant.key}/{body['id']}", trust.read(body), raw=body)


def trusts(eyes: Eyes, tenant: Tenant) -> Sequence[Mapping[str, Any]]:
    """Return the trusts on the tenant's project. Raises `Forbidden` where the list would be a part of them, unsaid."""
    eyes.everybody()
    every = eyes.whole_by_project("trust", "identity", "/OS-TRUST/trusts", "trusts")
    return every.get(eyes.project(tenant.key), ())


@dataclass(frozen=True, slots=True)
class S3Credential:
    """A pair of S3 keys: whose, and whether that is an enabled account of the tenant's people."""

    user: str
    living: bool


@source
class S3Credentials(Source):
    """The EC2 and S3 credentials on the tenant's project. Their secrets are not kept."""

    name = "s3_credential"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:  # noqa: ARG002 (documents make none)
        """Return none: documents make none."""
        yield from ()

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each, without its secret."""
        living = {person.id for person in everybody(eyes, tenant)}
        for raw in s3_credentials(eyes, tenant):
            spec = S3Credential(raw["user_id"], raw["user_id"] in living)
            yield Thing(f"{self.name}/{tenant.key}/{raw['id']}", spec, raw=raw)


def s3_credentials(eyes: Eyes, tenant: Tenant) -> Iterator[Mapping[str, Any]]:
    """Yield the pairs of S3 keys on the tenant's project, without their secrets. Raises `Forbidden` as `trusts` does."""
    eyes.everybody()
    every = eyes.by_project("s3_credential", "identity", "/credentials", "credentials", type="ec2")
    for body in every.get(eyes.project(tenant.key), ()):
        yield {key: body[key] for key in ("id", "type", "user_id", "project_id") if key in body}
