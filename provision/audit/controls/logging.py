"""LOG: what is logged, for how long, and who may be believed: on evidence, and on our own ledger where it decides."""

from __future__ import annotations

from typing import Final

from provision.audit.attested import attested
from provision.audit.control import MUST, SHOULD, iso, snc
from provision.audit.sources.book import anchored, incomplete, journalled
from provision.audit.sources.evidence import Bound
from provision.audit.sources.standing import unconsented
from provision.model.finding import Severity
from provision.text import say

HALF_A_YEAR: Final = 180
_LOGGED: Final = iso("A.8.15", "events are logged", "les événements sont journalisés")

attested(
    "TEN-LOG-01",
    bound=Bound("audit.sources"),
    title=say("every service that the tenant uses logged something; silence is a finding", "chaque service que le locataire utilise a journalisé quelque chose ; un silence est un défaut"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("12.6.a", "what is to be logged is written", "ce qui est à journaliser est écrit"),
        snc("12.6.b", "and it is logged", "et c'est journalisé"),
        _LOGGED,
    ),
    do=say("count the events of each service over the time, and show the count", "compter les événements de chaque service sur la période, et montrer le compte"),
)  # fmt: skip
attested(
    "TEN-LOG-02",
    bound=Bound("audit.retention_days", least=HALF_A_YEAR),
    title=say("logs are kept six months, or longer where documents say so", "les journaux sont gardés six mois, ou plus où les documents le disent"),
    severity=Severity.MEDIUM,
    secured=MUST,
    open_data=MUST,
    clauses=(
        snc("12.6.c", "logs are kept six months at least", "les journaux sont gardés six mois au moins"),
        _LOGGED,
    ),
    do=say("show the oldest event that the archive has", "montrer le plus ancien événement que l'archive contient"),
)  # fmt: skip
attested(
    "TEN-LOG-03",
    bound=Bound("audit.privileged.required"),
    title=say("a privileged action tells who, in which role, from where, on what, why, and how it ended", "une action privilégiée dit qui, dans quel rôle, d'où, sur quoi, pourquoi, et comment elle a fini"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("9.5.d", "accounts are personal, and what they do is traced", "les comptes sont nominatifs, et leurs actes tracés"),
        snc("12.6.b", "administration is logged", "l'administration est journalisée"),
        iso("A.8.2", "privileged rights are followed", "les droits privilégiés sont suivis"),
    ),
    do=say("take privileged actions from the logs, and show that each tells all of it", "prendre des actions privilégiées dans les journaux, et montrer que chacune dit tout"),
)  # fmt: skip
attested(
    "TEN-LOG-04",
    bound=Bound("support_access.consent"),
    own=unconsented,
    title=say("the provider enters only by a consent that has an end", "le prestataire n'entre que par un accord qui a une fin"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=SHOULD,
    reads="role_assignments, users.domain_id; evidence/*.yaml",
    clauses=(
        snc("9.7.d", "access of the provider's people is under control", "les accès du personnel du prestataire sont maîtrisés"),
        iso("A.8.2", "privileged rights are restricted", "les droits privilégiés sont restreints"),
    ),
    do=say("withdraw the role, or show the consent with its end (valid_until)", "retirer le rôle, ou montrer l'accord avec sa fin (valid_until)"),
)  # fmt: skip
attested(
    "TEN-LOG-05",
    bound=Bound("audit.anchor_max_age_days"),
    own=anchored,
    title=say("the ledger was not altered, and is anchored outside of it", "le registre n'a pas été altéré, et il est ancré hors de lui"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=MUST,
    reads="ledger; evidence/*.yaml",
    clauses=(
        snc("12.7.a", "logs are protected", "les journaux sont protégés"),
        snc("12.7.c", "their integrity can be verified", "leur intégrité se vérifie"),
        iso("A.5.33", "records are protected", "les enregistrements sont protégés"),
    ),
    do=say("see provision ledger verify; have it dated (provision ledger anchor) and name the authority in estate.yaml (ledger.tsa_certificate), or keep its checkpoints elsewhere and show that", "voir provision ledger verify ; le faire dater (provision ledger anchor) et nommer l'autorité dans estate.yaml (ledger.tsa_certificate), ou garder ses points de contrôle ailleurs et le montrer"),
)  # fmt: skip
attested(
    "TEN-LOG-06",
    bound=Bound("audit.sources"),
    own=incomplete,
    title=say("nothing is missing from the logs, and the services count the same", "rien ne manque aux journaux, et les services comptent pareil"),
    severity=Severity.MEDIUM,
    secured=MUST,
    open_data=SHOULD,
    reads="ledger; evidence/*.yaml",
    clauses=(
        snc("12.7.a", "logs are protected", "les journaux sont protégés"),
        _LOGGED,
    ),
    do=say("see provision ledger verify; compare the counts of each service with what was received, and show that", "voir provision ledger verify ; comparer les compteurs de chaque service à ce qui a été reçu, et le montrer"),
)  # fmt: skip
attested(
    "TEN-LOG-07",
    bound=Bound("audit.self_service"),
    title=say("a tenant can have all events that concern it", "un locataire peut obtenir tous les événements qui le concernent"),
    severity=Severity.MEDIUM,
    secured=MUST,
    open_data=MUST,
    clauses=(
        snc("12.6.d", "a client gets the events that concern it", "un client obtient les événements qui le concernent"),
        _LOGGED,
    ),
    do=say("hand a tenant its events once, and show what it got", "remettre une fois ses événements à un locataire, et montrer ce qu'il a reçu"),
)  # fmt: skip
attested(
    "TEN-LOG-08",
    bound=Bound("audit.max_skew_seconds", least=1),
    title=say("clocks agree, within what documents allow", "les horloges s'accordent, dans ce que permettent les documents"),
    severity=Severity.LOW,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("12.8.a", "clocks are synchronised", "les horloges sont synchronisées"),
        iso("A.8.17", "clocks are synchronised", "les horloges sont synchronisées"),
    ),
    do=say("show the difference of the clocks of all hosts", "montrer l'écart des horloges de tous les hôtes"),
)  # fmt: skip
attested(
    "TEN-LOG-09",
    bound=Bound("break_glass.max_hours", least=1),
    title=say("each emergency access has a reason and an end, and was reviewed", "chaque accès d'urgence a un motif et une fin, et a été revu"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("9.3.c", "exceptional rights are granted for a time", "les droits exceptionnels sont donnés pour un temps"),
        iso("A.8.2", "privileged rights are restricted", "les droits privilégiés sont restreints"),
    ),
    do=say("show the register of emergency accesses with their reviews, or that there were none", "montrer le registre des accès d'urgence et leurs revues, ou qu'il n'y en a pas eu"),
)  # fmt: skip
attested(
    "TEN-LOG-10",
    bound=Bound("soc.sink"),
    title=say("events reach a security operations centre in the Union", "les événements arrivent à un SOC dans l'Union"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=SHOULD,
    clauses=(
        snc("12.9.a", "events are analysed and correlated", "les événements sont analysés et corrélés"),
        iso("A.8.16", "activity is monitored", "l'activité est surveillée"),
    ),
    do=say("have the centre confirm that it receives events of this tenant, and where it stands", "faire confirmer par le SOC qu'il reçoit les événements de ce locataire, et où il se trouve"),
)  # fmt: skip
attested(
    "TEN-LOG-11",
    bound=Bound("audit"),
    own=journalled,
    title=say("what we write is in our ledger: by whom, under which plan, with which result", "ce que nous écrivons est à notre registre : par qui, sous quel plan, avec quel résultat"),
    severity=Severity.HIGH,
    secured=MUST,
    open_data=MUST,
    reads="ledger; evidence/*.yaml",
    clauses=(
        snc("12.2.a", "changes are managed and traced", "les changements sont gérés et tracés"),
        iso("A.8.32", "change management", "gestion des changements"),
    ),
    do=say("see provision ledger verify; audit where the estate is applied from", "voir provision ledger verify ; auditer là d'où le parc est appliqué"),
)  # fmt: skip
