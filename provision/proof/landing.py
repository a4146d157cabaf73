"""Boot servers for a moment, without network, and see where Nova put them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.proof.promise import Stage, Unprovable
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.cloud.connect import Cloud

MAY_NAME_A_HOST: Final = "2.74"
HOST: Final = "OS-EXT-SRV-ATTR:host"
ZONE: Final = "OS-EXT-AZ:availability_zone"
_HINTS: Final = "os:scheduler_hints"


def booted(
    stage: Stage, cloud: Cloud, more: Mapping[str, str], hints: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """Boot a server without network, and return it as the operator sees it in the end; it goes when the test is over."""
    compute = cloud.compute.at(microversion=MAY_NAME_A_HOST)
    stage.after(lambda: _gone(stage, cloud))
    flavor, image = _smallest(cloud)
    body = {"name": stage.name, "flavorRef": flavor, "imageRef": image, "networks": "none", **more}
    asked = {"server": body, **({_HINTS: hints} if hints else {})}
    made = compute.post("/servers", asked)["server"]["id"]
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
