"""What the filters of a tenant log: one log of Neutron's for all security groups of its project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from provision.cloud.neutron import found, grounds, head, listed, project_id, writing
from provision.errors import NotFound
from provision.kind import Kind, immutable, register
from provision.model.address import Address
from provision.model.document import closed, within, worded
from provision.model.resource import Desired, Live, Retirement
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

NAME: Final = "filters"
LOGGING: Final = "network.logging"
EVENTS: Final = "network.log_events"
ALL: Final = "all"
_GROUPS: Final = "security_group"
_IN_USE: Final = say("try again", "réessayer")


@dataclass(frozen=True)
class NetworkLogSpec:
    """A log; `events` is ``all``, ``accept`` (what passes) or ``drop`` (what is stopped)."""

    name: str
    events: Annotated[str, immutable()] = ALL
    enabled: bool = True


@register
class NetworkLog(Kind[NetworkLogSpec]):
    """Marked in its description. Neutron logs every group of the project, those that people made too; the operator reads it."""

    name = "network_log"
    title = say("log of the filters", "journal des filtres")
    service = "network"
    extension = "logging"
    spec = NetworkLogSpec
    document = within(
        "network",
        closed(
            {
                "logging": worded(
                    say(
                        "What the filters let pass and stop is logged; false: no longer (when left out: not managed)",
                        "Ce que les filtres laissent passer et arrêtent est journalisé ; false : ne l'est plus (si rien n'est dit : non géré)",
                    ),
                    {"type": "boolean"},
                ),
                "log_events": worded(
                    say(
                        "Which of it: all (when left out), accept: what passes, drop: what is stopped",
                        "Quoi exactement : all, tout (si rien n'est dit) ; accept, ce qui passe ; drop, ce qui est arrêté",
                    ),
                    {"enum": [ALL, "accept", "drop"]},
                ),
            }
        ),
    )

    def concerns(self, tenant: Tenant) -> bool:
        """Only who speaks of logging is asked about."""
        return tenant.values.get(LOGGING) is not None

    def desire(self, tenant: Tenant) -> Iterator[Desired[NetworkLogSpec]]:
        """Want one log where logging is on; where it is off, that there is none."""
        said, origin = tenant.values.get(LOGGING), tenant.values.origin(LOGGING)
        if said is None:
            return
        yield Desired(
            Address(self.name, tenant.key, NAME),
            NetworkLogSpec(NAME, str(tenant.values.get(EVENTS, ALL))),
            origin,
            grounds(tenant.key),
            {"events": tenant.values.origin(EVENTS)},
            tenant.retirement() or (None if said else Retirement(f"{LOGGING}: false", "", origin)),
        )

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[NetworkLogSpec]]:
        """List the logs of all these projects at once; none where this Neutron logs nothing."""
        try:
            for tenant, body in listed(cloud, "log/logs", tenants, resource_type=_GROUPS):
                yield _live(cloud, tenant, body)
        except NotFound:
            return

    def create(self, cloud: Cloud, want: Desired[NetworkLogSpec]) -> Live[NetworkLogSpec]:
        """Create it, marked."""
        body = {
            **head(cloud, want, None),
            "project_id": project_id(cloud, want.address),
            "resource_type": _GROUPS,
            "event": want.spec.events.upper(),
            "enabled": want.spec.enabled,
        }
        with writing(_IN_USE):
            made = cloud.network.post("/log/logs", {"log": body})["log"]
        return _live(cloud, want.address.tenant, made)

    def update(
        self, cloud: Cloud, have: Live[NetworkLogSpec], want: Desired[NetworkLogSpec]
    ) -> Live[NetworkLogSpec]:
        """Set name and marker, and switch it on again where somebody switched it off."""
        body = head(cloud, want, None, have)
        if have.spec.enabled != want.spec.enabled:
            body["enabled"] = want.spec.enabled
        if not body:
            return have
        with writing(_IN_USE):
            there = cloud.network.put(f"/log/logs/{have.id}", {"log": body})["log"]
        return _live(cloud, want.address.tenant, there)

    def delete(self, cloud: Cloud, have: Live[NetworkLogSpec]) -> None:
        """Delete it."""
        with writing(_IN_USE):
            cloud.network.delete(f"/log/logs/{have.id}")


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[NetworkLogSpec]:
    """Return a log as a spec; one of a single group or port is called so, and is never taken for that of all."""
    at = found(cloud, NetworkLog.name, tenant, body)
    narrowed = body.get("resource_id") or body.get("target_id")
    events = str(body["event"]).lower() + (f" ({narrowed})" if narrowed else "")
    return Live(
        at.address,
        body["id"],
        NetworkLogSpec(body["name"], events, bool(body["enabled"])),
        at.owned,
        body,
        body.get("created_at", ""),
    )
