"""NET: production, administration and what else is kept apart stand on networks of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.audit.control import MUST, SHOULD, control, iso, said, snc
from provision.audit.sources.zones import ZONES
from provision.model.finding import Severity
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.zones import Zoned


@control(
    "TEN-NET-11",
    over="network_zone",
    title=say(
        "each network stands in one zone of the documents, and each zone has its network",
        "chaque réseau est dans une zone des documents, et chaque zone a son réseau",
    ),
    severity=Severity.MEDIUM,
    key=ZONES,
    secured=MUST,
    open_data=SHOULD,
    asked=said(ZONES),
    decided_by=("name",),
    clauses=(
        snc("13.2.a", "networks are kept apart by what they are for", "les réseaux sont tenus à part selon leur usage"),
        iso("A.8.22", "networks are segregated", "les réseaux sont cloisonnés"),
    ),
    do=say(
        "write the network under its zone in network.zones, or move what is on it and remove it",
        "écrire le réseau sous sa zone dans network.zones, ou déplacer ce qui s'y trouve et le supprimer",
    ),
)  # fmt: skip
def in_a_zone(_about: About, zoned: Zoned) -> Text | None:
    """Fail a network in no zone or in several, and a zone without a network."""
    if zoned.empty:
        return say("no network is in the zone {zone}", "aucun réseau n'est dans la zone {zone}", zone=zoned.zones[0])  # fmt: skip
    if len(zoned.zones) == 1:
        return None
    if not zoned.zones:
        return say("it is in no zone", "il n'est dans aucune zone")
    return say("it is in several: {zones}", "il est dans plusieurs : {zones}", zones=", ".join(zoned.zones))
