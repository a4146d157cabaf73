"""SOV: who supplies, who could reach the data, from where it is administered, what is published of it. All on evidence."""

from __future__ import annotations

from provision.audit.attested import attested
from provision.audit.control import MUST, SHOULD, iso, snc
from provision.audit.sources.evidence import Bound
from provision.model.finding import Severity
from provision.text import say

attested(
    "TEN-SOV-01",
    bound=Bound("components"),
    title=say("every component is in the register of suppliers", "chaque composant est au registre des fournisseurs"),
    severity=Severity.MEDIUM,
    secured=MUST,
    open_data=MUST,
    clauses=(
        snc("15.1.a", "third parties that take part are known", "les tiers qui participent sont connus"),
        snc("15.1.b", "the list of them is kept up to date", "leur liste est tenue à jour"),
        iso("A.5.21", "security in the supply chain", "sécurité de la chaîne d'approvisionnement"),
    ),
    do=say("show the register of suppliers, dated", "montrer le registre des fournisseurs, daté"),
)  # fmt: skip
attested(
    "TEN-SOV-02",
    bound=Bound("components"),
    title=say("no third party under the control of a State outside the Union can obtain the data", "aucun tiers contrôlé par un État hors de l'Union ne peut obtenir les données"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("19.6.c", "such a third party has no means to obtain the data", "un tel tiers n'a aucun moyen d'obtenir les données"),
        iso("A.5.23", "use of cloud services is governed", "l'usage des services en nuage est gouverné"),
    ),
    do=say("show an analysis of who could reach the data, by law or by technique", "montrer l'analyse de qui pourrait atteindre les données, en droit ou en fait"),
)  # fmt: skip
attested(
    "TEN-SOV-03",
    bound=Bound("components"),
    title=say("a critical component is mastered, or has two other suppliers", "un composant critique est maîtrisé, ou a deux autres fournisseurs"),
    severity=Severity.MEDIUM,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("19.6.d", "the service can go on by itself", "le service peut continuer de lui-même"),
        iso("A.5.21", "security in the supply chain", "sécurité de la chaîne d'approvisionnement"),
    ),
    do=say("show, of each critical component, who masters it or who else supplies it", "montrer, de chaque composant critique, qui le maîtrise ou qui d'autre le fournit"),
)  # fmt: skip
attested(
    "TEN-SOV-04",
    bound=Bound("admin.sources"),
    title=say("the cloud is administered from the Union", "le cloud est administré depuis l'Union"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("19.2.c", "administration is done from the Union", "l'administration se fait depuis l'Union"),
        iso("A.5.23", "use of cloud services is governed", "l'usage des services en nuage est gouverné"),
    ),
    do=say("show where the administrators' sessions came from, by a source that they cannot forge", "montrer d'où venaient les sessions des administrateurs, par une source qu'ils ne peuvent falsifier"),
)  # fmt: skip
attested(
    "TEN-SOV-05",
    bound=Bound("transparency.max_age_days"),
    title=say("indicators are published, signed and fresh", "les indicateurs sont publiés, signés et à jour"),
    severity=Severity.LOW,
    secured=SHOULD,
    open_data=MUST,
    clauses=(
        iso("A.5.22", "the services of suppliers are followed", "les services des fournisseurs sont suivis"),
    ),
    do=say("publish them (provision publish), and show what was published", "les publier (provision publish), et montrer ce qui a été publié"),
)  # fmt: skip
