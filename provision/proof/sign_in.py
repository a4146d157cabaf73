"""Accounts: no password alone opens one, and none is let past the rules for passwords."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from provision.cloud.anybody import anybody
from provision.cloud.moments import someone
from provision.cloud.people import Person, grants, people
from provision.model.sign_in import BYPASS, ENABLED, MIN_METHODS, RULES, bypasses, weaknesses
from provision.proof.promise import Seen, Stage, Unprovable, promise, where
from provision.text import Text, same, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from provision.model.tenant import Tenant

LOCAL: Final = "local"
USUAL_RULE: Final = ("password", "totp")
_SEVERAL: Final = 2


def several_methods(tenant: Tenant) -> list[str]:
    """Return who is promised several methods: a directory or an identity provider of the tenant's asks for them itself."""
    return [MIN_METHODS] if int(tenant.values.get(MIN_METHODS, 1)) >= _SEVERAL else []


@promise(
    "accounts-mfa",
    service="identity",
    says=say(
        "no account of its people opens with one method",
        "aucun compte de ses personnes ne s'ouvre avec une seule méthode",
    ),
    tried=say(
        "the operator reads the MFA rules of everybody in the tenant's domain and groups",
        "l'exploitant lit les règles MFA de chacun dans le domaine et les groupes du locataire",
    ),
    made=several_methods,
)
def accounts_mfa(stage: Stage, key: str) -> Seen:
    """Read everybody's rules: each rule must ask for as many methods as promised."""
    least = int(stage.tenant.values.get(key))
    return _each(stage, lambda person: weaknesses(person.options, least))


@promise(
    "accounts-bypass",
    service="identity",
    says=say(
        "no account of its people is exempt from lockout, expiry or inactivity",
        "aucun compte de ses personnes n'échappe au verrouillage, à l'expiration ou à l'inactivité",
    ),
    tried=say(
        "the operator reads the options of everybody in the tenant's domain and groups",
        "l'exploitant lit les options de chacun dans le domaine et les groupes du locataire",
    ),
    made=where(BYPASS, says="none"),
)
def accounts_bypass(stage: Stage, _key: str) -> Seen:
    """Read everybody's options: none that lets them past a rule for passwords."""
    return _each(stage, lambda person: map(same, bypasses(person.options)))


@promise(
    "password-alone",
    service="identity",
    says=say(
        "a password alone opens no account that has its people's rules",
        "un mot de passe seul n'ouvre aucun compte qui a les règles de ses personnes",
    ),
    tried=say(
        "a moment's account with the rules of the tenant's people logs in with its password, and is asked for more",
        "un compte d'un moment, avec les règles des personnes du locataire, se connecte par mot de passe, et on lui en demande plus",
    ),
    made=several_methods,
)
def password_alone(stage: Stage, _key: str) -> Seen:
    """Log in with the password only: Keystone counts of a rule only the methods that it has, and so a rule may ask for less."""
    _locally(stage)
    rules = {tuple(rule) for person in _people(stage) for rule in person.options.get(RULES) or ()} or {
        USUAL_RULE
    }
    options = {
        ENABLED: True,
        RULES: [[*rule] for rule in sorted(rules)],
    }
    domain = stage.operator.identity.get(f"/projects/{stage.project}")["project"]["domain_id"]
    said = ", ".join(" + ".join(rule) for rule in sorted(rules))
    with someone(stage.operator, domain, options) as (user, password):
        answer = anybody(
            "POST",
            f"{stage.operator.identity.line.root}/auth/tokens",
            json.dumps(_login(user, password)).encode(),
            {"Content-Type": "application/json"},
        )
    asked_for_more = answer.status == HTTPStatus.UNAUTHORIZED and b"receipt" in answer.body
    return Seen(
        asked_for_more,
        say(
            "POST /auth/tokens with the password ({rules}) → {status}, {more}",
            "POST /auth/tokens avec le mot de passe ({rules}) → {status}, {more}",
            rules=said,
            status=answer.status,
            more=_MORE if asked_for_more else _NO_MORE,
        ),
    )


_MORE: Final = say("asked for another method", "une autre méthode demandée")
_NO_MORE: Final = say("not asked for another method", "aucune autre méthode demandée")


def _login(user: str, password: str) -> Mapping[str, Any]:
    identity = {"methods": ["password"], "password": {"user": {"id": user, "password": password}}}
    return {"auth": {"identity": identity}}


def _each(stage: Stage, faults: Callable[[Person], Iterator[Text]]) -> Seen:
    """Look at each enabled account, and tell what is wrong with it."""
    _locally(stage)
    known = [person for person in _people(stage) if person.enabled]
    wrong = [
        say("{name}: {fault}", "{name} : {fault}", name=person.name, fault=fault)
        for person in known
        for fault in faults(person)
    ]
    return Seen(
        not wrong,
        listed(wrong)
        if wrong
        else say("{n} accounts, all in order", "{n} comptes, tous en ordre", n=len(known)),
    )


def listed(wrong: list[Text]) -> Text:
    """Return several things in one sentence."""
    said = wrong[0]
    for each in wrong[1:]:
        said = say("{said}; {more}", "{said} ; {more}", said=said, more=each)
    return said


def _people(stage: Stage) -> list[Person]:
    return people(stage.operator, stage.tenant.key, grants(stage.operator, stage.tenant.key))


def _locally(stage: Stage) -> None:
    """Do nothing where Keystone itself keeps the accounts. Raises `Unprovable`."""
    source = stage.tenant.values.get("identity.source", LOCAL)
    if source != LOCAL:
        raise Unprovable(
            say(
                "the accounts are in {source}: what it asks for is not seen from here",
                "les comptes sont dans {source} : ce qu'il demande ne se voit pas d'ici",
                source=source,
            )
        )
