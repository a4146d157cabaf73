"""What a tenant's documents demand of the cloud itself, where no resource of the tenant's carries it: asked while planning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from provision.cloud.swift_info import Untold
from provision.cloud.unmet import missing
from provision.model.plan import Problem
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

OBJECTS: Final = "object.encrypted"
STORE: Final = "keys.store"
HARDWARE: Final = "secret_stores.hardware"
ZONES: Final = "location.zones"
_ZONED: Final = {
    "compute": ("compute", say("compute zone", "zone de calcul")),
    "volume": ("block-storage", say("volume zone", "zone de volumes")),
    "network": ("network", say("network zone", "zone de réseau")),
}


def unmet(cloud: Cloud, tenant: Tenant) -> Iterator[Problem]:
    """Yield what the cloud does not do of what is demanded: the tenant is refused before its first write.

    Of a service that is not there nothing is said: what requires it says so.
    """
    if tenant.retired:
        return
    for demand in _DEMANDS:
        yield from demand(cloud, tenant)


def _keys_in_hardware(cloud: Cloud, tenant: Tenant) -> Iterator[Problem]:
    """Demand that new secrets go into a store that the estate calls hardware.

    A project may prefer another store than the default; only itself can say so (a proof asks it), so the default counts.
    """
    if tenant.values.get(STORE) != "hsm" or "key-manager" not in cloud.services:
        return
    hardware = tenant.estate.items(HARDWARE)
    if not hardware:
        yield _problem(
            tenant,
            STORE,
            say(
                "keys are to rest in a hardware module, and estate.yaml names none",
                "les clés doivent reposer dans un module matériel, et estate.yaml n'en nomme aucun",
            ),
            say(
                "name those of `openstack secret store list` that are hardware in secret_stores.hardware of estate.yaml, or write keys.store: software where that will do",
                "nommer ceux de `openstack secret store list` qui sont matériels dans secret_stores.hardware de estate.yaml, ou écrire keys.store: software là où cela suffit",
            ),
        )
        return
    stores = cloud.shared.secret_stores()
    default = [each["name"] for each in stores if each["global_default"]]
    if not set(default) & set(hardware):
        yield _problem(
            tenant,
            STORE,
            say(
                "keys are to rest in a hardware module ({wanted}), and new ones would rest in {default} (of {there})",
                "les clés doivent reposer dans un module matériel ({wanted}), et les nouvelles reposeraient dans {default} (parmi {there})",
                wanted=", ".join(hardware),
                default=", ".join(default) or "–",
                there=", ".join(each["name"] for each in stores) or "–",
            ),
            say(
                "have the operator of the key manager make the hardware store its default (global_default), or write keys.store: software where that will do",
                "faire mettre par l'exploitant du gestionnaire de clés le magasin matériel par défaut (global_default), ou écrire keys.store: software là où cela suffit",
            ),
        )


def _objects_encrypted(cloud: Cloud, tenant: Tenant) -> Iterator[Problem]:
    """Demand that the object store encrypts what it keeps, and says so."""
    if tenant.values.get(OBJECTS) is not True or "object-store" not in cloud.services:
        return
    try:
        if cloud.encrypts_objects:
            return
    except Untold as untold:
        yield _problem(tenant, OBJECTS, untold.what, untold.do)
        return
    yield _problem(
        tenant,
        OBJECTS,
        say(
            "the object store does not encrypt what it keeps",
            "le stockage objet ne chiffre pas ce qu'il garde",
        ),
        say(
            "have keymaster and encryption put into the pipeline of Swift's proxies, or take another profile",
            "faire mettre keymaster et encryption dans le pipeline des proxys de Swift, ou choisir un autre profil",
        ),
    )


def _zones_open(cloud: Cloud, tenant: Tenant) -> Iterator[Problem]:
    """Demand that every availability zone of the documents is one of the cloud's, and open."""
    for name, (service, what) in _ZONED.items():
        wanted = tenant.values.items(f"{ZONES}.{name}")
        there = cloud.shared.zones(name) if wanted and service in cloud.services else frozenset(wanted)
        for index, zone in enumerate(wanted):
            if zone not in there:
                unmet = missing(what, zone, there, tenant.values.origin(f"{ZONES}.{name}.{index}"))
                yield Problem(tenant.key, unmet.where, unmet.what, unmet.do)


def _problem(tenant: Tenant, path: str, what: str | Text, do: str | Text) -> Problem:
    return Problem(tenant.key, str(tenant.values.origin(path)), what, do)


_DEMANDS: Final[tuple[Callable[[Cloud, Tenant], Iterator[Problem]], ...]] = (
    _keys_in_hardware,
    _objects_encrypted,
    _zones_open,
)
