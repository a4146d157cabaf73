"""Security groups: what the default group lets pass, read back as the tenant, is what its documents allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.kind import kinds
from provision.model.address import Address
from provision.proof.promise import Seen, Stage, Unprovable, promise, where
from provision.text import say

if TYPE_CHECKING:
    from provision.model.rule import Rule

GROUP: Final = "security_group"
DEFAULT: Final = "default"
RULES: Final = "security_groups.default.rules"


@promise(
    "default-deny",
    service="network",
    says=say(
        "the default group lets nothing pass that is not written, in IPv4 nor in IPv6",
        "le groupe par défaut ne laisse rien passer qui ne soit écrit, ni en IPv4 ni en IPv6",
    ),
    tried=say(
        "a member reads the rules of the default group", "un membre lit les règles du groupe par défaut"
    ),
    made=where(RULES, says="exact"),
)
def default_deny(stage: Stage, _key: str) -> Seen:
    """Read the default group as the tenant, and take away what the documents allow."""
    address = Address(GROUP, stage.tenant.key, DEFAULT)
    found, allowed = _found(stage, address), _allowed(stage, address)
    extra = sorted(found - allowed)
    if extra:
        listed = ", ".join(map(str, extra))
        return Seen(held=False, what=say("not written: {rules}", "pas écrites : {rules}", rules=listed))
    return Seen(
        held=True,
        what=say(
            "ingress: {v4} rules in IPv4, {v6} in IPv6; egress: {out}; all written",
            "entrée : {v4} règles en IPv4, {v6} en IPv6 ; sortie : {out} ; toutes écrites",
            v4=_count(found, 4),
            v6=_count(found, 6),
            out=sum(rule.direction == "egress" for rule in found),
        ),
    )


def _found(stage: Stage, address: Address) -> frozenset[Rule]:
    """Return the rules as the tenant reads them, groups of its own by their names."""
    for known in (Address("project", address.tenant, address.tenant), *_groups(stage)):
        if identifier := stage.operator.ids.find(known):
            stage.guest.ids.record(known, identifier)
    for live in kinds()[GROUP].look(stage.guest, address):
        if live.address == address:
            rules: frozenset[Rule] = live.spec.rules
            return rules
    raise Unprovable(
        say("the project has no default group yet", "le projet n'a pas encore de groupe par défaut")
    )


def _groups(stage: Stage) -> list[Address]:
    return [want.address for want in stage.wanted(GROUP)]


def _allowed(stage: Stage, address: Address) -> frozenset[Rule]:
    wanted = (want.spec.rules for want in stage.wanted(GROUP) if want.address == address)
    return frozenset(next(wanted, None) or ())


def _count(rules: frozenset[Rule], family: int) -> int:
    return sum((rule.direction, rule.family) == ("ingress", family) for rule in rules)
