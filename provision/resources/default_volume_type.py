"""The volume type that a volume of the tenant gets when nobody names one."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from provision.cloud.unmet import missing
from provision.errors import CloudError, NotFound
from provision.kind import Kind, register
from provision.model.address import Address
from provision.model.document import within, worded
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

PATH: Final = "storage.volume.default"


@dataclass(frozen=True)
class DefaultVolumeTypeSpec:
    """Which volume type, by name."""

    type: str


@register
class DefaultVolumeType(Kind[DefaultVolumeTypeSpec]):
    """There when it was set for the project; deleting it brings the cloud's own default back."""

    name = "default_volume_type"
    title = say("default volume type", "type de volume par défaut")
    service = "block-storage"
    spec = DefaultVolumeTypeSpec
    document = within(
        PATH,
        worded(
            say("The role of the default volume type", "Le rôle du type de volume par défaut"),
            {"type": "string", "minLength": 1},
        ),
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[DefaultVolumeTypeSpec]]:
        """Want the type that stands behind the role ``storage.volume.default``, once access to it is granted."""
        role = tenant.values.get(PATH)
        if role is None:
            return
        name = str(tenant.estate.section("volume_types").get(role, role))
        needs = {Address("project", tenant.key, tenant.key), Address("volume_type_access", tenant.key, name)}
        yield Desired(
            Address(self.name, tenant.key, "default"),
            DefaultVolumeTypeSpec(name),
            tenant.values.origin(PATH),
            frozenset(needs),
            retired=tenant.retirement(),
        )

    def resolve(self, cloud: Cloud, want: Desired[DefaultVolumeTypeSpec]) -> Desired[DefaultVolumeTypeSpec]:
        """Raise `Unmet` for a type that is not there."""
        names = [each["name"] for each in cloud.shared.volume_types()]
        if want.retired is None and want.spec.type not in names:
            raise missing(say("volume type", "type de volume"), want.spec.type, names, want.origin)
        return want

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[DefaultVolumeTypeSpec]]:
        """List the defaults of all projects once."""
        projects = cloud.ids.projects(tenants)
        listed = cloud.volume.get("/default-types")["default_types"] if projects else ()
        for body in listed:
            if body["project_id"] in projects:
                yield _live(cloud, projects[body["project_id"]], body)

    def look(self, cloud: Cloud, address: Address) -> tuple[Live[DefaultVolumeTypeSpec], ...]:
        """Ask for one project."""
        project = cloud.ids.project(address.tenant)
        if project is None:
            return ()
        try:
            return (
                _live(cloud, address.tenant, cloud.volume.get(f"/default-types/{project}")["default_type"]),
            )
        except NotFound:
            return ()

    def create(self, cloud: Cloud, want: Desired[DefaultVolumeTypeSpec]) -> Live[DefaultVolumeTypeSpec]:
        """Set it."""
        project = cloud.ids.of(Address("project", want.address.tenant, want.address.tenant))
        return self._put(cloud, project, want)

    def update(
        self, cloud: Cloud, have: Live[DefaultVolumeTypeSpec], want: Desired[DefaultVolumeTypeSpec]
    ) -> Live[DefaultVolumeTypeSpec]:
        """Set it."""
        return self._put(cloud, have.id, want)

    def _put(
        self, cloud: Cloud, project: str, want: Desired[DefaultVolumeTypeSpec]
    ) -> Live[DefaultVolumeTypeSpec]:
        body = {"default_type": {"volume_type": want.spec.type}}
        try:
            answer = cloud.volume.put(f"/default-types/{project}", body)
        except CloudError as error:
            if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                error.do = say(
                    "Cinder asks Keystone for the project on your behalf and breaks when you may not see it: take an account that may",
                    "Cinder demande le projet à Keystone en votre nom et échoue si vous ne pouvez pas le voir : prendre un compte qui le peut",
                )
            raise
        return _live(cloud, want.address.tenant, answer["default_type"])

    def delete(self, cloud: Cloud, have: Live[DefaultVolumeTypeSpec]) -> None:
        """Take it back; the cloud's own default applies again."""
        cloud.volume.delete(f"/default-types/{have.id}")


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[DefaultVolumeTypeSpec]:
    names = {each["id"]: each["name"] for each in cloud.shared.volume_types()}
    spec = DefaultVolumeTypeSpec(names.get(body["volume_type_id"], body["volume_type_id"]))
    return Live(
        Address(DefaultVolumeType.name, tenant, "default"), body["project_id"], spec, owned=True, raw=body
    )
