"""Audits to be written in every format."""

from __future__ import annotations

from written import written

from provision import audit
from provision.audit.judge import template
from provision.model.finding import Audited, Finding, Status, Tier, Unseen
from provision.text import same


def every_status():
    """Return an audit with every status there is, from the controls themselves."""
    who = {"reason": "r", "owner": "o", "approver": "a", "measure": "m"}
    waivers = [{**who, "control": "TEN-NET-02", "expires": "2999-01-01"}]
    rules = [{"protocol": "any", "from": "any", "reason": "=cmd"}]
    tree = {
        "waivers": waivers,
        "security_groups": {"=wide": {"ingress": rules}},
        "classification": "internal",
    }
    findings = list(template(written("acme", tree), Tier.SECURED, "acme"))
    controls = {each.control.id: each.control for each in audit.checks()}
    findings.append(Finding(controls["TEN-IAM-09"], Status.NOT_EVALUATED, "acme", "user/acme/*", same("403")))
    assert {each.status for each in findings} == set(Status)
    about = {"acme": ("hautement-securise", "1.0.0")}
    return Audited(
        "", "2026-11-26T12:00:00+00:00", "me@here", about, tuple(findings), (Unseen("user", same("403")),)
    )
