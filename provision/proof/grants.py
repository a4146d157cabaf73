"""Roles: those of the profile and no other, never two that must be apart, never admin; and nothing handed on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from provision.cloud.people import DOMAIN, Person, administrators, grants, people
from provision.model import trust
from provision.proof.promise import Seen, Stage, promise, where
from provision.proof.sign_in import listed
from provision.text import say

ALLOWED: Final = "identity.roles.allowed"
DELEGATED: Final = "identity.roles.delegated"
INCOMPATIBLE: Final = "identity.roles.incompatible"


@promise(
    "roles-allowed",
    service="identity",
    says=say(
        "nobody has another role than those of its profile, and nobody of its people is an administrator of the cloud",
        "personne n'a d'autre rôle que ceux de son profil, et aucune de ses personnes n'administre le cloud",
    ),
    tried=say(
        "the operator reads all roles on the project and the domain, and where its people are admin",
        "l'exploitant lit tous les rôles sur le projet et le domaine, et où ses personnes sont admin",
    ),
    made=where(ALLOWED),
)
def roles_allowed(stage: Stage, _key: str) -> Seen:
    """Read who has which role: on the project only allowed ones, on the domain only the delegated one, admin nowhere."""
    values, found = stage.tenant.values, grants(stage.operator, stage.tenant.key)
    delegated = {values.get(DELEGATED)} - {"none", None}
    known = people(stage.operator, stage.tenant.key, found)
    masters = administrators(stage.operator)
    wrong = [
        say("{role} of {holder} on the {on}", "{role} de {holder} sur le {on}", role=each.role, holder=each.holder, on=_ON[each.on])
        for each in found
        if each.role not in (delegated if each.on == DOMAIN else values.items(ALLOWED))
    ] + [
        say("{name} is admin", "{name} est admin", name=person.name) for person in known if person.id in masters
    ]  # fmt: skip
    return Seen(
        not wrong,
        listed(wrong)
        if wrong
        else say(
            "{n} grants, {people} accounts, all in order",
            "{n} attributions, {people} comptes, toutes en ordre",
            n=len(found),
            people=len(known),
        ),
    )


_ON: Final = {"project": say("project", "projet"), DOMAIN: say("domain", "domaine")}


@promise(
    "roles-apart",
    service="identity",
    says=say(
        "nobody holds roles together that must be apart",
        "personne ne cumule des rôles qui doivent être séparés",
    ),
    tried=say(
        "the operator adds up the roles of each person, through groups too",
        "l'exploitant additionne les rôles de chaque personne, y compris par les groupes",
    ),
    made=where(INCOMPATIBLE),
)
def roles_apart(stage: Stage, key: str) -> Seen:
    """Add up what each person was given (an implied role is no second one)."""
    key_of = stage.tenant.key
    known = people(stage.operator, key_of, grants(stage.operator, key_of))
    wrong = [
        say("{name}: {roles}", "{name} : {roles}", name=person.name, roles=" + ".join(sorted(together)))
        for person in known
        for together in map(frozenset, stage.tenant.values.items(key))
        if together <= _roles(person)
    ]
    return Seen(
        not wrong,
        listed(wrong)
        if wrong
        else say("{n} accounts, all in order", "{n} comptes, tous en ordre", n=len(known)),
    )


def _roles(person: Person) -> frozenset[str]:
    return frozenset(role for role, _ in person.roles)


@promise(
    "trusts",
    service="identity",
    says=say(
        "no role in its project is handed on to somebody else beyond what its profile allows ({item})",
        "aucun rôle dans son projet n'est confié à un tiers au-delà de ce que permet son profil ({item})",
    ),
    tried=say("the operator lists the trusts", "l'exploitant liste les délégations (trusts)"),
    made=lambda tenant: trust.bounds(tenant.values),
)
def trusts(stage: Stage, key: str) -> Seen:
    """List the trusts of the cloud, and look at those for the tenant's project.

    All at once: Keystone has no pages of trusts, and takes a limit for a property that none of them has.
    """
    listing = stage.operator.identity.get("/OS-TRUST/trusts")["trusts"]
    found = [each for each in listing if each["project_id"] == stage.project]
    values, now = stage.tenant.values, datetime.now(UTC)
    wrong = [
        say("trust {id}: {fault}", "délégation {id} : {fault}", id=each["id"], fault=fault)
        for each in found
        if (fault := trust.fault(trust.read(each), key, values, now))
    ]
    return Seen(
        not wrong,
        listed(wrong)
        if wrong
        else say("{n} trusts on the project", "{n} délégations sur le projet", n=len(found)),
    )
