"""Availability zones: those of the documents are open to the tenant, and its machines start in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from provision.errors import CloudError
from provision.proof.landing import HOST, ZONE, booted
from provision.proof.promise import Made, Seen, Stage, denied, promise, together
from provision.text import say

if TYPE_CHECKING:
    from provision.model.tenant import Tenant

PLACE: Final = "location.zones"
_LISTED: Final = say("a member lists the zones of the service", "un membre liste les zones du service")


def _named(service: str) -> Made:
    key = f"{PLACE}.{service}"

    def made(tenant: Tenant) -> list[str]:
        return [key] if tenant.values.items(key) else []

    return made


@promise(
    "zones-start-machines",
    service="compute",
    says=say("its machines start in each of its zones", "ses machines démarrent dans chacune de ses zones"),
    tried=say(
        "a member boots a server in each zone; the operator sees where it lands; they are deleted",
        "un membre démarre un serveur dans chaque zone ; l'exploitant voit où il va ; ils sont supprimés",
    ),
    made=_named("compute"),
)
def zones_start_machines(stage: Stage, key: str) -> Seen:
    """Boot a server of the tenant in each zone, and see that it landed there."""
    return together(*(_started(stage, str(zone)) for zone in stage.tenant.values.items(key)))


def _started(stage: Stage, zone: str) -> Seen:
    try:
        found = booted(stage, stage.guest, {"availability_zone": zone})
    except CloudError as error:
        return denied(error, f"POST /servers ({zone})")
    there = found["status"] == "ACTIVE" and found.get(ZONE) == zone
    told = say("{zone}: {status} ({host})", "{zone} : {status} ({host})", zone=zone, status=found["status"], host=found.get(HOST) or "–")  # fmt: skip
    return Seen(there, told)


@promise(
    "zones-hold-volumes",
    service="block-storage",
    says=say("its zones for volumes are open to it", "ses zones de volumes lui sont ouvertes"),
    tried=_LISTED,
    made=_named("volume"),
)
def zones_hold_volumes(stage: Stage, key: str) -> Seen:
    """List the zones of volumes as the tenant."""
    told = stage.guest.volume.get("/os-availability-zone")["availabilityZoneInfo"]
    return _open(stage, key, {each["zoneName"] for each in told if each["zoneState"]["available"]})


@promise(
    "zones-hold-networks",
    service="network",
    says=say("its zones for networks and routers are open to it", "ses zones de réseaux et de routeurs lui sont ouvertes"),
    tried=_LISTED,
    made=_named("network"),
)  # fmt: skip
def zones_hold_networks(stage: Stage, key: str) -> Seen:
    """List the zones of networks and routers as the tenant."""
    told = stage.guest.network.list("/availability_zones", "availability_zones")
    return _open(stage, key, {each["name"] for each in told if each["state"] == "available"})


def _open(stage: Stage, key: str, there: Collection[str]) -> Seen:
    lacking = [str(zone) for zone in stage.tenant.values.items(key) if zone not in there]
    told = say(
        "open: {there}; lacking: {lacking}",
        "ouvertes : {there} ; manquantes : {lacking}",
        there=", ".join(sorted(there)) or "–",
        lacking=", ".join(lacking) or "–",
    )
    return Seen(not lacking, told)
