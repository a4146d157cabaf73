"""A zone of the DNS: named as the world knows it, in the tenant's project; what stands in it is the tenant's to write."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from provision.errors import Conflict, QuotaExceeded
from provision.kind import Kind, chosen_by_cloud, register
from provision.model import quota
from provision.model.address import Address
from provision.model.document import WORDS, named, within, worded
from provision.model.resource import Desired, Live
from provision.model.tenant import in_words
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SECTION: Final = "dns.zones"
MAX_DESCRIPTION: Final = 160
MAX_NAME: Final = 90  # so that the marker of every tenant has room
MAX_TTL: Final = 2**31 - 1
EVERYBODYS: Final = {"all_projects": "true"}
PAGE: Final = 1000
_NAME: Final = {
    "type": "string",
    "pattern": r"^([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.?$",
    "maxLength": MAX_NAME,
    "says": {"en": "a domain name in lower case (city.example)", "fr": "un nom de domaine en minuscules (ville.example)"},
}  # fmt: skip
_EMAIL: Final = {
    "type": "string",
    "pattern": r"^[^@\s]+@[^@\s]+$",
    "says": {"en": "an e-mail address", "fr": "une adresse électronique"},
}


@dataclass(frozen=True)
class DnsZoneSpec:
    """Who answers for a zone, how long what it says may be kept (seconds), and what it is for."""

    email: str | None
    ttl: Annotated[int | None, chosen_by_cloud()] = None
    description: str | None = None


@register
class DnsZone(Kind[DnsZoneSpec]):
    """Known by its name, which no other zone of the cloud has; marked in its description."""

    name = "dns_zone"
    title = say("DNS zone", "zone DNS")
    service = "dns"
    spec = DnsZoneSpec
    document = within(
        SECTION,
        named(
            say("Zones of the DNS", "Zones du DNS"),
            {
                "name": worded(say("Its name; for good", "Son nom ; définitif"), _NAME),
                "email": worded(
                    say(
                        "Who answers for it, as the world reads it; left out, owner.email",
                        "Qui en répond, lu du monde entier ; à défaut, owner.email",
                    ),
                    _EMAIL,
                ),
                "ttl": worded(
                    say("How long its answers may be kept, in seconds", "Durée de garde de ses réponses, en secondes"),
                    {"type": "integer", "minimum": 1, "maximum": MAX_TTL},
                ),
                "description": worded(say("What it is for", "À quoi elle sert"), WORDS),
            },
            required=("name",),
        ),
    )  # fmt: skip

    def concerns(self, tenant: Tenant) -> bool:
        """Only who has zones, or had some before it was retired, is asked about."""
        return bool(tenant.values.section(SECTION))

    def desire(self, tenant: Tenant) -> Iterator[Desired[DnsZoneSpec]]:
        """Want each zone under its name; the quota that leaves room for it comes first."""
        for key, item in tenant.values.section(SECTION).items():
            path = f"{SECTION}.{key}"
            email = f"{path}.email" if item.get("email") else "owner.email"
            said = item.get("description")
            yield Desired(
                Address(self.name, tenant.key, domain(item["name"])),
                DnsZoneSpec(
                    tenant.values.get(email), item.get("ttl"), None if said is None else in_words(said)
                ),
                tenant.values.origin(path),
                _grounds(tenant),
                {
                    "email": tenant.values.origin(email),
                    "ttl": tenant.values.origin(f"{path}.ttl"),
                    "description": tenant.values.origin(f"{path}.description"),
                },
                tenant.retirement(path),
            )

    def resolve(self, cloud: Cloud, want: Desired[DnsZoneSpec]) -> Desired[DnsZoneSpec]:
        """Cut the description to what there is room for beside the marker."""
        text = want.spec.description
        if text is None:
            return want
        kept = cloud.owner.kept(text, want.address, most=MAX_DESCRIPTION)
        return replace(want, spec=replace(want.spec, description=kept))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[DnsZoneSpec]]:
        """List the zones of all projects at once, page after page."""
        projects = cloud.ids.projects(tenants)
        if not projects:
            return
        for body in _listed(cloud):
            tenant = projects.get(body["project_id"])
            if tenant is not None:
                yield _live(cloud, tenant, body)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[DnsZoneSpec], ...]:
        """Ask for the one zone of this name, if it is the tenant's."""
        project = cloud.ids.project(address.tenant)
        if project is None:
            return ()
        return tuple(
            _live(cloud, address.tenant, body)
            for body in _listed(cloud, name=f"{address.name}.")
            if body["project_id"] == project
        )

    def create(self, cloud: Cloud, want: Desired[DnsZoneSpec]) -> Live[DnsZoneSpec]:
        """Create it as the tenant's project would, marked."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        body = {"name": f"{want.address.name}.", **_changed(cloud, want, None)}
        headers = {"X-Auth-Sudo-Project-Id": project}
        with _writing():
            made = cloud.api(self.service).send("POST", "/zones", body=body, headers=headers)
        return _live(cloud, want.address.tenant, made.object())

    def update(self, cloud: Cloud, have: Live[DnsZoneSpec], want: Desired[DnsZoneSpec]) -> Live[DnsZoneSpec]:
        """Say what differs, and the marker with it."""
        with _writing():
            made = cloud.api(self.service).patch(_path(have.id), _changed(cloud, want, have))
        return _live(cloud, want.address.tenant, made)

    def delete(self, cloud: Cloud, have: Live[DnsZoneSpec]) -> None:
        """Delete it, and all that was written in it. Raises `CloudError` while a zone stands below it."""
        cloud.api(self.service).delete(_path(have.id))


def domain(name: str) -> str:
    """Return a domain's name without the dot at its end, as documents and addresses have it."""
    return name.removesuffix(".")


