"""Logs: what the filters of the tenant let pass and stop is logged."""

from __future__ import annotations

from provision.kind import kinds
from provision.proof.promise import Seen, Stage, Unprovable, promise, where
from provision.text import say

LOG = "network_log"


@promise(
    "filters-logged",
    service="network",
    says=say("what its filters let pass and stop is logged", "ce que ses filtres laissent passer et arrêtent est journalisé"),
    tried=say("the operator reads the logs of the project", "l'exploitant lit les journaux du projet"),
    made=where("network.logging", says=True),
)  # fmt: skip
def filters_logged(stage: Stage, _key: str) -> Seen:
    """Look for a log of every group of the project that is on and logs what the documents say."""
    (want,) = stage.wanted(LOG)
    if kinds()[LOG].extension not in stage.operator.shared.network_extensions():
        raise Unprovable(say("this Neutron logs nothing", "ce Neutron ne journalise rien"))
    found = kinds()[LOG].look(stage.operator, want.address)
    told = ", ".join(f"{live.spec.events}{'' if live.spec.enabled else ' (off)'}" for live in found)
    return Seen(
        any((live.spec.events, live.spec.enabled) == (want.spec.events, True) for live in found),
        say("logs: {told}", "journaux : {told}", told=told or "–"),
    )
