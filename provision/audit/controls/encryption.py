"""CRY: volumes and their types, where keys rest, secrets in plain sight, and the way to the services."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from provision.audit.control import MUST, NONE, SHOULD, control, iso, said, snc
from provision.model import encryption
from provision.model.finding import Severity, Tier
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.catalogue import Endpoint, Labels
    from provision.audit.sources.storage import Backup, Choice, Image, KeyStore, Volume, VolumeType

SMALLEST_KEY: Final = 256
SECRET: Final = re.compile(r"pass(word|wd|phrase)|secret|token|api[-_]?key|private[-_]?key", re.IGNORECASE)
_WRAPPED: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}"
)


@control(
    "TEN-CRY-01",
    over="volume",
    title=say("every volume is encrypted", "chaque volume est chiffré"),
    severity=Severity.CRITICAL,
    key="storage.volume.encrypted",
    secured=MUST,
    open_data=SHOULD,
    asked=said("storage.volume.encrypted", accepted=(True,)),
    decided_by=("encrypted",),
    clauses=(
        snc("10.1.a", "stored data are encrypted", "les données stockées sont chiffrées"),
        iso("A.8.24", "use of cryptography", "utilisation de la cryptographie"),
    ),
    do=say("move its data to a volume of an encrypted type (openstack volume set --type --retype-policy on-demand)", "passer ses données sur un volume d'un type chiffré (openstack volume set --type --retype-policy on-demand)"),
)  # fmt: skip
def volume_encrypted(_about: About, volume: Volume) -> Text | None:
    """Fail a volume in clear."""
    return None if volume.encrypted else say("it is not encrypted", "il n'est pas chiffré")


@control(
    "TEN-CRY-02",
    over="volume_type",
    title=say(
        "encrypted types encrypt as the profile says: provider, cipher, length of the key",
        "les types chiffrés chiffrent comme le dit le profil : format, algorithme, longueur de clé",
    ),
    severity=Severity.HIGH,
    key="storage.volume.cipher",
    secured=MUST,
    open_data=SHOULD,
    asked=said("storage.volume.cipher"),
    reads="types/{id}/encryption",
    clauses=(
        snc("10.1.b", "the means of encryption are those that were chosen", "les moyens de chiffrement sont ceux retenus"),
        iso("A.8.24", "use of cryptography", "utilisation de la cryptographie"),
    ),
    do=say("have the operator mend the type's encryption (openstack volume type set)", "faire corriger le chiffrement du type par l'exploitant (openstack volume type set)"),
)  # fmt: skip
def cipher_as_said(about: About, kind: VolumeType) -> Text | None:
    """Fail an encrypted type that is weaker than, or other than, the profile's."""
    if kind.encryption is None:
        return None
    asked = encryption.wanted(about.values)
    least = max(asked.key_size or 0, SMALLEST_KEY if about.tier is Tier.SECURED else 0)
    lacking = list(replace(asked, key_size=least).lacking(kind.encryption))
    return (
        same(f"{kind.name}: {', '.join(f'{each} {getattr(kind.encryption, each)}' for each in lacking)}")
        if lacking
        else None
    )


@control(
    "TEN-CRY-03",
    over="volume_choice",
    title=say("no type that leaves data in clear can be chosen, and who chooses none gets the profile's", "aucun type qui laisse les données en clair ne peut être choisi, et qui n'en choisit aucun reçoit celui du profil"),
    severity=Severity.HIGH,
    key="storage.volume.types",
    secured=MUST,
    open_data=NONE,
    asked=said("storage.volume.encrypted", accepted=(True,)),
    reads="types.is_public, default-types",
    clauses=(
        snc("10.1.a", "stored data are encrypted, whoever asks for the disk", "les données stockées sont chiffrées, qui que ce soit qui demande le disque"),
        iso("A.8.24", "use of cryptography", "utilisation de la cryptographie"),
    ),
    do=say("apply the documents; a public type is the operator's to make private (openstack volume type set --private)", "appliquer les documents ; rendre privé un type public revient à l'exploitant (openstack volume type set --private)"),
)  # fmt: skip
def only_encrypted(about: About, choice: Choice) -> Text | None:
    """Fail a choice with a type in clear, or whose default is not the documents'."""
    clear = [each.name for each in choice.types if each.encryption is None]
    if clear:
        return same(", ".join(clear))
    wanted = about.values.get("storage.volume.default")
    if wanted is not None and choice.default != wanted:
        return say(
            "the default is {default}, not {wanted}",
            "le défaut est {default}, et non {wanted}",
            default=choice.default or "–",
            wanted=wanted,
        )
    return None


