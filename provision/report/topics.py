"""What each promise of a profile is about, in plain words: the question it answers, the choice it follows from, its label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

from provision.declare.publishing import is_public
from provision.declare.schema import at, tree_schema
from provision.kind import kinds
from provision.report import phrases
from provision.report.phrases import Phrase, bare, capital, clauses, flag, names, sentence, word
from provision.text import Text, same, say

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that profiles promise.

    `patterns` are the dotted paths it covers, ``*`` for any one step. `entry` counts the leading steps that tell one
    entry from another (a network, a group): 0 takes all its paths as one promise. `phrase` makes words of the facts
    (values by path, below the entry); `bound` of the bound of a floor. Topics with one `choice` follow from one choice,
    and a comparison tells them together. `purpose` marks choices that are no matter of strictness.
    """

    key: str
    question: str
    label: Text
    phrase: Callable[[Facts], Text]
    bound: Phrase = bare
    choice: str = ""
    patterns: tuple[str, ...] = ()
    entry: int = 0
    purpose: bool = False

    @property
    def whole(self) -> bool:
        """Tell whether it is promised of all entries together."""
        return "*" in self.key and not self.entry

    def covers(self, path: str) -> bool:
        """Tell whether a path is of this topic."""
        return any(_fits(pattern, path) for pattern in self.patterns or (self.key,))


def _fits(pattern: str, path: str) -> bool:
    """Tell whether a path matches a pattern, whose last ``**`` stands for all that is below."""
    if pattern.endswith(".**"):
        head = pattern.removesuffix(".**")
        return fnmatchcase(".".join(path.split(".")[: head.count(".") + 1]), head) and path.count(
            "."
        ) > head.count(".")
    return pattern.count(".") == path.count(".") and fnmatchcase(path, pattern)


def one(key: str, question: str, label: Text, phrase: Phrase, **rest: Any) -> Topic:  # noqa: ANN401 (fields of a topic)
    """Return a topic of a single value."""
    return Topic(key, question, label, lambda facts: phrase(next(iter(facts.values()))), **rest)


def _template(inner: Phrase, **known: Text) -> Phrase:
    """Return the words of a value that may be filled in for each tenant: `known` by what the template speaks of."""

    def words(value: Any) -> Text:  # noqa: ANN401 (a YAML value)
        if not (isinstance(value, str) and "{{" in value):
            return inner(value)
        for spoken, text in known.items():
            if spoken.replace("__", ".") in value:
                return text
        return say("filled in for each tenant: `{it}`", "rempli pour chaque locataire : `{it}`", it=value)

    return words


def _group(facts: Facts) -> Text:
    given = [*(facts.get("roles") or ()), *(facts.get("domain_roles") or ())]
    rights = [phrases.ROLES.get(str(each), names(each)) for each in given]
    return clauses(rights) if rights else say("no right at all", "aucun droit")


def _account(facts: Facts) -> Text:
    if facts.get("enabled") is False:
        return say("kept, and closed", "gardé, et fermé")
    if facts.get("mfa", "totp") == "none":
        return say("opens with a password", "s'ouvre avec un mot de passe")
    return say(
        "opens with a password and a code of the moment, never with one of them",
        "s'ouvre avec un mot de passe et un code du moment, jamais avec l'un seul",
    )


def _network(facts: Facts) -> Text:
    return clauses([*_families(facts), _way(facts.get("router")), *_resolvers(facts), *_rates(facts)])


def _zone(facts: Facts) -> Text:
    networks = ", ".join(f"`{each}`" for each in next(iter(facts.values())))
    return say("{it}, apart from other zones", "{it}, à part des autres zones", it=networks)


def _families(facts: Facts) -> Iterator[Text]:
    given = {name: _prefix(facts, key) for key, name in (("ipv4", "IPv4"), ("ipv6", "IPv6"))}
    if set(given.values()) == {"auto"}:
        yield say(
            "IPv4 and IPv6 addresses from the operator's pools",
            "adresses IPv4 et IPv6 prises dans les réserves de l'exploitant",
        )
        return
    for name, prefix in given.items():
        pool = facts.get(f"{name.lower()}.pool")
        if pool is not None:
            yield say("{name} addresses from its pool `{it}`", "adresses {name} prises dans sa réserve `{it}`", name=name, it=pool)  # fmt: skip
            continue
        known = {
            "auto": say(
                "{name} addresses from the operator's pool",
                "adresses {name} prises dans la réserve de l'exploitant",
                name=name,
            ),
            "none": say("no {name}", "pas d'{name}", name=name),
        }
        yield known.get(
            str(prefix), say("{name} addresses {it}", "adresses {name} {it}", name=name, it=names(prefix))
        )


def _prefix(facts: Facts, family: str) -> object:
    """Return what a network says of the addresses of a family, at length or in a word."""
    at_length = any(each.startswith(f"{family}.") for each in facts)
    return facts.get(f"{family}.cidr", "auto") if at_length else facts.get(family, "none")


def _way(router: object) -> Text:
    if router in (None, "none"):
        return say("no way out", "sans sortie")
    return say("way out by router `{it}`", "sortie par le routeur `{it}`", it=router)


def _resolvers(facts: Facts) -> Iterator[Text]:
    if "dns" in facts:
        given = facts["dns"]
        yield (
            say("name servers: {it}", "serveurs de noms : {it}", it=names(given))
            if given
            else say("no name server handed out", "aucun serveur de noms distribué")
        )


