"""What a tenant's own people do without admin rights: application credentials, within what the documents let them be.

Keystone knows no such limits: it is we who keep them here, and `prove` that finds what was made otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provision import declare
from provision.cloud import credentials, entry
from provision.cloud.connect import Cloud, connect
from provision.declare.shipped import shipped
from provision.errors import Conflict, NotFound, Refused, UnknownOutcome, UsageError
from provision.model.credential import RULE_SETS, AccessRule, Credential, Held, Issued, Requests, Terms
from provision.text import say

if TYPE_CHECKING:
    from provision.model.tenant import Values

USUAL_DAYS: Final = 30
_NOBODY: Final = "nobody"  # an estate that marks nothing


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose limits hold: those of the estate's tenant we stand in, else of a shipped profile; and through which cloud."""

    folder: Path | None
    profile: str | None = None
    cloud: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; what is left out is chosen: thirty days or fewer, all roles that may be had, no access rules."""

    name: str
    days: int | None = None
    roles: Sequence[str] = ()
    sets: Sequence[str] = ()
    rules: Sequence[AccessRule] = ()


def issue(whose: Whose, wish: Wish, path: Path) -> Issued:
    """Make an application credential and write it into a clouds.yaml file, for its owner's eyes only.

    Raises `Refused` for more than the documents allow, `UsageError` for a file that cannot take it, `Forbidden` where
    Keystone lets this login make none.
    """
    entry.room_for(path, wish.name)
    with _standing(whose) as (cloud, terms):
        now = datetime.now(UTC)
        roles, rules, days = _roles(wish, terms, cloud.roles), _rules(wish, terms, cloud), _days(wish, terms)
        with cloud.writing(), _told(wish.name):
            made, secret = credentials.create(
                cloud.identity,
                cloud.user,
                wish.name,
                roles=roles,
                rules=rules,
                expires=now + timedelta(days=days),
            )
            try:
                _as_allowed(made, terms, now)
                entry.write(path, wish.name, entry.of_credential(cloud, made.id, secret))
            except BaseException:
                credentials.revoke(cloud.identity, cloud.user, made.id)
                raise
        return Issued(made, path)


def held(whose: Whose) -> list[Held]:
    """Return the user's credentials, each with what the documents do not allow of it."""
    with _standing(whose) as (cloud, terms):
        now = datetime.now(UTC)
        found = credentials.listed(cloud.identity, cloud.user)
        return [Held(each, tuple(terms.faults(each, now))) for each in found if each.project == cloud.project]


def revoke(whose: Whose, name: str, path: Path | None) -> Credential:
    """Revoke a credential of the user, and take its entry out of a file. Raises `NotFound`."""
    with _standing(whose) as (cloud, _):
        found = [each for each in credentials.listed(cloud.identity, cloud.user) if each.name == name]
        if not found:
            raise NotFound(
                say(
                    "you have no application credential {name!r}",
                    "vous n'avez pas d'identifiant d'application {name!r}",
                    name=name,
                ),
                where=cloud.name,
                do=say("see provision credential list", "voir provision credential list"),
            )
        with cloud.writing():
            credentials.revoke(cloud.identity, cloud.user, found[0].id)
    if path is not None:
        entry.remove(path, name)
    return found[0]


@contextmanager
def _standing(whose: Whose) -> Iterator[tuple[Cloud, Terms]]:
    """Yield the cloud as the user sees it, and the limits that hold in the project it is scoped to."""
    estate = declare.load(whose.folder) if whose.folder and not whose.profile else None
    owner = estate.owner if estate else _NOBODY
    fallback = estate.cloud if estate else None
    with closing(connect(whose.cloud, fallback=fallback, estate=owner, workers=1)) as cloud:
        if estate is not None:
            tenant = estate.tenants.get(_tenant(cloud) or "")
            if tenant is None:
                raise Refused(
                    say(
                        "the project that you are logged in to is no tenant's of this estate",
                        "le projet auquel vous êtes connecté n'est celui d'aucun locataire de ce parc",
                    ),
                    where=cloud.name,
                    do=say(
                        "log in to the tenant's project, or name its profile with --profile",
                        "se connecter au projet du locataire, ou nommer son profil avec --profile",
                    ),
                )
            yield cloud, Terms.of(tenant.values)
        else:
            yield cloud, Terms.of(_of_profile(whose.profile))


