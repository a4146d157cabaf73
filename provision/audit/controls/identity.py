"""IAM: domains, roles, how people sign in, credentials, trusts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from provision.audit.control import MUST, SHOULD, control, iso, said, snc
from provision.model import sign_in, trust
from provision.model.credential import Terms
from provision.model.finding import Severity, Tier
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.identity import Account, Principal, S3Credential
    from provision.model.credential import Credential
    from provision.model.trust import Trust
    from provision.resources.project import ProjectSpec
    from provision.resources.role_assignment import RoleAssignmentSpec

MANAGER: Final = "manager"
STRONG: Final = 2
LONGEST_DAYS: Final = 365


@control(
    "TEN-IAM-01",
    over="project",
    title=say("the tenant has a domain of its own", "le locataire a un domaine à lui"),
    severity=Severity.HIGH,
    key="identity.domain",
    secured=MUST,
    open_data=SHOULD,
    asked=said("identity.domain", accepted=("dedicated",)),
    decided_by=("domain_id",),
    reads="projects.domain_id",
    clauses=(
        snc("9.7.a", "a domain of its own keeps its accounts apart from others'", "un domaine à soi sépare ses comptes de ceux des autres"),
        iso("A.8.3", "access is restricted to the tenant's own people", "l'accès est restreint aux personnes du locataire"),
    ),
    do=say("set identity.domain: dedicated and apply", "écrire identity.domain: dedicated et appliquer"),
)  # fmt: skip
def own_domain(_about: About, project: ProjectSpec) -> Text | None:
    """Fail a project in a shared domain."""
    if project.domain == "dedicated":
        return None
    return say("it stands in the domain {domain}", "il est dans le domaine {domain}", domain=project.domain)


@control(
    "TEN-IAM-04",
    over="role_assignment",
    title=say(
        "nobody of the tenant is admin, and a manager manages its own domain only",
        "personne chez le locataire n'est admin, et un manager ne gère que son propre domaine",
    ),
    severity=Severity.CRITICAL,
    key="identity.roles.delegated",
    secured=MUST,
    open_data=MUST,
    reads="role_assignments.role",
    clauses=(
        snc("9.3.b", "rights are the least that are needed", "les droits sont les moindres nécessaires"),
        snc("9.6.c", "administration is delegated without the cloud's own rights", "l'administration est déléguée sans les droits du cloud"),
        iso("A.8.2", "privileged rights are restricted", "les droits privilégiés sont restreints"),
    ),
    do=say("withdraw the role (openstack role remove)", "retirer le rôle (openstack role remove)"),
)  # fmt: skip
def no_admin(_about: About, grant: RoleAssignmentSpec) -> Text | None:
    """Fail `admin` anywhere, and `manager` beyond the tenant's own domain."""
    if grant.role == "admin" or (grant.role == MANAGER and grant.on != "domain"):
        return say(
            "{who} has {role} on the {on}",
            "{who} a {role} sur {on}",
            who=grant.who,
            role=grant.role,
            on=grant.on,
        )
    return None


@control(
    "TEN-IAM-06",
    over="role_assignment",
    title=say(
        "only the roles on the profile's list are given", "seuls les rôles de la liste du profil sont donnés"
    ),
    severity=Severity.HIGH,
    key="identity.roles.allowed",
    secured=MUST,
    open_data=MUST,
    asked=said("identity.roles.allowed"),
    reads="role_assignments.role",
    clauses=(
        snc("9.1.a", "who may do what is written down and held to", "qui peut quoi est écrit et tenu"),
        snc("9.3.b", "no right beyond the list is granted", "aucun droit hors liste n'est accordé"),
        iso("A.5.15", "access follows stated rules", "les accès suivent des règles écrites"),
    ),
    do=say("withdraw the role, or have the profile reviewed", "retirer le rôle, ou faire réviser le profil"),
)
def roles_on_the_list(about: About, grant: RoleAssignmentSpec) -> Text | None:
    """Fail a role that is not on the list; the delegated one may stand on the domain."""
    allowed = set(about.values.items("identity.roles.allowed"))
    if grant.on == "domain":
        allowed.add(str(about.values.get("identity.roles.delegated")))
    if grant.role in allowed:
        return None
    return say(
        "{who} has {role}; allowed: {allowed}",
        "{who} a {role} ; permis : {allowed}",
        who=grant.who,
        role=grant.role,
        allowed=", ".join(sorted(allowed)),
    )


