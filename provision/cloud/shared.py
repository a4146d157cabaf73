"""What the operator offers to everybody, read once a run: roles, domains, flavours, volume types, networks, pools, hosts."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from provision.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from provision.cloud.api import Api
    from provision.model.address import Address

Items = tuple["Mapping[str, Any]", ...]
# Neutron, Octavia and Designate give every project the same defaults, and do not look at the id their paths want.
_QUOTA_DEFAULTS: Final = {
    "compute": ("/os-quota-class-sets/default", "quota_class_set"),
    "block-storage": ("/os-quota-class-sets/default", "quota_class_set"),
    "network": ("/quotas/default/default", "quota"),
    "load-balancer": ("/lbaas/quotas/defaults", "quota"),
    "dns": ("/quotas/defaults?all_projects=true", ""),
}
_ZONED: Final = {"compute": "compute", "volume": "block-storage"}
ZONED: Final = "availability_zone"


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared catalogue of one cloud; each list is one call, made when first asked for and then kept.

    `project` returns the id of the project that we are scoped to.
    """

    api: Callable[[str], Api]
    project: Callable[[], str | None]
    _kept: dict[str, Items] = field(default_factory=dict)
    _claims: dict[str, Address] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def roles(self) -> Mapping[str, str]:
        """Return role ids by name (global roles only)."""
        return self._ids("identity", "/roles", "roles")

    def domains(self) -> Mapping[str, str]:
        """Return domain ids by name."""
        return self._ids("identity", "/domains", "domains")

    def domain(self, identifier: str) -> Mapping[str, Any]:
        """Return a domain by its id, empty when there was none at the start of the run."""
        found: Mapping[str, Any] = self._by("identity", "/domains", "domains", "id").get(identifier, {})
        return found

    def flavors(self) -> Items:
        """Return every flavour, private ones included (``os-flavor-access:is_public``)."""
        return self._list("compute", "/flavors/detail", "flavors", is_public="None")

    def compute_hosts(self) -> Mapping[str, str]:
        """Return the zone of each host that machines run on, whatever its state."""
        asked = partial(self._whole, "compute", "/os-services", "services", binary="nova-compute")
        return {each["host"]: each["zone"] for each in self._once("compute hosts", asked)}

    def zones(self, service: str) -> frozenset[str]:
        """Return the availability zones of a service that are open (``compute``, ``volume``, ``network``)."""
        return frozenset(
            each["name"] for each in self._once(f"{service} zones", partial(self._zones, service))
        )

    def _zones(self, service: str) -> Items:
        if service == "network":
            if ZONED not in self.network_extensions():
                return ()
            found = self.api("network").list("/availability_zones", "availability_zones")
            return tuple(each for each in found if each["state"] == "available")
        told = self.api(_ZONED[service]).get("/os-availability-zone")["availabilityZoneInfo"]
        return tuple({"name": each["zoneName"]} for each in told if each["zoneState"]["available"])

    def aggregates(self) -> Items:
        """Return every host aggregate as it was at the start of the run."""
        return self._once("aggregates", partial(self._whole, "compute", "/os-aggregates", "aggregates"))

    def claim(self, host: str, address: Address) -> bool:
        """Give a host to a resource for the rest of the run; False when another one has it."""
        with self._lock:
            return self._claims.setdefault(host, address) == address

    def release(self, address: Address) -> None:
        """Take back the hosts that were given to a resource."""
        with self._lock:
            for host in [host for host, holder in self._claims.items() if holder == address]:
                del self._claims[host]

    def claimed(self, address: Address) -> list[str]:
        """Return the hosts that were given to a resource in this run."""
        with self._lock:
            return [host for host, holder in self._claims.items() if holder == address]

    def images(self) -> Items:
        """Return the images that are public, and all of the project that we are scoped to (not those of every tenant)."""
        return self._once("images", self._images)

    def _images(self) -> Items:
        image = self.api("image")
        public = image.list("/images", "images", visibility="public")
        return (*public, *image.list("/images", "images", owner=self.project()))

    def volume_types(self) -> Items:
        """Return every volume type, private ones included."""
        return self._list("block-storage", "/types", "volume_types", is_public="None")

    def volume_encryption(self, identifier: str) -> Mapping[str, Any]:
        """Return how volumes of a type are encrypted, by the type's id, in Cinder's words; empty where they are not."""
        path = f"/types/{identifier}/encryption"
        found: Mapping[str, Any] = self._once(path, lambda: (self.api("block-storage").get(path),))[0]
        return found

    def secret_stores(self) -> Items:
        """Return where the key manager can keep secrets; nothing, where it does not say (one store only)."""
        return self._once("secret stores", self._secret_stores)

    def _secret_stores(self) -> Items:
        try:
            return tuple(self.api("key-manager").get("/secret-stores")["secret_stores"])
        except NotFound:
            return ()

    def external_networks(self) -> Items:
        """Return the networks that lead outside."""
        return self._list("network", "/networks", "networks", **{"router:external": "true"})

    def subnet_pools(self) -> Items:
        """Return every subnet pool."""
        return self._list("network", "/subnetpools", "subnetpools")

    def network_extensions(self) -> frozenset[str]:
        """Return what this Neutron can do beside the ordinary, by alias."""
        return frozenset(each["alias"] for each in self._list("network", "/extensions", "extensions"))

    def quota_defaults(self, service: str) -> Mapping[str, Any]:
        """Return what a new project may use of a service that counts per project, in the service's words."""
        path, key = _QUOTA_DEFAULTS[service]

        def ask() -> Items:
            body = self.api(service).get(path)
            return (body[key] if key else body,)

        return self._once(f"{service} quotas", ask)[0]

    def _ids(self, service: str, path: str, key: str) -> Mapping[str, str]:
        return self._once(
            f"{key} ids", lambda: ({each["name"]: each["id"] for each in self._list(service, path, key)},)
        )[0]

    def _by(self, service: str, path: str, key: str, field: str) -> Mapping[str, Any]:
        return self._once(
            f"{key} by {field}", lambda: ({each[field]: each for each in self._list(service, path, key)},)
        )[0]

    def _list(self, service: str, path: str, key: str, **params: str) -> Items:
        return self._once(key, lambda: tuple(self.api(service).list(path, key, **params)))

    def _whole(self, service: str, path: str, key: str, **params: str) -> Items:
        """Return a list that comes in one piece: Nova refuses a limit there."""
        return tuple(self.api(service).get(path, **params)[key])

    def _once(self, name: str, ask: Callable[[], Items]) -> Items:
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._kept:
                self._kept[name] = ask()
            return self._kept[name]
