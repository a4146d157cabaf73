"""Accounts: each control on what a template says and on what a cloud could show, where the sandbox has no such thing."""

from __future__ import annotations

import pytest
from written import written

from provision import audit
from provision.audit.control import About
from provision.audit.judge import template
from provision.audit.sources.standing import Departed, Entrant, Origins, Owned
from provision.audit.sources.whole import Standing
from provision.model.finding import Status, Tier
from provision.resources.domain_directory import DomainDirectorySpec
from provision.text import same

CONTROLS = {each.control.id: each for each in audit.checks()}
ABOUT = About(written("acme", {}), Tier.SECURED)


def directory(*options):
    return DomainDirectorySpec(frozenset({"identity.driver = ldap", *options}))


@pytest.mark.parametrize(
    ("control", "thing", "said"),
    [
        ("TEN-IAM-02", Origins("ann", "local", "local"), None),
        ("TEN-IAM-02", Origins("ann", "local", "federated"), "ann is Keystone's own, documents say of an identity provider"),
        ("TEN-IAM-02", Origins("ann", "directory", "local"), "ann is of a directory, documents say Keystone's own"),
        ("TEN-IAM-03", directory("ldap.url = ldaps://a.example"), None),
        ("TEN-IAM-03", directory("ldap.url = ldap://a.example", "ldap.use_tls = true"), None),
        ("TEN-IAM-03", directory("ldap.url = ldap://a.example", "ldap.use_tls = false"), "ldap://a.example, without StartTLS"),
        ("TEN-IAM-03", directory("ldap.url = ldaps://a.example,ldap://b.example"), "ldap://b.example, without StartTLS"),
        ("TEN-IAM-03", directory(), "ldap://localhost, without StartTLS"),
        ("TEN-IAM-05", Entrant("ann", ("member",), None), None),
        ("TEN-IAM-05", Entrant("ann", ("member", "reader"), same("is of another domain")), "ann is of another domain, and has member, reader"),
        ("TEN-IAM-08", Owned("ann", "ann@a.example"), None),
        ("TEN-IAM-08", Owned("ann", ""), "ann has neither e-mail nor description"),
        ("TEN-IAM-16", Departed("ann", ()), None),
        ("TEN-IAM-16", Departed("ann", (same("S3 keys"), same("a trust"))), "ann is disabled and still has S3 keys, a trust"),
        ("TEN-GOV-01", Standing(), None),
        ("TEN-GOV-01", Standing(same("differs")), "differs"),
        ("TEN-REV-04", Standing(same("it is still there")), "it is still there"),
    ],
)  # fmt: skip
def test_a_control_fails_what_is_wrong_alone(control, thing, said):
    found = CONTROLS[control].judge(ABOUT, thing)
    assert (found and str(found)) == said


@pytest.mark.parametrize(
    ("control", "tree", "status"),
    [
        ("TEN-IAM-02", {"identity": {"source": "oidc"}}, Status.PASS),
        ("TEN-IAM-05", {"support_access": {"standing": "none"}}, Status.PASS),
        ("TEN-IAM-05", {"support_access": {"standing": "allowed"}}, Status.FAIL),
        ("TEN-IAM-05", {}, Status.FAIL),
        ("TEN-IAM-08", {"accounts": {"owner_required": True}}, Status.PASS),
        ("TEN-IAM-08", {"accounts": {"owner_required": False}}, Status.FAIL),
        ("TEN-IAM-17", {}, Status.NOT_APPLICABLE),
        ("TEN-REV-04", {}, Status.NOT_APPLICABLE),
    ],
)
def test_a_template_is_judged_by_the_same_controls(control, tree, status):
    (found,) = [
        each for each in template(written("acme", tree), Tier.SECURED, "x") if each.control.id == control
    ]
    assert found.status is status


def test_a_template_whose_directory_would_be_asked_in_the_clear_fails():
    ldap = {"url": "ldap://ldap.example", "suffix": "dc=example", "ca_file": "/etc/ca.pem"}
    tree = {"identity": {"domain": "dedicated", "source": "ldap", "ldap": ldap}}
    found = {each.control.id: each for each in template(written("acme", tree), Tier.SECURED, "x")}
    assert (found["TEN-IAM-03"].status, str(found["TEN-IAM-03"].observed)) == (
        Status.FAIL,
        "ldap://ldap.example, without StartTLS",
    )