def _rates(facts: Facts) -> Iterator[Text]:
    sent, received = facts.get("bandwidth.egress"), facts.get("bandwidth.ingress")
    if sent is not None:
        yield say("each machine sends {it}", "chaque machine envoie {it}", it=_up_to(sent))
    if received is not None:
        yield say("each machine receives {it}", "chaque machine reçoit {it}", it=_up_to(received))


def _up_to(rate: object) -> Text:
    if rate == "unlimited":
        return say("without limit", "sans limite")
    return say("at most {it}", "au plus {it}", it=rate)


def _router(facts: Facts) -> Text:
    outside = facts.get("gateway")
    first = (
        say("leads to the operator's outside network", "mène au réseau extérieur de l'exploitant")
        if outside == "external"
        else say("leads to {it}", "mène à {it}", it=names(outside) if outside else phrases.NOTHING)
    )
    hidden = {
        True: [
            say(
                "hides IPv4 machines behind one address", "cache les machines IPv4 derrière une seule adresse"
            )
        ],
        False: [say("hides no address", "ne cache aucune adresse")],
    }
    return clauses([first, *hidden.get(facts.get("snat", "?"), [])])


def _security_group(facts: Facts) -> Text:
    comes, goes = facts.get("ingress"), facts.get("egress")
    return clauses(
        [
            _lets_in(phrases.passing(comes, phrases.FROM))
            if comes
            else say("lets nothing in", "ne laisse rien entrer"),
            _lets_out(phrases.passing(goes, phrases.TO))
            if goes
            else say("lets nothing out", "ne laisse rien sortir"),
            phrases.family([*(comes or []), *(goes or [])]),
            *([_openings(facts["rules"])] if "rules" in facts else []),
        ]
    )


def _lets_in(what: Text) -> Text:
    return say("lets in {it}", "laisse entrer {it}", it=what)


def _lets_out(what: Text) -> Text:
    return say("lets out {it}", "laisse sortir {it}", it=what)


_openings: Final = word(
    exact=say(
        "openings made by hand are seen and closed", "les ouvertures faites à la main sont vues et refermées"
    ),
    unmanaged=say("openings made by hand are left alone", "les ouvertures faites à la main sont laissées"),
)
_exactness: Final = word(
    exact=say("seen and closed", "vues et refermées"), unmanaged=say("left alone", "laissées")
)


def _container(facts: Facts) -> Text:
    return clauses([_readers(facts), *_described(facts), *_limits(facts), *_kept(facts)])


def _readers(facts: Facts) -> Text:
    if not is_public(facts.get("read")):
        return say("read by the tenant only", "lu par le seul locataire")
    if facts.get("cors"):
        return say(
            "read by anybody, without signing in, even by pages of other sites",
            "lu par tous, sans s'identifier, même par les pages d'autres sites",
        )
    return say("read by anybody, without signing in", "lu par tous, sans s'identifier")


_RHYTHMS: Final = {
    "IRREG": say("irregularly", "sans rythme fixe"),
    "AS_NEEDED": say("as needed", "selon les besoins"),
    "UPDATE_CONT": say("continuously", "en continu"),
    "DAILY": say("every day", "chaque jour"),
    "WEEKLY": say("every week", "chaque semaine"),
    "MONTHLY": say("every month", "chaque mois"),
    "QUARTERLY": say("every quarter", "chaque trimestre"),
    "ANNUAL": say("every year", "chaque année"),
    "NEVER": say("never", "jamais"),
}


def _described(facts: Facts) -> Iterator[Text]:
    licence, rhythm = facts.get("metadata.licence"), facts.get("metadata.frequency")
    if licence:
        yield say("licence {it}", "licence {it}", it=names(licence))
    if facts.get("metadata.producer") and facts.get("metadata.contact"):
        yield say("producer and contact named", "producteur et contact nommés")
    if rhythm:
        yield say("updated: {it}", "mis à jour : {it}", it=_RHYTHMS.get(str(rhythm), bare(rhythm)))


def _limits(facts: Facts) -> Iterator[Text]:
    if "quota.bytes" in facts:
        yield say("at most {it}", "au plus {it}", it=phrases.size(facts["quota.bytes"]))
    if "quota.objects" in facts:
        yield say("at most {it} files", "au plus {it} fichiers", it=phrases.size(facts["quota.objects"]))


def _kept(facts: Facts) -> Iterator[Text]:
    if facts.get("versioning"):
        yield say("former versions kept", "versions antérieures gardées")


def _everywhere(yes: Text, no: Text, mixed: Text) -> Callable[[Facts], Text]:
    def words(facts: Facts) -> Text:
        values = list(facts.values())
        return yes if all(each is True for each in values) else mixed if True in values else no

    return words


def _sharing(facts: Facts) -> Text:
    return _sharers([whom for each in facts.values() for whom in each])


def _sharers(value: Any) -> Text:  # noqa: ANN401 (a YAML value)
    if not value:
        return say("with nobody", "avec personne")
    return say("with everybody", "avec tous") if "*" in value else names(value)


_APART: Final = {
    "anti-affinity": say("never two on one host", "jamais deux sur un même hôte"),
    "soft-anti-affinity": say(
        "on different hosts while there is room", "sur des hôtes différents tant qu'il y a de la place"
    ),
}


