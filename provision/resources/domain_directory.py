"""Where the people of a tenant's own domain are read from: an LDAP directory, over TLS, never written to."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.errors import CloudError, NotFound, UsageError
from provision.kind import Kind, exact_set, register, unseen
from provision.model.address import Address
from provision.model.document import RETIRABLE, closed, section, within, worded
from provision.model.resource import Desired, Live
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SECTION: Final = "identity.ldap"
PATIENCE: Final = 20.0
NOBODY: Final = "nobody-of-this-name"  # looked for to see whether a directory answers
_PRIVATE: Final = stat.S_IRWXG | stat.S_IRWXO
# Where the documents say what Keystone calls what. Keystone puts secrets where it finds a percent sign: there is to be none.
_OPTIONS: Final = {
    "url": "url",
    "ca_file": "tls_cacertfile",
    "suffix": "suffix",
    "user": "user",
    "users.tree": "user_tree_dn",
    "users.objectclass": "user_objectclass",
    "users.id": "user_id_attribute",
    "users.name": "user_name_attribute",
    "users.email": "user_mail_attribute",
    "users.filter": "user_filter",
    "groups.tree": "group_tree_dn",
    "groups.objectclass": "group_objectclass",
    "groups.id": "group_id_attribute",
    "groups.name": "group_name_attribute",
    "groups.member": "group_member_attribute",
    "groups.filter": "group_filter",
}
_ALWAYS: Final = {"identity.driver": "ldap", "ldap.tls_req_cert": "demand", "ldap.query_scope": "sub"}
_VALUE: Final = {
    "type": "string",
    "pattern": "^[^%]+$",
    "says": {"en": "a text without a percent sign", "fr": "un texte sans signe pour cent"},
}


@dataclass(frozen=True)
class DomainDirectorySpec:
    """A domain's configuration: every option as ``group.option = value``, none but these; `answers` is None when unmanaged.

    `password_from` is where the password stands (``env:NAME``, ``file:PATH``): Keystone takes it, and never shows it.
    """

    options: Annotated[frozenset[str], exact_set()]
    answers: bool | None = None
    password_from: Annotated[str | None, unseen()] = None


def _said(en: str, fr: str) -> dict[str, Any]:
    return worded(say(en, fr), _VALUE)


_DOCUMENT: Final = section(
    say("The directory that knows the people of the tenant", "L'annuaire qui connaît les personnes du locataire"),
    {
        "url": worded(
            say("Its address: ldaps://, or ldap:// with starttls", "Son adresse : ldaps://, ou ldap:// avec starttls"),
            {"type": "string", "pattern": "^ldaps?://[^%]+$", "says": {"en": "an ldaps:// address", "fr": "une adresse ldaps://"}},
        ),
        "starttls": worded(say("Begin TLS on an ldap:// address", "Passer à TLS sur une adresse ldap://"), {"type": "boolean"}),
        "ca_file": _said("The certification authorities that are trusted, a file where Keystone runs; it knows one for all directories", "Les autorités de certification reconnues, un fichier là où tourne Keystone ; il n'en connaît qu'un pour tous les annuaires"),
        "suffix": _said("The root of what is looked at", "La racine de ce qui est lu"),
        "user": _said("As whom Keystone reads", "En tant que qui Keystone lit"),
        "password": section(
            say("Where that one's password stands, when apply runs", "Où se trouve son mot de passe, quand apply tourne"),
            {
                "env": worded(say("An environment variable", "Une variable d'environnement"), {"type": "string", "pattern": "^[A-Z_][A-Z0-9_]*$", "says": {"en": "the name of a variable", "fr": "le nom d'une variable"}}),
                "file": worded(say("A file that only its owner can read", "Un fichier que seul son propriétaire peut lire"), {"type": "string", "minLength": 1}),
            },
        ),
        "answers": worded(
            say(
                "required: each plan sees whether the directory answers Keystone; unchecked: it does not ask",
                "required : chaque plan voit si l'annuaire répond à Keystone ; unchecked : il ne le demande pas",
            ),
            {"enum": ["required", "unchecked"]},
        ),
        "users": closed(
            {
                "tree": _said("Where people are", "Où sont les personnes"),
                "objectclass": _said("What a person is", "Ce qu'est une personne"),
                "id": _said("What never changes of a person", "Ce qui ne change jamais d'une personne"),
                "name": _said("What a person signs in with", "Ce avec quoi une personne se connecte"),
                "email": _said("The e-mail address", "L'adresse électronique"),
                "filter": _said("Which of them count", "Lesquelles comptent"),
            }
        ),
        "groups": closed(
            {
                "tree": _said("Where groups are", "Où sont les groupes"),
                "objectclass": _said("What a group is", "Ce qu'est un groupe"),
                "id": _said("What never changes of a group", "Ce qui ne change jamais d'un groupe"),
                "name": _said("What a group is called", "Comment s'appelle un groupe"),
                "member": _said("Who is in it", "Qui en est"),
                "filter": _said("Which of them count", "Lesquels comptent"),
            }
        ),
        **RETIRABLE,
    },
)  # fmt: skip


@register
class DomainDirectory(Kind[DomainDirectorySpec]):
    """Wanted by ``identity.source: ldap``. On a domain of ours its configuration is ours, whoever wrote it.

    The password is read from its place when it is written, and nowhere kept; a wrong one shows by the directory not answering.
    """

    name = "domain_directory"
    title = say("directory of a domain", "annuaire d'un domaine")
    service = "identity"
    spec = DomainDirectorySpec
    observed_after = ("domain",)
    carries = ("identity.source",)
    document = within(SECTION, _DOCUMENT)

    def concerns(self, tenant: Tenant) -> bool:
        """Only a domain of its own can have a directory; each costs a call."""
        return tenant.values.get("identity.domain") == "dedicated" and bool(tenant.values.section(SECTION))

    def desire(self, tenant: Tenant) -> Iterator[Desired[DomainDirectorySpec]]:
        """Want one when the tenant's people come from a directory; one that is only described is not wanted."""
        leaving = tenant.retirement(SECTION)
        if not self.concerns(tenant) or not (leaving or tenant.values.get("identity.source") == "ldap"):
            return
        checked = tenant.values.get(f"{SECTION}.answers", "required") == "required"
        yield Desired(
            Address(self.name, tenant.key, tenant.key),
            DomainDirectorySpec(_options(tenant), True if checked else None, _password_from(tenant)),
            tenant.values.origin(SECTION),
            frozenset({Address("domain", tenant.key, tenant.key)}),
            {"answers": tenant.values.origin(f"{SECTION}.answers")},
            leaving,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[DomainDirectorySpec]]:
        """Ask for the configuration of each domain of ours, and whether its directory answers."""
        domains = {tenant: cloud.ids.find(Address("domain", tenant, tenant)) for tenant in sorted(tenants)}
        known = {tenant: domain for tenant, domain in domains.items() if domain}
        for found in cloud.each(lambda item: _found(cloud, *item), known.items()):
            yield from found

    def create(self, cloud: Cloud, want: Desired[DomainDirectorySpec]) -> Live[DomainDirectorySpec]:
        """Write it whole, and see whether the directory answers. Raises `UsageError` without a password."""
        return _put(cloud, cloud.ids.of(Address("domain", want.address.tenant, want.address.tenant)), want)

    def update(
        self, cloud: Cloud, have: Live[DomainDirectorySpec], want: Desired[DomainDirectorySpec]
    ) -> Live[DomainDirectorySpec]:
        """Write it whole again, the password too: Keystone keeps nothing of what was there."""
        return _put(cloud, have.id, want)

    def delete(self, cloud: Cloud, have: Live[DomainDirectorySpec]) -> None:
        """Have Keystone itself keep the domain's people again: there are none."""
        cloud.identity.delete(_path(have.id))


