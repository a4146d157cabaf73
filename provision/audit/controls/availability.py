"""HA: machines apart, backups elsewhere, clusters; CRY: machines that start and run in confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.audit.control import MUST, NONE, SHOULD, control, iso, said, snc
from provision.audit.sources.availability import APART, CONFIDENTIAL, FEWEST, GROUPS, SITE
from provision.model.finding import Severity, Tier
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.availability import Cluster, Confidence, Group, Place

_APART: Final = frozenset({APART, "soft-anti-affinity"})
TWO: Final = 2
_TWICE: Final = snc("17.4.a", "what is needed is there twice", "ce qui est nécessaire existe en double")
_REDUNDANT: Final = iso("A.8.14", "redundancy of facilities", "redondance des moyens")


@control(
    "TEN-HA-01",
    over="ha_group",
    title=say(
        "the groups of machines that documents declare are kept apart: on several hosts, or in several zones",
        "les groupes de machines que déclarent les documents sont tenus à part : sur plusieurs hôtes, ou dans plusieurs zones",
    ),
    severity=Severity.MEDIUM,
    key=GROUPS,
    secured=MUST,
    open_data=SHOULD,
    decided_by=("policy",),
    reads="server_groups.policy, servers.hostId, servers.OS-EXT-AZ:availability_zone",
    clauses=(
        _TWICE,
        _REDUNDANT,
        iso("A.5.30", "continuity is prepared", "la continuité est préparée"),
    ),
    do=say(
        "make the group with the policy anti-affinity (openstack server group create --policy anti-affinity), and its machines in it",
        "faire le groupe avec la politique anti-affinity (openstack server group create --policy anti-affinity), et ses machines dedans",
    ),
)
def spread(_about: About, group: Group) -> Text | None:
    """Fail a declared group that is not there, that is meant to stay together, or all of whose machines are on one host."""
    if not group.policy:
        return say("there is no such group", "il n'y a pas de tel groupe")
    if group.policy not in _APART:
        return same(group.policy)
    if group.machines > 1 and len(group.hosts) < TWO > len(group.zones):
        return say("its {n} machines stand on one host", "ses {n} machines sont sur un seul hôte", n=group.machines)  # fmt: skip
    return None


@control(
    "TEN-HA-04",
    over="backup_place",
    title=say("backups lie elsewhere than what they copy", "les sauvegardes sont ailleurs que ce qu'elles copient"),
    severity=Severity.HIGH,
    key=SITE,
    secured=MUST,
    open_data=NONE,
    asked=said(SITE, accepted=("other-zone", "other-site")),
    decided_by=("availability_zone",),
    reads="backups.availability_zone, volumes.availability_zone",
    clauses=(
        snc("12.5.d", "backups are kept away from what they copy", "les sauvegardes sont gardées loin de ce qu'elles copient"),
        iso("A.8.13", "information backup", "sauvegarde des informations"),
    ),
    do=say(
        "back it up into another zone (openstack volume backup create --availability-zone), and delete this backup",
        "le sauvegarder dans une autre zone (openstack volume backup create --availability-zone), et supprimer cette sauvegarde",
    ),
)  # fmt: skip
def elsewhere(_about: About, place: Place) -> Text | None:
    """Fail a backup in the zone of its volume."""
    if place.backup != place.volume:
        return None
    return say("it lies in {zone}, as its volume does", "elle est dans {zone}, comme son volume", zone=place.backup)  # fmt: skip


@control(
    "TEN-HA-06",
    over="cluster",
    title=say(
        "clusters speak TLS, outlive a control node, take images from known registries, and show no node outside",
        "les clusters parlent TLS, survivent à un nœud de contrôle, prennent leurs images dans des registres connus, et ne montrent aucun nœud dehors",
    ),
    severity=Severity.MEDIUM,
    key="clusters",
    secured=MUST,
    open_data=SHOULD,
    decided_by=("tls_disabled", "insecure_registry", "floating_ip_enabled", "master_count", "master_lb_enabled"),
    clauses=(
        snc("17.4.a", "what is needed is there twice", "ce qui est nécessaire existe en double"),
        _REDUNDANT,
        iso("A.8.9", "configurations are managed", "les configurations sont gérées"),
    ),
    do=say(
        "make the cluster anew from a template that is as it should be (openstack coe cluster template create)",
        "refaire le cluster à partir d'un modèle comme il faut (openstack coe cluster template create)",
    ),
)  # fmt: skip
def clusters_sound(about: About, cluster: Cluster) -> Text | None:
    """Fail a cluster with one of these faults; what documents allow of them is none."""
    told = about.values.section("clusters")
    fewest = int(told.get("min_masters", FEWEST))
    hidden = about.tier is Tier.SECURED or told.get("floating_ips") is False
    faults = (
        (say("without TLS", "sans TLS"), not cluster.tls and told.get("tls", "required") == "required"),
        (say("an insecure registry", "un registre non sûr"), cluster.insecure_registry),
        (
            say("nodes with addresses outside", "des nœuds avec des adresses extérieures"),
            cluster.floating and hidden,
        ),
    )
    return _masters(cluster, fewest) or next((fault for fault, is_so in faults if is_so), None)


def _masters(cluster: Cluster, fewest: int) -> Text | None:
    if cluster.masters < fewest:
        return say("{n} control nodes, {fewest} are needed", "{n} nœuds de contrôle, il en faut {fewest}", n=cluster.masters, fewest=fewest)  # fmt: skip
    if fewest > 1 and not cluster.balanced:
        return say(
            "no load balancer before its control nodes", "pas de répartiteur devant ses nœuds de contrôle"
        )
    return None


@control(
    "TEN-CRY-13",
    over="server_confidence",
    title=say(
        "machines start only what is signed, and their memory is encrypted",
        "les machines ne démarrent que ce qui est signé, et leur mémoire est chiffrée",
    ),
    severity=Severity.MEDIUM,
    key=CONFIDENTIAL,
    secured=SHOULD,
    open_data=NONE,
    asked=said(CONFIDENTIAL, accepted=(True,)),
    decided_by=("extra_specs",),
    reads="servers.flavor.extra_specs, images.os_secure_boot, images.hw_mem_encryption",
    clauses=(iso("A.8.24", "use of cryptography", "utilisation de la cryptographie"),),
    do=say(
        "start it anew with a flavour or an image that asks for both (os:secure_boot=required, hw:mem_encryption=true)",
        "la refaire avec un gabarit ou une image qui demande les deux (os:secure_boot=required, hw:mem_encryption=true)",
    ),
)
def confident(_about: About, server: Confidence) -> Text | None:
    """Fail a machine that starts anything, or whose memory is in the clear."""
    if server.secure_boot:
        return None if server.encrypted_memory else say("memory in the clear", "mémoire en clair")
    if server.encrypted_memory:
        return say("no secure boot", "pas de démarrage sécurisé")
    return say("no secure boot, memory in the clear", "pas de démarrage sécurisé, mémoire en clair")
