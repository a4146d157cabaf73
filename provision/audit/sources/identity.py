"""People and what they hold: who has which roles, how users sign in, credentials, trusts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from provision.audit.source import OfKind, Source, Thing, source
from provision.kind import kinds

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

BYPASSES: Final = ("ignore_password_expiry", "ignore_lockout_failure_attempts", "ignore_user_inactivity")
_DAY: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Principal:
    """Who (a group of the documents, ``user:<name>@<domain>`` …), and every role held, as ``role`` or ``role@domain``."""

    who: str
    roles: frozenset[str]


@source
class Principals(Source):
    """Everybody who has a role on the tenant's project or domain."""

    name = "principal"
    drawn_from = ("role_assignment",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return each group with its roles."""
        return self._gathered(tenant, OfKind(kinds()["role_assignment"]).promised(tenant))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return everybody who has a role there, ours or not."""
        return self._gathered(tenant, OfKind(kinds()["role_assignment"]).found(eyes, tenant))

    def _gathered(self, tenant: Tenant, assignments: Iterable[Thing]) -> Iterator[Thing]:
        roles: dict[str, set[str]] = defaultdict(set)
        for each in assignments:
            roles[each.spec.who].add(each.spec.role)
        for who, held in roles.items():
            origin = tenant.values.origin(f"identity.groups.{who}")
            yield Thing(f"{self.name}/{tenant.key}/{who}", Principal(who, frozenset(held)), origin)


@dataclass(frozen=True, slots=True)
class User:
    """How many distinct methods the weakest rule of a user takes, and which protections it is excused from."""

    name: str
    methods: int
    bypasses: tuple[str, ...]


@source
class Users(Source):
    """The users of the tenant's own domain, and the members of its groups."""

    name = "user"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return a user as the documents want them."""
        auth = "identity.auth"
        bypasses = () if tenant.values.get(f"{auth}.bypass") == "none" else BYPASSES
        methods = int(tenant.values.get(f"{auth}.mfa.min_methods", 1))
        yield Thing(auth, User("*", methods, bypasses), tenant.values.origin(f"{auth}.mfa.min_methods"))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each user there is."""
        for body in users(eyes, tenant):
            yield Thing(f"{self.name}/{tenant.key}/{body['name']}", _user(body), raw=body)


def users(eyes: Eyes, tenant: Tenant) -> Sequence[Mapping[str, Any]]:
    """Return the enabled users of a tenant, each once."""

    def ask() -> tuple[Mapping[str, Any], ...]:
        domain, identity = eyes.domain(tenant.key), eyes.cloud.identity
        found = (
            {each["id"]: each for each in identity.list("/users", "users", domain_id=domain)}
            if domain
            else {}
        )
        for group in eyes.lives("group", tenant.key):
            if group.owned:
                found.update(
                    (each["id"], each) for each in identity.get(f"/groups/{group.id}/users")["users"]
                )
        return tuple(each for each in found.values() if each.get("enabled", True))  # fmt: skip

    return eyes.once(f"user of {tenant.key}", ask)


def _user(body: Mapping[str, Any]) -> User:
    options = body.get("options", {})
    rules = options.get("multi_factor_auth_rules") or [[]]
    on = options.get("multi_factor_auth_enabled", False)
    methods = min(len(set(rule)) for rule in rules) if on else 1
    return User(body["name"], max(methods, 1), tuple(each for each in BYPASSES if options.get(each)))


@dataclass(frozen=True, slots=True)
class AppCredential:
    """An application credential: days until it ends (None: never), what it may do."""

    name: str
    days: float | None
    unrestricted: bool
    roles: frozenset[str]
    ruled: bool


@source
class AppCredentials(Source):
    """The application credentials of the tenant's users."""

    name = "app_credential"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as the documents allow it."""
        said = tenant.values.section(self._key)
        allowed = said.get("roles_max", tenant.values.items("identity.roles.allowed"))
        spec = AppCredential(
            "*",
            said.get("max_days"),
            bool(said.get("unrestricted", False)),
            frozenset(allowed),
            said.get("access_rules") == "required",
        )
        yield Thing(self._key, spec, tenant.values.origin(self._key))

    _key = "app_credentials"

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each credential of each user; its secret is nowhere in the answer."""
        for user in users(eyes, tenant):
            path = f"/users/{user['id']}/application_credentials"
            for body in eyes.cloud.identity.get(path)["application_credentials"]:
                address = f"{self.name}/{tenant.key}/{user['name']}:{body['name']}"
                yield Thing(address, _credential(body), raw=body)


def _credential(body: Mapping[str, Any]) -> AppCredential:
    return AppCredential(
        body["name"],
        _days(body["expires_at"]) if body.get("expires_at") else None,
        bool(body.get("unrestricted")),
        frozenset(each["name"] for each in body.get("roles", ())),
        bool(body.get("access_rules")),
    )


def _days(moment: str) -> float:
    at = datetime.fromisoformat(moment.rstrip("Z")).replace(tzinfo=UTC)
    return (at - datetime.now(UTC)).total_seconds() / _DAY


@dataclass(frozen=True, slots=True)
class Trust:
    """A delegation by a user: whether it ends, acts as its giver, may be given on."""

    ends: bool
    impersonates: bool
    redelegations: int


@source
class Trusts(Source):
    """The trusts on the tenant's project."""

    name = "trust"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as the documents allow it, none where they allow none."""
        said = tenant.values.section("trusts")
        if said.get("allowed", True):
            spec = Trust(
                "max_days" in said, said.get("impersonation", True), int(said.get("redelegation", True))
            )
            yield Thing("trusts", spec, tenant.values.origin("trusts"))  # fmt: skip

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each trust on the project."""
        eyes.everybody()
        every = eyes.whole_by_project("trust", "identity", "/OS-TRUST/trusts", "trusts")
        for body in every.get(eyes.project(tenant.key), ()):
            spec = Trust(bool(body["expires_at"]), body["impersonation"], body.get("redelegation_count") or 0)
            yield Thing(f"{self.name}/{tenant.key}/{body['id']}", spec, raw=body)


@dataclass(frozen=True, slots=True)
class S3Credential:
    """A pair of S3 keys; whose."""

    user: str


@source
class S3Credentials(Source):
    """The EC2 and S3 credentials on the tenant's project. Their secrets are not kept."""

    name = "s3_credential"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:  # noqa: ARG002 (documents make none)
        """Return none: documents make none."""
        yield from ()

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each, without its secret."""
        eyes.everybody()
        every = eyes.whole_by_project("s3_credential", "identity", "/credentials?type=ec2", "credentials")
        for body in every.get(eyes.project(tenant.key), ()):
            raw = {key: body[key] for key in ("id", "type", "user_id", "project_id") if key in body}
            yield Thing(f"{self.name}/{tenant.key}/{body['id']}", S3Credential(body["user_id"]), raw=raw)