def _apart(groups: Any) -> Text:  # noqa: ANN401 (a YAML value)
    return clauses(_kept_apart(each) for each in groups) if groups else phrases.NOTHING


def _kept_apart(group: Facts) -> Text:
    most = group.get("max_server_per_host", 1)
    how = _APART[group["policy"]]
    if most > 1:
        how = say("at most {n} on one host", "au plus {n} sur un même hôte", n=most)
    return say("group `{name}`: {how}", "groupe `{name}` : {how}", name=group["name"], how=how)


_CLASSES: Final = word(
    public=say("public data", "des données publiques"),
    internal=say("internal data", "des données internes"),
    personal=say("personal data", "des données personnelles"),
    sante=say("health data", "des données de santé"),
    sensitive=say("sensitive data", "des données sensibles"),
)
_METADATA: Final = {
    "producer": say("the producer", "le producteur"),
    "contact": say("a contact", "un contact"),
    "frequency": say("the update rhythm", "le rythme de mise à jour"),
    "licence": say("the licence", "la licence"),
}
_TRACES: Final = {
    "initiator": say("who acted", "qui a agi"),
    "role": say("in which role", "à quel titre"),
    "request_id": say("the number of the request", "le numéro de la demande"),
    "target": say("on what", "sur quoi"),
    "outcome": say("with what result", "avec quel résultat"),
    "ticket": say("on which ticket", "pour quel ticket"),
}
_PLAYBOOKS: Final = {
    "bastion-hardening": say("hardening of the entry machine", "durcissement de la machine d'entrée"),
    "log-forwarding": say("sending logs away", "envoi des journaux au dehors"),
    "data-disk-encryption": say("encryption of data disks from inside", "chiffrement des disques de données de l'intérieur"),
}  # fmt: skip
_BITS: Final = say("{it} bits", "{it} bits")
_REGION: Final = say(
    "the operator's own region only, as its estate names it",
    "la seule région de l'exploitant, telle que son parc la nomme",
)
_TENANT: Final = say(
    "the tenant itself, unless its document names somebody",
    "le locataire lui-même, sauf si son document nomme quelqu'un",
)


def _of_type(facts: Facts) -> Text:
    said = (
        (_described_by_schema(f"quotas.volume.types.one.{field}"), limit) for field, limit in facts.items()
    )
    return clauses(
        say("{what}: {size}", "{what} : {size}", what=what or same("?"), size=phrases.size(limit))
        for what, limit in said
    )


