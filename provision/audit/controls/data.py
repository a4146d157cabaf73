"""DAT: classification, where data are, what may be read by whom; REV: leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.audit.control import MUST, NONE, control, iso, said, snc
from provision.model import dataset
from provision.model.finding import Severity, Tier
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.storage import Image
    from provision.model.tenant import Values
    from provision.resources.container import ContainerSpec

PERSONAL: Final = frozenset({"personal", "sante", "sensitive"})
_CLOSED = (
    snc("9.7.a", "what is one tenant's is closed to others", "ce qui est à un locataire est fermé aux autres"),
    iso("A.8.3", "access to information is restricted", "l'accès à l'information est restreint"),
)  # fmt: skip


@control(
    "TEN-DAT-01",
    over="documents",
    title=say("the tenant says how sensitive its data are, and who owns them", "le locataire dit la sensibilité de ses données, et à qui elles sont"),
    severity=Severity.MEDIUM,
    key="classification",
    secured=MUST,
    open_data=MUST,
    asked=said("classification"),
    clauses=(
        snc("8.3.a", "information is classified", "l'information est classifiée"),
        iso("A.5.12", "information is classified", "l'information est classifiée"),
    ),
    do=say("write classification and owner in the tenant's document", "écrire classification et owner dans le document du locataire"),
)  # fmt: skip
def classified(_about: About, documents: Values) -> Text | None:
    """Fail documents that name no owner."""
    return None if documents.get("owner.name") else say("no owner is named", "aucun responsable n'est nommé")


@control(
    "TEN-DAT-02",
    over="documents",
    title=say("data stay in the regions of the list", "les données restent dans les régions de la liste"),
    severity=Severity.HIGH,
    key="location.allowed",
    secured=MUST,
    open_data=MUST,
    asked=said("location.allowed"),
    reads="region",
    clauses=(
        snc("19.2.a", "where data are is stated", "le lieu des données est dit"),
        snc("19.2.b", "data are stored where it was stated", "les données sont stockées là où c'est dit"),
        iso("A.5.23", "use of cloud services is governed", "l'usage des services en nuage est gouverné"),
    ),
    do=say("write the region in location.allowed, or use a cloud of another", "écrire la région dans location.allowed, ou prendre un cloud d'une autre"),
)  # fmt: skip
def located(about: About, documents: Values) -> Text | None:
    """Fail a tenant whose estate's region is not on its list."""
    region = about.tenant.estate.get("region")
    if region is None:
        return say("the estate names no region", "le parc ne nomme aucune région")
    return None if region in documents.items("location.allowed") else same(str(region))


@control(
    "TEN-DAT-03",
    over="container",
    title=say("no container is open to others", "aucun conteneur n'est ouvert à d'autres"),
    severity=Severity.CRITICAL,
    key="object.public",
    secured=MUST,
    open_data=NONE,
    asked=said("object.public", accepted=(False,)),
    reads="X-Container-Read, X-Container-Write",
    clauses=_CLOSED,
    do=say("remove the access list (swift post -r '' -w '')", "retirer la liste d'accès (swift post -r '' -w '')"),
)  # fmt: skip
def closed_container(_about: About, container: ContainerSpec) -> Text | None:
    """Fail a container that others may read or write."""
    opened = [*(container.read or ()), *(container.write or ())]
    return same(", ".join(opened)) if opened else None


@control(
    "TEN-DAT-04",
    over="container",
    title=say(
        "what everybody can read says its licence, producer, contact and rhythm, keeps versions, and only the tenant writes it",
        "ce que tous peuvent lire dit sa licence, son producteur, son contact et son rythme, garde ses versions, et seul le locataire l'écrit",
    ),
    severity=Severity.HIGH,
    key="object.datasets.licence",
    secured=NONE,
    open_data=MUST,
    asked=said("object.public", accepted=(True,)),
    reads="X-Container-Read, X-Container-Meta-*",
    clauses=(
        iso("A.5.12", "what is published is classified so", "ce qui est publié est classifié ainsi"),
        iso("A.8.3", "writing is restricted", "l'écriture est restreinte"),
    ),
    do=say("write the metadata in the container's document and apply, or close it", "écrire les métadonnées dans le document du conteneur et appliquer, ou le fermer"),
)  # fmt: skip
def lawful(about: About, container: ContainerSpec) -> Text | None:
    """Fail a public container that is not lawfully published; others are not its affair."""
    if not dataset.open_to_everybody(container.read or ()):
        return None
    return _undescribed(container) or _unkept(container) or _too_sensitive(about)


def _undescribed(container: ContainerSpec) -> Text | None:
    missing = dataset.missing(container.metadata)
    if missing:
        return say("it does not say {missing}", "il ne dit pas {missing}", missing=", ".join(missing))
    strange = next(dataset.unknown(container.metadata), None)
    return None if strange is None else same(f"{strange}: {container.metadata[strange]}")


def _unkept(container: ContainerSpec) -> Text | None:
    if not container.versioning:
        return say("it keeps no versions", "il ne garde pas ses versions")
    if container.write:
        return say("{who} may write it", "{who} peut l'écrire", who=", ".join(container.write))
    return None


def _too_sensitive(about: About) -> Text | None:
    if about.tier is Tier.OPEN_DATA and about.values.get("classification") in PERSONAL:
        return say(
            "the tenant's data are personal or sensitive",
            "les données du locataire sont personnelles ou sensibles",
        )
    return None


@control(
    "TEN-DAT-05",
    over="image",
    title=say("the tenant's images are private, or shared with named projects", "les images du locataire sont privées, ou partagées avec des projets nommés"),
    severity=Severity.HIGH,
    key="images.visibility",
    secured=MUST,
    open_data=MUST,
    asked=said("images.visibility"),
    decided_by=("visibility",),
    clauses=_CLOSED,
    do=say("make the image private (openstack image set --private)", "rendre l'image privée (openstack image set --private)"),
)  # fmt: skip
def image_private(about: About, image: Image) -> Text | None:
    """Fail an image that more people see than documents say."""
    allowed = {"private"} if about.values.get("images.visibility") == "private" else {"private", "shared"}
    return None if image.visibility in allowed else same(image.visibility)


@control(
    "TEN-REV-01",
    over="documents",
    title=say("each sort of thing can be taken away in a documented format", "chaque sorte de chose peut être reprise dans un format documenté"),
    severity=Severity.MEDIUM,
    key="exit.formats",
    secured=MUST,
    open_data=MUST,
    asked=said("exit.formats"),
    clauses=(
        snc("19.1.h", "reversibility is agreed on", "la réversibilité est convenue"),
        iso("A.5.23", "leaving a cloud service is prepared", "la sortie d'un service en nuage est préparée"),
    ),
    do=say("write exit.formats in the profile", "écrire exit.formats dans le profil"),
)  # fmt: skip
def exit_formats(_about: About, documents: Values) -> Text | None:
    """Fail documents that name no format."""
    return None if documents.section("exit.formats") else say("no format is named", "aucun format n'est nommé")  # fmt: skip
