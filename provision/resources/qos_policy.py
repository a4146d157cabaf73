"""How much a network's ports may send and receive: a policy of the tenant's, with a limit a direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from provision.cloud.neutron import BANDWIDTH, found, grounds, head, limits, listed, project_id, writing
from provision.errors import NotFound
from provision.kind import Kind, Unmet, register
from provision.model import quantity
from provision.model.address import Address
from provision.model.document import closed, worded
from provision.model.quantity import UNLIMITED, Unit
from provision.model.resource import Desired, Live, Retirement
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.tenant import Tenant

EXTENSION: Final = "qos"
DIRECTIONS: Final = ("egress", "ingress")
_RATE: Final[Unit] = "kbit/s"
_IN_USE: Final = say(
    "take this policy off the networks and ports that still use it, then apply again",
    "retirer cette politique des réseaux et ports qui l'utilisent encore, puis relancer apply",
)


@dataclass(frozen=True)
class QosPolicySpec:
    """The bandwidth of each port of a network, in kbit/s; -1 is unlimited."""

    name: str
    egress: int = UNLIMITED
    ingress: int = UNLIMITED


_LIMIT: Final = {"anyOf": [{"enum": ["unlimited"]}, {"quantity": _RATE}]}
_DOCUMENT: Final = {
    "properties": {
        "networks": {
            "additionalProperties": {
                "properties": {
                    BANDWIDTH: worded(
                        say(
                            "What each port may send (egress) and receive (ingress), unlimited in a direction that is not said",
                            "Ce que chaque port peut envoyer (egress) et recevoir (ingress), sans limite dans un sens non dit",
                        ),
                        {**closed(dict.fromkeys(DIRECTIONS, _LIMIT)), "minProperties": 1},
                    )
                }
            }
        }
    }
}


@register
class QosPolicy(Kind[QosPolicySpec]):
    """Marked in its description, named as the network that it is for; which policy a network has is the network's to say."""

    name = "qos_policy"
    title = say("bandwidth policy", "politique de débit")
    service = "network"
    spec = QosPolicySpec
    units: ClassVar[Mapping[str, Unit]] = dict.fromkeys(DIRECTIONS, _RATE)
    document = _DOCUMENT

    def concerns(self, tenant: Tenant) -> bool:
        """Only who speaks of bandwidth is asked about."""
        return any(BANDWIDTH in item for item in tenant.values.section("networks").values())

    def desire(self, tenant: Tenant) -> Iterator[Desired[QosPolicySpec]]:
        """Want one for each network that says its bandwidth; of one that has no limit, that it is no longer there."""
        for key, item in tenant.values.section("networks").items():
            if BANDWIDTH not in item:
                continue
            path = f"networks.{key}.{BANDWIDTH}"
            said, origin = limits(item), tenant.values.origin(path)
            unwanted = None if said else Retirement(f"{path}: unlimited", "", origin)
            yield Desired(
                Address(self.name, tenant.key, key),
                QosPolicySpec(key, **{way: quantity.parse(rate, _RATE) for way, rate in said.items()}),
                origin,
                grounds(tenant.key),
                {each: tenant.values.origin(f"{path}.{each}") for each in DIRECTIONS},
                tenant.retirement(f"networks.{key}") or unwanted,
            )

    def resolve(self, cloud: Cloud, want: Desired[QosPolicySpec]) -> Desired[QosPolicySpec]:
        """Ask whether this Neutron limits bandwidth at all. Raises `Unmet` where it does not."""
        if want.retired is None and EXTENSION not in cloud.shared.network_extensions():
            raise Unmet(
                say("this cloud limits no bandwidth (Neutron's qos)", "ce cloud ne limite aucun débit (qos de Neutron)"),
                where=str(want.origin),
                do=say("remove bandwidth, or have the operator load qos", "retirer bandwidth, ou faire charger qos par l'opérateur"),
            )  # fmt: skip
        return want

    def observe(self, cloud: Cloud, tenants: frozenset[str]) -> Iterator[Live[QosPolicySpec]]:
        """List the policies of all these projects at once, with their rules; none where this Neutron has none."""
        try:
            for tenant, body in listed(cloud, "qos/policies", tenants):
                yield _live(cloud, tenant, body)
        except NotFound:
            return

    def create(self, cloud: Cloud, want: Desired[QosPolicySpec]) -> Live[QosPolicySpec]:
        """Create it, marked; its limits follow with the first update."""
        body = {**head(cloud, want, None), "project_id": project_id(cloud, want.address)}
        with writing(_IN_USE):
            made = cloud.network.post("/qos/policies", {"policy": body})["policy"]
        return _live(cloud, want.address.tenant, made)

    def update(self, cloud: Cloud, have: Live[QosPolicySpec], want: Desired[QosPolicySpec]) -> None:
        """Set name and marker, and the limit of each direction, as far as they differ (no answer shows all of these)."""
        body = head(cloud, want, None, have)
        with writing(_IN_USE):
            if body:
                cloud.network.put(f"/qos/policies/{have.id}", {"policy": body})
            for direction in DIRECTIONS:
                _limit(cloud, have, direction, getattr(want.spec, direction))

    def delete(self, cloud: Cloud, have: Live[QosPolicySpec]) -> None:
        """Delete it, and its limits with it. Raises `Conflict` while a network or a port has it."""
        with writing(_IN_USE):
            cloud.network.delete(f"/qos/policies/{have.id}")


def _limit(cloud: Cloud, have: Live[QosPolicySpec], direction: str, rate: int) -> None:
    """Set one direction's limit; -1 takes it away."""
    there, rules = _rules(have.raw).get(direction), f"/qos/policies/{have.id}/bandwidth_limit_rules"
    body = {"bandwidth_limit_rule": {"max_kbps": rate, "direction": direction}}
    if there is None and rate != UNLIMITED:
        cloud.network.post(rules, body)
    elif there is not None and rate == UNLIMITED:
        cloud.network.delete(f"{rules}/{there['id']}")
    elif there is not None and there["max_kbps"] != rate:
        cloud.network.put(f"{rules}/{there['id']}", body)


def _rules(body: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the limit of each direction that has one (Neutron takes no second)."""
    rules = (each for each in body.get("rules", ()) if each["type"] == "bandwidth_limit")
    return {each["direction"]: each for each in rules}


def _live(cloud: Cloud, tenant: str, body: Mapping[str, Any]) -> Live[QosPolicySpec]:
    at = found(cloud, QosPolicy.name, tenant, body)
    limits = {direction: int(rule["max_kbps"]) for direction, rule in _rules(body).items()}
    return Live(
        at.address,
        body["id"],
        QosPolicySpec(body["name"], **limits),
        at.owned,
        body,
        body.get("created_at", ""),
    )