def _path(zone: str) -> str:
    return f"/zones/{zone}?{urlencode(EVERYBODYS)}"


def _grounds(tenant: Tenant) -> frozenset[Address]:
    """Return what a zone stands on: the project, and the quota that leaves room for it, where documents speak of one."""
    project = Address("project", tenant.key, tenant.key)
    said = tenant.values.section(quota.place("dns"))
    return frozenset({project, Address("dns_quota", tenant.key, "dns")} if said else {project})


def _listed(cloud: Cloud, **asked: str) -> Iterator[Mapping[str, Any]]:
    """Yield the zones of every project that are not on their way out; Designate's next page forgets whose was asked for."""
    marker = None
    while True:
        page = cloud.api(DnsZone.service).get("/zones", limit=PAGE, marker=marker, **EVERYBODYS, **asked)
        yield from (body for body in page["zones"] if body.get("action") != "DELETE")
        if not page["links"].get("next"):
            return
        marker = page["zones"][-1]["id"]


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[DnsZoneSpec]:
    """Read a zone; a marker that names another one was copied by somebody, and counts for nothing."""
    here = Address(DnsZone.name, tenant, domain(body["name"]))
    text, marked = cloud.owner.read(body.get("description"))
    owned = marked == here
    described = text if owned else str(body.get("description") or "")
    spec = DnsZoneSpec(body["email"], body["ttl"], described)
    return Live(here, body["id"], spec, owned, body, body.get("created_at") or "")


def _changed(cloud: Cloud, want: Desired[DnsZoneSpec], have: Live[DnsZoneSpec] | None) -> dict[str, Any]:
    """Return what is to be said of a zone, and the marked description where that is not what it says."""
    spec, there = want.spec, have.raw if have else {}
    text = cloud.owner.read(there.get("description"))[0] if spec.description is None else spec.description
    said = {
        "email": spec.email,
        "ttl": spec.ttl,
        "description": cloud.owner.describe(text, want.address, most=MAX_DESCRIPTION),
    }
    return {name: value for name, value in said.items() if value is not None and value != there.get(name)}


@contextmanager
def _writing() -> Iterator[None]:
    """Add to a refusal what a person can do."""
    try:
        yield
    except QuotaExceeded as error:
        error.do = say(
            "raise quotas.dns in the tenant's document, or remove what the tenant no longer needs",
            "relever quotas.dns dans le document du locataire, ou supprimer ce dont il n'a plus besoin",
        )
        raise
    except Conflict as error:
        error.do = error.do or say(
            "nobody may have this name, or a name above or below it, in another project; one that was deleted is gone in a moment",
            "personne ne doit avoir ce nom, ni un nom au-dessus ou au-dessous, dans un autre projet ; une zone supprimée part dans l'instant",
        )
        raise
