"""How much a project may use of Cinder: one PUT, only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.quota import against_usage, quota_writing, settle, usage
from provision.kind import Kind, Unmet, by_key, manner, register
from provision.model import quota
from provision.model.address import Address
from provision.model.document import closed, worded
from provision.model.quota import Counted
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

QUOTAS: Final = (
    Counted("volumes", say("volumes", "volumes")),
    Counted(
        "gigabytes",
        say("size of all volumes and snapshots", "taille de tous les volumes et instantanés"),
        "GiB",
    ),
    Counted("snapshots", say("snapshots", "instantanés")),
    Counted("backups", say("backups", "sauvegardes")),
    Counted("backup_gigabytes", say("size of all backups", "taille de toutes les sauvegardes"), "GiB"),
    Counted("per_volume_gigabytes", say("size of one volume", "taille d'un volume"), "GiB", sized=False),
    Counted("groups", say("volume groups", "groupes de volumes")),
)
BY_TYPE: Final = (
    Counted("volumes", say("volumes of this type", "volumes de ce type")),
    Counted("gigabytes", say("size of all volumes and snapshots of this type", "taille de tous les volumes et instantanés de ce type"), "GiB"),
    Counted("snapshots", say("snapshots of volumes of this type", "instantanés de volumes de ce type")),
)  # fmt: skip
TYPES: Final = "quotas.volume.types"
OTHERS: Final = "quotas.volume.other_types"
USABLE: Final = "storage.volume.types"
ANY: Final = "*"


@dataclass(frozen=True)
class VolumeQuotaSpec:
    """Cinder's limits: a number (sizes in GiB), -1 for unlimited, ``default`` until resolved, None when not managed.

    `types` are limits by volume type, in Cinder's words (``volumes_luks``); ``default`` and ``*`` (for every type that is not
    named) until resolved. `below_usage` is what to do where a limit is below what is used: ``refuse`` (None too), ``clamp`` or ``force``.
    """

    volumes: int | str | None = None
    gigabytes: int | str | None = None
    snapshots: int | str | None = None
    backups: int | str | None = None
    backup_gigabytes: int | str | None = None
    per_volume_gigabytes: int | str | None = None
    groups: int | str | None = None
    types: Annotated[Mapping[str, int | str | None] | None, by_key()] = None
    below_usage: Annotated[str | None, manner()] = None


@register
class VolumeQuota(Kind[VolumeQuotaSpec]):
    """Always there once the project is; a retired tenant's is put back to the defaults before its project goes."""

    name = "volume_quota"
    title = say("volume quota", "quota de volumes")
    service = "block-storage"
    spec = VolumeQuotaSpec
    stays = True
    units = quota.units(QUOTAS)
    document = quota.held(
        quota.schema(
            "volume",
            say("What the tenant may use of Cinder", "Ce que le locataire peut utiliser de Cinder"),
            QUOTAS,
            types=worded(
                say(
                    "What the tenant may use of each volume type, by role; the estate says which type a role is",
                    "Ce que le locataire peut utiliser de chaque type de volume, par rôle ; le parc dit quel type est un rôle",
                ),
                {"type": "object", "additionalProperties": closed(quota.fields(BY_TYPE))},
            ),
            other_types=worded(
                say(
                    "Volume types that storage.volume.types does not name: none (quotas of 0 on all that the cloud has) or unmanaged",
                    "Types de volume que storage.volume.types ne nomme pas : none (quotas de 0 sur tous ceux du cloud) ou unmanaged",
                ),
                {"enum": ["none", "unmanaged"]},
            ),
        )
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[VolumeQuotaSpec]]:
        """Want what ``quotas.volume`` says; of a retired tenant, that nothing stays behind."""
        retired = tenant.retirement()
        yield Desired(
            Address(self.name, tenant.key, "volume"),
            VolumeQuotaSpec() if retired else _asked(tenant),
            tenant.values.origin("quotas.volume"),
            frozenset({Address("project", tenant.key, tenant.key)}),
            {
                **quota.origins(tenant.values, "volume", QUOTAS),
                "types": tenant.values.origin(TYPES if tenant.values.get(TYPES) else OTHERS),
            },
            retired,
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[VolumeQuotaSpec]]:
        """Ask once a project (Cinder has no list), concurrently."""
        projects = cloud.ids.projects(tenants)
        volume = cloud.volume
        answers = cloud.each(lambda project: volume.get(f"/os-quota-sets/{project}"), projects)
        for (project, tenant), answer in zip(projects.items(), answers, strict=True):
            yield self._live(tenant, project, answer["quota_set"])

    def _live(self, tenant: str, project: str, body: Mapping[str, Any]) -> Live[VolumeQuotaSpec]:
        spec = VolumeQuotaSpec(**quota.found(body, QUOTAS), types=_by_type(body))
        return Live(Address(self.name, tenant, "volume"), project, spec, owned=True, raw=body)

    def resolve(self, cloud: Cloud, want: Desired[VolumeQuotaSpec]) -> Desired[VolumeQuotaSpec]:
        """Replace ``default`` by Cinder's own default, and ``*`` by each type that is not named. Raises `Unmet`."""
        settled = settle(cloud, self.service, want, QUOTAS)
        if not settled.spec.types:
            return settled
        return replace(settled, spec=replace(settled.spec, types=_resolved(cloud, want)))

    def contested(self, want: Desired[VolumeQuotaSpec], have: Live[VolumeQuotaSpec]) -> bool:
        """Tell whether a limit is to be lowered: it may come below what is used."""
        return bool(_lowered(want, have))

    def settle(
        self, cloud: Cloud, want: Desired[VolumeQuotaSpec], have: Live[VolumeQuotaSpec]
    ) -> Desired[VolumeQuotaSpec]:
        """Hold limits that are to be lowered against what is used, in one call. Raises `Unmet`."""
        asked, used = _lowered(want, have), _used(cloud, have.id)
        return against_usage(want, asked, used, _raised, forcible=False)

    def create(self, cloud: Cloud, want: Desired[VolumeQuotaSpec]) -> Live[VolumeQuotaSpec] | None:
        """Set everything that is managed."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        return self._put(cloud, want.address.tenant, project, _changed(want.spec, VolumeQuotaSpec()))

    def update(
        self, cloud: Cloud, have: Live[VolumeQuotaSpec], want: Desired[VolumeQuotaSpec]
    ) -> Live[VolumeQuotaSpec] | None:
        """Set what differs."""
        return self._put(cloud, want.address.tenant, have.id, _changed(want.spec, have.spec))

    def _put(
        self, cloud: Cloud, tenant: str, project: str, limits: dict[str, int]
    ) -> Live[VolumeQuotaSpec] | None:
        if not limits:
            return None
        with quota_writing():
            answer = cloud.volume.put(f"/os-quota-sets/{project}", {"quota_set": limits})
        return self._live(tenant, project, answer["quota_set"])

    def delete(self, cloud: Cloud, have: Live[VolumeQuotaSpec]) -> None:
        """Put every limit back to Cinder's default."""
        cloud.volume.delete(f"/os-quota-sets/{have.id}")


