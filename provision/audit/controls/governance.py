"""GOV, of the tenant as a whole: it is what its profile and its documents say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provision.audit.control import MUST, control, iso, snc
from provision.model.finding import Severity
from provision.text import Text, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.whole import Standing


@control(
    "TEN-GOV-01",
    over="drift",
    title=say("the tenant is what its profile and its documents say", "le locataire est ce que disent son profil et ses documents"),
    severity=Severity.MEDIUM,
    key="profile",
    secured=MUST,
    open_data=MUST,
    reads="every field of every kind",
    clauses=(
        snc("12.2.a", "changes go through a procedure", "les changements passent par une procédure"),
        snc("18.2.1.b", "conformity is verified", "la conformité est vérifiée"),
        iso("A.8.9", "configurations are managed", "les configurations sont gérées"),
        iso("A.8.32", "change management", "gestion des changements"),
    ),
    do=say("see provision plan; apply, or write what was changed into the documents", "voir provision plan ; appliquer, ou écrire dans les documents ce qui a changé"),
)  # fmt: skip
def undrifted(_about: About, standing: Standing) -> Text | None:
    """Fail what a plan would change, and what the cloud cannot do."""
    return standing.wrong
