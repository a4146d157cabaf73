"""A Swift container: who may read it, what it says about itself, how much it holds. Objects are never touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from provision.cloud.shelf import META, SYNC, TEMP_URL, harmless, names, path, told, wire
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

MARKER: Final = "provision"
KEYS: Final = "provision-keys"
CORS: Final = "access-control-allow-origin"
BYTES: Final = "quota-bytes"
OBJECTS: Final = "quota-count"
# Metadata that means something to Swift itself, and is not what a dataset says about itself.
_SWIFTS: Final = ("access-control-", "quota-", "web-", MARKER)
_ACLS: Final = {"public": (".r:*", ".rlistings"), "private": ()}
_ACL_SCHEMA: Final = {
    "anyOf": [
        {"enum": ["public", "private", "unmanaged"]},
        {"type": "array", "items": {"type": "string", "minLength": 1}},
    ]
}


@dataclass(frozen=True)
class ContainerSpec:
    """A container; `metadata` is what we wrote and nobody else's; quotas are -1 for none (bytes, objects); `cors` '' for none.

    `sync` tells whether its files are copied to another container, `temp_urls` whether it has a key that signs addresses:
    both are only ever taken away.
    """

    read: Annotated[tuple[str, ...] | None, exact_set()] = None
    write: Annotated[tuple[str, ...] | None, exact_set()] = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    quota_bytes: int | None = None
    quota_objects: int | None = None
    versioning: bool | None = None
    cors: str | None = None
    sync: bool | None = None
    temp_urls: bool | None = None


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
        "object",
        closed(
            {
                "versioning": worded(
                    say(
                        "Whether containers keep what is overwritten or deleted, unless they say otherwise",
                        "Si les conteneurs conservent ce qui est écrasé ou supprimé, sauf s'ils disent autre chose",
                    ),
                    {"type": "boolean"},
                ),
                "sync": worded(
                    say(
                        "Whether containers may copy their files elsewhere; false takes every such target away",
                        "Si des conteneurs peuvent copier leurs fichiers ailleurs ; false retire toute cible",
                    ),
                    {"type": "boolean"},
                ),
                "containers": named(
                    say("Containers of the object store", "Les conteneurs du stockage objet"),
                    {
                        "read": worded(
                            say(
                                "Who may read: public, private (the default), or Swift's own words; unmanaged leaves it",
                                "Qui peut lire : public, private (par défaut), ou les mots de Swift ; unmanaged n'y touche pas",
                            ),
                            _ACL_SCHEMA,
                        ),
                        "write": worded(
                            say("Who may write: as read", "Qui peut écrire : comme read"), _ACL_SCHEMA
                        ),
                        "metadata": worded(
                            say(
                                "What the container says about itself", "Ce que le conteneur dit de lui-même"
                            ),
                            {
                                "type": "object",
                                "propertyNames": {"pattern": NAME},
                                "additionalProperties": {"type": ["string", "integer"], "maxLength": 256},
                            },
                        ),
                        "quota": worded(
                            say("How much it may hold", "Ce qu'il peut contenir"),
                            closed(
                                {
                                    "bytes": {"quota": "B", "sized": True},
                                    "objects": {"quota": "", "sized": True},
                                }
                            ),
                        ),
                        "versioning": worded(
                            say(
                                "Keep what is overwritten or deleted",
                                "Conserver ce qui est écrasé ou supprimé",
                            ),
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
            }
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[ContainerSpec]]:
        """Want each container of ``object.containers``; ``object.versioning`` holds for those that do not say."""
        for key, item in tenant.values.section("object.containers").items():
            place = f"object.containers.{key}"
            versioned = f"{place}.versioning" if "versioning" in item else "object.versioning"
            spec = replace(
                _wanted(item),
                versioning=tenant.values.get(versioned),
                sync=_never(tenant, "object.sync"),
                temp_urls=_never(tenant, "object.temp_urls"),
            )
            yield Desired(
                Address(self.name, tenant.key, key),
                spec,
                tenant.values.origin(place),
                frozenset({Address("project", tenant.key, tenant.key)}),
                {
                    **{
                        name: tenant.values.origin(f"{place}.{name}")
                        for name in ("read", "write", "metadata", "cors")
                    },
                    **{name: tenant.values.origin(f"object.{name}") for name in ("sync", "temp_urls")},
                    "versioning": tenant.values.origin(versioned),
                    "quota_bytes": tenant.values.origin(f"{place}.quota.bytes"),
                    "quota_objects": tenant.values.origin(f"{place}.quota.objects"),
                },
                tenant.retirement(place),
            )

    def concerns(self, tenant: Tenant) -> bool:
        """Read the accounts of tenants whose documents speak of containers; what others keep there is their affair."""
        return bool(tenant.values.section("object.containers"))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[ContainerSpec]]:
        """List each tenant's account, then ask about each container, concurrently."""
        projects = cloud.ids.projects(tenants)
        cloud.api(self.service)
        accounts = cloud.each(lambda project: _names(cloud, project), projects)
        there = [(project, name) for project, found in zip(projects, accounts, strict=True) for name in found]
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
        cloud.account(project).put(path(want.address.name), headers=headers)

    def update(self, cloud: Cloud, have: Live[ContainerSpec], want: Desired[ContainerSpec]) -> None:
        """Set what is wanted, and remove what we wrote and is wanted no more, in one request.

        A target that files are copied to goes first: Swift turns no versioning on while there is one.
        """
        project, name = have.id.split("/", 1)
        account = cloud.account(project)
        if have.spec.sync and want.spec.sync is False:
            account.send("POST", path(name), headers=dict(_header(each, None) for each in SYNC))
        headers = _headers(cloud, want, have.spec.metadata if have.owned else {})
        account.send("POST", path(name), headers=headers)

    def delete(self, cloud: Cloud, have: Live[ContainerSpec]) -> None:
        """Delete it. Raises `Conflict` while objects are in it."""
        project, name = have.id.split("/", 1)
        try:
            cloud.account(project).delete(path(name))
        except Conflict as error:
            error.do = say(
                "it still holds objects, which are the tenant's: have them moved or deleted, then apply again",
                "il contient encore des objets, qui sont au locataire : les faire déplacer ou supprimer, puis relancer apply",
            )
            raise


