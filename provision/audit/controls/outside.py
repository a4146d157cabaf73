"""What only evidence answers, of families whose other controls the API answers: IAM-15, HA-05, DAT-06."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.audit.attested import attested
from provision.audit.control import MUST, NONE, SHOULD, iso, snc
from provision.audit.controls.data import PERSONAL
from provision.audit.source import Silence, Thing
from provision.audit.sources.evidence import Bound
from provision.model.finding import Severity, Status
from provision.text import say

if TYPE_CHECKING:
    from provision.audit.eyes import Eyes
    from provision.model.tenant import Tenant


def nobodys(_eyes: Eyes, tenant: Tenant) -> Thing | None:
    """Decide that a tenant without personal data needs no record of them."""
    if tenant.values.get("classification") in PERSONAL:
        return None
    why = say("its data are nobody's, by its classification", "ses données ne sont celles de personne, selon sa classification")  # fmt: skip
    return Thing("classification", None, silence=Silence(Status.NOT_APPLICABLE, why))


attested(
    "TEN-IAM-15",
    bound=Bound("reviews.max_age_days"),
    title=say("who may do what was reviewed within the time that documents give", "qui peut quoi a été revu dans le délai que disent les documents"),
    severity=Severity.MEDIUM,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("9.4.a", "rights are reviewed once a year at least", "les droits sont revus au moins une fois par an"),
        snc("9.4.c", "those of technical accounts more often", "ceux des comptes techniques plus souvent"),
        iso("A.5.18", "access rights are reviewed", "les droits d'accès sont revus"),
    ),
    do=say("review who has which role, and show the record", "revoir qui a quel rôle, et montrer le compte rendu"),
)  # fmt: skip
attested(
    "TEN-HA-05",
    bound=Bound("backup.restore_test_max_age_days"),
    title=say("restoring a backup was rehearsed, and worked", "restaurer une sauvegarde a été essayé, et a marché"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("12.5.c", "restoring is tested regularly", "la restauration est testée régulièrement"),
        iso("A.8.13", "backups are tested", "les sauvegardes sont testées"),
    ),
    do=say("restore a backup somewhere else, compare, and show the record", "restaurer une sauvegarde ailleurs, comparer, et montrer le compte rendu"),
)  # fmt: skip
attested(
    "TEN-DAT-06",
    bound=Bound("privacy.record"),
    own=nobodys,
    title=say("personal data are in a record of processing, under the clauses of a processor", "les données personnelles sont au registre des traitements, sous les clauses d'un sous-traitant"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=NONE,
    clauses=(
        snc("19.5.a", "processing of personal data is governed", "le traitement de données personnelles est encadré"),
        snc("19.5.c", "what the provider does with them is written", "ce que le prestataire en fait est écrit"),
        iso("A.5.34", "privacy and protection of personal data", "vie privée et protection des données personnelles"),
    ),
    do=say("show the entry of the record of processing and the signed clauses, or that there are no personal data", "montrer la fiche du registre et les clauses signées, ou qu'il n'y a pas de données personnelles"),
)  # fmt: skip
