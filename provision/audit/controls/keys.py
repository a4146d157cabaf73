"""CRY: who reads what the key manager keeps, how old and strong keys are, and how long certificates hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from provision.audit.control import MUST, SHOULD, control, iso, said, snc
from provision.audit.sources.secrets import MIN_VALIDITY, SYMMETRIC, USUAL_VALIDITY
from provision.model.finding import Severity, Tier
from provision.model.key import USUAL, Fault, KeyPolicy
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.audit.control import About
    from provision.audit.sources.secrets import Kept, Readers
    from provision.model.certificate import Certificate

# Below these a key pair is no match for who would break it (ANSSI's guide of mechanisms; 3072 bits of RSA from 2031 on).
SMALLEST_PAIR: Final = {"rsa": 2048, "dsa": 2048, "diffie-hellman": 2048, "ec": 256, "ecdsa": 256}
_MANAGED = iso("A.8.24", "keys are managed through their life", "les clés sont gérées durant leur vie")


@control(
    "TEN-CRY-06",
    over="secret_readers",
    title=say(
        "a secret is read by whoever made it and by people named, all of them the tenant's",
        "un secret se lit par qui l'a fait et par des personnes nommées, toutes du locataire",
    ),
    severity=Severity.HIGH,
    key="keys.acl",
    secured=MUST,
    open_data=SHOULD,
    asked=said("keys.acl", accepted=("private",)),
    reads="secrets/{id}/acl.read",
    clauses=(
        snc("10.5.c", "access to keys is restricted", "l'accès aux clés est restreint"),
        iso("A.8.24", "keys are protected from disclosure", "les clés sont protégées de la divulgation"),
    ),
    do=say(
        "close it (provision keys seal, or openstack acl submit --no-project-access), and take the stranger out (openstack acl user remove)",
        "le fermer (provision keys seal, ou openstack acl submit --no-project-access), et en retirer l'inconnu (openstack acl user remove)",
    ),
)
def read_by_few(_about: About, readers: Readers) -> Text | None:
    """Fail a secret open to its project, but for a disk's, and one that is read by somebody who is not the tenant's."""
    if readers.strangers:
        return say("read by {users}", "lu par {users}", users=", ".join(readers.strangers))
    if readers.project and not readers.disk:
        return say("the whole project reads it", "tout le projet le lit")
    return None


@control(
    "TEN-CRY-07",
    over="secret_key",
    title=say(
        "no key serves for longer than its rotation allows",
        "aucune clé ne sert plus longtemps que ne le permet sa rotation",
    ),
    severity=Severity.MEDIUM,
    key="keys.rotation_days",
    secured=MUST,
    open_data=SHOULD,
    asked=said("keys.rotation_days"),
    decided_by=("created",),
    clauses=(
        snc("10.5.a", "keys are renewed as was decided", "les clés sont renouvelées comme décidé"),
        _MANAGED,
    ),
    do=say(
        "give it a successor (provision keys rotate), encrypt anew, and delete the former one",
        "lui donner un successeur (provision keys rotate), rechiffrer, et supprimer l'ancienne",
    ),
)
def renewed(about: About, kept: Kept) -> Text | None:
    """Fail a key that is overdue, or meant to serve longer; a disk's lives as long as the disk, a former one only reads."""
    policy, now = KeyPolicy.of(about.tenant), datetime.now(UTC)
    if kept.disk or not kept.key.current or policy.days is None:
        return None
    if Fault.OLD in policy.faults(kept.key, now):
        return say(
            "it is {age} days old, {most} are allowed",
            "elle a {age} jours, {most} sont permis",
            age=kept.key.age(now).days,
            most=policy.days,
        )
    meant = (kept.expires - kept.key.created).days if kept.expires else 0
    if meant > policy.days:
        return say(
            "it is meant to serve {meant} days, {most} are allowed",
            "elle est prévue pour {meant} jours, {most} sont permis",
            meant=meant,
            most=policy.days,
        )
    return None


@control(
    "TEN-CRY-08",
    over="secret_key",
    title=say(
        "no key is weaker than the floor: algorithm and length",
        "aucune clé n'est sous le plancher : algorithme et longueur",
    ),
    severity=Severity.HIGH,
    key="keys.floor",
    secured=MUST,
    open_data=SHOULD,
    asked=said("keys.floor.bit_length"),
    decided_by=("algorithm", "bit_length"),
    clauses=(
        snc("10.5.a", "keys are strong enough for what they protect", "les clés sont à la hauteur de ce qu'elles protègent"),
        _MANAGED,
    ),
    do=say("make a longer key, encrypt anew, and delete this one", "faire une clé plus longue, rechiffrer, et supprimer celle-ci"),
)  # fmt: skip
def strong(about: About, kept: Kept) -> Text | None:
    """Fail a key of another algorithm or shorter than the floor; of a pair of keys, one that is too short for its algorithm."""
    if not kept.key.current:
        return None
    key, policy = kept.key, KeyPolicy.of(about.tenant)
    if kept.sort == SYMMETRIC:
        least = max(policy.bits or 0, USUAL[1] if about.tier is Tier.SECURED else 0)
        floor = KeyPolicy(algorithm=policy.algorithm or USUAL[0], bits=least)
        weak = floor.weaker(key.algorithm, key.bits)
    else:
        weak = key.bits < SMALLEST_PAIR.get(key.algorithm.lower(), key.bits + 1)
    return same(f"{key.algorithm} {key.bits}") if weak else None


@control(
    "TEN-CRY-11",
    over="certificate",
    title=say(
        "no certificate is about to expire, and those on the list issued each",
        "aucun certificat n'est près d'expirer, et chacun vient d'un émetteur de la liste",
    ),
    severity=Severity.HIGH,
    key="pki",
    secured=MUST,
    open_data=SHOULD,
    asked=said(MIN_VALIDITY),
    reads="secrets/{id}/payload (X.509)",
    clauses=(
        snc("10.6.a", "certificates come from where it was decided (indicative)", "les certificats viennent d'où c'est décidé (indicatif)"),
        _MANAGED,
    ),
    do=say("have a new one issued, by an issuer of pki.issuers, and put it in its place", "en faire émettre un nouveau, par un émetteur de pki.issuers, et le mettre à sa place"),
)  # fmt: skip
def holds(about: About, found: Certificate) -> Text | None:
    """Fail a certificate that has expired, does not hold yet or for long enough, or that somebody else issued."""
    now, days = datetime.now(UTC), int(about.values.get(MIN_VALIDITY, USUAL_VALIDITY))
    issuers = frozenset(map(str, about.values.items("pki.issuers")))
    if found.begins > now:
        return say("it begins on {day}", "il commence le {day}", day=found.begins.date())
    if found.ends <= now:
        return say("it expired on {day}", "il a expiré le {day}", day=found.ends.date())
    if (found.ends - now).days < days:
        return say(
            "it expires on {day}, in less than {days} days",
            "il expire le {day}, dans moins de {days} jours",
            day=found.ends.date(),
            days=days,
        )
    if issuers and not found.issued_by(issuers):
        return say("{issuer} issued it", "{issuer} l'a émis", issuer=found.issuer)
    return None