def _asked(tenant: Tenant) -> VolumeQuotaSpec:
    return VolumeQuotaSpec(
        **quota.asked(tenant.values, "volume", QUOTAS),
        types=_asked_by_type(tenant) or None,
        below_usage=quota.below_usage(tenant.values),
    )


def _asked_by_type(tenant: Tenant) -> dict[str, int | str | None]:
    """Return limits by Cinder's words; a type that may be used and has none is named all the same where ``*`` is said."""
    roles = tenant.values.section(TYPES)
    others = tenant.values.get(OTHERS) == "none"
    found: dict[str, int | str | None] = {ANY: 0} if others else {}
    for role in (*(tenant.values.items(USABLE) if others else ()), *roles):
        name = tenant.estate.get(f"volume_types.{role}", role)
        for field, limit in quota.read(roles.get(role, {}), BY_TYPE).items():
            if limit is not None or others:
                found[f"{field}_{name}"] = limit
    return found


def _resolved(cloud: Cloud, want: Desired[VolumeQuotaSpec]) -> dict[str, int | str | None]:
    """Return the limits by type with nothing left to ask."""
    said = dict(want.spec.types or {})
    others = said.pop(ANY, None)
    defaults = cloud.shared.quota_defaults(VolumeQuota.service)
    if others is not None:
        names = [each["name"] for each in cloud.shared.volume_types()]
        said = {**{f"{each.field}_{name}": others for name in names for each in BY_TYPE}, **said}
    for key in said:
        if key not in defaults:
            raise _no_such_type(want, key)
    numbers = {key: defaults[key] if limit == "default" else limit for key, limit in said.items()}
    return {key: limit for key, limit in numbers.items() if limit is not None}


def _by_type(body: Mapping[str, Any]) -> dict[str, int]:
    """Return what Cinder answers of single types."""
    ours = tuple(f"{each.field}_" for each in BY_TYPE)
    return {key: limit for key, limit in body.items() if key.startswith(ours)}


def _changed(want: VolumeQuotaSpec, have: VolumeQuotaSpec) -> dict[str, int]:
    """Return what is managed and differs, in Cinder's words."""
    there = have.types or {}
    types: dict[str, Any] = {
        key: limit for key, limit in (want.types or {}).items() if there.get(key) != limit
    }
    return {**quota.changed(want, have, QUOTAS), **types}


def _limits(spec: VolumeQuotaSpec) -> dict[str, Any]:
    return {**quota.limits(spec, QUOTAS), **(spec.types or {})}


def _lowered(want: Desired[VolumeQuotaSpec], have: Live[VolumeQuotaSpec]) -> dict[str, int]:
    return quota.lowered(_limits(want.spec), _limits(have.spec))


def _used(cloud: Cloud, project: str) -> dict[str, int]:
    """Return what is used, in Cinder's words."""
    return usage(cloud.volume.get(f"/os-quota-sets/{project}", usage="true")["quota_set"])


def _raised(spec: VolumeQuotaSpec, limits: Mapping[str, int]) -> VolumeQuotaSpec:
    """Return a spec with other limits, given in Cinder's words."""
    fields: dict[str, Any] = {each.field: limits[each.key] for each in QUOTAS if each.key in limits}
    types = {key: limits.get(key, limit) for key, limit in (spec.types or {}).items()}
    return replace(spec, **fields, types=types or None)


def _no_such_type(want: Desired[VolumeQuotaSpec], key: str) -> Unmet:
    return Unmet(
        say("Cinder has no quota {key}", "Cinder n'a pas de quota {key}", key=key),
        where=str(want.where("types")),
        do=say(
            "check volume_types in estate.yaml: the type must exist",
            "vérifier volume_types dans estate.yaml : le type doit exister",
        ),
    )
