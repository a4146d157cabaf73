"""Access of the tenant's project to a private volume type, by which a profile says how data is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from provision.cloud.unmet import missing
from provision.errors import NotFound
from provision.kind import Kind, Unmet, chosen_by_cloud, immutable, register
from provision.model import encryption
from provision.model.address import Address
from provision.model.document import closed, within, worded
from provision.model.encryption import Encryption
from provision.model.resource import Desired, Live, Retirement
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.origin import Origin
    from provision.model.tenant import Tenant

VOLUME: Final = encryption.VOLUME
TYPES: Final = f"{VOLUME}.types"
ACCESS: Final = f"{VOLUME}.access"
# Either demands that a type encrypts: a backup of a volume is encrypted as, and only if, the volume is.
DEMANDS: Final = (f"{VOLUME}.encrypted", "backup.encrypted")


@dataclass(frozen=True)
class VolumeTypeAccessSpec:
    """Which volume type, by name; and how its volumes are encrypted (wanted: None for however; found: None for not at all)."""

    type: Annotated[str, immutable()]
    encryption: Annotated[Encryption | None, immutable(), chosen_by_cloud()] = None


@register
class VolumeTypeAccess(Kind[VolumeTypeAccessSpec]):
    """Additive, unless ``storage.volume.access: exact`` withdraws access to the estate's other types.

    How a type encrypts is the operator's to set and ours to read back: a tenant whose documents want it otherwise is
    refused while planning, and nothing is written for it.
    """

    name = "volume_type_access"
    title = say("volume type access", "accès à un type de volume")
    service = "block-storage"
    spec = VolumeTypeAccessSpec
    document: ClassVar[Mapping[str, Any]] = {
        "properties": {
            **within(
                "storage.volume",
                closed(
                    {
                        "types": worded(
                            say(
                                "Volume types by role; the estate says which type a role is",
                                "Types de volume par rôle ; le parc dit à quel type correspond un rôle",
                            ),
                            {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
                        ),
                        "access": worded(
                            say(
                                "exact: access to the estate's other volume types is withdrawn; additive: it is left",
                                "exact : l'accès aux autres types de volume du parc est retiré ; additive : il est laissé",
                            ),
                            {"enum": ["exact", "additive"]},
                        ),
                        "encrypted": worded(
                            say(
                                "true: a type that does not encrypt is refused",
                                "true : un type qui ne chiffre pas est refusé",
                            ),
                            {"type": "boolean"},
                        ),
                        "provider": worded(
                            say("The format its types must have", "Le format que ses types doivent avoir"),
                            {"enum": ["luks", "luks2", "plain"]},
                        ),
                        "cipher": worded(
                            say("The cipher its types must have", "L'algorithme que ses types doivent avoir"),
                            {"type": "string", "minLength": 1},
                        ),
                        "key_size": worded(
                            say(
                                "The shortest key its types may have, in bits",
                                "La plus courte clé que ses types peuvent avoir, en bits",
                            ),
                            {"enum": [128, 256, 512]},
                        ),
                        "control_location": worded(
                            say(
                                "Who must encrypt: front-end (the hypervisor: the storage only sees what is encrypted) or back-end (the storage)",
                                "Qui doit chiffrer : front-end (l'hyperviseur : le stockage ne voit que du chiffré) ou back-end (le stockage)",
                            ),
                            {"enum": ["front-end", "back-end"]},
                        ),
                    }
                ),
            )["properties"],
            **within(
                "backup.encrypted",
                worded(
                    say(
                        "true: as storage.volume.encrypted; a backup is encrypted as, and only if, its volume is",
                        "true : comme storage.volume.encrypted ; une sauvegarde est chiffrée comme son volume, et seulement s'il l'est",
                    ),
                    {"type": "boolean"},
                ),
            )["properties"],
        }
    }

    def desire(self, tenant: Tenant) -> Iterator[Desired[VolumeTypeAccessSpec]]:
        """Want each type of ``storage.volume.types``; with ``access: exact``, want the estate's others withdrawn.

        A role that the estate does not speak of is a volume type's own name.
        """
        roles, retired = tenant.estate.section("volume_types"), tenant.retirement()
        wanted: dict[str, int] = {}
        for index, role in enumerate(tenant.values.items(TYPES)):
            wanted.setdefault(roles.get(role, role), index)
        for name, index in wanted.items():
            yield _desired(tenant, name, f"{TYPES}.{index}", retired)
        if retired is None and tenant.values.get(ACCESS) == "exact":
            because = Retirement("access: exact", "", tenant.values.origin(ACCESS))
            for name in sorted(set(roles.values()) - wanted.keys()):
                yield _desired(tenant, name, ACCESS, because)

    def resolve(self, cloud: Cloud, want: Desired[VolumeTypeAccessSpec]) -> Desired[VolumeTypeAccessSpec]:
        """Want it encrypted as it is, once that will do; want no access to a public type: Cinder keeps none, and refuses to.

        Raises `Unmet` for a type that is not there, for one that encrypts otherwise than wanted, and for a public one that
        ``access: exact`` is to withhold.
        """
        types = {each["name"]: each for each in cloud.shared.volume_types()}
        public = want.spec.type in types and _is_public(types[want.spec.type])
        if want.retired is not None:
            if public and want.retired.origin == want.origin:
                raise _open_to_all(want)
            return want
        if want.spec.type not in types:
            raise missing(say("volume type", "type de volume"), want.spec.type, types, want.origin)
        want = _judged(cloud, types[want.spec.type], want)
        return replace(want, retired=Retirement("public", "", want.origin)) if public else want

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[VolumeTypeAccessSpec]]:
        """Ask once a private type, concurrently: a number of calls that does not grow with tenants."""
        projects = cloud.ids.projects(tenants)
        if not projects:
            return
        types = [each for each in cloud.shared.volume_types() if not _is_public(each)]
        for kind, access in zip(types, cloud.each(lambda each: _access(cloud, each), types), strict=True):
            for body in access:
                if body["project_id"] in projects:
                    yield _live(cloud, projects[body["project_id"]], kind, body)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[VolumeTypeAccessSpec], ...]:
        """Ask for one type."""
        project = cloud.ids.project(address.tenant)
        return tuple(
            _live(cloud, address.tenant, kind, body)
            for kind in cloud.shared.volume_types()
            if kind["name"] == address.name and not _is_public(kind)
            for body in _access(cloud, kind)
            if body["project_id"] == project
        )

    def create(self, cloud: Cloud, want: Desired[VolumeTypeAccessSpec]) -> None:
        """Grant it. Raises `Conflict` when it was granted meanwhile."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        kind = next(each["id"] for each in cloud.shared.volume_types() if each["name"] == want.spec.type)
        cloud.volume.post(f"/types/{kind}/action", {"addProjectAccess": {"project": project}})

    def update(
        self, cloud: Cloud, have: Live[VolumeTypeAccessSpec], want: Desired[VolumeTypeAccessSpec]
    ) -> None:
        """Do nothing: an access has nothing that could differ."""

    def delete(self, cloud: Cloud, have: Live[VolumeTypeAccessSpec]) -> None:
        """Withdraw it; volumes of the type go on."""
        kind, project = have.id.rsplit("/", 1)
        try:
            cloud.volume.post(f"/types/{kind}/action", {"removeProjectAccess": {"project": project}})
        except NotFound:
            return