@control(
    "TEN-IAM-07",
    over="principal",
    title=say(
        "roles that do not go together never meet on one principal",
        "les rôles incompatibles ne se cumulent jamais",
    ),
    severity=Severity.HIGH,
    key="identity.roles.incompatible",
    secured=MUST,
    open_data=SHOULD,
    asked=said("identity.roles.incompatible"),
    reads="role_assignments",
    clauses=(
        snc("9.3.f", "duties that control one another are held apart", "les fonctions qui se contrôlent sont séparées"),
        iso("A.5.3", "segregation of duties", "séparation des tâches"),
    ),
    do=say("give one of the roles to somebody else", "donner l'un des rôles à quelqu'un d'autre"),
)  # fmt: skip
def roles_apart(about: About, principal: Principal) -> Text | None:
    """Fail whoever has all the roles of a forbidden combination."""
    for together in about.values.items("identity.roles.incompatible"):
        if set(together) <= principal.roles:
            return say("{who} has {roles}", "{who} a {roles}", who=principal.who, roles=" + ".join(together))
    return None


@control(
    "TEN-IAM-09",
    over="person",
    title=say(
        "no way to sign in takes fewer methods than the profile asks",
        "aucune façon de se connecter ne prend moins de méthodes que ne demande le profil",
    ),
    severity=Severity.CRITICAL,
    key="identity.auth.mfa.min_methods",
    secured=MUST,
    open_data=SHOULD,
    asked=said(
        "identity.auth.mfa.min_methods",
        accepted=(
            2,
            3,
            4,
        ),
    ),
    decided_by=("options",),
    reads="users.options.multi_factor_auth_rules",
    clauses=(
        snc("9.6.f", "administration takes several factors", "l'administration prend plusieurs facteurs"),
        iso("A.8.5", "secure authentication", "authentification sécurisée"),
    ),
    do=say(
        "set multi_factor_auth_enabled and rules of several methods, without one of a single method (openstack user set)",
        "poser multi_factor_auth_enabled et des règles à plusieurs méthodes, sans règle à une seule (openstack user set)",
    ),
)
def several_methods(about: About, account: Account) -> Text | None:
    """Fail an account that opens with too few methods."""
    asked = int(about.values.get(sign_in.MIN_METHODS, 1))
    least = max(asked, STRONG) if about.tier is Tier.SECURED else asked
    return _first(account.name, sign_in.weaknesses(account.options, least))


def _first(name: str, faults: Iterator[Text]) -> Text | None:
    """Return the first thing that is wrong with something, by its name."""
    found = next(faults, None)
    return found and say("{name}: {fault}", "{name} : {fault}", name=name, fault=found)


@control(
    "TEN-IAM-10",
    over="person",
    title=say(
        "nobody is excused from lockout, expiry or inactivity",
        "nul n'est dispensé du verrouillage, de l'expiration ou de l'inactivité",
    ),
    severity=Severity.HIGH,
    key="identity.auth.bypass",
    secured=MUST,
    open_data=MUST,
    asked=said("identity.auth.bypass", accepted=("none",)),
    decided_by=("options",),
    reads="users.options.ignore_*",
    clauses=(
        snc("9.5.b", "secrets follow the rules for everybody", "les secrets suivent les règles pour tous"),
        iso("A.8.5", "secure authentication", "authentification sécurisée"),
    ),
    do=say("unset the option (openstack user set)", "retirer l'option (openstack user set)"),
)
def no_bypass(_about: About, account: Account) -> Text | None:
    """Fail an account with an option that excuses from a protection."""
    return _first(account.name, map(same, sign_in.bypasses(account.options)))


