"""Images: none without a signature that Glance and Nova can verify."""

from __future__ import annotations

from typing import Any

from provision.model import signature
from provision.proof.promise import Seen, Stage, promise, where
from provision.text import say


@promise(
    "images-signed",
    service="image",
    says=say(
        "every image that it can start a machine from is signed",
        "chaque image dont il peut démarrer une machine est signée",
    ),
    tried=say(
        "a member lists the images, public, shared and its own; each must have the four properties of a signature",
        "un membre liste les images, publiques, partagées et siennes ; chacune doit avoir les quatre propriétés d'une signature",
    ),
    made=where("images.signed", says=True),
)
def images_signed(stage: Stage, _key: str) -> Seen:
    """List the images as the tenant: each that can be used is signed."""
    images = [
        each for each in stage.guest.api("image").list("/images", "images") if each["status"] == "active"
    ]
    unsigned = [_said(each) for each in images if signature.lacking(each)]
    if unsigned:
        return Seen(
            held=False,
            what=say("not signed: {names}", "non signées : {names}", names=", ".join(sorted(unsigned))),
        )
    names = ", ".join(sorted(each["name"] or each["id"] for each in images))
    return Seen(held=True, what=say("signed: {names}", "signées : {names}", names=names or "–"))


def _said(image: dict[str, Any]) -> str:
    return f"{image['name'] or image['id']} ({', '.join(signature.lacking(image))})"
