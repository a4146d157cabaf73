"""Membership of the tenant's project in an image that the operator shares by name; a public one is open to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from provision.cloud.unmet import missing
from provision.errors import NotFound
from provision.kind import Kind, Unmet, chosen_by_cloud, immutable, register
from provision.model import signature
from provision.model.address import Address
from provision.model.document import within, worded
from provision.model.resource import Desired, Live, Retirement
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

ACCEPTED: Final = "accepted"
OPEN: Final = frozenset({"public", "community"})
SHARED: Final = "shared"
SIGNED: Final = "images.signed"


@dataclass(frozen=True)
class ImageAccessSpec:
    """Which image, by name; whether it shows in the project's list (``accepted``) or only answers to its id; whether it is signed."""

    image: Annotated[str, immutable()]
    status: str = ACCEPTED
    signed: Annotated[bool | None, immutable(), chosen_by_cloud()] = None


@register
class ImageAccess(Kind[ImageAccessSpec]):
    """Additive: an image that no document speaks of stays shared. Of several of one name, the newest active one counts."""

    name = "image_access"
    title = say("image access", "accès à une image")
    service = "image"
    spec = ImageAccessSpec
    document: ClassVar[Mapping[str, Any]] = {
        "properties": {
            **within(
                "compute.images",
                worded(
                    say(
                        "Images shared with the tenant, by role; the estate says which images a role has",
                        "Images partagées avec le locataire, par rôle ; le parc dit quelles images un rôle contient",
                    ),
                    {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
                ),
            )["properties"],
            **within(
                SIGNED,
                worded(
                    say(
                        "true: an image without the four properties of a signature is not shared",
                        "true : une image sans les quatre propriétés d'une signature n'est pas partagée",
                    ),
                    {"type": "boolean"},
                ),
            )["properties"],
        }
    }

    def concerns(self, tenant: Tenant) -> bool:
        """Tell whether documents speak of images."""
        return bool(tenant.values.items("compute.images"))

    def desire(self, tenant: Tenant) -> Iterator[Desired[ImageAccessSpec]]:
        """Want each image of each role of ``compute.images``; a role the estate does not speak of is an image's name."""
        seen: set[str] = set()
        for index, role in enumerate(tenant.values.items("compute.images")):
            for name in tenant.estate.items(f"images.{role}") or (role,):
                if name not in seen:
                    seen.add(name)
                    yield Desired(
                        Address(self.name, tenant.key, name),
                        ImageAccessSpec(name, signed=tenant.values.get(SIGNED) or None),
                        tenant.values.origin(f"compute.images.{index}"),
                        frozenset({Address("project", tenant.key, tenant.key)}),
                        {"signed": tenant.values.origin(SIGNED)},
                        tenant.retirement(),
                    )

    def resolve(self, cloud: Cloud, want: Desired[ImageAccessSpec]) -> Desired[ImageAccessSpec]:
        """Want no membership in an image that is open to everybody.

        Raises `Unmet` for an unknown one, a private one, and one without a signature where documents want it signed.
        """
        if want.retired is not None:
            return want
        images = _offered(cloud)
        if want.spec.image not in images:
            raise missing(say("image", "image"), want.spec.image, images, want.origin)
        lacking = signature.lacking(images[want.spec.image])
        if want.spec.signed and lacking:
            raise _unsigned(want, lacking)
        visibility = images[want.spec.image]["visibility"]
        if visibility in OPEN:
            return replace(want, retired=Retirement(visibility, "", want.origin))
        if visibility != SHARED:
            raise _private(want)
        return want

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[ImageAccessSpec]]:
        """Ask once a shared image of ours, concurrently: a number of calls that does not grow with tenants."""
        projects = cloud.ids.projects(tenants)
        if not projects:
            return
        images = [each for each in _offered(cloud).values() if each["visibility"] == SHARED]
        for image, members in zip(
            images, cloud.each(lambda each: _members(cloud, each), images), strict=True
        ):
            for body in members:
                if body["member_id"] in projects:
                    yield _live(projects[body["member_id"]], image, body)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[ImageAccessSpec], ...]:
        """Ask for one project's membership in one image."""
        project, image = cloud.ids.project(address.tenant), _offered(cloud).get(address.name)
        if project is None or image is None:
            return ()
        try:
            return (_live(address.tenant, image, cloud.api(self.service).get(f"{_path(image)}/{project}")),)
        except NotFound:
            return ()

    def create(self, cloud: Cloud, want: Desired[ImageAccessSpec]) -> Live[ImageAccessSpec]:
        """Share it; accepting it follows with the first update. Raises `Conflict` when it was shared meanwhile."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        image = _offered(cloud)[want.spec.image]
        body = cloud.api(self.service).post(_path(image), {"member": project})
        return _live(want.address.tenant, image, body)

    def update(
        self, cloud: Cloud, have: Live[ImageAccessSpec], want: Desired[ImageAccessSpec]
    ) -> Live[ImageAccessSpec]:
        """Accept it on behalf of the tenant."""
        image = _offered(cloud)[want.spec.image]
        body = cloud.api(self.service).put(f"/images/{have.id}", {"status": want.spec.status})
        return _live(want.address.tenant, image, body)

    def delete(self, cloud: Cloud, have: Live[ImageAccessSpec]) -> None:
        """Share it no longer; servers made of the image go on."""
        cloud.api(self.service).delete(f"/images/{have.id}")


def _offered(cloud: Cloud) -> Mapping[str, Mapping[str, Any]]:
    """Return what counts under each name: an active image before another, a newer one before an older."""
    ranked = sorted(cloud.shared.images(), key=lambda each: (each["status"] == "active", each["created_at"]))
    return {each["name"]: each for each in ranked if each["name"]}


def _path(image: Mapping[str, Any]) -> str:
    return f"/images/{image['id']}/members"


def _members(cloud: Cloud, image: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who shares an image; nobody, when it has gone meanwhile."""
    try:
        found: list[dict[str, Any]] = cloud.api(ImageAccess.service).get(_path(image))["members"]
    except NotFound:
        return []
    return found


def _live(tenant: str, image: Mapping[str, Any], body: Mapping[str, Any]) -> Live[ImageAccessSpec]:
    address = Address(ImageAccess.name, tenant, image["name"])
    spec = ImageAccessSpec(image["name"], body["status"], signed=not signature.lacking(image))
    return Live(address, f"{image['id']}/members/{body['member_id']}", spec, owned=True, raw=body)


def _unsigned(want: Desired[ImageAccessSpec], lacking: tuple[str, ...]) -> Unmet:
    return Unmet(
        say(
            "the image {name} is not signed: it lacks {lacking}",
            "l'image {name} n'est pas signée : il lui manque {lacking}",
            name=want.spec.image,
            lacking=", ".join(lacking),
        ),
        where=str(want.where("signed")),
        do=say(
            "have the operator upload it with its signature (the four properties first: Glance then verifies what is uploaded), or write images.signed: false",
            "la faire envoyer par l'opérateur avec sa signature (les quatre propriétés d'abord : Glance vérifie alors ce qui est envoyé), ou écrire images.signed: false",
        ),
    )


def _private(want: Desired[ImageAccessSpec]) -> Unmet:
    return Unmet(
        say(
            "the image {name} is private, and has no members",
            "l'image {name} est privée, et n'a pas de membres",
            name=want.spec.image,
        ),
        where=str(want.origin),
        do=say(
            "have the operator set its visibility to shared: until it has members, nobody sees more of it",
            "faire passer sa visibilité à shared par l'opérateur : tant qu'elle n'a pas de membres, nul n'en voit plus",
        ),
    )
