"""What the tenant's load balancers listen to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from provision.audit.source import Source, Thing, source, untold
from provision.model import listener
from provision.model.listener import ENDS_TLS, VERSIONS, Listener
from provision.text import say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant

SERVICE: Final = "load-balancer"
HSTS: Final = "lb.hsts_days"
_HTTPS_PORT: Final = 443
_HTTP_PORT: Final = 80
DAY: Final = 86400
_NO_HSTS: Final = say(
    "this Octavia tells nothing of HSTS (hsts_max_age)", "cet Octavia ne dit rien de HSTS (hsts_max_age)"
)


def bodies(eyes: Eyes, tenant: Tenant) -> Sequence[Mapping[str, Any]]:
    """Return the listeners of a tenant, as Octavia lists them."""
    every = eyes.by_project("listener", SERVICE, "/lbaas/listeners", "listeners")
    return every.get(eyes.project(tenant.key), ())


@source
class Listeners(Source):
    """Each listener of the tenant's load balancers (`Listener`), with what it does with a request."""

    name = "listener"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as documents want it: TLS ends there, or they leave the choice."""
        if tenant.values.get("lb.tls") == "required":
            spec = Listener(
                "*", ENDS_TLS, _HTTPS_PORT, serves=True, versions=frozenset(tenant.values.items(VERSIONS))
            )
        else:
            spec = Listener("*", "HTTP", _HTTP_PORT, serves=True)
        yield Thing("lb", spec, tenant.values.origin("lb"))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each there is."""
        found = bodies(eyes, tenant)
        rules = eyes.by_project("l7policy", SERVICE, "/lbaas/l7policies", "l7policies", owner="listener_id")
        for body in found:
            address = f"{self.name}/{tenant.key}/{body.get('name') or body['id']}"
            yield Thing(address, listener.read(body, rules.get(body["id"], ())), raw=body)


@source
class TlsEnds(Source):
    """Each listener of the tenant at which TLS ends: what hands it on, or knows none, is not its affair."""

    name = "tls_end"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return one as documents want it."""
        days = int(tenant.values.get(HSTS, 0))
        for thing in Listeners().promised(tenant):
            if thing.spec.ends_tls:
                yield replace(thing, spec=replace(thing.spec, hsts=days * DAY))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each; an Octavia that knows no HSTS leaves open what is asked of it."""
        for thing in Listeners().found(eyes, tenant):
            silent = tenant.values.get(HSTS) is not None and "hsts_max_age" not in (thing.raw or {})
            if thing.spec.ends_tls:
                yield replace(thing, silence=untold(_NO_HSTS) if silent else None)
