"""Images: those shared with a tenant are there for it, and for no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.errors import NotFound
from provision.proof.promise import Seen, Stage, from_next_door, promise, refused, together, wanted
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.model.tenant import Tenant

IMAGES = "compute.images"


def _shared_with(tenant: Tenant) -> list[str]:
    return [IMAGES] if wanted(tenant, "image_access") else []


@promise(
    "images-shared-alone",
    service="image",
    says=say(
        "it sees the images that are shared with it, and another tenant does not",
        "il voit les images partagées avec lui, et un autre locataire ne les voit pas",
    ),
    tried=say(
        "a member lists the images; another tenant asks for each of those that are not public",
        "un membre liste les images ; un autre locataire demande chacune de celles qui ne sont pas publiques",
    ),
    made=_shared_with,
)
def images_shared_alone(stage: Stage, _key: str) -> Seen:
    """List the images as the tenant, and ask for each that is not public as its neighbour."""
    named = {want.spec.image for want in stage.wanted("image_access")}
    listed = [each for each in stage.guest.api("image").list("/images", "images") if each["name"] in named]
    missing = sorted(named - {each["name"] for each in listed})
    told = say(
        "in its list: {count} of {all}{missing}",
        "dans sa liste : {count} sur {all}{missing}",
        count=len(named) - len(missing),
        all=len(named),
        missing=f" (– {', '.join(missing)})" if missing else "",
    )
    closed = [each for each in listed if each["visibility"] == "shared"]
    return together(Seen(not missing, told), *(_from_next_door(stage, image) for image in closed))


def _from_next_door(stage: Stage, image: Mapping[str, str]) -> Seen:
    path = f"/images/{image['id']}"
    return refused(
        lambda: stage.neighbour().cloud.api("image").get(path), from_next_door(f"GET {path}"), NotFound
    )
