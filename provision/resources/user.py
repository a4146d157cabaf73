"""A person's account that the tenant's document names, where neither a directory nor an identity provider knows its people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.first_sign_in import without_password
from provision.cloud.home import own_domains
from provision.cloud.leaving import drop_key_pairs, take_away
from provision.cloud.moments import is_one
from provision.errors import NotFound
from provision.kind import Kind, exact_set, reference, register
from provision.model.address import Address
from provision.model.document import named, within, worded
from provision.model.resource import Desired, Live
from provision.model.sign_in import ANY_METHOD, BYPASSES, TWO_METHODS, bypasses, opened_by, ways_in
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant
    from provision.text import Text

SECTION: Final = "identity.accounts"
_TEXT: Final = {"type": "string", "minLength": 1}
_EMAIL: Final = {
    "type": "string",
    "pattern": r"^[^@\s]+@[^@\s]+$",
    "says": {"en": "an e-mail address", "fr": "une adresse électronique"},
}


@dataclass(frozen=True)
class UserSpec:
    """An account; its description without our marker.

    `sign_in` has the methods of each way in (``password + totp``), `bypasses` the options that let it past a rule for
    passwords; `project` is the key of the tenant whose project it begins in; `groups` are keys of groups of ours, and
    ``group:<name>`` for others of the same domain.
    """

    name: str
    description: str | None = None
    email: str | None = None
    enabled: bool | None = None
    sign_in: Annotated[frozenset[str] | None, exact_set()] = None
    bypasses: Annotated[frozenset[str] | None, exact_set()] = None
    project: Annotated[str | None, reference("project")] = None
    groups: Annotated[frozenset[str] | None, exact_set(), reference("group")] = None


@register
class User(Kind[UserSpec]):
    """Made without a password, in the tenant's own domain, marked in its description: nobody can sign in with it yet.

    ``provision account issue`` hands the first sign-in over, once. One that is not `enabled` is in no group and keeps no
    credential, no trust and no key pair; a retired one is disabled first, then removed with all that hung on it.
    """

    name = "user"
    title = say("account", "compte")
    service = "identity"
    spec = UserSpec
    observed_after = ("domain", "project", "group")
    document = within(
        SECTION,
        named(
            say(
                "People whose accounts Keystone itself keeps, by the name they sign in with",
                "Les personnes dont Keystone tient lui-même le compte, par leur nom de connexion",
            ),
            {
                "name": worded(say("Whose account it is", "De qui est le compte"), _TEXT),
                "email": worded(say("Where that person is reached", "Où joindre cette personne"), _EMAIL),
                "groups": worded(
                    say(
                        "The groups of identity.groups that the person is in, and no other",
                        "Les groupes de identity.groups dont la personne fait partie, et aucun autre",
                    ),
                    {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
                ),
                "mfa": worded(
                    say(
                        "totp: a password and a code of the moment, never one of them alone; none: a password",
                        "totp : un mot de passe et un code du moment, jamais l'un sans l'autre ; none : un mot de passe",
                    ),
                    {"enum": ["totp", "none"], "default": "totp"},
                ),
                "enabled": worded(
                    say(
                        "false: the account is kept, opens nothing, and nothing works in its name",
                        "false : le compte est gardé, n'ouvre rien, et rien ne marche en son nom",
                    ),
                    {"type": "boolean", "default": True},
                ),
            },
        ),
    )

    def concerns(self, tenant: Tenant) -> bool:
        """Tell whether documents name somebody: reading costs calls a tenant."""
        own = tenant.values.get("identity.domain") == "dedicated"
        return own and bool(tenant.values.section(SECTION))

    def desire(self, tenant: Tenant) -> Iterator[Desired[UserSpec]]:
        """Want each account of ``identity.accounts``."""
        if not self.concerns(tenant):
            return
        for key, item in tenant.values.section(SECTION).items():
            path = f"{SECTION}.{key}"
            places = {"description": "name", "sign_in": "mfa", "groups": "groups", "email": "email", "enabled": "enabled"}  # fmt: skip
            yield Desired(
                Address(self.name, tenant.key, key),
                _wanted(tenant, key, item),
                tenant.values.origin(path),
                _grounds(tenant, item),
                {field: tenant.values.origin(f"{path}.{place}") for field, place in places.items()},
                tenant.retirement(path),
            )

    def resolve(self, cloud: Cloud, want: Desired[UserSpec]) -> Desired[UserSpec]:
        """Cut the description to what there is room for."""
        kept = cloud.owner.kept(want.spec.description or "", want.address)
        return replace(want, spec=replace(want.spec, description=kept))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[UserSpec]]:
        """List the users of each own domain, and who is in each group of these tenants; one that is not marked is not ours."""
        domains = own_domains(cloud, tenants)
        groups = cloud.ids.of_kind("group", frozenset(domains.values()))
        inside = dict(zip(groups, cloud.each(lambda each: _members(cloud, each[0]), groups), strict=True))
        for (_, tenant), users in zip(
            domains.items(), cloud.each(lambda each: _users(cloud, each), domains), strict=True
        ):
            for body in users:
                joined = (each for each in groups if each[1].tenant == tenant and body["id"] in inside[each])
                yield _live(
                    cloud,
                    tenant,
                    body,
                    frozenset(_called(cloud, group, address.name) for group, address in joined),
                )

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[UserSpec], ...]:
        """Ask for the one that is known, and for its groups; else list."""
        known = cloud.ids.find(address)
        if known is None:
            return super().look(cloud, address)
        try:
            body = cloud.identity.get(f"/users/{known}")["user"]
            groups = frozenset(_groups(cloud, known).values())
        except NotFound:
            return ()
        live = _live(cloud, address.tenant, body, groups)
        return (live,) if live.address == address else ()

    def create(self, cloud: Cloud, want: Desired[UserSpec]) -> Live[UserSpec]:
        """Create it, marked, without a password and in no group yet: what is missing is brought by `update`."""
        domain = cloud.ids.of(Address("domain", want.address.tenant, want.address.tenant))
        body = {**_body(cloud, want), "domain_id": domain}
        made = without_password(
            lambda none: cloud.identity.post("/users", {"user": {**body, "password": none}})
        )
        return _live(cloud, want.address.tenant, made["user"], frozenset())

    def update(self, cloud: Cloud, have: Live[UserSpec], want: Desired[UserSpec]) -> Live[UserSpec] | None:
        """Write what of the account itself differs, then join and leave groups, which is answered with nothing."""
        spec, there = want.spec, have
        if replace(have.spec, groups=spec.groups) != spec or not have.owned:
            body = cloud.identity.patch(f"/users/{have.id}", {"user": _body(cloud, want)})["user"]
            there = _live(cloud, want.address.tenant, body, have.spec.groups or frozenset())
        if spec.enabled is False:
            take_away(cloud, have.id)
        if spec.groups is None or spec.groups == have.spec.groups:
            return there
        _move(cloud, have, want)
        return None

    def delete(self, cloud: Cloud, have: Live[UserSpec]) -> None:
        """Disable it, which ends every token of it, then remove it: Keystone takes along what it keeps of it."""
        try:
            cloud.identity.patch(f"/users/{have.id}", {"user": {"enabled": False}})
        except NotFound:
            return
        if "compute" in cloud.services:
            drop_key_pairs(cloud, have.id)
        cloud.identity.delete(f"/users/{have.id}")

    def objections(self, tenant: Tenant, found: Sequence[Live[UserSpec]]) -> Mapping[str, Text]:
        """Object to an account that opens, and that no document names: whoever left the documents has not left the cloud."""
        asked = tenant.values.section(SECTION)
        return {
            live.id: _UNNAMED
            for live in found
            if live.spec.enabled and not (live.owned and live.address.name in asked)
        }


_UNNAMED: Final = say(
    "no document names this account, and it opens: write it into identity.accounts, with state: retired where the person has left",
    "aucun document ne nomme ce compte, et il s'ouvre : l'écrire dans identity.accounts, avec state: retired si la personne est partie",
)


def _wanted(tenant: Tenant, key: str, item: Mapping[str, Any]) -> UserSpec:
    enabled = item.get("enabled", True)
    return UserSpec(
        name=key,
        description=tenant.shown(item.get("name")),
        email=tenant.shown(item.get("email")),
        enabled=enabled,
        sign_in=frozenset({TWO_METHODS if item.get("mfa", "totp") == "totp" else ANY_METHOD}),
        bypasses=frozenset() if tenant.values.get("identity.auth.bypass", "none") == "none" else None,
        project=tenant.key,
        groups=frozenset(item.get("groups", ())) if enabled else frozenset(),
    )


def _grounds(tenant: Tenant, item: Mapping[str, Any]) -> frozenset[Address]:
    """Return what must be there first: domain, project, and the groups."""
    own = {Address(kind, tenant.key, tenant.key) for kind in ("domain", "project")}
    return frozenset(own | {Address("group", tenant.key, group) for group in item.get("groups", ())})


def _users(cloud: Cloud, domain: str) -> list[dict[str, Any]]:
    return [
        each for each in cloud.identity.list("/users", "users", domain_id=domain) if not is_one(each["name"])
    ]


def _members(cloud: Cloud, group: str) -> frozenset[str]:
    """Return who is in a group; nobody, where it went meanwhile."""
    try:
        return frozenset(each["id"] for each in cloud.identity.list(f"/groups/{group}/users", "users"))
    except NotFound:
        return frozenset()


def _groups(cloud: Cloud, user: str) -> dict[str, str]:
    """Return the groups that a user is in, by id, as a spec calls them."""
    found = cloud.identity.list(f"/users/{user}/groups", "groups")
    return {each["id"]: _called(cloud, each["id"], each["name"]) for each in found}


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any], groups: frozenset[str]) -> Live[UserSpec]:
    text, marked = cloud.owner.read(body.get("description"))
    ours = marked is not None and (marked.kind, marked.tenant) == (User.name, tenant)
    address = marked if marked and ours else Address(User.name, tenant, str(body["name"]))
    options = body.get("options") or {}
    project = body.get("default_project_id")
    spec = UserSpec(
        name=body["name"],
        description=text,
        email=body.get("email") or "",
        enabled=body["enabled"],
        sign_in=ways_in(options),
        bypasses=frozenset(bypasses(options)),
        project=tenant if project and project == cloud.ids.project(tenant) else project,
        groups=groups,
    )
    return Live(address, body["id"], spec, ours, body)


def _called(cloud: Cloud, group: str, name: str) -> str:
    """Return the key of a group of ours, else its name."""
    known = cloud.ids.address("group", group)
    if known is None:
        return f"group:{name}"
    return known.name if cloud.ids.find(known) == group else f"group:{known.name}"


def _body(cloud: Cloud, want: Desired[UserSpec]) -> dict[str, Any]:
    spec, tenant = want.spec, want.address.tenant
    kept = {} if spec.bypasses is None else dict.fromkeys(BYPASSES, False)
    return {
        "name": spec.name,
        "description": cloud.owner.describe(spec.description or "", want.address),
        "email": spec.email or None,
        "enabled": spec.enabled is not False,
        "default_project_id": cloud.ids.of(Address("project", tenant, tenant)),
        "options": {**opened_by(spec.sign_in or frozenset({ANY_METHOD})), **kept},
    }


def _move(cloud: Cloud, have: Live[UserSpec], want: Desired[UserSpec]) -> None:
    """Join the groups that are wanted, and leave every other of the domain."""
    tenant, wanted = want.address.tenant, want.spec.groups or frozenset()
    there = _groups(cloud, have.id)
    for group, called in there.items():
        if called not in wanted:
            cloud.identity.delete(f"/groups/{group}/users/{have.id}")
    for called in sorted(wanted - set(there.values())):
        group = cloud.ids.of(Address("group", tenant, called))
        cloud.identity.put(f"/groups/{group}/users/{have.id}")