def _desired(
    tenant: Tenant, name: str, path: str, retired: Retirement | None
) -> Desired[VolumeTypeAccessSpec]:
    demanded = None if retired else _demanded(tenant)
    return Desired(
        Address(VolumeTypeAccess.name, tenant.key, name),
        VolumeTypeAccessSpec(name, demanded),
        tenant.values.origin(path),
        frozenset({Address("project", tenant.key, tenant.key)}),
        {} if demanded is None else _said(tenant),
        retired,
    )


def _demanded(tenant: Tenant) -> Encryption | None:
    """Return how a tenant's types must be encrypted, None where they need not be."""
    if not any(tenant.values.get(path) is True for path in DEMANDS):
        return None
    return encryption.wanted(tenant.values)


def _said(tenant: Tenant) -> Mapping[str, Origin]:
    """Return where each part of it is demanded."""
    demand = next(path for path in DEMANDS if tenant.values.get(path) is True)
    said = {name: f"{VOLUME}.{name}" for name in encryption.FIELDS if tenant.values.get(f"{VOLUME}.{name}")}
    said |= {encryption.ENCRYPTED: demand, "encryption": demand}
    return {name: tenant.values.origin(path) for name, path in said.items()}


def _judged(
    cloud: Cloud, kind: Mapping[str, Any], want: Desired[VolumeTypeAccessSpec]
) -> Desired[VolumeTypeAccessSpec]:
    """Want a type as it is, where it will do. Raises `Unmet` where it does not encrypt as is wanted."""
    wanted = want.spec.encryption
    if wanted is None:
        return want
    found = _encryption(cloud, kind)
    lacking = next(wanted.lacking(found), None)
    if lacking is not None:
        raise _encrypts_otherwise(
            want, lacking, getattr(wanted, lacking, None), getattr(found, lacking, None)
        )
    return replace(want, spec=replace(want.spec, encryption=found))


