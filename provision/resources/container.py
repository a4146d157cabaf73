"""A Swift container: who may read it, what it says about itself, how much it holds. Objects are never touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final
from urllib.parse import quote

from provision.errors import Conflict, Forbidden, NotFound
from provision.kind import Kind, exact_set, register
from provision.model import quantity
from provision.model.address import Address
from provision.model.document import NAME, closed, named, within, worded
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.quantity import Unit
    from provision.model.tenant import Tenant

PAGE: Final = 1000
META: Final = "x-container-meta-"
MARKER: Final = "provision"
KEYS: Final = "provision-keys"
CORS: Final = "access-control-allow-origin"
BYTES: Final = "quota-bytes"
OBJECTS: Final = "quota-count"
# Metadata that means something to Swift itself, and is not what a dataset says about itself.
_SWIFTS: Final = ("access-control-", "quota-", "temp-url-", "web-", MARKER)
_ACLS: Final = {"public": (".r:*", ".rlistings"), "private": ()}
_ACL_SCHEMA: Final = {
    "anyOf": [
        {"enum": ["public", "private", "unmanaged"]},
        {"type": "array", "items": {"type": "string", "minLength": 1}},
    ]
}


@dataclass(frozen=True)
class ContainerSpec:
    """A container; `metadata` is what we wrote and nobody else's; quotas are -1 for none (bytes, objects); `cors` '' for none."""

    read: Annotated[tuple[str, ...] | None, exact_set()] = None
    write: Annotated[tuple[str, ...] | None, exact_set()] = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    quota_bytes: int | None = None
    quota_objects: int | None = None
    versioning: bool | None = None
    cors: str | None = None


@register
class Container(Kind[ContainerSpec]):
    """Marked in its metadata, together with which of it is ours. Private unless the documents say otherwise.

    Reading costs one listing a tenant and one question a container, whoever made it: only the container itself says who
    may read it. Deleting one that holds objects is refused by Swift, and its objects are the tenant's to delete.
    """

    name = "container"
    title = say("container", "conteneur")
    service = "object-store"
    spec = ContainerSpec
    units: ClassVar[Mapping[str, Unit]] = {"quota_bytes": "B", "quota_objects": ""}
    document = within(
        "object.containers",
        named(
            say("Containers of the object store", "Les conteneurs du stockage objet"),
            {
                "read": worded(
                    say(
                        "Who may read: public, private (the default), or Swift's own words; unmanaged leaves it",
                        "Qui peut lire : public, private (par défaut), ou les mots de Swift ; unmanaged n'y touche pas",
                    ),
                    _ACL_SCHEMA,
                ),
                "write": worded(say("Who may write: as read", "Qui peut écrire : comme read"), _ACL_SCHEMA),
                "metadata": worded(
                    say("What the container says about itself", "Ce que le conteneur dit de lui-même"),
                    {
                        "type": "object",
                        "propertyNames": {"pattern": NAME},
                        "additionalProperties": {"type": ["string", "integer"], "maxLength": 256},
                    },
                ),
                "quota": worded(
                    say("How much it may hold", "Ce qu'il peut contenir"),
                    closed({"bytes": {"quota": "B"}, "objects": {"quota": ""}}),
                ),
                "versioning": worded(
                    say("Keep what is overwritten or deleted", "Conserver ce qui est écrasé ou supprimé"),
                    {"type": "boolean"},
                ),
                "cors": worded(
                    say(
                        'Web origins that may read it from a browser ("*": all), or none',
                        "Origines web qui peuvent le lire depuis un navigateur (« * » : toutes), ou none",
                    ),
                    {"type": "string", "minLength": 1},
                ),
            },
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[ContainerSpec]]:
        """Want each container of ``object.containers``; ``object.versioning`` holds for those that do not say."""
        for key, item in tenant.values.section("object.containers").items():
            path = f"object.containers.{key}"
            versioned = f"{path}.versioning" if "versioning" in item else "object.versioning"
            yield Desired(
                Address(self.name, tenant.key, key),
                _wanted(item, versioning=tenant.values.get(versioned)),
                tenant.values.origin(path),
                frozenset({Address("project", tenant.key, tenant.key)}),
                {
                    **{
                        name: tenant.values.origin(f"{path}.{name}")
                        for name in ("read", "write", "metadata", "cors")
                    },
                    "versioning": tenant.values.origin(versioned),
                    "quota_bytes": tenant.values.origin(f"{path}.quota.bytes"),
                    "quota_objects": tenant.values.origin(f"{path}.quota.objects"),
                },
                tenant.retirement(path),
            )

    def concerns(self, tenant: Tenant) -> bool:
        """Read the accounts of tenants whose documents speak of containers; what others keep there is their affair."""
        return bool(tenant.values.section("object.containers"))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[ContainerSpec]]:
        """List each tenant's account, then ask about each container, concurrently."""
        projects = cloud.ids.projects(tenants)
        cloud.api(self.service)
        accounts = cloud.each(lambda project: list(_names(cloud, project)), projects)
        there = [(project, name) for project, names in zip(projects, accounts, strict=True) for name in names]
        for live in cloud.each(lambda one: _look(cloud, projects[one[0]], *one), there):
            yield from live

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[ContainerSpec], ...]:
        """Ask about one container."""
        project = cloud.ids.project(address.tenant)
        return () if project is None else _look(cloud, address.tenant, project, address.name)

    def create(self, cloud: Cloud, want: Desired[ContainerSpec]) -> None:
        """Create it with everything it is to say, in one request."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        headers = {
            name: value
            for name, value in _headers(cloud, want, {}).items()
            if not name.startswith("x-remove-")
        }
        cloud.account(project).put(_path(want.address.name), headers=headers)

    def update(self, cloud: Cloud, have: Live[ContainerSpec], want: Desired[ContainerSpec]) -> None:
        """Set what is wanted, and remove what we wrote and is wanted no more, in one request."""
        project, name = have.id.split("/", 1)
        headers = _headers(cloud, want, have.spec.metadata if have.owned else {})
        cloud.account(project).send("POST", _path(name), headers=headers)

    def delete(self, cloud: Cloud, have: Live[ContainerSpec]) -> None:
        """Delete it. Raises `Conflict` while objects are in it."""
        project, name = have.id.split("/", 1)
        try:
            cloud.account(project).delete(_path(name))
        except Conflict as error:
            error.do = say(
                "it still holds objects, which are the tenant's: have them moved or deleted, then apply again",
                "il contient encore des objets, qui sont au locataire : les faire déplacer ou supprimer, puis relancer apply",
            )
            raise


def _wanted(item: Mapping[str, Any], *, versioning: bool | None) -> ContainerSpec:
    held = item.get("quota", {})
    cors = item.get("cors")
    return ContainerSpec(
        read=_acl(item.get("read", "private")),
        write=_acl(item.get("write", "private")),
        metadata={str(key).lower(): str(value) for key, value in item.get("metadata", {}).items()},
        quota_bytes=_limit(held.get("bytes", "unmanaged"), "B"),
        quota_objects=_limit(held.get("objects", "unmanaged"), ""),
        versioning=versioning,
        cors="" if cors == "none" else cors,
    )


def _acl(said: Any) -> tuple[str, ...] | None:  # noqa: ANN401 (a YAML value)
    if isinstance(said, str):
        return _ACLS.get(said)
    return tuple(str(entry) for entry in said)


def _limit(said: object, unit: quantity.Unit) -> int | None:
    """Return a quota of a container, which has none by default; None when it is not managed."""
    read = quantity.quota(said, unit)
    if read == "unmanaged":
        return None
    return quantity.UNLIMITED if isinstance(read, str) else read


def _names(cloud: Cloud, project: str) -> Iterator[str]:
    """Yield the names of a project's containers, page after page; none when it has no account yet."""
    account, last = cloud.account(project), None
    while True:
        try:
            page = account.get("", format="json", limit=PAGE, marker=last).get("items", ())
        except NotFound:
            return
        except Forbidden as error:
            error.do = say(
                "Swift lets only its reseller role (often ResellerAdmin) into the accounts of others: have it granted",
                "Swift n'ouvre les comptes des autres qu'à son rôle de revendeur (souvent ResellerAdmin) : le faire accorder",
            )
            raise
        yield from (each["name"] for each in page)
        if len(page) < PAGE:
            return
        last = page[-1]["name"]


