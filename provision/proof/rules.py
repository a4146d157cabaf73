"""Security groups: what they let pass, read back as the tenant, is what its documents allow, and alike in both families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.kind import kinds
from provision.model import rule
from provision.model.address import Address
from provision.model.rule import FAMILIES
from provision.proof.promise import Seen, Stage, Unprovable, promise, where
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from provision.model.rule import Rule
    from provision.text import Text

GROUP: Final = "security_group"
DEFAULT: Final = "default"
RULES: Final = "security_groups.default.rules"
VERSIONS: Final = "network.ip_versions"


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
            out=sum(each.direction == "egress" for each in found),
        ),
    )


@promise(
    "families-alike",
    service="network",
    says=say(
        "each of its security groups filters IPv6 as it filters IPv4",
        "chacun de ses groupes de sécurité filtre IPv6 comme IPv4",
    ),
    tried=say(
        "a member reads the rules of every group of the project, those that people made included",
        "un membre lit les règles de chaque groupe du projet, y compris ceux que des personnes ont créés",
    ),
    made=lambda tenant: [VERSIONS] if {*FAMILIES} <= {*tenant.values.items(VERSIONS)} else [],
)
def families_alike(stage: Stage, _key: str) -> Seen:
    """Look for rules without a twin in the other family; those that documents have (and `check` saw declared) may."""
    found, declared = _every_group(stage), _declared(stage)
    lone = {
        f"{group}: {each}"
        for group, rules in found.items()
        for each in rule.one_sided(rules) - declared.get(group, frozenset())
    }
    if lone:
        return Seen(
            held=False,
            what=say("in one family only: {rules}", "dans une seule famille : {rules}", rules=", ".join(sorted(lone))),
        )  # fmt: skip
    return Seen(held=True, what=_counted(found))


def _declared(stage: Stage) -> dict[str, frozenset[Rule]]:
    """Return, by group, the rules of one family alone that the documents write."""
    return {want.address.name: rule.one_sided(want.spec.rules or frozenset()) for want in stage.wanted(GROUP)}


@promise(
    "egress-allowlist",
    service="network",
    says=say(
        "nothing leaves it but for the destinations that its documents name",
        "rien n'en sort, sinon vers les destinations que ses documents nomment",
    ),
    tried=say(
        "a member reads what every group of the project lets out, those that people made included",
        "un membre lit ce que chaque groupe du projet laisse sortir, y compris ceux que des personnes ont créés",
    ),
    made=where("egress", says="allowlist"),
)
def egress_allowlist(stage: Stage, _key: str) -> Seen:
    """Look for ways out that lead neither to a destination of the documents nor to a group of the tenant's."""
    found, written = _every_group(stage), _ways_out(want.spec.rules or () for want in stage.wanted(GROUP))
    ways = {group: _ways_out([rules]) for group, rules in found.items()}
    other = {
        f"{group}: {each}"
        for group, rules in ways.items()
        for each in rules
        if each.remote not in found and not any(way.covers(each) for way in written)
    }
    if other:
        return Seen(
            held=False,
            what=say("lets out more: {rules}", "laisse sortir davantage : {rules}", rules=", ".join(sorted(other))),
        )  # fmt: skip
    return Seen(held=True, what=_counted(ways))


def _ways_out(groups: Iterable[Iterable[Rule]]) -> frozenset[Rule]:
    return frozenset(each for rules in groups for each in rules if each.direction == "egress")


def _counted(found: Mapping[str, Collection[Rule]]) -> Text:
    return say(
        "{groups} groups: {v4} rules in IPv4, {v6} in IPv6",
        "{groups} groupes : {v4} règles en IPv4, {v6} en IPv6",
        groups=len(found),
        **{
            f"v{family}": sum(each.family == family for rules in found.values() for each in rules)
            for family in FAMILIES
        },
    )


def _found(stage: Stage, address: Address) -> frozenset[Rule]:
    """Return the rules of one group as the tenant reads them, groups of its own by their names."""
    _introduce(stage)
    for live in kinds()[GROUP].look(stage.guest, address):
        if live.address == address:
            rules: frozenset[Rule] = live.spec.rules
            return rules
    raise Unprovable(
        say("the project has no default group yet", "le projet n'a pas encore de groupe par défaut")
    )


def _every_group(stage: Stage) -> dict[str, frozenset[Rule]]:
    """Return the rules of every group of the project, as the tenant reads them; two of one name count as one."""
    _introduce(stage)
    found: dict[str, frozenset[Rule]] = {}
    for live in kinds()[GROUP].observe(stage.guest, frozenset({stage.tenant.key})):
        found[live.address.name] = found.get(live.address.name, frozenset()) | live.spec.rules
    return found


def _introduce(stage: Stage) -> None:
    """Tell the tenant's connection the ids of its project and of its groups."""
    for known in (Address("project", stage.tenant.key, stage.tenant.key), *_groups(stage)):
        if identifier := stage.operator.ids.find(known):
            stage.guest.ids.record(known, identifier)


def _groups(stage: Stage) -> list[Address]:
    return [want.address for want in stage.wanted(GROUP)]


def _allowed(stage: Stage, address: Address) -> frozenset[Rule]:
    wanted = (want.spec.rules for want in stage.wanted(GROUP) if want.address == address)
    return frozenset(next(wanted, None) or ())


def _count(rules: frozenset[Rule], family: int) -> int:
    return sum((each.direction, each.family) == ("ingress", family) for each in rules)
