"""Networks: shared with nobody, and no port without a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.errors import Forbidden, NotFound, QuotaExceeded
from provision.proof.promise import Seen, Stage, from_next_door, promise, refused, together, wanted
from provision.text import say

if TYPE_CHECKING:
    from provision.cloud.api import Api
    from provision.model.tenant import Tenant

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