_WRITTEN: Final[tuple[Topic, ...]] = (
    # what it is for
    one("classification", "purpose", say("Data it takes", "Données accueillies"), _CLASSES, bound=phrases.several(_CLASSES), purpose=True),
    one("kind", "purpose", say("Sort of tenant", "Sorte de locataire"),
        word(startup=say("a start-up", "une jeune pousse"), collectivite=say("a local authority", "une collectivité"),
             administration=say("an administration", "une administration"), partenaire=say("a partner", "un partenaire")), purpose=True),
    one("owner.name", "purpose", say("Who answers for it", "Qui en répond"), _template(bare, tenant__title=_TENANT), purpose=True),
    # who may enter
    one("identity.domain", "identity", say("Directory of accounts", "Annuaire des comptes"),
        word(dedicated=say("a domain of its own, apart from all other tenants", "un domaine à soi, à part de tous les autres locataires"),
             shared=say("the domain that it shares with other tenants", "le domaine partagé avec d'autres locataires")), choice="domain"),
    one("identity.source", "identity", say("Where its people are known", "Où ses personnes sont connues"),
        word(local=say("in the cloud itself", "dans le cloud lui-même"), ldap=say("in its own directory", "dans son propre annuaire"),
             oidc=say("by an identity provider (OpenID Connect)", "par un fournisseur d'identité (OpenID Connect)"),
             saml=say("by an identity provider (SAML)", "par un fournisseur d'identité (SAML)")), purpose=True),
    one("identity.provider", "identity", say("Its identity provider", "Son fournisseur d'identité"), names, purpose=True),
    one("identity.roles.delegated", "identity", say("Who manages its accounts", "Qui gère ses comptes"),
        word(manager=say("the tenant itself (role `manager`)", "le locataire lui-même (rôle `manager`)"), none=say("the operator", "l'exploitant")),
        bound=names, choice="domain"),
    one("identity.roles.incompatible", "identity", say("Roles that nobody may combine", "Rôles que nul ne cumule"),
        lambda value: clauses(names(pair) for pair in value), choice="domain"),
    one("identity.roles.allowed", "identity", say("Rights that may be given", "Droits qui peuvent être donnés"), phrases.roles, bound=names),
    Topic("identity.groups.*", "identity", say("Group `{name}`", "Groupe `{name}`"), _group, choice="groups",
          patterns=("identity.groups.*.**",), entry=3),
    Topic("identity.accounts.*", "identity", say("Account `{name}`", "Compte `{name}`"), _account, choice="accounts",
          patterns=("identity.accounts.*.**",), entry=3),
    one("identity.auth.mfa.min_methods", "identity", say("Proofs of identity", "Preuves d'identité"),
        phrases.number(say("{n} proof to sign in, such as a password", "{n} preuve pour entrer, par exemple un mot de passe"),
                       say("{n} different proofs to sign in (multi-factor)", "{n} preuves différentes pour entrer (authentification à plusieurs facteurs)"))),
    one("identity.auth.bypass", "identity", say("Exceptions to these proofs", "Exceptions à ces preuves"),
        word(none=say("none", "aucune"), allowed=say("allowed", "permises"))),
    one("accounts.owner_required", "identity", say("Owner of each account", "Responsable de chaque compte"),
        flag(say("required, and named", "exigé, et nommé"), say("not required", "non exigé"))),
    one("app_credentials.max_days", "identity", say("Life of a program's credential", "Durée d'un identifiant d'application"),
        sentence(say("{it} at most", "{it} au plus"), phrases.days), bound=phrases.days, choice="app_credentials"),
    one("app_credentials.unrestricted", "identity", say("A program making further credentials", "Programme créant d'autres identifiants"),
        flag(say("allowed", "permis"), say("never", "jamais")), choice="app_credentials"),
    one("app_credentials.access_rules", "identity", say("What a program may call", "Ce qu'un programme peut appeler"),
        word(required=say("only the calls written down for it", "seulement les appels écrits pour lui"),
             optional=say("everything, unless written otherwise", "tout, sauf écrit contraire")), choice="app_credentials"),
    one("app_credentials.roles_max", "identity", say("Rights a program may have at most", "Droits d'un programme, au plus"), phrases.names, choice="app_credentials"),
    one("s3_credentials.policy", "identity", say("S3 keys", "Clés S3"),
        word(forbidden=say("forbidden", "interdites"), inventoried=say("allowed, and inventoried", "permises, et inventoriées"))),
    one("trusts.allowed", "identity", say("Delegating one's rights", "Délégation de ses droits"),
        flag(say("a user may delegate rights to another", "un utilisateur peut déléguer ses droits à un autre"),
             say("nobody delegates rights to another account", "nul ne délègue ses droits à un autre compte")), choice="trusts"),
    one("trusts.redelegation", "identity", say("Delegating further", "Délégation en chaîne"),
        flag(say("allowed", "permise"), say("forbidden", "interdite")), choice="trusts"),
    one("support_access.standing", "identity", say("Standing access of the operator", "Accès permanent de l'exploitant"),
        word(none=say("none", "aucun"), allowed=say("allowed", "permis")), choice="support"),
    one("support_access.consent", "identity", say("Consent before the operator enters", "Accord avant l'entrée de l'exploitant"),
        word(required=say("required", "exigé"), optional=say("not required", "non exigé")), choice="support"),
    one("support_access.max_hours", "identity", say("Length of a visit of the operator", "Durée d'une visite de l'exploitant"),
        sentence(say("{it} at most", "{it} au plus"), phrases.hours), bound=phrases.hours, choice="support"),
    one("break_glass.allowed", "identity", say("Emergency access", "Accès de secours"),
        flag(say("provided for", "prévu"), say("none", "aucun")), choice="break_glass"),
    one("break_glass.max_hours", "identity", say("Length of an emergency access", "Durée d'un accès de secours"),
        sentence(say("{it} at most", "{it} au plus"), phrases.hours), bound=phrases.hours, choice="break_glass"),
    one("break_glass.review_days", "identity", say("Review after an emergency", "Examen après un secours"),
        sentence(say("reviewed within {it}", "examiné sous {it}"), phrases.days), bound=phrases.days, choice="break_glass"),
    one("offboarding.user_hours", "identity", say("When a person leaves", "Quand une personne part"),
        sentence(say("rights withdrawn within {it}", "droits retirés sous {it}"), phrases.hours), bound=phrases.hours),
    one("reviews.max_age_days", "identity", say("Review of people's rights", "Revue des droits des personnes"),
        sentence(say("every {it} at the latest", "tous les {it} au plus tard"), phrases.days), bound=phrases.days, choice="reviews"),
    one("reviews.technical_max_age_days", "identity", say("Review of technical accounts", "Revue des comptes techniques"),
        sentence(say("every {it} at the latest", "tous les {it} au plus tard"), phrases.days), bound=phrases.days, choice="reviews"),
    # what is encrypted
    one("storage.volume.encrypted", "encryption", say("Encryption of volumes", "Chiffrement des volumes"),
        flag(say("every volume is encrypted", "chaque volume est chiffré"), say("not required", "non exigé")), choice="volumes"),
    one("storage.volume.types", "encryption", say("Volume types within reach", "Types de volume à portée"), names, bound=names, choice="volumes"),
    one("storage.volume.access", "encryption", say("Other volume types", "Autres types de volume"),
        word(exact=say("invisible, a wrong choice is impossible", "invisibles, on ne peut pas se tromper"),
             additive=say("those open to everybody stay visible", "ceux ouverts à tous restent visibles")), choice="volumes"),
    one("storage.volume.default", "encryption", say("Volume type when nobody chooses", "Type de volume quand nul ne choisit"), names, bound=names, choice="volumes"),
    one("storage.volume.provider", "encryption", say("Method", "Procédé"), word(luks=same("LUKS"), luks2=same("LUKS2"), plain=say("plain", "simple")), choice="volumes"),
    one("storage.volume.cipher", "encryption", say("Cipher", "Algorithme"), names, choice="volumes"),
    one("storage.volume.key_size", "encryption", say("Key length", "Longueur de clé"),
        sentence(_BITS), bound=sentence(_BITS), choice="volumes"),
    one("storage.volume.control_location", "encryption", say("Who encrypts", "Qui chiffre"),
        word(front_end=say("the hypervisor, before anything leaves the machine's host", "l'hyperviseur, avant que rien ne quitte l'hôte de la machine"),
             back_end=say("the storage", "le stockage")), choice="volumes"),
    one("object.encrypted", "encryption", say("Encryption of the object store", "Chiffrement du stockage objet"),
        flag(say("every file is encrypted", "chaque fichier est chiffré"), say("not required", "non exigé"))),
    one("backup.encrypted", "encryption", say("Encryption of backups", "Chiffrement des sauvegardes"),
        flag(say("every backup is encrypted", "chaque sauvegarde est chiffrée"), say("not required", "non exigé"))),
    one("keys.acl", "encryption", say("Who reads a key", "Qui lit une clé"),
        word(private=say("the people named for it", "les personnes nommées pour elle"), project=say("anybody of the project", "toute personne du projet")), choice="keys"),
    one("keys.store", "encryption", say("Where keys rest", "Où reposent les clés"),
        word(hsm=say("in a hardware module (HSM)", "dans un module matériel (HSM)"), software=say("in software", "dans un logiciel"), any=say("anywhere", "n'importe où")), choice="keys"),
    one("keys.rotation_days", "encryption", say("Renewal of keys", "Renouvellement des clés"),
        sentence(say("every {it} at the latest", "tous les {it} au plus tard"), phrases.days), bound=phrases.days, choice="keys"),
    one("keys.floor.algorithm", "encryption", say("Algorithm of keys", "Algorithme des clés"), lambda value: same(str(value).upper()), choice="keys"),
    one("keys.floor.bit_length", "encryption", say("Length of keys", "Longueur des clés"), sentence(say("{it} bits at least", "{it} bits au moins")), choice="keys"),
    one("lb.tls", "encryption", say("Encryption at load balancers", "Chiffrement aux répartiteurs de charge"),
        word(required=say("TLS required", "TLS exigé"), optional=say("TLS optional", "TLS facultatif")), bound=names, choice="tls"),
    one("lb.tls_versions", "encryption", say("Versions of TLS", "Versions de TLS"), names, bound=names, choice="tls"),
    one("lb.hsts_days", "encryption", say("Browsers come back by https (HSTS)", "Les navigateurs reviennent en https (HSTS)"),
        sentence(say("for {it} at least", "pendant {it} au moins"), phrases.days), bound=phrases.days, choice="tls"),
    one("pki.min_validity_days", "encryption", say("Certificates are replaced", "Certificats remplacés"),
        sentence(say("{it} before they expire, at the latest", "{it} avant leur échéance, au plus tard"), phrases.days), bound=phrases.days, choice="tls"),
    one("pki.issuers", "encryption", say("Issuers of certificates", "Émetteurs des certificats"), names, bound=names, choice="tls"),
    one("compute.confidential", "encryption", say("Memory of machines", "Mémoire des machines"),
        flag(say("encrypted, and only what is signed starts", "chiffrée, et seul ce qui est signé démarre"), say("as the cloud has it", "selon le cloud"))),
    one("endpoints.https", "encryption", say("Calls to the cloud", "Appels au cloud"),
        flag(say("over HTTPS only", "par HTTPS seulement"), say("HTTP allowed", "HTTP permis")), choice="tls"),
    one("images.signed", "encryption", say("Signature of images", "Signature des images"),
        flag(say("every image that a machine can start from bears one", "chaque image dont une machine peut démarrer en porte une"), say("not required", "non exigée"))),
    # what passes the network
    one("network.ip_versions", "network", say("Address families", "Familles d'adresses"),
        lambda value: phrases.joined([same(f"IPv{each}") for each in value], " and ", " et ")),
    one("network.ipv6_pool", "network", say("Where IPv6 prefixes come from", "D'où viennent les préfixes IPv6"),
        word(estate=say("the operator's pool, never a prefix that somebody chose", "la réserve de l'exploitant, jamais un préfixe choisi par quelqu'un")), bound=names),
    Topic("networks.*.port_security", "network", say("No spoofed address, filters that hold", "Pas d'adresse usurpée, des filtres qui tiennent"),
          _everywhere(say("port security on every network", "sécurité des ports sur chaque réseau"), say("port security on no network", "sécurité des ports sur aucun réseau"),
                      say("port security on some networks only", "sécurité des ports sur certains réseaux seulement"))),
    Topic("networks.*.shared_with", "network", say("Networks shared with other tenants", "Réseaux partagés avec d'autres locataires"), _sharing,
          bound=_sharers, choice="sharing"),
    one("network.rbac", "network", say("Shares made by hand", "Partages faits à la main"),
        word(exact=say("seen and withdrawn", "vus et retirés"), additive=say("seen and left", "vus et laissés")), bound=names, choice="sharing"),
    Topic("networks.*", "network", say("Network `{name}`", "Réseau `{name}`"), _network, choice="networks",
          patterns=("networks.*.**",), entry=2),
    Topic("network.zones.*", "network", say("Zone `{name}`", "Zone `{name}`"), _zone, choice="networks", patterns=("network.zones.*",), entry=3),
    Topic("routers.*", "network", say("Router `{name}`", "Routeur `{name}`"), _router, choice="networks", patterns=("routers.*.**",), entry=2),
    one("egress", "network", say("What may leave", "Ce qui peut sortir"),
        word(allowlist=say("calls to written destinations only", "seulement vers des destinations écrites"), open=say("calls to the Web at large", "vers tout le Web")), choice="egress"),
    one("security_groups.default.egress", "network", say("A machine calls, by default", "Une machine appelle, par défaut"),
        lambda value: say("{it}; {family}", "{it} ; {family}", it=phrases.passing(value, phrases.TO), family=phrases.family(value)), choice="egress"),
    one("security_groups.default.ingress", "network", say("A machine is reached, by default", "Une machine est atteinte, par défaut"),
        lambda value: say("by {it}; {family}", "par {it} ; {family}", it=phrases.passing(value, phrases.FROM), family=phrases.family(value)) if value
        else say("by nobody, in IPv4 and in IPv6 alike", "par personne, en IPv4 comme en IPv6"), choice="ingress"),
    one("security_groups.default.rules", "network", say("Openings made by hand", "Ouvertures faites à la main"), _exactness, bound=names),
    Topic("security_groups.*", "network", say("Security group `{name}`", "Groupe de sécurité `{name}`"), _security_group, choice="security_groups",
          patterns=("security_groups.*.**",), entry=2),
    one("vpn.policy", "network", say("Private links (VPN)", "Liaisons privées (VPN)"),
        word(strong=say("with strong ciphers only", "avec des algorithmes forts seulement"), forbidden=say("forbidden", "interdites"), any=say("allowed", "permises"))),
    # what may be published
    one("object.public", "publishing", say("Publishing to everybody", "Publication à tous"),
        flag(say("provided for, containers may be read without signing in", "prévue, des conteneurs se lisent sans s'identifier"),
             say("forbidden, no container is read without signing in", "interdite, aucun conteneur ne se lit sans s'identifier")), choice="publishing", purpose=True),
    one("object.datasets.licence", "publishing", say("Licence of datasets", "Licence des jeux de données"), names, bound=names, choice="publishing", purpose=True),
    one("object.datasets.metadata", "publishing", say("What a dataset must say", "Ce qu'un jeu de données doit dire"), phrases.each(_METADATA), bound=phrases.each(_METADATA), choice="publishing", purpose=True),
    one("object.datasets.checksums", "publishing", say("Checksums of datasets", "Empreintes des jeux de données"), flag(say("published beside the data", "publiées avec les données"), say("none", "aucune")), choice="publishing", purpose=True),
    one("object.datasets.versioning", "publishing", say("Versions of datasets", "Versions des jeux de données"), flag(say("kept", "gardées"), say("not kept", "non gardées")), choice="publishing", purpose=True),
    one("object.datasets.read", "publishing", say("Readers of datasets", "Lecteurs des jeux de données"),
        lambda value: say("anybody, without signing in", "tous, sans s'identifier") if is_public(value) else names(value), choice="publishing", purpose=True),
    one("object.datasets.cors", "publishing", say("Reading from a Web page (CORS)", "Lecture depuis une page Web (CORS)"),
        lambda value: say("from any site", "depuis tout site") if value == "*" else names(value), choice="publishing", purpose=True),
    Topic("object.containers.*", "publishing", say("Container `{name}`", "Conteneur `{name}`"), _container, choice="publishing",
          patterns=("object.containers.*.**",), entry=3, purpose=True),
    one("object.versioning", "publishing", say("Former versions of files", "Versions antérieures des fichiers"),
        flag(say("kept when a file is replaced", "gardées quand un fichier est remplacé"), say("not kept", "non gardées"))),
    one("object.quota", "publishing", say("All files of the object store together", "Tous les fichiers du stockage objet ensemble"),
        sentence(say("at most {it}", "au plus {it}"), phrases.size), bound=phrases.size),
    one("object.sync", "publishing", say("Copies made by the object store itself", "Copies faites par le stockage objet lui-même"),
        flag(say("a container may send its files elsewhere", "un conteneur peut envoyer ses fichiers ailleurs"),
             say("no container sends its files elsewhere", "aucun conteneur n'envoie ses fichiers ailleurs"))),
    one("object.temp_urls", "publishing", say("Signed addresses of files", "Adresses signées de fichiers"),
        flag(say("may be made, as the document declares", "peuvent être faites, comme le document le déclare"),
             say("none: no key that signs them is left in place", "aucune : aucune clé qui les signe n'est laissée en place"))),
    one("images.visibility", "publishing", say("Images", "Images"),
        word(private=say("seen by the tenant only", "vues du seul locataire"), shared=say("may be shared with named projects", "peuvent être partagées avec des projets nommés")), bound=names),
    one("shares.public", "publishing", say("Public file shares", "Partages de fichiers publics"), flag(say("allowed", "permis"), say("none", "aucun"))),
    one("transparency.publish", "publishing", say("Report on itself", "Rapport sur soi"), flag(say("published", "publié"), say("not published", "non publié")), choice="transparency"),
    one("transparency.max_age_days", "publishing", say("Age of that report", "Âge de ce rapport"), sentence(say("{it} at most", "{it} au plus"), phrases.days), bound=phrases.days, choice="transparency"),
    # where data live
    one("location.zones.compute", "place", say("Zones of its machines", "Zones de ses machines"), names, bound=names, choice="hosts"),
    one("location.zones.volume", "place", say("Zones of its volumes", "Zones de ses volumes"), names, bound=names, choice="hosts"),
    one("location.zones.network", "place", say("Zones of its networks and routers", "Zones de ses réseaux et routeurs"), names, bound=names, choice="hosts"),
    one("location.allowed", "place", say("Where data may live", "Où les données peuvent vivre"), _template(names, estate__region=_REGION)),
    one("hosts.isolation", "place", say("Physical machines", "Machines physiques"),
        word(dedicated=say("shared with no other tenant", "partagées avec aucun autre locataire"), shared=say("shared with other tenants", "partagées avec d'autres locataires")), choice="hosts"),
    one("hosts.count", "place", say("How many of them", "Combien"), bare, bound=bare, choice="hosts"),
    one("hosts.names", "place", say("Which of them", "Lesquelles"), names, bound=names, choice="hosts"),
    one("compute.flavors", "place", say("Flavours within reach", "Gabarits à portée"), names, bound=names, choice="hosts"),
    one("compute.images", "place", say("Images shared with it", "Images partagées avec lui"), names, bound=names, choice="hosts"),
    one("backup.site", "place", say("Where backups lie", "Où sont les sauvegardes"),
        word(same=say("beside the original", "à côté de l'original"), other_zone=say("in another zone", "dans une autre zone"), other_site=say("on another site", "sur un autre site")), choice="backup"),
    one("backup.rpo_hours", "place", say("Work that a disaster may cost", "Travail qu'un sinistre peut coûter"),
        sentence(say("the last {it} at most", "les dernières {it} au plus"), phrases.hours), bound=phrases.hours, choice="backup"),
    one("backup.restore_test_max_age_days", "place", say("Restoring is tried", "Restauration essayée"),
        sentence(say("every {it} at the latest", "tous les {it} au plus tard"), phrases.days), bound=phrases.days, choice="backup"),
    Topic("quotas.volume.types.*", "usage", say("Volumes of type `{name}`", "Volumes de type `{name}`"), _of_type, patterns=("quotas.volume.types.*.*",), entry=4, choice="quotas.volume"),
    one("quotas.volume.other_types", "usage", say("Volumes of another type", "Volumes d'un autre type"),
        word(none=say("none can be made, whatever is visible", "aucun ne peut être créé, quoi qui soit visible"), unmanaged=say("as the cloud has it", "selon le cloud")), choice="quotas.volume"),
    one("quotas.below_usage", "usage", say("A quota below what is used", "Un quota sous ce qui est utilisé"),
        word(refuse=say("nothing is changed until somebody decides", "rien ne change tant que personne ne décide"),
             clamp=say("becomes what is used, and that is said", "devient ce qui est utilisé, et c'est dit"),
             force=say("is set all the same, where the service can", "est posé tout de même, là où le service le peut"))),
    one("size", "usage", say("Size, where the tenant says none", "Taille, où le locataire n'en dit pas"), bare, bound=names),
    Topic("sizes.*", "usage", say("Size {name} takes of each quota", "La taille {name} prend de chaque quota"),
        lambda facts: say("{times} times what is said", "{times} fois ce qui est dit", times=bare(next(iter(facts.values())))), patterns=("sizes.*",), entry=2),
    one("ha.groups", "place", say("Machines kept apart", "Machines tenues à l'écart l'une de l'autre"), _apart, bound=_apart, choice="hosts"),
    one("ha.network", "place", say("Network that survives a breakdown", "Réseau qui survit à une panne"), flag(say("yes", "oui"), say("no", "non"))),
    # what is logged
    one("audit.retention_days", "logs", say("Logs are kept", "Journaux gardés"), sentence(say("{it} at least", "{it} au moins"), phrases.days), bound=phrases.days),
    one("audit.self_service", "logs", say("The tenant reads its own logs", "Le locataire lit ses propres journaux"), flag(say("by itself", "par lui-même"), say("on request", "sur demande"))),
    one("audit.privileged.required", "logs", say("What each privileged action leaves", "Ce que laisse chaque acte privilégié"), phrases.each(_TRACES)),
    one("audit.max_skew_seconds", "logs", say("Clocks agree", "Horloges d'accord"), sentence(say("within {it}", "à {it} près"), phrases.seconds), bound=phrases.seconds),
    one("network.logging", "logs", say("Network logs", "Journaux du réseau"), flag(say("what filters let pass and stop is logged", "ce que les filtres laissent passer et arrêtent est journalisé"), say("none", "aucun"))),
    one("network.log_events", "logs", say("Of what the filters see", "De ce que voient les filtres"),
        word(all=say("everything is logged", "tout est journalisé"), accept=say("what passes is logged", "ce qui passe est journalisé"), drop=say("what is stopped is logged", "ce qui est arrêté est journalisé"))),
    # how one leaves
    one("exit.notice_days", "leaving", say("Notice before anything is erased", "Préavis avant tout effacement"), phrases.days, bound=phrases.days, choice="exit"),
    Topic("exit.formats.*", "leaving", say("What one leaves with (`{name}`)", "Ce qu'on emporte (`{name}`)"), lambda facts: _formats(next(iter(facts.values()))), patterns=("exit.formats.*",), entry=3, choice="exit"),
    one("exit.drill_max_age_days", "leaving", say("Leaving is tried", "Départ essayé"), sentence(say("every {it} at the latest", "tous les {it} au plus tard"), phrases.days), bound=phrases.days, choice="exit"),
    # what else
    one("services.required", "other", say("Services without which nothing begins", "Services sans lesquels rien ne commence"), phrases.services, bound=phrases.services, choice="services"),
    one("services.optional", "other", say("Services used where they exist", "Services employés là où ils existent"), phrases.services, choice="services"),
    one("playbooks", "other", say("Prepared with the machines", "Préparé avec les machines"), phrases.each(_PLAYBOOKS)),
)  # fmt: skip

