"""NET: what may pass, in both address families; what the outside reaches; who shares what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.audit.control import MUST, NONE, SHOULD, control, iso, said, snc
from provision.audit.sources.network import EVERYBODY
from provision.declare.filters import declared
from provision.kind import kinds
from provision.model.finding import Severity
from provision.model.rule import ANY, Rule, boundless, one_sided
from provision.text import Text, same, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provision.audit.control import About
    from provision.audit.sources.network import FloatingIp, Logging, Prefix, Share, Stacks
    from provision.model.port import Port
    from provision.resources.security_group import SecurityGroupSpec

# Ports of administration and of data, which nobody opens to the world.
CLOSED: Final = {
    22: "ssh", 23: "telnet", 445: "smb", 1433: "mssql", 1521: "oracle", 2375: "docker", 2379: "etcd", 3306: "mysql",
    3389: "rdp", 5432: "postgresql", 5900: "vnc", 5985: "winrm", 6379: "redis", 6443: "kubernetes", 9200: "elasticsearch",
    11211: "memcached", 27017: "mongodb",
}  # fmt: skip
_FILTER = (
    snc("13.2.a", "flows between networks are filtered, the rest refused", "les flux entre réseaux sont filtrés, le reste refusé"),
    iso("A.8.20", "networks are secured", "les réseaux sont sécurisés"),
)  # fmt: skip
_AMEND = say(
    "remove the rule, or apply the documents (provision apply)",
    "retirer la règle, ou appliquer les documents (provision apply)",
)


def _shown(rules: Iterable[Rule]) -> Text:
    return same("; ".join(sorted(map(str, rules))))


def _from_anywhere(group: SecurityGroupSpec) -> list[Rule]:
    return [each for each in group.rules or () if each.direction == "ingress" and each.remote == ANY]


def _opens(rule: Rule) -> bool:
    """Tell whether a rule opens a port of administration or data."""
    if rule.protocol not in {ANY, "tcp", "udp"}:
        return False
    if not rule.ports:
        return True
    return any(rule.ports[0] <= port <= rule.ports[-1] for port in CLOSED)


@control(
    "TEN-NET-01",
    over="security_group",
    title=say(
        "ports of administration and data are closed to the world, in IPv4 and in IPv6",
        "les ports d'administration et de données sont fermés au monde, en IPv4 et en IPv6",
    ),
    severity=Severity.CRITICAL,
    key="security_groups",
    secured=MUST,
    open_data=MUST,
    decided_by=("security_group_rules",),
    clauses=_FILTER,
    do=_AMEND,
)
def admin_ports(_about: About, group: SecurityGroupSpec) -> Text | None:
    """Fail a group that opens such a port to everybody."""
    opened = [each for each in _from_anywhere(group) if _opens(each)]
    return _shown(opened) if opened else None


@control(
    "TEN-NET-02",
    over="security_group",
    title=say("no rule lets in everything from everywhere", "aucune règle ne laisse tout entrer de partout"),
    severity=Severity.CRITICAL,
    key="security_groups",
    secured=MUST,
    open_data=MUST,
    decided_by=("security_group_rules",),
    clauses=_FILTER,
    do=_AMEND,
)
def no_any_any(_about: About, group: SecurityGroupSpec) -> Text | None:
    """Fail a group with a rule from anywhere for any protocol."""
    opened = [each for each in _from_anywhere(group) if each.protocol == ANY]
    return _shown(opened) if opened else None


@control(
    "TEN-NET-03",
    over="security_group",
    title=say(
        "the default group lets in nothing but from itself",
        "le groupe par défaut ne laisse rien entrer que de lui-même",
    ),
    severity=Severity.HIGH,
    key="security_groups.default",
    secured=MUST,
    open_data=MUST,
    decided_by=("security_group_rules",),
    clauses=_FILTER,
    do=_AMEND,
)
def default_group(_about: About, group: SecurityGroupSpec) -> Text | None:
    """Fail a default group that lets in something from elsewhere."""
    if group.name != "default":
        return None
    opened = [
        each
        for each in group.rules or ()
        if each.direction == "ingress" and each.remote not in {"default", "self"}
    ]
    return _shown(opened) if opened else None


@control(
    "TEN-NET-04",
    over="security_group",
    title=say("what may leave is written down", "ce qui peut sortir est écrit"),
    severity=Severity.HIGH,
    key="egress",
    secured=MUST,
    open_data=NONE,
    asked=said("egress", accepted=("allowlist",)),
    decided_by=("security_group_rules",),
    clauses=_FILTER,
    do=_AMEND,
)
def egress_explicit(about: About, group: SecurityGroupSpec) -> Text | None:
    """Fail a group that lets out everything, or more than to the documents' destinations and the tenant's groups."""
    written = _ways_out(about)
    more = [
        each
        for each in group.rules or ()
        if each.direction == "egress"
        and (boundless(each) or (_leaves(each) and not any(way.covers(each) for way in written)))
    ]
    return _shown(more) if more else None


def _ways_out(about: About) -> frozenset[Rule]:
    """Return every rule by which the documents let something out."""
    groups = kinds()["security_group"].desire(about.tenant)
    return frozenset(each for want in groups for each in want.spec.rules or () if each.direction == "egress")


def _leaves(rule: Rule) -> bool:
    """Tell whether a rule leads elsewhere than to a group of the tenant's."""
    return rule.remote == ANY or "/" in rule.remote or ":" in rule.remote