def _path(domain: str) -> str:
    return f"/domains/{domain}/config"


def _options(tenant: Tenant) -> frozenset[str]:
    told = {
        f"ldap.{option}": tenant.values.get(f"{SECTION}.{key}")
        for key, option in _OPTIONS.items()
        if tenant.values.get(f"{SECTION}.{key}") is not None
    }
    tls = tenant.values.get(f"{SECTION}.starttls", False)
    return _written({**_ALWAYS, **told, "ldap.use_tls": tls})


def _written(options: Mapping[str, object]) -> frozenset[str]:
    return frozenset(f"{name} = {_word(value)}" for name, value in options.items())


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _password_from(tenant: Tenant) -> str | None:
    said = tenant.values.section(f"{SECTION}.password")
    return next((f"{kind}:{said[kind]}" for kind in ("env", "file") if kind in said), None)


def _config(spec: DomainDirectorySpec) -> dict[str, dict[str, Any]]:
    config: dict[str, dict[str, Any]] = {}
    for each in sorted(spec.options):
        name, _, value = each.partition(" = ")
        group, _, option = name.partition(".")
        config.setdefault(group, {})[option] = {"true": True, "false": False}.get(value, value)
    if spec.password_from is not None:
        config["ldap"]["password"] = _password(spec.password_from)
    return config