CHOICES: Final[Mapping[str, Text]] = {
    "domain": say("Accounts and who manages them", "Les comptes et qui les gère"),
    "groups": say("Groups of people and their rights", "Les groupes de personnes et leurs droits"),
    "app_credentials": say("Credentials of programs", "Les identifiants des programmes"),
    "trusts": say("Delegation", "La délégation"),
    "support": say("The operator's entry", "L'entrée de l'exploitant"),
    "break_glass": say("Emergency access", "L'accès de secours"),
    "reviews": say("Review of rights", "La revue des droits"),
    "volumes": say("Volumes (disks of machines)", "Les volumes (disques des machines)"),
    "keys": say("Keys", "Les clés"),
    "tls": say("Encryption on the way", "Le chiffrement en chemin"),
    "networks": say("Networks", "Les réseaux"),
    "sharing": say("Sharing of networks", "Le partage des réseaux"),
    "egress": say("What may leave", "Ce qui peut sortir"),
    "ingress": say("What may come in", "Ce qui peut entrer"),
    "security_groups": say(
        "Groups of machines and what reaches them", "Les groupes de machines et ce qui les atteint"
    ),
    "publishing": say("Publishing", "La publication"),
    "transparency": say("Report on itself", "Le rapport sur soi"),
    "hosts": say("Physical machines", "Les machines physiques"),
    "backup": say("Backups", "Les sauvegardes"),
    "exit": say("Leaving", "Le départ"),
    "services": say("Services of the cloud", "Les services du cloud"),
    "quotas.compute": say("Machines", "Les machines"),
    "quotas.volume": say("Volumes and backups", "Les volumes et sauvegardes"),
    "quotas.network": say("Network", "Le réseau"),
    "quotas.keys": say("Keys and secrets", "Les clés et secrets"),
    "quotas.dns": say("Zones of the DNS", "Les zones DNS"),
    "quotas.load_balancer": say("Load balancers", "Les répartiteurs de charge"),
}
_FORMATS: Final = {
    "files as published, with their checksums": say("files as published, with their checksums", "les fichiers tels que publiés, avec leurs empreintes"),
}  # fmt: skip
_SECTIONS: Final = {
    "identity": "identity", "app_credentials": "identity", "trusts": "identity", "storage": "encryption", "keys": "encryption",
    "lb": "encryption", "pki": "encryption", "dns": "network", "networks": "network", "network": "network", "security_groups": "network", "sharing": "network",
    "exposure": "network", "object": "publishing", "images": "publishing", "quotas": "usage", "hosts": "place",
    "compute": "place", "location": "place", "backup": "place", "audit": "logs", "soc": "logs", "exit": "leaving",
}  # fmt: skip