@control(
    "TEN-NET-05",
    over="port",
    title=say(
        "every port filters, and takes no address of others",
        "chaque port filtre, et ne prend l'adresse de personne",
    ),
    severity=Severity.HIGH,
    key="networks",
    secured=MUST,
    open_data=MUST,
    decided_by=("port_security_enabled", "allowed_address_pairs", "security_groups"),
    clauses=_FILTER,
    do=say(
        "enable port security and remove the address pair (openstack port set --enable-port-security --no-allowed-address)",
        "activer la sécurité du port et retirer la paire d'adresses (openstack port set --enable-port-security --no-allowed-address)",
    ),
)
def ports_filter(_about: About, port: Port) -> Text | None:
    """Fail a port without a filter, or that may bear any address."""
    return next(port.faults(), None)


@control(
    "TEN-NET-06",
    over="share",
    title=say(
        "nothing is shared but with the tenants that documents name",
        "rien n'est partagé qu'avec les locataires que nomment les documents",
    ),
    severity=Severity.HIGH,
    key="sharing.allowed",
    secured=MUST,
    open_data=MUST,
    decided_by=("target_tenant", "object_type"),
    clauses=(
        snc("9.7.a", "what is one tenant's is closed to others", "ce qui est à un locataire est fermé aux autres"),
        iso("A.8.3", "access to information is restricted", "l'accès à l'information est restreint"),
    ),
    do=say("withdraw the share (openstack network rbac delete)", "retirer le partage (openstack network rbac delete)"),
)  # fmt: skip
def shares_named(about: About, share: Share) -> Text | None:
    """Fail a share with everybody, or with somebody whom no document names."""
    networks = about.values.section("networks").values()
    named = {*about.values.items("sharing.allowed"), *(name for each in networks for name in each.get("shared_with", ()))}  # fmt: skip
    if share.target != EVERYBODY and share.target in named:
        return None
    return say(
        "{what} is shared with {target}", "{what} est partagé avec {target}", what=share.what, target=share.target
    )  # fmt: skip


@control(
    "TEN-NET-07",
    over="floating_ip",
    title=say(
        "the outside reaches only the addresses that documents expose",
        "l'extérieur n'atteint que les adresses que les documents exposent",
    ),
    severity=Severity.MEDIUM,
    key="exposure",
    secured=MUST,
    open_data=MUST,
    decided_by=("floating_ip_address",),
    clauses=(
        snc("13.1.a", "what is exposed is known and kept up to date", "ce qui est exposé est connu et tenu à jour"),
        iso("A.8.20", "networks are secured", "les réseaux sont sécurisés"),
    ),
    do=say("write it under exposure with its reason, or release it", "l'écrire sous exposure avec sa raison, ou le libérer"),
)  # fmt: skip
def exposure_declared(about: About, floating: FloatingIp) -> Text | None:
    """Fail an address that no document exposes."""
    exposed = {each.get("address") for each in about.values.items("exposure")}
    return None if floating.address in exposed else same(floating.address)


@control(
    "TEN-NET-08",
    over="dual_stack",
    title=say(
        "each network has the address families of the profile",
        "chaque réseau a les familles d'adresses du profil",
    ),
    severity=Severity.MEDIUM,
    key="network.ip_versions",
    secured=MUST,
    open_data=MUST,
    asked=said("network.ip_versions"),
    reads="subnets.ip_version",
    clauses=(
        iso(
            "A.8.20",
            "both families are run and filtered alike",
            "les deux familles sont exploitées et filtrées pareillement",
        ),
    ),
    do=say(
        "give the network both, as the documents say, and apply",
        "donner les deux au réseau, comme le disent les documents, et appliquer",
    ),
)
def both_families(about: About, network: Stacks) -> Text | None:
    """Fail a network without a subnet of a family that documents ask for."""
    missing = set(about.values.items("network.ip_versions")) - network.families
    if not missing:
        return None
    return say("no IPv{missing}", "pas d'IPv{missing}", missing=", IPv".join(map(str, sorted(missing))))