def _never(tenant: Tenant, place: str) -> bool | None:
    """Return False for what documents forbid; what they allow is not managed."""
    return False if tenant.values.get(place) is False else None


def _wanted(item: Mapping[str, Any]) -> ContainerSpec:
    held = item.get("quota", {})
    cors = item.get("cors")
    return ContainerSpec(
        read=_acl(item.get("read", "private")),
        write=_acl(item.get("write", "private")),
        metadata={str(key).lower(): str(value) for key, value in item.get("metadata", {}).items()},
        quota_bytes=_limit(held.get("bytes", "unmanaged"), "B"),
        quota_objects=_limit(held.get("objects", "unmanaged"), ""),
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


def _names(cloud: Cloud, project: str) -> list[str]:
    try:
        return list(names(cloud.account(project)))
    except Forbidden as error:
        error.do = say(
            "Swift lets only its reseller role (often ResellerAdmin) into the accounts of others: have it granted",
            "Swift n'ouvre les comptes des autres qu'à son rôle de revendeur (souvent ResellerAdmin) : le faire accorder",
        )
        raise


def _look(cloud: Cloud, tenant: str, project: str, name: str) -> tuple[Live[ContainerSpec], ...]:
    try:
        headers = cloud.account(project).head(path(name))
    except NotFound:
        return ()
    address, shelf = Address(Container.name, tenant, name), told(name, headers)
    meta = shelf.metadata
    ours = cloud.owner.read(meta.get(MARKER))[1] == address
    kept = meta.get(KEYS, "").split(",") if ours else [key for key in meta if not key.startswith(_SWIFTS)]
    spec = ContainerSpec(
        read=shelf.read,
        write=shelf.write,
        metadata={key: meta[key] for key in kept if key in meta},
        quota_bytes=int(meta.get(BYTES, quantity.UNLIMITED)),
        quota_objects=int(meta.get(OBJECTS, quantity.UNLIMITED)),
        versioning=shelf.versioned,
        cors=meta.get(CORS, ""),
        sync=shelf.synced,
        temp_urls=shelf.signed,
    )
    return (
        Live(address, f"{project}/{name}", spec, ours, harmless(headers), headers.get("x-timestamp", "")),
    )


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
    said |= dict.fromkeys(_forbidden(spec))
    return dict(_header(name, value) for name, value in said.items())


def _forbidden(spec: ContainerSpec) -> Iterator[str]:
    """Yield the headers that are taken away."""
    if spec.sync is False:
        yield from SYNC
    if spec.temp_urls is False:
        yield from (f"{META}{TEMP_URL}", f"{META}{TEMP_URL}-2")


def _header(name: str, value: str | None) -> tuple[str, str]:
    """Return a header as Swift takes it: UTF-8 bytes, which HTTP libraries want to see as Latin-1; None removes it."""
    if value is None:
        return f"x-remove-{name.removeprefix('x-')}", "x"
    return name, wire(value)
