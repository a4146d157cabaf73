"""How people of an identity provider come in: which mapping is theirs, and which variable says who speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.errors import NotFound
from provision.kind import Kind, reference, register
from provision.model.address import Address
from provision.model.document import within, worded
from provision.model.resource import Desired, Live
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SECTION: Final = "federation.identity_providers"
_PROVIDER: Final = "identity_provider"
_MAPPING: Final = "federation_mapping"


@dataclass(frozen=True)
class FederationProtocolSpec:
    """A protocol of a provider: `mapping` is the name of ours, or ``id:<id>`` of somebody else's.

    `remote_id_attribute` is the variable of the web server that holds the provider's remote id.
    """

    mapping: Annotated[str, reference(_MAPPING)]
    remote_id_attribute: str


@register
class FederationProtocol(Kind[FederationProtocolSpec]):
    """The estate's: one for each identity provider. On a provider of ours every protocol is ours, whoever made it."""

    name = "federation_protocol"
    title = say("federation protocol", "protocole de fédération")
    service = "identity"
    spec = FederationProtocolSpec
    of_estate = True
    observed_after = (_PROVIDER, _MAPPING)
    document = within(
        SECTION,
        {
            "type": "object",
            "additionalProperties": {
                "required": ["protocol", "remote_ids", "authorization_ttl", "attributes"],
                "properties": {
                    "protocol": worded(
                        say(
                            "How they come in: openid (OpenID Connect), saml2, or mapped (whatever the web server does)",
                            "Comment on entre : openid (OpenID Connect), saml2, ou mapped (ce que fait le serveur web)",
                        ),
                        {"enum": ["openid", "saml2", "mapped"]},
                    ),
                    "attributes": {
                        "properties": {
                            "issuer": worded(
                                say(
                                    "The variable of the web server that holds the provider's remote id",
                                    "La variable du serveur web qui tient l'identifiant du fournisseur",
                                ),
                                {"type": "string", "minLength": 1, "maxLength": 64},
                            )
                        }
                    },
                },
            },
        },
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[FederationProtocolSpec]]:
        """Want one for each identity provider."""
        for key, item in tenant.values.section(SECTION).items():
            path = f"{SECTION}.{key}"
            yield Desired(
                Address(self.name, tenant.key, f"{key}/{item['protocol']}"),
                FederationProtocolSpec(key, item["attributes"]["issuer"]),
                tenant.values.origin(f"{path}.protocol"),
                frozenset({Address(_PROVIDER, tenant.key, key), Address(_MAPPING, tenant.key, key)}),
                {"remote_id_attribute": tenant.values.origin(f"{path}.attributes.issuer")},
                tenant.retirement(path),
            )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[FederationProtocolSpec]]:
        """List those of each provider of ours: one by one, Keystone does not tell the variable."""
        for provider in _providers(cloud, tenants):
            try:
                bodies = cloud.identity.get(_path(cloud, provider))["protocols"]
            except NotFound:
                continue
            for body in bodies:
                address = Address(self.name, provider.tenant, f"{provider.name}/{body['id']}")
                yield _live(cloud, address, body)

    def create(self, cloud: Cloud, want: Desired[FederationProtocolSpec]) -> None:
        """Create it; Keystone's answer does not tell the variable."""
        cloud.identity.put(_one(cloud, want.address), {"protocol": _body(cloud, want)})

    def update(
        self, cloud: Cloud, have: Live[FederationProtocolSpec], want: Desired[FederationProtocolSpec]
    ) -> None:
        """Set both."""
        cloud.identity.patch(have.id, {"protocol": _body(cloud, want)})

    def delete(self, cloud: Cloud, have: Live[FederationProtocolSpec]) -> None:
        """Delete it: nobody comes in by it any more."""
        cloud.identity.delete(have.id)


def _providers(cloud: Cloud, tenants: frozenset[str]) -> list[Address]:
    return sorted(
        address
        for tenant, known in cloud.ids.known().items()
        if tenant in tenants
        for address in known.ids
        if address.kind == _PROVIDER
    )


def _path(cloud: Cloud, provider: Address) -> str:
    return f"/OS-FEDERATION/identity_providers/{cloud.ids.of(provider)}/protocols"


def _one(cloud: Cloud, address: Address) -> str:
    provider, _, protocol = address.name.partition("/")
    return f"{_path(cloud, Address(_PROVIDER, address.tenant, provider))}/{protocol}"


def _body(cloud: Cloud, want: Desired[FederationProtocolSpec]) -> dict[str, Any]:
    mapping = cloud.ids.of(Address(_MAPPING, want.address.tenant, want.spec.mapping))
    return {"mapping_id": mapping, "remote_id_attribute": want.spec.remote_id_attribute}


def _live(cloud: Cloud, address: Address, body: Mapping[str, Any]) -> Live[FederationProtocolSpec]:
    ours = cloud.ids.address(_MAPPING, body["mapping_id"])
    mapping = ours.name if ours and ours.tenant == address.tenant else f"id:{body['mapping_id']}"
    spec = FederationProtocolSpec(mapping, body.get("remote_id_attribute") or "")
    return Live(address, _one(cloud, address), spec, owned=True, raw=body)
