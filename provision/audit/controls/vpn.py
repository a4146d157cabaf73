"""NET: private links that hide what passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.audit.control import MUST, NONE, control, iso, said, snc
from provision.audit.sources.vpn import POLICY
from provision.model.finding import Severity
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.vpn import Tunnel

_WEAK_CIPHERS: Final = frozenset({"des", "3des"})
_WEAK_GROUPS: Final = frozenset({"group1", "group2", "group5", "None", ""})  # fewer than 2048 bits, or none
_BARE: Final = frozenset({"ah", "v1"})


@control(
    "TEN-NET-14",
    over="vpn_policy",
    title=say(
        "private links agree on keys by IKEv2 and a strong group, and encrypt with more than DES",
        "les liaisons privées conviennent des clés par IKEv2 et un groupe fort, et chiffrent mieux qu'en DES",
    ),
    severity=Severity.HIGH,
    key=POLICY,
    secured=MUST,
    open_data=NONE,
    asked=said(POLICY, accepted=("strong", "forbidden")),
    decided_by=("encryption_algorithm", "pfs"),
    reads="ikepolicies.encryption_algorithm, .pfs, .ike_version; ipsecpolicies.encryption_algorithm, .pfs, .transform_protocol",
    clauses=(
        snc("10.2.d", "private links encrypt as was decided", "les liaisons privées chiffrent comme décidé"),
        iso("A.8.24", "use of cryptography", "utilisation de la cryptographie"),
        iso("A.5.14", "information is protected in transfer", "l'information est protégée en transit"),
    ),
    do=say(
        "make the policies anew (openstack vpn ike policy create --ike-version v2 --encryption-algorithm aes-256 --pfs group14), and the link with them",
        "refaire les politiques (openstack vpn ike policy create --ike-version v2 --encryption-algorithm aes-256 --pfs group14), et la liaison avec elles",
    ),
)
def hides(about: About, tunnel: Tunnel) -> Text | None:
    """Fail a policy that is weak, and any where documents forbid private links."""
    if about.values.get(POLICY) == "forbidden":
        return say("private links are forbidden", "les liaisons privées sont interdites")
    weak = [
        each
        for each, known in (
            (tunnel.encryption, _WEAK_CIPHERS),
            (tunnel.group, _WEAK_GROUPS),
            (tunnel.way, _BARE),
        )
        if each in known
    ]
    return same(", ".join(weak)) if weak else None
