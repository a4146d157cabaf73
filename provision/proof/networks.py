"""Networks: shared with nobody, and no port without a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.cloud.neutron import BANDWIDTH
from provision.cloud.others import project_of, tenant_of
from provision.errors import Forbidden, NotFound, QuotaExceeded
from provision.model import port
from provision.model.quantity import UNLIMITED
from provision.proof.promise import (
    Seen,
    Stage,
    from_next_door,
    promise,
    refused,
    together,
    wanted,
    where,
)
from provision.text import Text, render, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provision.cloud.api import Api
    from provision.model.tenant import Tenant

_COLLECTIONS: Final = {
    "network": "networks",
    "security_group": "security-groups",
    "address_group": "address-groups",
    "address_scope": "address-scopes",
    "subnetpool": "subnetpools",
    "qos_policy": "qos/policies",
}
SHARES = "quotas.network.rbac_policies"


def _unshared(tenant: Tenant) -> list[str]:
    return [SHARES] if tenant.values.get(SHARES) == 0 and wanted(tenant, "network") else []


def _filtered(tenant: Tenant) -> list[str]:
    paths = [f"networks.{want.address.name}.port_security" for want in wanted(tenant, "network")]
    return [path for path in paths if tenant.values.get(path) is True]


@promise(
    "network-not-shared",
    service="network",
    says=say("its networks are seen by no other tenant", "ses réseaux ne sont vus d'aucun autre locataire"),
    tried=say(
        "a member of another tenant asks for each network; the operator looks for shares of them",
        "un membre d'un autre locataire demande chaque réseau ; l'exploitant cherche s'ils sont partagés",
    ),
    made=_unshared,
)
def not_shared(stage: Stage, _key: str) -> Seen:
    """Ask for each network from next door; list the RBAC policies that speak of it."""
    theirs = stage.neighbour().cloud.network
    networks = {want.address.name: stage.id("network", want.address.name) for want in stage.wanted("network")}
    hidden = [_hidden(theirs, name, network) for name, network in networks.items()]
    policies = list(
        stage.operator.network.list(
            "/rbac-policies", "rbac_policies", object_type="network", object_id=[*networks.values()]
        )
    )
    shared = Seen(
        not policies,
        say("shared with: {whom}", "partagés avec : {whom}", whom=", ".join(each["target_tenant"] for each in policies))
        if policies
        else say("no share", "aucun partage"),
    )  # fmt: skip
    return together(*hidden, shared)


def _hidden(theirs: Api, name: str, network: str) -> Seen:
    return refused(
        lambda: theirs.get(f"/networks/{network}"), from_next_door(f"GET {name}"), NotFound, Forbidden
    )


@promise(
    "network-cannot-share",
    service="network",
    says=say("it cannot share a network of its own", "il ne peut pas partager un de ses réseaux"),
    tried=say(
        "a member shares a network with another project (RBAC policy access_as_shared)",
        "un membre partage un réseau avec un autre projet (politique RBAC access_as_shared)",
    ),
    made=_unshared,
)
def cannot_share(stage: Stage, _key: str) -> Seen:
    """Share a network with the operator's project, as the tenant."""
    network = stage.id("network", stage.wanted("network")[0].address.name)
    target, ours = stage.neighbour().project, stage.operator.network
    asked = {"object_type": "network", "object_id": network, "target_tenant": target}
    stage.remove_after(
        ours,
        lambda: (
            f"/rbac-policies/{each['id']}" for each in ours.list("/rbac-policies", "rbac_policies", **asked)
        ),
    )
    body = {"rbac_policy": {**asked, "action": "access_as_shared"}}
    return refused(
        lambda: stage.guest.network.post("/rbac-policies", body),
        f"POST /rbac-policies (network {network})",
        Forbidden,
        QuotaExceeded,
    )


@promise(
    "port-security",
    service="network",
    says=say(
        "a port on network {item} is filtered by the default group, and cannot spoof addresses",
        "un port du réseau {item} est filtré par le groupe par défaut, et ne peut pas usurper d'adresse",
    ),
    tried=say(
        "a member makes a port without saying anything of security",
        "un membre crée un port sans rien dire de sécurité",
    ),
    made=_filtered,
)
def port_security(stage: Stage, key: str) -> Seen:
    """Make a port as the tenant; look at what Neutron gave it."""
    network, ours = stage.id("network", key.split(".")[-2]), stage.guest.network
    stage.remove_after(
        ours, lambda: (f"/ports/{each['id']}" for each in ours.list("/ports", "ports", name=stage.name))
    )
    port = ours.post("/ports", {"port": {"network_id": network, "name": stage.name}})["port"]
    default = [
        each["id"]
        for each in ours.list("/security-groups", "security_groups", project_id=stage.project, name="default")
    ]
    secured = bool(port.get("port_security_enabled"))
    return Seen(
        secured and bool(default) and port["security_groups"] == default,
        say(
            "port {id}: port security {state}, groups: {groups}",
            "port {id} : sécurité de port {state}, groupes : {groups}",
            id=port["id"],
            state=say("on", "activée") if secured else say("off", "désactivée"),
            groups="default"
            if port["security_groups"] == default
            else ", ".join(port["security_groups"]) or "–",
        ),
    )