def _look(cloud: Cloud, tenant: str, project: str, name: str) -> tuple[Live[ContainerSpec], ...]:
    try:
        headers = cloud.account(project).head(_path(name))
    except NotFound:
        return ()
    address = Address(Container.name, tenant, name)
    meta = {
        key.lower().removeprefix(META): _read(value)
        for key, value in headers.items()
        if key.lower().startswith(META)
    }
    ours = cloud.owner.read(meta.get(MARKER))[1] == address
    kept = meta.get(KEYS, "").split(",") if ours else [key for key in meta if not key.startswith(_SWIFTS)]
    spec = ContainerSpec(
        read=_entries(headers.get("x-container-read")),
        write=_entries(headers.get("x-container-write")),
        metadata={key: meta[key] for key in kept if key in meta},
        quota_bytes=int(meta.get(BYTES, quantity.UNLIMITED)),
        quota_objects=int(meta.get(OBJECTS, quantity.UNLIMITED)),
        versioning=headers.get("x-versions-enabled", "").lower() == "true",
        cors=meta.get(CORS, ""),
    )
    return (Live(address, f"{project}/{name}", spec, ours, dict(headers), headers.get("x-timestamp", "")),)


def _entries(header: str | None) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in (header or "").split(",") if entry.strip())


def _headers(cloud: Cloud, want: Desired[ContainerSpec], had: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that make a container what is wanted; `had` is the metadata that we wrote before."""
    spec = want.spec
    said: dict[str, str | None] = {
        **dict.fromkeys(f"{META}{key}" for key in had),
        **{f"{META}{key}": value for key, value in spec.metadata.items()},
        f"{META}{MARKER}": cloud.owner.marker(want.address),
        f"{META}{KEYS}": ",".join(sorted(spec.metadata)) or None,
    }
    if spec.read is not None:
        said["x-container-read"] = ",".join(spec.read) or None
    if spec.write is not None:
        said["x-container-write"] = ",".join(spec.write) or None
    for key, limit in ((BYTES, spec.quota_bytes), (OBJECTS, spec.quota_objects)):
        if limit is not None:
            said[f"{META}{key}"] = None if limit == quantity.UNLIMITED else str(limit)
    if spec.cors is not None:
        said[f"{META}{CORS}"] = spec.cors or None
    if spec.versioning is not None:
        said["x-versions-enabled"] = str(spec.versioning).lower()
    return dict(_header(name, value) for name, value in said.items())


def _header(name: str, value: str | None) -> tuple[str, str]:
    """Return a header as Swift takes it: UTF-8 bytes, which HTTP libraries want to see as Latin-1; None removes it."""
    if value is None:
        return f"x-remove-{name.removeprefix('x-')}", "x"
    return name, value.encode().decode("latin-1")


def _read(value: str) -> str:
    return value.encode("latin-1", "replace").decode("utf-8", "replace")


def _path(name: str) -> str:
    return f"/{quote(name, safe='')}"
