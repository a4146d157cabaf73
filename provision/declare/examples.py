"""Three tenants to look at: a health start-up, a data publisher, a municipality."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.text import Language

_HEALTH: Final = say(
    """\
# A start-up that hosts health data. The profile says nearly everything: encrypted volumes only, a domain of its own.
tenant: clinique-ouest
profile: hautement-securise
title: Clinique de l'Ouest
kind: startup
owner: {name: IT department, email: dsi@clinique-ouest.example}
classification: sante
# The profile wants keys in a hardware module (keys.store: hsm) and images that are signed, and provision plan or prove refuses a cloud
# that has neither. The sandbox has neither, and nothing it holds is real: this tenant says so. On a real cloud, delete the next two
# lines, and name the module in estate.yaml (secret_stores.hardware).
keys: {store: software}
images: {signed: false}
""",
    """\
# Une jeune pousse qui héberge des données de santé. Le profil dit presque tout : volumes chiffrés seulement, un domaine à elle.
tenant: clinique-ouest
profile: hautement-securise
title: Clinique de l'Ouest
kind: startup
owner: {name: Service informatique, email: dsi@clinique-ouest.example}
classification: sante
# Le profil veut les clés dans un module matériel (keys.store: hsm) et des images signées, et provision plan ou prove refuse un cloud
# qui n'a ni l'un ni l'autre. Le bac à sable n'a ni l'un ni l'autre, et rien n'y est réel : ce locataire le dit. Sur un vrai cloud,
# supprimer les deux lignes qui suivent, et nommer le module dans estate.yaml (secret_stores.hardware).
keys: {store: software}
images: {signed: false}
""",
)

_PUBLISHER: Final = say(
    """\
# A publisher of open data. Openness is the point: its datasets are readable by anybody, with a licence and a contact.
tenant: observatoire-climat
profile: open-data
title: Observatoire du climat
kind: administration
owner: {name: Data office, email: donnees@observatoire-climat.example}
""",
    """\
# Un producteur de données ouvertes. L'ouverture est le but : chacun peut lire ses jeux de données, avec licence et contact.
tenant: observatoire-climat
profile: open-data
title: Observatoire du climat
kind: administration
owner: {name: Pôle données, email: donnees@observatoire-climat.example}
""",
)

_TOWN: Final = say(
    """\
# A town hall: personal data to protect, and datasets to publish. Two lines would do; it also asks for a little more room.
tenant: ville-exemple
profile: collectivite
title: Ville d'Exemple
kind: collectivite
owner: {name: Town IT, email: numerique@ville-exemple.example}
quotas: {compute: {instances: 12}}
""",
    """\
# Une mairie : des données personnelles à protéger, des jeux de données à publier. Deux lignes suffiraient ; elle demande un peu plus.
tenant: ville-exemple
profile: collectivite
title: Ville d'Exemple
kind: collectivite
owner: {name: Direction du numérique, email: numerique@ville-exemple.example}
quotas: {compute: {instances: 12}}
""",
)

# What no sandbox on loopback has, and `provision audit` would hold against these tenants: somebody answers for it, for a year.
_WAIVED: Final = say(
    """\
waivers:
  - control: TEN-CRY-15
    reason: The services of the sandbox speak HTTP
    measure: Nothing leaves this machine (loopback only)
    owner: operations
    approver: operations
    expires: {day}
  - control: TEN-HA-02
    reason: The sandbox has one network node
    measure: Nothing here has to stay up
    owner: operations
    approver: operations
    expires: {day}
""",
    """\
waivers:
  - control: TEN-CRY-15
    reason: Les services du bac à sable parlent HTTP
    measure: Rien ne sort de cette machine (boucle locale seulement)
    owner: exploitation
    approver: exploitation
    expires: {day}
  - control: TEN-HA-02
    reason: Le bac à sable n'a qu'un nœud réseau
    measure: Rien ici n'a besoin de rester debout
    owner: exploitation
    approver: exploitation
    expires: {day}
""",
)
_A_YEAR: Final = timedelta(days=365)

_TENANTS: Final[Mapping[str, Text]] = {
    "clinique-ouest": _HEALTH,
    "observatoire-climat": _PUBLISHER,
    "ville-exemple": _TOWN,
}


def tenants(language: Language) -> Mapping[str, str]:
    """Return the documents of the example tenants, by their path in an estate."""
    day = (datetime.now(UTC) + _A_YEAR).date().isoformat()
    waived = say(_WAIVED.en, _WAIVED.fr, day=day).render(language)
    return {f"tenants/{key}.yaml": text.render(language) + waived for key, text in _TENANTS.items()}