@promise(
    "every-port-filtered",
    service="network",
    says=say(
        "every port of it is filtered and bears no address but its own, those that people made included",
        "chacun de ses ports est filtré et ne porte que ses propres adresses, y compris ceux que des personnes ont créés",
    ),
    tried=say("the operator reads every port of the project", "l'exploitant lit chaque port du projet"),
    made=lambda tenant: _filtered(tenant)[:1],
)
def every_port_filtered(stage: Stage, _key: str) -> Seen:
    """Look at every port of the project but for those by which the cloud itself serves it."""
    network = stage.operator.network
    routers = {each["id"] for each in network.list("/routers", "routers", project_id=stage.project)}
    ports = [
        each
        for each in network.list("/ports", "ports", project_id=stage.project)
        if not port.serves(each, routers)
    ]
    open_ports = [(each["id"], fault) for each in ports for fault in port.read(each).faults()]
    if open_ports:
        return Seen(
            held=False,
            what=_joined(
                say("port {id}: {fault}", "port {id} : {fault}", id=each, fault=fault)
                for each, fault in open_ports
            ),
        )
    return Seen(
        held=True,
        what=say("{count} ports, all filtered", "{count} ports, tous filtrés", count=len(ports)),
    )


def _joined(parts: Iterable[Text]) -> Text:
    listed = list(parts)
    return Text(
        "; ".join(render(each, "en") for each in listed), " ; ".join(render(each, "fr") for each in listed)
    )


@promise(
    "shares-as-written",
    service="network",
    says=say(
        "what is shared, by it or with it, is what its documents say",
        "ce qui est partagé, par lui ou avec lui, est ce que disent ses documents",
    ),
    tried=say("the operator reads every RBAC policy", "l'exploitant lit chaque politique RBAC"),
    made=where("network.rbac", says="exact"),
)
def shares_as_written(stage: Stage, _key: str) -> Seen:
    """Compare what the tenant's project shares, of whatever sort, with the documents; look at who shares with it.

    Whoever shares with the tenant by documents is a tenant of the estate.
    """
    written = {
        ("network", stage.id("network", want.address.name), _target(stage, whom))
        for want in stage.wanted("rbac_policy")
        for whom in want.spec.shared_with
    }
    entries = list(stage.operator.network.list("/rbac-policies", "rbac_policies"))
    own = _shareable(stage, {each["object_type"] for each in entries})
    given, others = set[tuple[str, str, str]](), set[str]()
    for each in entries:
        if each["project_id"] == stage.project or each["object_id"] in own:
            given.add((each["object_type"], each["object_id"], each["target_tenant"]))
        elif each["target_tenant"] == stage.project and tenant_of(stage.operator, each["project_id"]) is None:
            others.add(f"{each['object_type']} {each['object_id']} → {stage.project}")
    unlike = sorted({f"{kind} {thing} → {whom}" for kind, thing, whom in given ^ written} | others)
    return Seen(
        not unlike,
        say("otherwise than written: {unlike}", "autrement qu'écrit : {unlike}", unlike=", ".join(unlike))
        if unlike
        else say("{count} shares, all written", "{count} partages, tous écrits", count=len(given)),
    )


def _shareable(stage: Stage, kinds: Iterable[str]) -> set[str]:
    """Return the ids of what the tenant's project has, of some kinds of object that RBAC policies speak of."""
    return {
        str(each["id"])
        for path in sorted(_COLLECTIONS[kind] for kind in kinds if kind in _COLLECTIONS)
        for each in stage.operator.network.list(
            f"/{path}", path.rsplit("/", 1)[-1].replace("-", "_"), project_id=stage.project
        )
    }


def _target(stage: Stage, whom: str) -> str:
    return whom if whom == "*" else project_of(stage.operator, whom)


@promise(
    "bandwidth-limited",
    service="network",
    says=say("a machine on network {item} has its bandwidth limited", "une machine du réseau {item} a son débit limité"),
    tried=say("a member makes a port; the operator reads the limits that it has", "un membre crée un port ; l'exploitant lit ses limites"),
    made=lambda tenant: [f"networks.{want.address.name}.{BANDWIDTH}" for want in wanted(tenant, "qos_policy")],
)  # fmt: skip
def bandwidth_limited(stage: Stage, key: str) -> Seen:
    """Make a port as the tenant; read the policy that it has from its network, and the limits of that."""
    name, ours = key.split(".")[-2], stage.guest.network
    (want,) = [each for each in stage.wanted("qos_policy") if each.address.name == name]
    stage.remove_after(
        ours, lambda: (f"/ports/{each['id']}" for each in ours.list("/ports", "ports", name=stage.name))
    )
    made = ours.post("/ports", {"port": {"network_id": stage.id("network", name), "name": stage.name}})[
        "port"
    ]
    port = stage.operator.network.get(f"/ports/{made['id']}")["port"]
    policy = port.get("qos_policy_id") or port.get("qos_network_policy_id")
    rules = stage.operator.network.get(f"/qos/policies/{policy}")["policy"]["rules"] if policy else ()
    found = {each["direction"]: each["max_kbps"] for each in rules if each["type"] == "bandwidth_limit"}
    asked = {way: getattr(want.spec, way) for way in ("egress", "ingress")}
    return Seen(
        found == {way: rate for way, rate in asked.items() if rate != UNLIMITED},
        say(
            "port {id}: {limits}",
            "port {id} : {limits}",
            id=port["id"],
            limits=", ".join(f"{way} {rate} kbit/s" for way, rate in sorted(found.items())) or "–",
        ),
    )
