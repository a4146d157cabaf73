"""The tenant's private links: how their keys are agreed on (IKE), and how what passes is hidden (IPsec)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.audit.source import Source, Thing, source, untold
from provision.text import say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

POLICY: Final = "vpn.policy"
_LISTS: Final = (("ike_policy", "/vpn/ikepolicies", "ikepolicies"), ("ipsec_policy", "/vpn/ipsecpolicies", "ipsecpolicies"))  # fmt: skip
_BY: Final = {"ike_policy": "ike_version", "ipsec_policy": "transform_protocol"}


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One policy of a private link: `group` is that of Diffie and Hellman; `way` the version of IKE, or the IPsec protocol."""

    encryption: str
    group: str
    way: str


_STRONG: Final = Tunnel("aes-256", "group14", "v2")
_ANY: Final = Tunnel("3des", "group2", "v1")


@source
class Tunnels(Source):
    """Each IKE and IPsec policy of the tenant."""

    name = "vpn_policy"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as documents let it be; none where they forbid private links."""
        said = tenant.values.get(POLICY, "any")
        if said != "forbidden":
            yield Thing(POLICY, _STRONG if said == "strong" else _ANY, tenant.values.origin(POLICY))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each. Raises `NotFound` where Neutron has no such extension."""
        for sort, path, key in _LISTS:
            every = eyes.by_project(sort, "network", path, key)
            for body in every.get(eyes.project(tenant.key), ()):
                yield _thing(sort, f"{sort}/{tenant.key}/{body['name'] or body['id']}", body)


def _thing(sort: str, address: str, body: Mapping[str, Any]) -> Thing:
    field = _BY[sort]
    if field not in body:
        return Thing(address, None, silence=untold(say("the API's answer has no {field}", "la réponse de l'API n'a pas {field}", field=field)))  # fmt: skip
    spec = Tunnel(str(body.get("encryption_algorithm")), str(body.get("pfs")), str(body[field]))
    return Thing(address, spec, raw=body)
