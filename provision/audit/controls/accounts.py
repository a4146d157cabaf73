"""IAM, of accounts: where they come from, whose they are, who of the provider is among them, what is left of who left."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from provision.audit.control import MUST, SHOULD, control, iso, said, snc
from provision.model.finding import Severity
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.access import Listed
    from provision.audit.sources.standing import Departed, Entrant, Origins, Owned
    from provision.resources.domain_directory import DomainDirectorySpec


@control(
    "TEN-IAM-02",
    over="account_origin",
    title=say("every account comes from where documents say", "chaque compte vient d'où disent les documents"),
    severity=Severity.HIGH,
    key="identity.source",
    secured=MUST,
    open_data=SHOULD,
    decided_by=("domain_id",),
    reads="users.federated, domains/{id}/config, identity_providers",
    clauses=(
        snc("9.2.a", "accounts are made and removed by a procedure", "les comptes sont créés et retirés par une procédure"),
        snc("9.5.a", "how people sign in is managed in one place", "la connexion des personnes est gérée en un lieu"),
        iso("A.5.16", "identities are managed from their source", "les identités sont gérées depuis leur source"),
    ),
    do=say("delete the account (openstack user delete), or say where accounts come from (identity.source)", "supprimer le compte (openstack user delete), ou dire d'où viennent les comptes (identity.source)"),
)  # fmt: skip
def from_the_source(_about: About, account: Origins) -> Text | None:
    """Fail an account from elsewhere."""
    if account.comes_from == account.declared:
        return None
    return say(
        "{who} is {found}, documents say {declared}",
        "{who} est {found}, les documents disent {declared}",
        who=account.who,
        found=_WORDS[account.comes_from],
        declared=_WORDS[account.declared],
    )


_WORDS = {
    "local": say("Keystone's own", "un compte de Keystone"),
    "directory": say("of a directory", "d'un annuaire"),
    "federated": say("of an identity provider", "d'un fournisseur d'identité"),
}


@control(
    "TEN-IAM-03",
    over="directory",
    title=say("the directory is reached over TLS", "l'annuaire est joint par TLS"),
    severity=Severity.CRITICAL,
    key="identity.ldap.url",
    secured=MUST,
    open_data=MUST,
    reads="domains/{id}/config.ldap.url, .use_tls",
    clauses=(
        snc("10.2.c", "what passes over networks is encrypted", "ce qui passe par les réseaux est chiffré"),
        iso("A.5.14", "information is protected while it is transferred", "l'information est protégée pendant son transfert"),
        iso("A.8.24", "use of cryptography", "usage de la cryptographie"),
    ),
    do=say("write an ldaps:// address or starttls: true under identity.ldap, and apply", "écrire une adresse ldaps:// ou starttls: true sous identity.ldap, et appliquer"),
)  # fmt: skip
def over_tls(_about: About, directory: DomainDirectorySpec) -> Text | None:
    """Fail a directory that is asked in the clear."""
    options = dict(each.split(" = ", 1) for each in directory.options)
    if options.get("identity.driver", "ldap") != "ldap" or options.get("ldap.use_tls") == "true":
        return None
    url = options.get("ldap.url", "ldap://localhost")  # Keystone's own default
    clear = [each for each in url.split(",") if not each.strip().startswith("ldaps://")]
    return say("{url}, without StartTLS", "{url}, sans StartTLS", url=clear[0]) if clear else None


@control(
    "TEN-IAM-05",
    over="entrant",
    title=say("nobody of the provider has a standing role with the tenant", "personne du prestataire n'a de rôle permanent chez le locataire"),
    severity=Severity.HIGH,
    key="support_access.standing",
    secured=MUST,
    open_data=SHOULD,
    asked=said("support_access.standing", accepted=("none",)),
    reads="role_assignments, users.domain_id",
    clauses=(
        snc("9.6.a", "administrators are apart from other people", "les administrateurs sont à part"),
        snc("9.7.d", "access of the provider's people is under control", "les accès du personnel du prestataire sont maîtrisés"),
        iso("A.8.2", "privileged rights are restricted", "les droits privilégiés sont restreints"),
    ),
    do=say("withdraw the role (openstack role remove), or waive it until a day", "retirer le rôle (openstack role remove), ou y déroger jusqu'à un jour dit"),
)  # fmt: skip
def apart(_about: About, entrant: Entrant) -> Text | None:
    """Fail whoever has a role and is of the provider."""
    if entrant.stranger is None:
        return None
    return say(
        "{who} {why}, and has {roles}",
        "{who} {why}, et a {roles}",
        who=entrant.who,
        why=entrant.stranger,
        roles=", ".join(entrant.roles),
    )


@control(
    "TEN-IAM-08",
    over="account_owner",
    title=say("every account says whose it is", "chaque compte dit à qui il est"),
    severity=Severity.MEDIUM,
    key="accounts.owner_required",
    secured=MUST,
    open_data=SHOULD,
    asked=said("accounts.owner_required", accepted=(True,)),
    decided_by=("name",),
    reads="users.email, users.description",
    clauses=(
        snc("9.2.b", "accounts are personal", "les comptes sont nominatifs"),
        snc("9.5.d", "what an account does is somebody's doing", "ce que fait un compte est l'acte de quelqu'un"),
        iso("A.5.16", "an identity is one person's", "une identité est celle d'une personne"),
    ),
    do=say("write its e-mail address, or whose it is in its description (openstack user set)", "écrire son adresse électronique, ou à qui il est dans sa description (openstack user set)"),
)  # fmt: skip
def owned(_about: About, account: Owned) -> Text | None:
    """Fail an account that nobody is named for."""
    if account.owner:
        return None
    return say(
        "{who} has neither e-mail nor description", "{who} n'a ni adresse ni description", who=account.who
    )


@control(
    "TEN-IAM-16",
    over="departed",
    title=say("whoever has left has nothing left", "qui est parti ne garde rien"),
    severity=Severity.HIGH,
    key="offboarding.user_hours",
    secured=MUST,
    open_data=MUST,
    decided_by=("enabled",),
    reads="users.enabled, role_assignments, credentials, trusts, os-keypairs, application_credentials",
    clauses=(
        snc("9.2.c", "accounts of people who left are withdrawn", "les comptes des partants sont retirés"),
        snc("9.3.g", "their rights are withdrawn with them", "leurs droits sont retirés avec eux"),
        iso("A.5.18", "access rights are removed in time", "les droits d'accès sont retirés à temps"),
    ),
    do=say("withdraw what is left, or delete the account (openstack user delete)", "retirer ce qui reste, ou supprimer le compte (openstack user delete)"),
)  # fmt: skip
def nothing_left(_about: About, departed: Departed) -> Text | None:
    """Fail a disabled account that still holds something."""
    if not departed.holds:
        return None
    return say(
        "{who} is disabled and still has {what}",
        "{who} est désactivé et garde {what}",
        who=departed.who,
        what=reduce(_and, departed.holds),
    )


def _and(before: Text, after: Text) -> Text:
    return say("{before}, {after}", "{before}, {after}", before=before, after=after)


@control(
    "TEN-IAM-17",
    over="access",
    title=say("who can do what, and through what, can be listed", "qui peut quoi, et par quoi, se liste"),
    severity=Severity.MEDIUM,
    key="identity.groups",
    secured=MUST,
    open_data=MUST,
    reads="role_assignments, groups/{id}/users, users",
    clauses=(
        snc("9.3.d", "the rights on a thing can be listed", "les droits sur une chose se listent"),
        snc("9.3.e", "the rights of a person can be listed", "les droits d'une personne se listent"),
        snc("9.4.b", "a review has what it needs", "une revue a ce qu'il lui faut"),
        iso("A.5.18", "access rights can be reviewed", "les droits d'accès peuvent être revus"),
    ),
    do=say("audit with a credential that sees people, and keep the list (--out, access-review.csv)", "auditer avec un accès qui voit les personnes, et garder la liste (--out, access-review.csv)"),
)  # fmt: skip
def listable(_about: About, _listed: Listed) -> Text | None:
    """Fail nothing more than what the source could not list."""
    return None