@control(
    "TEN-IAM-11",
    over="app_credential",
    title=say(
        "application credentials end in time and are restricted",
        "les accès applicatifs prennent fin à temps et sont restreints",
    ),
    severity=Severity.HIGH,
    key="app_credentials.max_days",
    secured=MUST,
    open_data=MUST,
    asked=said("app_credentials.max_days"),
    decided_by=("expires_at", "unrestricted"),
    reads="application_credentials.expires_at",
    clauses=(
        snc("9.5.a", "secrets of automation are managed", "les secrets d'automatisation sont gérés"),
        snc("10.5.d", "secrets do not live for ever", "les secrets ne vivent pas indéfiniment"),
        iso("A.5.17", "authentication information is managed", "les informations d'authentification sont gérées"),
    ),
    do=say("make one that ends (provision credential), and delete this one", "en créer un qui prend fin (provision credential), et supprimer celui-ci"),
)  # fmt: skip
def credentials_end(about: About, credential: Credential) -> Text | None:
    """Fail one that never ends, ends too late, or may make others."""
    terms = Terms.of(about.values)
    bounded = replace(terms, max_days=min(terms.max_days, LONGEST_DAYS))
    return _first(credential.name, bounded.endless(credential, datetime.now(UTC)))


@control(
    "TEN-IAM-12",
    over="app_credential",
    title=say(
        "application credentials have no more than the roles and calls they need",
        "les accès applicatifs n'ont que les rôles et les appels nécessaires",
    ),
    severity=Severity.HIGH,
    key="app_credentials.roles_max",
    secured=MUST,
    open_data=SHOULD,
    asked=said("app_credentials.roles_max"),
    decided_by=("roles",),
    reads="application_credentials.roles",
    clauses=(
        snc("9.3.a", "automation has the least rights too", "l'automatisation a aussi les moindres droits"),
        iso("A.8.2", "privileged rights are restricted", "les droits privilégiés sont restreints"),
    ),
    do=say("make one with fewer roles and with access rules, and delete this one", "en créer un avec moins de rôles et des règles d'accès, et supprimer celui-ci"),
)  # fmt: skip
def credentials_small(about: About, credential: Credential) -> Text | None:
    """Fail one with roles beyond the profile's, or without the access rules it asks for."""
    return _first(credential.name, Terms.of(about.values).beyond(credential))


@control(
    "TEN-IAM-13",
    over="trust",
    title=say(
        "trusts end, are not given on, and are there only where allowed",
        "les délégations prennent fin, ne se transmettent pas, et n'existent que là où c'est permis",
    ),
    severity=Severity.MEDIUM,
    key="trusts.allowed",
    secured=MUST,
    open_data=SHOULD,
    asked=said("trusts.allowed"),
    decided_by=("expires_at", "impersonation"),
    reads="trusts.expires_at",
    clauses=(
        snc("9.3.g", "what was delegated ends", "ce qui fut délégué prend fin"),
        iso("A.5.18", "access rights are removed in time", "les droits d'accès sont retirés à temps"),
    ),
    do=say("delete the trust (openstack trust delete)", "supprimer la délégation (openstack trust delete)"),
)
def trusts_end(about: About, given: Trust) -> Text | None:
    """Fail a trust beyond a bound of the documents, and one without end."""
    now = datetime.now(UTC)
    faults = (trust.fault(given, key, about.values, now) for key in trust.bounds(about.values))
    endless = None if given.expires else say("it never ends", "elle ne prend jamais fin")
    return next(filter(None, faults), endless)


@control(
    "TEN-IAM-14",
    over="s3_credential",
    title=say(
        "S3 credentials are there only where the profile allows them",
        "les accès S3 n'existent que là où le profil les permet",
    ),
    severity=Severity.MEDIUM,
    key="s3_credentials.policy",
    secured=MUST,
    open_data=MUST,
    decided_by=("type", "user_id"),
    reads="credentials.type",
    clauses=(
        snc("9.2.c", "credentials of people who left are withdrawn", "les accès des partants sont retirés"),
        iso("A.5.16", "identities are managed to their end", "les identités sont gérées jusqu'à leur fin"),
    ),
    do=say("delete the credential (openstack credential delete)", "supprimer l'accès (openstack credential delete)"),
)  # fmt: skip
def s3_allowed(about: About, credential: S3Credential) -> Text | None:
    """Fail one where the profile forbids them, and one of nobody who is there."""
    if about.values.get("s3_credentials.policy") == "forbidden":
        return say("{user} has one", "{user} en a un", user=credential.user)
    if not credential.living:
        return say("of no enabled account of its people", "d'aucun compte actif de ses personnes")
    return None
