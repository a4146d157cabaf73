"""REV, of leaving: the rehearsal, the notice, and what is left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from provision.audit.attested import attested
from provision.audit.control import MUST, SHOULD, control, iso, snc
from provision.audit.sources.evidence import Bound
from provision.model.finding import Severity
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.whole import Standing
    from provision.model.evidence import Evidence
    from provision.model.tenant import Tenant

NOTICE_DAYS: Final = 21


def in_time(tenant: Tenant, notice: Evidence) -> Text | None:
    """Return what is wrong with a notice that was not given long enough before the tenant's retirement."""
    days = max(int(tenant.values.get("exit.notice_days", NOTICE_DAYS)), NOTICE_DAYS)
    leaves = date.fromisoformat(str(tenant.values.get("retirement.date")))
    if notice.made + timedelta(days=days) <= leaves:
        return None
    return say(
        "notice was given on {day}, less than {days} days before {leaves}",
        "le préavis est du {day}, moins de {days} jours avant le {leaves}",
        day=notice.made,
        days=days,
        leaves=leaves,
    )


attested(
    "TEN-REV-02",
    bound=Bound("exit.drill_max_age_days"),
    title=say("leaving was rehearsed: exported, counted, imported again", "la sortie a été répétée : exportée, comptée, réimportée"),
    severity=Severity.MEDIUM,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("19.1.i", "reversibility is possible in fact", "la réversibilité est possible en fait"),
        iso("A.5.30", "readiness is rehearsed", "la préparation est exercée"),
    ),
    do=say("export the tenant, import it somewhere else, and show the count", "exporter le locataire, l'importer ailleurs, et montrer le compte"),
)  # fmt: skip
attested(
    "TEN-REV-03",
    bound=Bound("exit.notice_days", longest=None, least=NOTICE_DAYS),
    fits=in_time,
    leaving=True,
    title=say("nothing is erased before a notice of 21 days", "rien n'est effacé avant un préavis de 21 jours"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=MUST,
    clauses=(
        snc("19.4.a", "data are erased at the end, after notice", "les données sont effacées à la fin, après préavis"),
        iso("A.8.10", "information is deleted when no longer needed", "l'information est supprimée quand elle ne sert plus"),
    ),
    do=say("show the notice that the tenant was given", "montrer le préavis donné au locataire"),
)  # fmt: skip


@control(
    "TEN-REV-04",
    over="remains",
    title=say("of a tenant that has left, nothing that can be listed is left", "d'un locataire parti, il ne reste rien qui se liste"),
    severity=Severity.HIGH,
    key="state",
    secured=MUST,
    open_data=MUST,
    reads="every list of every service",
    clauses=(
        snc("19.4.a", "data are erased at the end", "les données sont effacées à la fin"),
        snc("19.4.b", "what was known of the tenant is erased", "ce qui était connu du locataire est effacé"),
        iso("A.8.10", "information is deleted when no longer needed", "l'information est supprimée quand elle ne sert plus"),
    ),
    do=say("apply the documents (provision apply), and remove what is not ours", "appliquer les documents (provision apply), et retirer ce qui n'est pas à nous"),
)  # fmt: skip
def erased(_about: About, left: Standing) -> Text | None:
    """Fail what is still there."""
    return left.wrong
