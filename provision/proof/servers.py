"""Servers: one can be had, with an address in each family, on each network of the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.errors import CloudError
from provision.proof.promise import Seen, Stage, Unprovable, denied, promise, wanted
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.model.tenant import Tenant

FLAVORS: Final = "compute.flavors"
Item = dict[str, Any]


def _machines(tenant: Tenant) -> list[str]:
    return [FLAVORS] if tenant.values.items(FLAVORS) and wanted(tenant, "subnet") else []


@promise(
    "server-boots",
    service="compute",
    says=say(
        "a server starts on its networks with the smallest of its flavours, an address in each family, and goes again",
        "un serveur démarre sur ses réseaux avec le plus petit de ses gabarits, une adresse par famille, puis disparaît",
    ),
    tried=say(
        "a member boots the smallest image on each of the tenant's networks, and deletes the server",
        "un membre démarre la plus petite image sur chaque réseau du locataire, puis supprime le serveur",
    ),
    made=_machines,
)
def server_boots(stage: Stage, _key: str) -> Seen:
    """Boot a server as the tenant, look at its addresses, delete it, and see it gone."""
    families = _families(stage)
    flavor = _smallest_flavor(stage)
    if flavor is None:
        return Seen(
            held=False,
            what=say("it sees none of its flavours", "il ne voit aucun de ses gabarits"),
        )
    stage.after(lambda: _gone(stage))
    asked = _asked(stage, flavor, [stage.id("network", network) for network in families])
    try:
        made = stage.guest.compute.post("/servers", {"server": asked})["server"]["id"]
    except CloudError as error:
        return denied(error, "POST /servers")
    server = stage.settled(lambda: _server(stage, made), lambda found: found["status"] in {"ACTIVE", "ERROR"})
    addresses = {
        network: sorted({each["version"] for each in addresses})
        for network, addresses in server["addresses"].items()
    }
    _gone(stage)
    whole = all(addresses.get(network) == versions for network, versions in families.items())
    return Seen(
        server["status"] == "ACTIVE" and whole,
        _said(server, flavor["name"], addresses),
    )


def _families(stage: Stage) -> Mapping[str, list[int]]:
    """Return the families in which the documents give addresses, by network."""
    found: dict[str, list[int]] = {}
    for want in stage.wanted("subnet"):
        found.setdefault(want.spec.network, []).append(int(want.spec.family))
    return {network: sorted(versions) for network, versions in found.items()}


def _smallest_flavor(stage: Stage) -> Item | None:
    """Return the smallest flavour of the documents that the tenant sees."""
    named = {want.spec.flavor for want in stage.wanted("flavor_access")}
    visible = stage.guest.compute.list("/flavors/detail", "flavors")
    return min(
        (each for each in visible if each["name"] in named),
        key=lambda each: (each["ram"], each["vcpus"], each["disk"], each["name"]),
        default=None,
    )


def _asked(stage: Stage, flavor: Item, networks: list[str]) -> Item:
    image = _smallest_image(stage, flavor)
    body: Item = {
        "name": stage.name,
        "flavorRef": flavor["id"],
        "networks": [{"uuid": network} for network in networks],
    }
    if flavor["disk"]:
        return {**body, "imageRef": image["id"]}
    disk = {
        "boot_index": 0,
        "uuid": image["id"],
        "source_type": "image",
        "destination_type": "volume",
        "volume_size": max(1, image["min_disk"]),
        "delete_on_termination": True,
    }
    return {**body, "block_device_mapping_v2": [disk]}


def _smallest_image(stage: Stage, flavor: Item) -> Item:
    """Return the smallest image that the tenant sees and the flavour can hold. Raises `Unprovable`."""
    visible = stage.guest.api("image").get("/images", status="active", limit=1000)["images"]
    fits = [each for each in visible if each["min_ram"] <= flavor["ram"] and _holds(flavor, each)]
    if not fits:
        raise Unprovable(say("no image that it sees fits", "aucune image qu'il voit ne convient"))
    found: Item = min(fits, key=lambda each: (each["size"] or 0, each["name"] or ""))
    return found


def _holds(flavor: Item, image: Item) -> bool:
    return not flavor["disk"] or image["min_disk"] <= flavor["disk"]


def _server(stage: Stage, server: str) -> Item:
    found: Item = stage.guest.compute.get(f"/servers/{server}")["server"]
    return found


def _gone(stage: Stage) -> None:
    """Delete whatever server bears our name, and wait until it is gone."""
    compute = stage.guest.compute

    def remove(server: Mapping[str, Any]) -> bool:
        compute.delete(f"/servers/{server['id']}")
        return True

    stage.swept(lambda: compute.get("/servers", name=f"^{stage.name}$")["servers"], remove)


def _said(server: Item, flavor: str, addresses: Mapping[str, list[int]]) -> Text:
    listed = "; ".join(
        f"{network}: {', '.join(f'IPv{version}' for version in versions)}"
        for network, versions in sorted(addresses.items())
    )
    return say(
        "server {id} ({flavor}): {status}{fault}; {addresses}; deleted",
        "serveur {id} ({flavor}) : {status}{fault} ; {addresses} ; supprimé",
        id=server["id"],
        flavor=flavor,
        status=server["status"],
        fault=f" ({server['fault']['message']})" if server.get("fault") else "",
        addresses=listed or "–",
    )
