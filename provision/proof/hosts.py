"""Hosts: a tenant's machines run on its own, and nobody else's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.errors import CloudError
from provision.proof.promise import Seen, Stage, Unprovable, denied, promise, together, where
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.cloud.connect import Cloud

MAY_NAME_A_HOST: Final = "2.74"
HOST: Final = "OS-EXT-SRV-ATTR:host"


@promise(
    "hosts-dedicated",
    service="compute",
    says=say(
        "its machines run on hosts of its own, and nobody else's do",
        "ses machines tournent sur des hôtes à lui, et celles de personne d'autre",
    ),
    tried=say(
        "a member boots a server; the operator asks for one of his own on each of the tenant's hosts; both are deleted",
        "un membre démarre un serveur ; l'exploitant en demande un à lui sur chaque hôte du locataire ; ils sont supprimés",
    ),
    made=where("hosts.isolation", says="dedicated"),
)
def hosts_dedicated(stage: Stage, _key: str) -> Seen:
    """See where a server of the tenant lands, that nobody else has one there, and that nobody else gets one there."""
    hosts = _hosts(stage)
    if not hosts:
        return Seen(held=False, what=say("it has no host of its own", "il n'a aucun hôte à lui"))
    return together(
        _strangers(stage, hosts), _own(stage, hosts), *(_another(stage, host) for host in sorted(hosts))
    )


def _hosts(stage: Stage) -> frozenset[str]:
    aggregates = stage.operator.compute.get("/os-aggregates")["aggregates"]
    ours = [each for each in aggregates if _is_ours(stage, each)]
    return frozenset(host for each in ours for host in each["hosts"])


def _is_ours(stage: Stage, aggregate: Mapping[str, Any]) -> bool:
    address = stage.operator.owner.read(aggregate["name"])[1]
    return address is not None and address.tenant == stage.tenant.key


def _strangers(stage: Stage, hosts: frozenset[str]) -> Seen:
    servers = [
        each
        for host in sorted(hosts)
        for each in stage.operator.compute.list("/servers/detail", "servers", all_tenants="true", host=host)
        if each["tenant_id"] != stage.project
    ]
    told = say("{hosts}: {count} servers of others", "{hosts} : {count} serveurs d'autrui", hosts=", ".join(sorted(hosts)), count=len(servers))  # fmt: skip
    return Seen(not servers, told)


def _own(stage: Stage, hosts: frozenset[str]) -> Seen:
    """Boot a server as the tenant, and see where it lands."""
    try:
        found = _booted(stage, stage.guest, {})
    except CloudError as error:
        return denied(error, "POST /servers")
    landed = found.get(HOST) or "–"
    told = say("a server of its own: {status} on {host}", "un serveur à lui : {status} sur {host}", status=found["status"], host=landed)  # fmt: skip
    return Seen(found["status"] == "ACTIVE" and landed in hosts, told)


def _another(stage: Stage, host: str) -> Seen:
    """Ask for a server of the operator's own project on a host of the tenant's: the scheduler must find no place."""
    found = _booted(stage, stage.operator, {"host": host})
    told = say("a server of another on {host}: {status}", "un serveur d'un autre sur {host} : {status}", host=host, status=found["status"])  # fmt: skip
    return Seen(found["status"] == "ERROR", told)


def _booted(stage: Stage, cloud: Cloud, more: Mapping[str, str]) -> Mapping[str, Any]:
    """Boot a server without network, and return it as the operator sees it in the end."""
    compute = cloud.compute.at(microversion=MAY_NAME_A_HOST)
    stage.after(lambda: _gone(stage, cloud))
    flavor, image = _smallest(cloud)
    body = {"name": stage.name, "flavorRef": flavor, "imageRef": image, "networks": "none", **more}
    made = compute.post("/servers", {"server": body})["server"]["id"]
    return stage.settled(lambda: _seen(stage, made), lambda found: found["status"] in {"ACTIVE", "ERROR"})


def _seen(stage: Stage, server: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = stage.operator.compute.get(f"/servers/{server}")["server"]
    return found


def _smallest(cloud: Cloud) -> tuple[str, str]:
    """Return the smallest flavour and image that somebody sees and that go together. Raises `Unprovable`."""
    flavors = [each for each in cloud.compute.list("/flavors/detail", "flavors") if each["disk"]]
    images = cloud.api("image").get("/images", status="active", limit=1000)["images"]
    pairs = [
        (flavor["ram"], image["size"] or 0, str(flavor["id"]), str(image["id"]))
        for flavor in flavors
        for image in images
        if image["min_ram"] <= flavor["ram"] and image["min_disk"] <= flavor["disk"]
    ]
    if not pairs:
        raise Unprovable(say("no image that it sees fits", "aucune image qu'il voit ne convient"))
    return min(pairs)[2:]


def _gone(stage: Stage, cloud: Cloud) -> None:
    """Delete whatever server bears our name, and wait until it is gone."""

    def remove(server: Mapping[str, Any]) -> bool:
        cloud.compute.delete(f"/servers/{server['id']}")
        return True

    stage.swept(lambda: cloud.compute.get("/servers", name=f"^{stage.name}$")["servers"], remove)
