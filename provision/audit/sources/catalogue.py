"""What every tenant is given: the catalogue's endpoints, its quotas; and what it wrote on its own things."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provision.audit.source import OfKind, Source, Thing, source
from provision.audit.sources.availability import servers
from provision.audit.sources.storage import volumes
from provision.kind import Kind, kinds
from provision.model.quantity import UNLIMITED
from provision.plan.compare import differences

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.resource import Desired, Live
    from provision.model.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service answers."""

    url: str


@source
class Endpoints(Source):
    """The endpoints of the catalogue that the tenant is given."""

    name = "endpoint"

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return an endpoint as documents want it."""
        path = "endpoints.https"
        scheme = "https" if tenant.values.get(path) else "http"
        yield Thing(path, Endpoint(f"{scheme}://"), tenant.values.origin(path))

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return each service's endpoint."""
        for service, url in sorted(eyes.cloud.catalogue.items()):
            yield Thing(f"{self.name}/{tenant.key}/{service}", Endpoint(url))


def quotas() -> tuple[Kind[Any], ...]:
    """Return the kinds that are a service's limits: those that stay as long as their project does."""
    return tuple(kind for kind in kinds().values() if kind.stays)


@dataclass(frozen=True, slots=True)
class Quota:
    """A service's quotas of a tenant: those without limit, and those that are not what documents say."""

    unlimited: tuple[str, ...]
    differing: tuple[str, ...]


@source
class Quotas(Source):
    """The quotas of each service, held against the documents."""

    name = "quota"
    drawn_from = tuple(kind.name for kind in quotas())

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return what documents ask of each service."""
        for kind in quotas():
            for want in kind.desire(tenant):
                yield Thing(str(want.address), Quota(_unlimited(want.spec, want.spec), ()), want.origin)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return what each service says of what documents manage."""
        for kind in quotas():
            for want in kind.desire(tenant):
                lives = {live.address: live for live in eyes.lives(kind.name, tenant.key)}
                live = lives.get(want.address)
                if live is not None:
                    yield _held_against(kind, kind.resolve(eyes.cloud, want), live)


def _held_against(kind: Kind[Any], want: Desired[Any], live: Live[Any]) -> Thing:
    differing = tuple(f"{each.field}: {each.before} ≠ {each.after}" for each in differences(kind, want, live))
    return Thing(str(want.address), Quota(_unlimited(live.spec, want.spec), differing), want.origin, live.raw)


def _unlimited(found: Any, managed: Any) -> tuple[str, ...]:  # noqa: ANN401 (any kind's spec)
    """Return the limits without end, of those that documents manage."""
    return tuple(
        each.name
        for each in dataclasses.fields(found)
        if getattr(found, each.name) == UNLIMITED and getattr(managed, each.name) is not None
    )


@dataclass(frozen=True, slots=True)
class Labels:
    """What somebody wrote on a thing: keys and values."""

    said: Mapping[str, str]


@source
class Metadata(Source):
    """The metadata of the tenant's servers, volumes and containers."""

    name = "metadata"
    drawn_from = ("container",)

    def promised(self, tenant: Tenant) -> Iterator[Thing]:
        """Return the metadata that documents write."""
        for want in OfKind(kinds()["container"]).promised(tenant):
            yield Thing(want.address, Labels(want.spec.metadata), want.origin)

    def found(self, eyes: Eyes, tenant: Tenant) -> Iterator[Thing]:
        """Return what is written on each thing."""
        for sort, bodies in (("server", servers(eyes, tenant)), ("volume", volumes(eyes, tenant))):
            for body in bodies:
                yield Thing(
                    f"{sort}/{tenant.key}/{body['name'] or body['id']}",
                    Labels(body.get("metadata", {})),
                    raw=body,
                )
        for thing in OfKind(kinds()["container"]).found(eyes, tenant):
            yield Thing(thing.address, Labels(thing.spec.metadata), thing.origin, thing.raw)