def _formats(value: object) -> Text:
    return _FORMATS.get(str(value), bare(value))


def topic(path: str) -> Topic:
    """Return what a path is about; one that nobody wrote words for is named by its schema, else by itself."""
    found = next((each for each in _WRITTEN if each.covers(path)), None)
    return found or _quota(path) or _unwritten(path)


def written(path: str) -> bool:
    """Tell whether somebody wrote words for a path, here or in its schema."""
    return (
        any(each.covers(path) for each in _WRITTEN)
        or _quota(path) is not None
        or _described_by_schema(path) is not None
    )


def _quota(path: str) -> Topic | None:
    said = _quotas().get(path)
    if said is None:
        return None
    service = "keys" if path.startswith("keys.") else path.split(".")[1]
    return one(path, "usage", capital(said), phrases.size, bound=phrases.size, choice=f"quotas.{service}")


@cache
def _quotas() -> Mapping[str, Text]:
    """Return what each quota counts, by path, as its kind says."""
    return {
        path: Text(schema["description"], schema["description_fr"])
        for kind in kinds().values()
        for path, schema in _counted(kind.document.get("properties", {}))
    }


def _counted(document: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the path and the schema of each quota in a part of a document."""
    for name, schema in document.items():
        path = f"{above}{name}"
        if "quota" in schema:
            yield path, schema
        yield from _counted(schema.get("properties", {}), f"{path}.")


def _described_by_schema(path: str) -> Text | None:
    schema = at(tree_schema(), tuple(path.split("."))) or {}
    return (
        Text(schema["description"], schema["description_fr"])
        if {"description", "description_fr"} <= schema.keys()
        else None
    )


def _unwritten(path: str) -> Topic:
    label = _described_by_schema(path) or same(f"`{path}`")
    return one(path, _SECTIONS.get(path.split(".", maxsplit=1)[0], "other"), label, bare)


def order(key: str) -> int:
    """Return the place of a topic among all; those that nobody wrote words for come last."""
    return next((index for index, each in enumerate(_WRITTEN) if each.key == key), len(_WRITTEN))


def called(found: Topic, name: str) -> Topic:
    """Return a topic of entries as that of one entry."""
    return replace(found, label=say(found.label.en, found.label.fr, name=name)) if name else found