@control(
    "TEN-NET-09",
    over="security_group",
    title=say(
        "what is closed in one address family is closed in the other",
        "ce qui est fermé dans une famille d'adresses l'est dans l'autre",
    ),
    severity=Severity.HIGH,
    key="security_groups",
    secured=MUST,
    open_data=MUST,
    decided_by=("security_group_rules",),
    clauses=_FILTER,
    do=_AMEND,
)
def parity(about: About, group: SecurityGroupSpec) -> Text | None:
    """Fail a group with a rule that has no twin in the other family, and that the documents do not declare."""
    alone = one_sided(group.rules or frozenset()) - declared(about.tenant, group.name)
    return _shown(alone) if alone else None


@control(
    "TEN-NET-10",
    over="ipv6_prefix",
    title=say(
        "IPv6 prefixes come from the approved pool", "les préfixes IPv6 viennent de la réserve approuvée"
    ),
    severity=Severity.MEDIUM,
    key="network.ipv6_pool",
    secured=MUST,
    open_data=SHOULD,
    asked=lambda values: bool(values.section("networks")),
    reads="subnets.subnetpool_id, subnetpools.address_scope_id",
    decided_by=("subnetpool_id",),
    clauses=(
        snc("13.1.a", "the address plan is known", "le plan d'adressage est connu"),
        iso("A.8.20", "networks are secured", "les réseaux sont sécurisés"),
    ),
    do=say(
        "write ipv6: auto for the network (or the pool that network.ipv6_pool names), and make it anew",
        "écrire ipv6: auto pour le réseau (ou la réserve que nomme network.ipv6_pool), et le refaire",
    ),
)
def pooled(_about: About, prefix: Prefix) -> Text | None:
    """Fail an IPv6 prefix that somebody chose, or took from another pool."""
    if prefix.approved:
        return None
    if not prefix.pool:
        return say("{cidr} is of no pool", "{cidr} n'est d'aucune réserve", cidr=prefix.cidr)
    return say(
        "{cidr} is of the pool {pool}, which is not the approved one",
        "{cidr} est de la réserve {pool}, qui n'est pas celle approuvée",
        cidr=prefix.cidr,
        pool=prefix.pool,
    )


@control(
    "TEN-NET-12",
    over="security_group",
    title=say("every rule says why it is there", "chaque règle dit pourquoi elle est là"),
    severity=Severity.LOW,
    key="security_groups",
    secured=MUST,
    open_data=SHOULD,
    asked=lambda values: bool(values.section("security_groups")),
    decided_by=("security_group_rules",),
    clauses=(
        snc("13.1.a", "the map of flows can be drawn from the rules", "la matrice des flux se tire des règles"),
        iso("A.8.20", "networks are secured", "les réseaux sont sécurisés"),
    ),
    do=say("write the rule with a reason, and apply", "écrire la règle avec une raison, et appliquer"),
)  # fmt: skip
def reasoned(_about: About, group: SecurityGroupSpec) -> Text | None:
    """Fail a group with a rule without reason."""
    silent = [each for each in group.rules or () if not each.reason.strip()]
    return _shown(silent) if silent else None


@control(
    "TEN-NET-13",
    over="packet_log",
    title=say("what passes and what is dropped is logged", "ce qui passe et ce qui est rejeté est journalisé"),
    severity=Severity.MEDIUM,
    key="network.logging",
    secured=MUST,
    open_data=SHOULD,
    asked=said("network.logging", accepted=(True,)),
    reads="log/logs.enabled",
    clauses=(
        snc("13.3.a", "flows are watched", "les flux sont surveillés"),
        iso("A.8.16", "activities are monitored", "les activités sont surveillées"),
    ),
    do=say("have a log of the security groups made (openstack network log create)", "faire créer un journal des groupes de sécurité (openstack network log create)"),
)  # fmt: skip
def logged(_about: About, logging: Logging) -> Text | None:
    """Fail a tenant without a log that is on."""
    return None if logging.logs else say("no log is on", "aucun journal n'est actif")
