"""An identity provider of the estate: whose word Keystone takes for who somebody is, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.unmet import missing
from provision.kind import Kind, exact_set, immutable, register
from provision.model.address import Address
from provision.model.document import WORDS, named, within, worded
from provision.model.resource import Desired, Live
from provision.model.tenant import in_words
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

SECTION: Final = "federation.identity_providers"
_PATH: Final = "/OS-FEDERATION/identity_providers"
_REMOTE: Final = {
    "type": "array",
    "uniqueItems": True,
    "minItems": 1,
    "items": {"type": "string", "minLength": 1, "maxLength": 255},
}


@dataclass(frozen=True)
class IdentityProviderSpec:
    """An identity provider; `domain` is the name of the shared domain its people live in, the time is in minutes.

    `remote_ids` are what it calls itself (its issuer, its entity id); its description is without our marker.
    """

    domain: Annotated[str, immutable()]
    remote_ids: Annotated[frozenset[str], exact_set()]
    authorization_ttl: int | None = None
    description: str | None = None
    enabled: bool | None = None


_ITEM: Final = {
    "description": worded(say("Whose it is", "À qui il est"), WORDS),
    "domain": worded(
        say(
            "The shared domain its people live in; the estate's unless said (it can never be changed)",
            "Le domaine partagé où vivent ses personnes ; celui du parc sauf indication (il ne peut jamais changer)",
        ),
        {"type": "string", "minLength": 1},
    ),
    "remote_ids": worded(
        say(
            "What it calls itself: its issuer or entity id; without any, Keystone would take the word of every provider",
            "Comment il s'appelle : son émetteur ou entity id ; sans aucun, Keystone croirait n'importe quel fournisseur",
        ),
        _REMOTE,
    ),
    "authorization_ttl": worded(
        say(
            "For how many minutes after a login a person stays in the groups it brought",
            "Pendant combien de minutes après une connexion une personne reste dans les groupes qu'elle a apportés",
        ),
        {"type": "integer", "minimum": 1, "maximum": 525_600},
    ),
}


@register
class IdentityProvider(Kind[IdentityProviderSpec]):
    """The estate's. Marked in its description; its deletion takes with it the people that nothing else knows."""

    name = "identity_provider"
    title = say("identity provider", "fournisseur d'identité")
    service = "identity"
    spec = IdentityProviderSpec
    of_estate = True
    observed_after = ()
    document = within(
        SECTION,
        {
            **named(
                say(
                    "Identity providers, by the name they have in Keystone's addresses",
                    "Les fournisseurs d'identité, par le nom qu'ils ont dans les adresses de Keystone",
                ),
                _ITEM,
            ),
        },
    )

    def desire(self, tenant: Tenant) -> Iterator[Desired[IdentityProviderSpec]]:
        """Want each of ``federation.identity_providers``."""
        for key, item in tenant.values.section(SECTION).items():
            path = f"{SECTION}.{key}"
            domain = f"{path}.domain" if "domain" in item else "domain"
            yield Desired(
                Address(self.name, tenant.key, key),
                IdentityProviderSpec(
                    str(tenant.values.get(domain, "Default")),
                    frozenset(item["remote_ids"]),
                    item["authorization_ttl"],
                    in_words(item.get("description")),
                    enabled=True,
                ),
                tenant.values.origin(path),
                origins={
                    "domain": tenant.values.origin(domain),
                    **{name: tenant.values.origin(f"{path}.{name}") for name in ("remote_ids", "authorization_ttl")},
                },
                retired=tenant.retirement(path),
            )  # fmt: skip

    def resolve(self, cloud: Cloud, want: Desired[IdentityProviderSpec]) -> Desired[IdentityProviderSpec]:
        """Cut the description to what there is room for. Raises `Unmet` for a shared domain that is not there."""
        if want.spec.domain not in cloud.shared.domains():
            raise missing(
                say("domain", "domaine"), want.spec.domain, cloud.shared.domains(), want.where("domain")
            )
        kept = cloud.owner.kept(want.spec.description or "", want.address)
        return replace(want, spec=replace(want.spec, description=kept))

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[IdentityProviderSpec]]:
        """List all of them, once; one that is not marked is yielded as not ours, under the name it has."""
        if not tenants:
            return
        for body in cloud.identity.list(_PATH, "identity_providers"):
            for tenant in tenants:
                live = _live(cloud, body, tenant)
                if live.address.tenant == tenant:
                    yield live

    def create(self, cloud: Cloud, want: Desired[IdentityProviderSpec]) -> Live[IdentityProviderSpec]:
        """Create it, marked. Raises `Conflict` where another one has one of its remote ids."""
        body = {**_body(cloud, want), "domain_id": cloud.shared.domains()[want.spec.domain]}
        made = cloud.identity.put(f"{_PATH}/{want.address.name}", {"identity_provider": body})
        return _live(cloud, made["identity_provider"], want.address.tenant)

    def update(
        self, cloud: Cloud, have: Live[IdentityProviderSpec], want: Desired[IdentityProviderSpec]
    ) -> Live[IdentityProviderSpec]:
        """Set everything but the domain."""
        there = cloud.identity.patch(f"{_PATH}/{have.id}", {"identity_provider": _body(cloud, want)})
        return _live(cloud, there["identity_provider"], want.address.tenant)

    def delete(self, cloud: Cloud, have: Live[IdentityProviderSpec]) -> None:
        """Delete it: nobody comes in by it any more, and tokens that came by it end."""
        cloud.identity.delete(f"{_PATH}/{have.id}")


def _live(cloud: Cloud, body: Mapping[str, Any], tenant: str) -> Live[IdentityProviderSpec]:
    text, marked = cloud.owner.read(body.get("description"))
    ours = marked is not None and marked.kind == IdentityProvider.name
    address = marked if marked and ours else Address(IdentityProvider.name, tenant, body["id"])
    domain = cloud.shared.domain(body["domain_id"]).get("name", body["domain_id"])
    spec = IdentityProviderSpec(
        str(domain),
        frozenset(body["remote_ids"] or ()),
        body.get("authorization_ttl"),
        text,
        body["enabled"],
    )
    return Live(address, body["id"], spec, ours, body)


def _body(cloud: Cloud, want: Desired[IdentityProviderSpec]) -> dict[str, Any]:
    spec = want.spec
    return {
        "description": cloud.owner.describe(spec.description or "", want.address),
        "enabled": spec.enabled is not False,
        "remote_ids": sorted(spec.remote_ids),
        "authorization_ttl": spec.authorization_ttl,
    }
