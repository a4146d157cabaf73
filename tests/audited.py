"""Audits for whoever reports them: of shipped profiles, and of a tenant in which every status there is was found."""

from __future__ import annotations

from written import written

from provision import audit, workflow
from provision.audit.judge import template
from provision.declare.shipped import shipped
from provision.model.finding import Audited, Finding, Status, Tier, Unseen
from provision.text import same, say

HOSTILE = "<script>alert('&')</script><img src=x onerror=alert(1)>"
WHO = {"reason": HOSTILE, "owner": "o", "approver": "a", "measure": "m"}
ANYTHING = [{"protocol": "any", "from": "any", "reason": HOSTILE}]
TREE = {
    "classification": "internal",
    "waivers": [
        {**WHO, "control": "TEN-NET-02", "expires": "2999-01-01"},
        {**WHO, "control": "TEN-DAT-01", "expires": "2020-01-01"},
    ],
    "routers": {"egress": {"gateway": "external"}, "inside": {}},
    "networks": {
        HOSTILE: {"ipv4": "192.0.2.0/24", "router": "egress"},
        "backend": {"ipv4": "auto", "ipv6": "2001:db8:9::/64", "router": "egress"},
        "alone": {"ipv6": "auto"},
    },
    "security_groups": {
        HOSTILE: {"rules": "exact", "ingress": ANYTHING},
        "ssh": {"rules": "exact", "ingress": [{"protocol": "tcp", "ports": 22, "from": "0.0.0.0/0"}]},
        "theirs": {"rules": "unmanaged"},
    },
}


def of_profiles(*names):
    """Return the audit of shipped profiles."""
    return workflow.audit_profiles(names, shipped(), None)


def of_everything():
    """Return the audit of a tenant by three families: every status, hostile names, a list unread, and resources that nobody judges."""
    tenant = written("acme", TREE)
    findings = [
        each
        for each in template(tenant, Tier.SECURED, "acme")
        if each.control.family in {"DAT", "GOV", "NET"}
    ]
    controls = {each.control.id: each.control for each in audit.checks()}
    refused = say("this credential may not read it (403)", "cet accès n'a pas le droit de le lire (403)")
    findings.append(
        Finding(controls["TEN-IAM-13"], Status.NOT_EVALUATED, "acme", f"trust/acme/{HOSTILE}", refused)
    )
    assert {each.status for each in findings} == set(Status)
    return Audited(
        "par-1",
        "2026-11-26T12:00:00+00:00",
        "me@here",
        {"acme": ("hautement-securise", "1.0.0")},
        tuple(findings),
        (Unseen("user", refused), Unseen(HOSTILE, same(HOSTILE))),
        48,
        (f"container/acme/{HOSTILE}",),
        {"identity": {"GET": 12, "POST": 1}},
        1.4,
        tiers={"acme": Tier.SECURED},
        topologies={"acme": audit.topology.promised(tenant)},
    )
