"""What Keystone makes of what an identity provider says: one mapping for all tenants of the estate whose people it knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.kind import Kind, exact_set, register
from provision.model import federation
from provision.model.address import Address
from provision.model.document import within, worded
from provision.model.federation import Admission, Attributes
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SECTION: Final = "federation.identity_providers"
_PATH: Final = "/OS-FEDERATION/mappings"
_LONGEST: Final = 64
_NAME: Final = {"type": "string", "pattern": r"^[A-Za-z][\w-]{0,63}$", "says": {"en": "the name of a variable", "fr": "le nom d'une variable"}}  # fmt: skip


@dataclass(frozen=True)
class FederationMappingSpec:
    """Who may come in: the variables that tell who somebody is, and ``group@domain`` for each group they may be put into.

    `other_rules` are rules, as JSON, that let in by other means: none is wanted.
    """

    id_attribute: str
    name_attribute: str
    email_attribute: str
    groups_attribute: str
    admits: Annotated[frozenset[str], exact_set()]
    other_rules: Annotated[frozenset[str], exact_set()] = frozenset()
    schema_version: str = federation.SCHEMA_VERSION


@register
class FederationMapping(Kind[FederationMappingSpec]):
    """The estate's: one for each identity provider, of what all its tenants ask for, even when one of them is applied.

    It has no place for a mark; its id, which nobody else would choose, is made of the provider's name and of our mark.
    """

    name = "federation_mapping"
    title = say("federation mapping", "correspondance de fédération")
    service = "identity"
    spec = FederationMappingSpec
    of_estate = True
    carries = ("identity.source", "identity.provider")
    observed_after = ()
    document = within(
        SECTION,
        {
            "type": "object",
            "additionalProperties": {
                "properties": {
                    "attributes": {
                        "type": "object",
                        "required": ["issuer", "id", "name", "groups"],
                        "properties": {
                            "id": worded(
                                say(
                                    "The variable of the web server that holds what never changes of a person",
                                    "La variable du serveur web qui tient ce qui ne change jamais d'une personne",
                                ),
                                _NAME,
                            ),
                            "name": worded(say("That of the name", "Celle du nom"), _NAME),
                            "email": worded(
                                say(
                                    "That of the e-mail address; whoever has none is not let in then",
                                    "Celle de l'adresse électronique ; qui n'en a pas n'entre alors pas",
                                ),
                                _NAME,
                            ),
                            "groups": worded(
                                say(
                                    "That of the groups, by the names they have in the cloud, semicolons between them",
                                    "Celle des groupes, par leur nom dans le cloud, séparés par des points-virgules",
                                ),
                                _NAME,
                            ),
                        },
                    }
                }
            },
        },
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[FederationMappingSpec]]:
        """Want one for each identity provider, with what `provision.declare.federation` gathered of the tenants."""
        for key, item in tenant.values.section(SECTION).items():
            path = f"{SECTION}.{key}"
            told = item["attributes"]
            admits = (
                Admission(each["domain"], group)
                for each in item.get("admits", ())
                for group in each["groups"]
            )
            yield Desired(
                Address(self.name, tenant.key, key),
                FederationMappingSpec(
                    told["id"], told["name"], told.get("email", ""), told["groups"], frozenset(map(str, admits))
                ),
                tenant.values.origin(path),
                retired=tenant.retirement(path),
            )  # fmt: skip

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[FederationMappingSpec]]:
        """List all mappings, once (Keystone answers them whole); others' are nobody's business."""
        if not tenants:
            return
        for body in cloud.identity.list(_PATH, "mappings"):
            for tenant in tenants:
                address = Address(self.name, tenant, body["id"].rpartition("-")[0] or body["id"])
                if body["id"] == _id(cloud, address):
                    yield _live(address, body)

    def create(self, cloud: Cloud, want: Desired[FederationMappingSpec]) -> Live[FederationMappingSpec]:
        """Create it."""
        made = cloud.identity.put(f"{_PATH}/{_id(cloud, want.address)}", {"mapping": _body(want.spec)})
        return _live(want.address, made["mapping"])

    def update(
        self, cloud: Cloud, have: Live[FederationMappingSpec], want: Desired[FederationMappingSpec]
    ) -> Live[FederationMappingSpec]:
        """Replace its rules: Keystone keeps none of those that were there."""
        there = cloud.identity.patch(f"{_PATH}/{have.id}", {"mapping": _body(want.spec)})
        return _live(want.address, there["mapping"])

    def delete(self, cloud: Cloud, have: Live[FederationMappingSpec]) -> None:
        """Delete it; nobody comes in by a protocol that still names it."""
        cloud.identity.delete(f"{_PATH}/{have.id}")


def _id(cloud: Cloud, address: Address) -> str:
    mark = f"-{cloud.owner.group(address)}"
    return f"{address.name[: _LONGEST - len(mark)]}{mark}"


def _body(spec: FederationMappingSpec) -> dict[str, Any]:
    told = Attributes(spec.id_attribute, spec.name_attribute, spec.groups_attribute, spec.email_attribute)
    admissions = (Admission.parse(each) for each in spec.admits)
    return {"rules": federation.rules(told, admissions), "schema_version": spec.schema_version}


def _live(address: Address, body: Mapping[str, Any]) -> Live[FederationMappingSpec]:
    found = federation.read(body["rules"])
    told = found.attributes or Attributes("", "", "")
    spec = FederationMappingSpec(
        told.id,
        told.name,
        told.email,
        told.groups,
        frozenset(map(str, found.admissions)),
        found.others,
        str(body.get("schema_version", "")),
    )
    return Live(address, body["id"], spec, owned=True, raw=body)
