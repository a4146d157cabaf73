"""What can be done to the people of a tenant behind the tool's back: accounts, roles, credentials, trusts."""

from __future__ import annotations

import secrets
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta

from promised import SECURED, TOWN

from provision.cloud.connect import reconnect

SEVERAL = {"multi_factor_auth_enabled": True, "multi_factor_auth_rules": [["password", "totp"]]}
ABOUT_PEOPLE = {
    "accounts-mfa",
    "accounts-bypass",
    "password-alone",
    "roles-allowed",
    "roles-apart",
    "trusts",
    "application-credentials",
    "ec2-credentials",
}
WORKING = {SECURED: "operators", TOWN: "agents"}
RULES = [{"service": "compute", "method": "GET", "path": "/**"}]


def days(number):
    return (datetime.now(UTC) + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def domain(stand):
    return stand.operator.identity.get(f"/projects/{stand.project}")["project"]["domain_id"]


@contextmanager
def account(stand, *groups, **options):
    """Somebody in the tenant's domain, and in some of its groups, who logs in by several methods."""
    identity, password = stand.operator.identity, secrets.token_urlsafe(24)
    body = {"name": f"person-{secrets.token_hex(4)}", "domain_id": domain(stand), "password": password}
    user = identity.post("/users", {"user": body})["user"]["id"]
    try:
        for group in groups:
            identity.put(f"/groups/{stand.id('group', group)}/users/{user}")
        with ExitStack() as end:
            yield user, lambda: end.enter_context(logged_in(stand, user, password)).identity
    finally:
        identity.delete(f"/users/{user}")


def logged_in(stand, user, password):
    return closing(reconnect(stand.operator, user=user, password=password, project=stand.project))


def changed(stand, user, **what):
    stand.operator.identity.patch(f"/users/{user}", {"user": what})


def working(stand):
    return account(stand, WORKING[stand.tenant.key.rpartition("-")[2]])


def optioned(**options):
    """Somebody works for the tenant, with these options instead of the good ones."""

    @contextmanager
    def mutation(stand):
        with working(stand) as (user, _):
            changed(stand, user, options={**SEVERAL, **options})
            yield

    return mutation


@contextmanager
def without_rules(stand):
    with working(stand):
        yield


@contextmanager
def alone_in_the_domain(stand):
    """Nobody gave this one any role, but it can log in."""
    with account(stand):
        yield


def credential(**body):
    """Somebody has an application credential like this, made without us."""

    @contextmanager
    def mutation(stand):
        with working(stand) as (user, login):
            full = {"name": "ci", "expires_at": days(30), "access_rules": RULES, **body}
            asked = {key: value for key, value in full.items() if value is not None}
            login().post(f"/users/{user}/application_credentials", {"application_credential": asked})
            changed(stand, user, options=SEVERAL)
            yield

    return mutation


def trust(**body):
    """Somebody hands a role on to another like this."""

    @contextmanager
    def mutation(stand):
        with working(stand) as (user, login), account(stand) as (other, _):
            full = {
                "trustor_user_id": user,
                "trustee_user_id": other,
                "project_id": stand.project,
                "impersonation": False,
                "roles": [{"name": "member"}],
                "expires_at": days(3),
                **body,
            }
            login().post("/OS-TRUST/trusts", {"trust": full})
            for each in (user, other):
                changed(stand, each, options=SEVERAL)
            yield

    return mutation


def ec2_key(**owner):
    """Somebody has an EC2 key, and is then like this."""

    @contextmanager
    def mutation(stand):
        with working(stand) as (user, login):
            login().post(f"/users/{user}/credentials/OS-EC2", {"tenant_id": stand.project})
            changed(stand, user, options=SEVERAL, **owner)
            yield

    return mutation


def granted(role, path):
    """Somebody has a role somewhere."""

    @contextmanager
    def mutation(stand):
        identity = stand.operator.identity
        with account(stand) as (user, _):
            changed(stand, user, options=SEVERAL)
            at = path.format(project=stand.project, domain=domain(stand), ours=stand.operator.project)
            tail = "/inherited_to_projects" if "OS-INHERIT" in path else ""
            identity.put(f"{at}/users/{user}/roles/{stand.operator.shared.roles()[role]}{tail}")
            yield

    return mutation


@contextmanager
def two_hats(stand):
    with account(stand, "admins", "operators") as (user, _):
        changed(stand, user, options=SEVERAL)
        yield


@contextmanager
def in_order(stand):
    """Somebody with everything that the documents allow, so that what holds does not hold for want of anybody."""
    with ExitStack() as end:
        end.enter_context(credential()(stand))
        if stand.tenant.values.get("trusts.allowed"):
            end.enter_context(trust()(stand))
        if stand.tenant.values.get("s3_credentials.policy") == "inventoried":
            end.enter_context(ec2_key()(stand))
        yield


OF_PEOPLE = {
    "an account has no MFA rule": (SECURED, "accounts-mfa", alone_in_the_domain),
    "an account of a shared domain has none": (TOWN, "accounts-mfa", without_rules),
    "MFA is turned off": (SECURED, "accounts-mfa", optioned(multi_factor_auth_enabled=False)),
    "one method is enough beside two": (SECURED, "accounts-mfa password-alone", optioned(multi_factor_auth_rules=[["password", "totp"], ["password"]])),
    "the second method is not there": (SECURED, "password-alone", optioned(multi_factor_auth_rules=[["password", "unheard-of"]])),
    "a lockout is ignored": (SECURED, "accounts-bypass", optioned(ignore_lockout_failure_attempts=True)),
    "an expiry is ignored": (TOWN, "accounts-bypass", optioned(ignore_password_expiry=True)),
    "inactivity is ignored": (SECURED, "accounts-bypass", optioned(ignore_user_inactivity=True)),
    "a first password is kept": (SECURED, "accounts-bypass", optioned(ignore_change_password_upon_first_use=True)),
    "a credential is unrestricted": (SECURED, "application-credentials", credential(unrestricted=True)),
    "a credential never ends": (SECURED, "application-credentials", credential(expires_at=None)),
    "a credential lasts too long": (SECURED, "application-credentials", credential(expires_at=days(91))),
    "a credential has no access rules": (TOWN, "application-credentials", credential(access_rules=None)),
    "a trust is there": (SECURED, "trusts", trust()),
    "a trust is handed on": (TOWN, "trusts", trust(allow_redelegation=True, redelegation_count=1)),
    "a trust is somebody else's name": (TOWN, "trusts", trust(impersonation=True)),
    "a trust lasts too long": (TOWN, "trusts", trust(expires_at=days(31))),
    "an EC2 key is forbidden": (TOWN, "ec2-credentials", ec2_key()),
    "an EC2 key outlives its owner": (SECURED, "ec2-credentials", ec2_key(enabled=False)),
    "a role is not on the list": (SECURED, "roles-allowed", granted("observer", "/projects/{project}")),
    "the domain's manager manages the project": (SECURED, "roles-allowed", granted("manager", "/projects/{project}")),
    "a role is on the domain": (SECURED, "roles-allowed", granted("reader", "/domains/{domain}")),
    "a role is inherited from the domain": (SECURED, "roles-allowed", granted("observer", "/OS-INHERIT/domains/{domain}")),
    "somebody is admin elsewhere": (SECURED, "roles-allowed", granted("admin", "/projects/{ours}")),
    "somebody wears two hats": (SECURED, "roles-apart", two_hats),
}  # fmt: skip