@control(
    "TEN-CRY-04",
    over="backup",
    title=say("every backup is encrypted", "chaque sauvegarde est chiffrée"),
    severity=Severity.HIGH,
    key="backup.encrypted",
    secured=MUST,
    open_data=SHOULD,
    asked=said("backup.encrypted", accepted=(True,)),
    decided_by=("volume_id",),  # from microversion 3.64 on Cinder names the key of those that have one, and only of those
    reads="backups.encryption_key_id",
    clauses=(
        snc("10.1.d", "backups are encrypted as what they copy", "les sauvegardes sont chiffrées comme ce qu'elles copient"),
        snc("12.5.b", "backups are protected", "les sauvegardes sont protégées"),
        iso("A.8.13", "information backup", "sauvegarde des informations"),
    ),
    do=say("back up an encrypted volume instead, and delete this backup", "sauvegarder plutôt un volume chiffré, et supprimer cette sauvegarde"),
)  # fmt: skip
def backup_encrypted(_about: About, backup: Backup) -> Text | None:
    """Fail a backup in clear."""
    return None if backup.encrypted else say("it has no key", "elle n'a pas de clé")


@control(
    "TEN-CRY-05",
    over="key_store",
    title=say("there is a key manager, and keys rest where the profile says", "il y a un gestionnaire de clés, et les clés reposent où le dit le profil"),
    severity=Severity.HIGH,
    key="keys.store",
    secured=MUST,
    open_data=SHOULD,
    asked=said("keys.store", accepted=("hsm", "software")),
    reads="secret-stores.global_default",
    clauses=(
        snc("10.5.c", "keys are kept apart from what they protect", "les clés sont gardées à part de ce qu'elles protègent"),
        iso("A.8.24", "use of cryptography", "utilisation de la cryptographie"),
    ),
    do=say("have the operator give the key manager a hardware store, and make it the preferred one", "faire doter le gestionnaire de clés d'un module matériel par l'exploitant, et le rendre préféré"),
)  # fmt: skip
def keys_rest(about: About, store: KeyStore) -> Text | None:
    """Fail documents that require no key manager, and a store that is no hardware where that is asked for."""
    if not store.name:
        return say("no key manager is required", "aucun gestionnaire de clés n'est exigé")
    if about.values.get("keys.store") == "hsm" and not store.hardware:
        return say("new keys go into {store}", "les nouvelles clés vont dans {store}", store=store.name)
    return None


@control(
    "TEN-CRY-12",
    over="image",
    title=say("the tenant's images are signed", "les images du locataire sont signées"),
    severity=Severity.MEDIUM,
    key="images.signed",
    secured=SHOULD,
    open_data=SHOULD,
    asked=said("images.signed", accepted=(True,)),
    reads="images.img_signature*",
    clauses=(
        snc("12.10.c", "what is installed comes from who it says (indicative)", "ce qui est installé vient de qui le dit (indicatif)"),
        iso("A.8.19", "installation of software is controlled", "l'installation de logiciels est maîtrisée"),
    ),
    do=say("upload it with its signature (openstack image create --sign-key-path …)", "la téléverser avec sa signature (openstack image create --sign-key-path …)"),
)  # fmt: skip
def image_signed(_about: About, image: Image) -> Text | None:
    """Fail an image without the four properties of a signature."""
    return None if image.signed else say("it is not signed", "elle n'est pas signée")


@control(
    "TEN-CRY-14",
    over="metadata",
    title=say("no secret stands in metadata", "aucun secret ne figure dans les métadonnées"),
    severity=Severity.HIGH,
    key="object.containers",
    secured=MUST,
    open_data=MUST,
    reads="servers.metadata",
    clauses=(
        snc("10.5.d", "secrets are kept where they are protected", "les secrets sont gardés là où ils sont protégés"),
        iso("A.5.17", "authentication information is managed", "les informations d'authentification sont gérées"),
    ),
    do=say("remove it, change the secret, and keep it in the key manager", "le retirer, changer le secret, et le garder dans le gestionnaire de clés"),
)  # fmt: skip
def no_secret(_about: About, labels: Labels) -> Text | None:
    """Fail what looks like a secret by its name or its form; what it says is not repeated."""
    keys = [key for key, value in labels.said.items() if SECRET.search(key) or _WRAPPED.search(value)]
    return same(", ".join(sorted(keys))) if keys else None


@control(
    "TEN-CRY-15",
    over="endpoint",
    title=say("the services are reached over HTTPS", "les services sont joints en HTTPS"),
    severity=Severity.HIGH,
    key="endpoints.https",
    secured=MUST,
    open_data=MUST,
    asked=said("endpoints.https", accepted=(True,)),
    reads="endpoints.url",
    clauses=(
        snc("10.2.c", "flows with the services are encrypted", "les flux avec les services sont chiffrés"),
        iso("A.8.21", "network services are secured", "les services réseau sont sécurisés"),
    ),
    do=say("have the operator publish HTTPS endpoints", "faire publier des adresses HTTPS par l'exploitant"),
)
def https(_about: About, endpoint: Endpoint) -> Text | None:
    """Fail an endpoint in clear."""
    return None if endpoint.url.startswith("https://") else same(endpoint.url)