def _tenant(cloud: Cloud) -> str | None:
    """Return the tenant of the project that we are scoped to: its members may read its tags."""
    if cloud.project is None:
        return None
    return cloud.owner.tenant(cloud.identity.get(f"/projects/{cloud.project}")["project"].get("tags", []))


def _of_profile(name: str | None) -> Values:
    profiles = shipped()
    if name is None or name not in profiles:
        raise UsageError(
            say(
                "whose limits hold? there is no estate here, and no shipped profile {name}",
                "quelles limites valent ? il n'y a pas de parc ici, ni de profil livré {name}",
                name=name or "–",
            ),
            do=say(
                "name a profile with --profile ({known}), or the estate with --estate",
                "nommer un profil avec --profile ({known}), ou le parc avec --estate",
                known=", ".join(sorted(profiles)),
            ),
        )
    return profiles[name].values


def _roles(wish: Wish, terms: Terms, ours: frozenset[str]) -> list[str]:
    """Return the roles to ask for. Raises `Refused` for one that is not allowed, or not ours to give."""
    allowed = [role for role in terms.roles if role in ours]
    refused = [role for role in wish.roles if role not in allowed]
    if refused or not allowed:
        raise Refused(
            say(
                "an application credential may not have {roles} here",
                "un identifiant d'application ne peut pas avoir {roles} ici",
                roles=", ".join(refused) or say("any of your roles", "l'un de vos rôles"),
            ),
            where=str(terms.origins["roles"]),
            do=say(
                "what you have and may give: {roles}",
                "ce que vous avez et pouvez donner : {roles}",
                roles=", ".join(allowed) or "–",
            ),
        )
    return list(wish.roles) or allowed


def _days(wish: Wish, terms: Terms) -> int:
    """Return how long it is to live. Raises `Refused` for too long."""
    days = min(USUAL_DAYS, terms.max_days) if wish.days is None else wish.days
    if days > terms.max_days:
        raise Refused(
            say(
                "{days} days are more than an application credential may live here",
                "{days} jours sont plus que la durée d'un identifiant d'application ici",
                days=days,
            ),
            where=str(terms.origins["days"]),
            do=say("ask for {days} or fewer", "en demander {days} au plus", days=terms.max_days),
        )
    return days


def _rules(wish: Wish, terms: Terms, cloud: Cloud) -> list[AccessRule]:
    """Return the access rules to ask for. Raises `Refused` where some are required and none are given."""
    rules = {*wish.rules, *(rule for name in wish.sets for rule in _in_this_cloud(RULE_SETS[name], cloud))}
    if terms.rules_required and not rules:
        raise Refused(
            say(
                "an application credential needs access rules here",
                "un identifiant d'application doit avoir des règles d'accès ici",
            ),
            where=str(terms.origins["rules"]),
            do=say(
                "say what it is for: --allow {sets}, or --rule SERVICE METHOD PATH",
                "dire à quoi il sert : --allow {sets}, ou --rule SERVICE MÉTHODE CHEMIN",
                sets="|".join(RULE_SETS),
            ),
        )
    return sorted(rules)


def _in_this_cloud(requests: Requests, cloud: Cloud) -> Iterator[AccessRule]:
    """Yield rules under each name that the catalogue has for a service: a service knows itself by one of them."""
    for service, methods, path in requests:
        for name in cloud.names_of(service):
            yield from (AccessRule(name, method, path) for method in methods)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Say what to do where one of this name is there, or may be: its secret is shown once and cannot be had again."""
    try:
        yield
    except (Conflict, UnknownOutcome) as error:
        error.do = say(
            "revoke it (provision credential revoke {name}) and make it anew, or take another name",
            "le révoquer (provision credential revoke {name}) et le refaire, ou prendre un autre nom",
            name=name,
        )
        raise


def _as_allowed(made: Credential, terms: Terms, now: datetime) -> None:
    """Do nothing where what Keystone made is what was asked for: a role may imply another. Raises `Refused`."""
    for fault in terms.faults(made, now):
        raise Refused(
            say(
                "the cloud made something else than was asked for: {fault}",
                "le cloud a fait autre chose que ce qui était demandé : {fault}",
                fault=fault,
            ),
            where=str(terms.origins["roles"]),
            do=say("nothing of it is left; ask the operator", "il n'en reste rien ; demander à l'exploitant"),
        )
