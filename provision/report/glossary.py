"""Words of OpenStack and of networks, for who has never met them; a page explains those that it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.text import Language


@dataclass(frozen=True, slots=True)
class Term:
    """A word, what it means, and how it may be written (a regular expression in each language, whatever the case)."""

    key: str
    name: Text
    means: Text
    written: Text


TERMS: Final = (
    Term("tenant", say("tenant", "locataire"),
         say("an organisation that uses the cloud and has its own space in it", "une organisation qui utilise le cloud et y a son espace à elle"),
         say("tenants?", "locataires?")),
    Term("estate", say("estate", "parc"), say("everything one operator runs, as its documents say it", "tout ce qu'un exploitant fait tourner, tel que ses documents le disent"), say("estate", "parc")),
    Term("domain", say("domain", "domaine"), say("a directory of accounts and groups", "un annuaire de comptes et de groupes"), say("domains?", "domaines?")),
    Term("project", say("project", "projet"), say("the space in which a tenant's machines, disks and networks live", "l'espace où vivent les machines, disques et réseaux d'un locataire"), say("projects?", "projets?")),
    Term("role", say("role", "rôle"), say("a set of rights given to a group in a project or a domain", "un ensemble de droits donné à un groupe dans un projet ou un domaine"), say("roles?", "rôles?")),
    Term("credential", say("program's credential", "identifiant d'application"), say("the password of a program, which may be given fewer rights than its owner and an end", "le mot de passe d'un programme, auquel on peut donner moins de droits qu'à son propriétaire et une fin"), say("program's credential|credentials of programs", "identifiants? d'application|identifiants des programmes")),
    Term("s3", say("S3 key", "clé S3"), say("a password of another kind, for programs that speak Amazon's protocol", "un mot de passe d'une autre sorte, pour les programmes qui parlent le protocole d'Amazon"), say("S3 keys?", "clés? S3")),
    Term("volume", say("volume", "volume"), say("a disk of a machine, kept when the machine goes", "un disque de machine, qui reste quand la machine part"), same("volumes?")),
    Term("volume-type", say("volume type", "type de volume"), say("a sort of disk that the operator offers: its speed, whether it is encrypted", "une sorte de disque que l'exploitant propose : sa vitesse, chiffrée ou non"), say("volume types?", "types? de volume")),
    Term("luks", same("LUKS"), say("the common way of encrypting a whole disk under Linux", "la manière courante de chiffrer un disque entier sous Linux"), same("luks2?")),
    Term("secret", say("secret", "secret"), say("a key, a password or a certificate kept by the key manager", "une clé, un mot de passe ou un certificat gardé par le gestionnaire de clés"), same("secrets?")),
    Term("key-manager", say("key manager", "gestionnaire de clés"), say("the service that keeps keys, and says who may read them", "le service qui garde les clés, et dit qui peut les lire"), say("key manager", "gestionnaire de clés")),
    Term("hsm", same("HSM"), say("a sealed appliance that uses keys without ever letting them out", "un boîtier scellé qui emploie les clés sans jamais les laisser sortir"), same("HSM")),
    Term("tls", same("TLS, HTTPS"), say("the encryption of what travels between two machines", "le chiffrement de ce qui voyage entre deux machines"), same("TLS(?:v[0-9.]+)?|HTTPS")),
    Term("load-balancer", say("load balancer", "répartiteur de charge"), say("what shares visits out among several machines", "ce qui partage les visites entre plusieurs machines"), say("load balancers?", "répartiteurs? de charge")),
    Term("ip", same("IPv4, IPv6"), say("the two families of addresses of the Internet; a filter on one does not hold for the other", "les deux familles d'adresses d'Internet ; un filtre sur l'une ne vaut pas pour l'autre"), same("IPv4|IPv6")),
    Term("port-security", say("port security", "sécurité des ports"), say("the check that a machine speaks only in its own name; without it filters do nothing", "le contrôle qu'une machine ne parle qu'en son nom ; sans lui les filtres ne font rien"), say("port security", "sécurité des ports")),
    Term("security-group", say("security group", "groupe de sécurité"), say("a list of what may reach a set of machines and leave them; all else is stopped", "une liste de ce qui peut atteindre un ensemble de machines et en sortir ; tout le reste est arrêté"), say("security groups?", "groupes? de sécurité")),
    Term("port", say("port", "port"), say("the number by which a machine tells one service from another (443: encrypted Web); on a network, also the plug of a machine", "le numéro par lequel une machine distingue un service d'un autre (443 : le Web chiffré) ; sur un réseau, aussi la prise d'une machine"), same("ports?")),
    Term("router", say("router", "routeur"), say("the way from a network to another, or to the outside", "le passage d'un réseau à un autre, ou vers le dehors"), say("routers?", "routeurs?")),
    Term("subnet", say("subnet", "sous-réseau"), say("a range of addresses of a network", "une plage d'adresses d'un réseau"), say("subnets?", "sous-réseaux?")),
    Term("floating", say("floating address", "adresse flottante"), say("a public address that is given to a machine and may be moved to another", "une adresse publique donnée à une machine et qui peut passer à une autre"), say("floating addresses", "adresses flottantes")),
    Term("vpn", same("VPN"), say("an encrypted link between two private networks, across the Internet", "une liaison chiffrée entre deux réseaux privés, à travers Internet"), same("VPN")),
    Term("object-store", say("object store", "stockage objet"), say("the service that keeps files, reached over the Web", "le service qui garde des fichiers, atteint par le Web"), say("object store", "stockage objet")),
    Term("container", say("container", "conteneur"), say("a drawer of the object store, which has its own readers", "un tiroir du stockage objet, qui a ses propres lecteurs"), say("containers?", "conteneurs?")),
    Term("cors", same("CORS"), say("the leave given to Web pages of other sites to read something", "la permission donnée aux pages Web d'autres sites de lire quelque chose"), same("CORS")),
    Term("checksum", say("checksum", "empreinte"), say("a short number that changes when the file does", "un nombre court qui change quand le fichier change"), say("checksums?", "empreintes?")),
    Term("image", say("image", "image"), say("the model of a disk from which machines are started", "le modèle de disque dont on démarre les machines"), same("images?")),
    Term("flavour", say("flavour", "gabarit"), say("a size of machine that the operator offers: processors, memory", "une taille de machine que l'exploitant propose : processeurs, mémoire"), say("flavours?", "gabarits?")),
    Term("server", say("server", "serveur"), say("a virtual machine", "une machine virtuelle"), say("(?<!name )(?<!time )servers?", "serveurs?(?! de (?:noms|temps))")),
    Term("server-group", say("server group", "groupe de serveurs"), say("servers to be kept on different physical machines, or on one", "des serveurs à tenir sur des machines physiques différentes, ou sur une seule"), say("server groups?", "groupes? de serveurs")),
    Term("ssh", same("SSH"), say("the encrypted way in for those who administer a machine", "l'entrée chiffrée de ceux qui administrent une machine"), same("SSH")),
    Term("snapshot", say("snapshot", "instantané"), say("the state of a volume at one moment", "l'état d'un volume à un moment"), say("snapshots?", "instantanés?")),
    Term("gib", same("GiB, TiB"), say("units of memory and disk: 1 GiB is 1,073,741,824 bytes, 1 TiB is 1,024 GiB", "unités de mémoire et de disque : 1 GiB vaut 1 073 741 824 octets, 1 TiB vaut 1 024 GiB"), same("GiB|TiB|MiB")),
    Term("zone", say("zone", "zone"), say("a part of a site, or of a network, that does not fail or fall with the others", "une partie d'un site, ou d'un réseau, qui ne tombe pas avec les autres"), same("zones?")),
    Term("dns", same("DNS"), say("the service that finds the address behind a name", "le service qui trouve l'adresse derrière un nom"), same("DNS")),
)  # fmt: skip


_NOT_PROSE: Final = re.compile(r"`[^`\n]*`|\[[^]\n]*\]\([^)\n]*\)|^#.*$", re.MULTILINE)


def used(text: str, language: Language) -> list[Term]:
    """Return the words that a text uses, in the order of their first use."""
    return [term for term, _ in _firsts(text, language)]


def prose(page: str) -> str:
    """Return a page of the same length in which code, links and headings are blank."""
    return _NOT_PROSE.sub(lambda found: " " * len(found.group()), page)


def linked(page: str, language: Language) -> str:
    """Return a page in which the first use of each word, outside of code, links and headings, leads to its explanation."""
    for term, found in reversed(_firsts(prose(page), language)):
        start, end = found.span()
        page = f"{page[:start]}[{page[start:end]}](#{term.key}){page[end:]}"
    return page


def _firsts(text: str, language: Language) -> list[tuple[Term, re.Match[str]]]:
    """Return each word with its first use; of two words in one place the longer counts (volume type, not volume)."""
    listed = sorted(TERMS, key=lambda each: -len(each.name.render(language)))
    first: dict[str, tuple[Term, re.Match[str]]] = {}
    for found in _pattern(language).finditer(text):
        term = listed[(found.lastindex or 1) - 1]
        first.setdefault(term.key, (term, found))
    return list(first.values())


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    listed = sorted(TERMS, key=lambda each: -len(each.name.render(language)))
    either = "|".join(f"({each.written.render(language)})" for each in listed)
    return re.compile(rf"(?<![\w`-])(?:{either})(?![\w-])", re.IGNORECASE)