def _encrypts_otherwise(
    want: Desired[VolumeTypeAccessSpec], name: str, wanted: object, found: object
) -> Unmet:
    what = (
        say(
            "volume type {type!r} does not encrypt its volumes",
            "le type de volume {type!r} ne chiffre pas ses volumes",
            type=want.spec.type,
        )
        if name == encryption.ENCRYPTED
        else say(
            "volume type {type!r} has {name} {found}, where {wanted} is wanted",
            "le type de volume {type!r} a {name} {found}, là où il faut {wanted}",
            type=want.spec.type,
            name=name,
            found=found or "–",
            wanted=wanted,
        )
    )
    return Unmet(
        what,
        where=str(want.where(name)),
        do=say(
            "have the operator make a type that does (openstack volume type create --encryption-…; one in use cannot be changed) and name it in volume_types of estate.yaml",
            "faire créer par l'opérateur un type qui convient (openstack volume type create --encryption-… ; un type en usage ne se change pas) et le nommer dans volume_types de estate.yaml",
        ),
    )


def _open_to_all(want: Desired[VolumeTypeAccessSpec]) -> Unmet:
    return Unmet(
        say(
            "volume type {name!r} is public: access to it cannot be withheld from anybody",
            "le type de volume {name!r} est public : l'accès n'en peut être refusé à personne",
            name=want.spec.type,
        ),
        where=str(want.origin),
        do=say(
            "have the operator make it private, or write access: additive",
            "le faire rendre privé par l'opérateur, ou écrire access: additive",
        ),
    )


def _is_public(kind: Mapping[str, Any]) -> bool:
    return bool(kind.get("is_public", kind.get("os-volume-type-access:is_public", True)))


def _encryption(cloud: Cloud, kind: Mapping[str, Any]) -> Encryption | None:
    """Return how volumes of a type are encrypted; not at all, when it has gone meanwhile."""
    try:
        return encryption.read(cloud.shared.volume_encryption(kind["id"]))
    except NotFound:
        return None


def _access(cloud: Cloud, kind: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who has access to a private type; nobody, when it has gone meanwhile."""
    try:
        found: list[dict[str, Any]] = cloud.volume.get(f"/types/{kind['id']}/os-volume-type-access")[
            "volume_type_access"
        ]
    except NotFound:
        return []
    return found


def _live(
    cloud: Cloud, tenant: str, kind: Mapping[str, Any], body: Mapping[str, Any]
) -> Live[VolumeTypeAccessSpec]:
    address = Address(VolumeTypeAccess.name, tenant, kind["name"])
    return Live(
        address,
        f"{kind['id']}/{body['project_id']}",
        VolumeTypeAccessSpec(kind["name"], _encryption(cloud, kind)),
        owned=True,
        raw=body,
    )