def _password(place: str) -> str:
    """Return a password from where it stands. Raises `UsageError` where it does not, or where others could read it."""
    kind, _, name = place.partition(":")
    found = os.environ.get(name) if kind == "env" else _kept(Path(name))
    if not found:
        raise _no_password(
            place, say("there is no password there", "il n'y a pas de mot de passe à cet endroit")
        )
    return found


def _kept(file: Path) -> str:
    try:
        if file.stat().st_mode & _PRIVATE:
            raise _no_password(
                str(file),
                say("others than its owner may read it", "d'autres que son propriétaire peuvent le lire"),
            )
        return file.read_text(encoding="utf-8").rstrip("\n")
    except OSError as error:
        raise _no_password(str(file), say("it cannot be read", "il ne peut pas être lu")) from error  # fmt: skip


def _no_password(place: str, what: Text) -> UsageError:
    return UsageError(
        say("the directory's password: {what}", "le mot de passe de l'annuaire : {what}", what=what),
        where=place,
        do=say("put it there, readable by its owner alone (chmod 600), and apply again", "l'y mettre, lisible par son seul propriétaire (chmod 600), puis relancer apply"),
    )  # fmt: skip


def _put(cloud: Cloud, domain: str, want: Desired[DomainDirectorySpec]) -> Live[DomainDirectorySpec]:
    config = cloud.identity.put(_path(domain), {"config": _config(want.spec)})["config"]
    return _live(cloud, want.address.tenant, domain, config, checked=want.spec.answers is not None)


def _found(cloud: Cloud, tenant: str, domain: str) -> tuple[Live[DomainDirectorySpec], ...]:
    try:
        config: Mapping[str, Mapping[str, Any]] = cloud.identity.get(_path(domain))["config"]
    except NotFound:
        return ()
    return (_live(cloud, tenant, domain, config, checked=True),)


def _live(
    cloud: Cloud, tenant: str, domain: str, config: Mapping[str, Mapping[str, Any]], *, checked: bool
) -> Live[DomainDirectorySpec]:
    options = {f"{group}.{name}": value for group, told in config.items() for name, value in told.items()}
    spec = DomainDirectorySpec(_written(options), _answers(cloud, domain) if checked else None)
    return Live(Address(DomainDirectory.name, tenant, tenant), domain, spec, owned=True, raw=config)


def _answers(cloud: Cloud, domain: str) -> bool:
    """Tell whether a directory answers Keystone: asked for somebody who is not there, it says that nobody is."""
    try:
        cloud.identity.at(within=PATIENCE).get("/users", domain_id=domain, name=NOBODY)
    except CloudError as error:
        if error.status is not None and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return False
    return True
