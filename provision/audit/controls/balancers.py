"""CRY: what load balancers serve in the clear, and with which TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.audit.control import MUST, control, iso, said, snc
from provision.audit.sources.balancers import DAY, HSTS
from provision.model.finding import Severity
from provision.model.listener import VERSIONS
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.model.listener import Listener

_CONFIDENTIAL: Final = snc("10.2.c", "flows over networks of others are encrypted", "les flux sur les réseaux d'autrui sont chiffrés")  # fmt: skip
_TRANSFER: Final = iso("A.5.14", "information is protected in transfer", "l'information est protégée en transit")  # fmt: skip
_CRYPTOGRAPHY: Final = iso("A.8.24", "use of cryptography", "utilisation de la cryptographie")


@control(
    "TEN-CRY-09",
    over="listener",
    title=say(
        "load balancers serve nothing over plain HTTP, but to lead to https",
        "les répartiteurs de charge ne servent rien en HTTP sans chiffrement, sinon pour mener en https",
    ),
    severity=Severity.HIGH,
    key="lb.tls",
    secured=MUST,
    open_data=MUST,
    asked=said("lb.tls", accepted=("required",)),
    decided_by=("protocol", "default_pool_id"),
    clauses=(_CONFIDENTIAL, _CRYPTOGRAPHY, _TRANSFER),
    do=say(
        "have the listener end TLS (TERMINATED_HTTPS), or have it lead to https (openstack loadbalancer l7policy create --action REDIRECT_PREFIX)",
        "faire terminer TLS à l'écoute (TERMINATED_HTTPS), ou la faire mener en https (openstack loadbalancer l7policy create --action REDIRECT_PREFIX)",
    ),
)
def nothing_plain(_about: About, listener: Listener) -> Text | None:
    """Fail a listener that answers over plain HTTP."""
    return same(f"{listener.protocol} {listener.port}") if listener.plain else None


@control(
    "TEN-CRY-10",
    over="tls_end",
    title=say(
        "TLS ends in the versions of the profile, with no weak cipher, and has browsers come back by it for as long as it says",
        "TLS se termine dans les versions du profil, sans algorithme faible, et y fait revenir les navigateurs aussi longtemps qu'il le dit",
    ),
    severity=Severity.HIGH,
    key=VERSIONS,
    secured=MUST,
    open_data=MUST,
    asked=said(VERSIONS),
    decided_by=("protocol", "tls_versions", "tls_ciphers"),
    reads="listeners.tls_versions, .tls_ciphers, .hsts_max_age",
    clauses=(_CONFIDENTIAL, _CRYPTOGRAPHY),
    do=say(
        "set what it offers (openstack loadbalancer listener set --tls-version … --tls-ciphers … --hsts-max-age …)",
        "régler ce qu'elle offre (openstack loadbalancer listener set --tls-version … --tls-ciphers … --hsts-max-age …)",
    ),
)
def tls_as_said(about: About, listener: Listener) -> Text | None:
    """Fail a listener that offers other versions or a weak cipher, or tells browsers of https for less long than is asked."""
    if not listener.offers_only(frozenset(about.values.items(VERSIONS))):
        return same(", ".join(sorted(listener.versions)) or "–")
    if listener.weak_ciphers:
        return same(", ".join(listener.weak_ciphers))
    days = int(about.values.get(HSTS, 0))
    if listener.hsts < days * DAY:
        return say("HSTS for {told} s, {days} days are asked", "HSTS pour {told} s, {days} jours sont demandés", told=listener.hsts, days=days)  # fmt: skip
    return None
