"""HA: redundancy and quotas; GOV: waivers; BIL: who pays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from provision.audit.control import MUST, SHOULD, control, iso, said, snc
from provision.model.finding import Severity
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.catalogue import Quota
    from provision.audit.sources.network import Redundancy
    from provision.audit.sources.storage import Copies
    from provision.model.tenant import Values


@control(
    "TEN-HA-02",
    over="router_redundancy",
    title=say("routers survive the loss of a node", "les routeurs survivent à la perte d'un nœud"),
    severity=Severity.MEDIUM,
    key="ha.network",
    secured=MUST,
    open_data=SHOULD,
    asked=said("ha.network", accepted=(True,)),
    decided_by=("ha",),
    clauses=(
        snc("17.4.a", "what is needed is there twice", "ce qui est nécessaire existe en double"),
        iso("A.8.14", "redundancy of facilities", "redondance des moyens"),
    ),
    do=say("have the operator make routers redundant (openstack router set --ha)", "faire rendre les routeurs redondants par l'exploitant (openstack router set --ha)"),
)  # fmt: skip
def redundant(_about: About, router: Redundancy) -> Text | None:
    """Fail a router that stands alone."""
    return None if router.redundant else say("it stands on one node", "il repose sur un seul nœud")


@control(
    "TEN-HA-03",
    over="volume_copies",
    title=say("every volume has a backup as recent as was promised", "chaque volume a une sauvegarde aussi récente que promis"),
    severity=Severity.HIGH,
    key="backup.rpo_hours",
    secured=MUST,
    open_data=SHOULD,
    asked=said("backup.rpo_hours"),
    reads="backups.status, backups.created_at",
    clauses=(
        snc("17.6.a", "what is lost can be restored", "ce qui est perdu peut être restauré"),
        iso("A.8.13", "information backup", "sauvegarde des informations"),
    ),
    do=say("back the volume up (openstack volume backup create), and have it done on time", "sauvegarder le volume (openstack volume backup create), et le faire faire à temps"),
)  # fmt: skip
def backed_up(about: About, copies: Copies) -> Text | None:
    """Fail a volume without a backup that is recent enough."""
    longest = int(about.values.get("backup.rpo_hours"))
    if copies.hours is None:
        return say("it has no backup", "il n'a pas de sauvegarde")
    if copies.hours > longest:
        return say("its backup is {hours:.0f} hours old, {longest} are promised", "sa sauvegarde a {hours:.0f} heures, {longest} sont promises", hours=copies.hours, longest=longest)  # fmt: skip
    return None


@control(
    "TEN-HA-07",
    over="quota",
    title=say("quotas are those of the documents, and none is without end", "les quotas sont ceux des documents, et aucun n'est sans fin"),
    severity=Severity.MEDIUM,
    key="quotas",
    secured=MUST,
    open_data=MUST,
    asked=said("quotas"),
    reads="quota sets",
    clauses=(iso("A.8.6", "capacity is managed", "la capacité est gérée"),),
    do=say("apply the documents (provision apply)", "appliquer les documents (provision apply)"),
)  # fmt: skip
def quotas_kept(_about: About, quota: Quota) -> Text | None:
    """Fail quotas without end, or that differ."""
    if quota.unlimited:
        return say("without end: {names}", "sans fin : {names}", names=", ".join(quota.unlimited))
    return same("; ".join(quota.differing)) if quota.differing else None


@control(
    "TEN-GOV-02",
    over="documents",
    title=say("every waiver says its compensating measure, and none has expired", "chaque dérogation dit sa mesure compensatoire, et aucune n'est échue"),
    severity=Severity.MEDIUM,
    key="waivers",
    secured=MUST,
    open_data=MUST,
    clauses=(
        snc("18.4.a", "departures from the rules are followed", "les écarts aux règles sont suivis"),
        iso("A.5.36", "compliance with policies is reviewed", "la conformité aux règles est revue"),
    ),
    do=say("renew the waiver, say its measure, or put right what it excuses", "renouveler la dérogation, dire sa mesure, ou corriger ce qu'elle excuse"),
)  # fmt: skip
def waivers_current(_about: About, documents: Values) -> Text | None:
    """Fail a waiver that has expired, or without a measure."""
    today = datetime.now(UTC).date()
    for waiver in documents.items("waivers"):
        if date.fromisoformat(waiver["expires"]) < today:
            return say("{control} expired on {day}", "{control} a pris fin le {day}", control=waiver["control"], day=waiver["expires"])  # fmt: skip
        if not waiver.get("measure"):
            return say("{control} has no measure", "{control} n'a pas de mesure", control=waiver["control"])
    return None


@control(
    "TEN-BIL-01",
    over="documents",
    title=say("somebody pays: the cost centre is named", "quelqu'un paie : le centre de coûts est nommé"),
    severity=Severity.LOW,
    key="billing.cost_centre",
    secured=SHOULD,
    open_data=SHOULD,
    asked=said("billing.cost_centre"),
    clauses=(),
    do=say("write billing.cost_centre", "écrire billing.cost_centre"),
)
def cost_centre(_about: About, documents: Values) -> Text | None:
    """Fail nothing more than its absence, which the documents tell."""
    return None if documents.get("billing.cost_centre") else say("none is named", "aucun n'est nommé")
