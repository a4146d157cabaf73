"""Values of a profile in plain words, for somebody who has never seen OpenStack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from provision.model.rule import ANY, SELF
from provision.report import words
from provision.report.values import show
from provision.text import Text, same, say

Phrase = Callable[[Any], Text]
NOBODY_CHOSE: Final = say("left to the tenant, who must choose", "laissé au locataire, qui doit choisir")
NOTHING: Final = say("nothing", "rien")


def joined(parts: Iterable[Text], en: str = ", ", fr: str | None = None) -> Text:
    """Return texts one after another with something between them."""
    listed = list(parts)
    return Text(
        en.join(each.render("en") for each in listed),
        (en if fr is None else fr).join(each.render("fr") for each in listed),
    )


def clauses(parts: Iterable[Text]) -> Text:
    """Return texts with semicolons between them, as each language writes them."""
    return joined(parts, "; ", " ; ")


def capital(text: Text) -> Text:
    """Return a text with a capital first letter."""
    english, french = text.render("en"), text.render("fr")
    return Text(english[:1].upper() + english[1:], french[:1].upper() + french[1:])


def bare(value: object) -> Text:
    """Return a value as a document writes it; whole numbers with their thousands apart."""
    if isinstance(value, bool):
        return say("yes", "oui") if value else say("no", "non")
    if isinstance(value, int):
        return words.number(value)
    if isinstance(value, list):
        return joined([bare(each) for each in value]) if value else NOTHING
    return NOBODY_CHOSE if value is None else same(show(value))


def flag(yes: Text, no: Text) -> Phrase:
    """Return the words of a yes or no."""
    return lambda value: yes if value is True else no if value is False else bare(value)


def word(**known: Text) -> Phrase:
    """Return the words of one word out of a few; hyphens are written as underscores."""
    return lambda value: known.get(str(value).replace("-", "_"), bare(value))


def number(one: Text, many: Text) -> Phrase:
    """Return the words of a number, which both take as ``{n}``."""
    return lambda value: words.counted(value, one, many) if isinstance(value, int) else bare(value)


def sentence(text: Text, part: Phrase = bare) -> Phrase:
    """Return a sentence with the value in it, as ``{it}``."""
    return lambda value: say(text.en, text.fr, it=part(value))


def each(known: Mapping[str, Text]) -> Phrase:
    """Return the words of a list of known words."""
    return lambda value: (
        joined([known.get(str(one), bare(one)) for one in _listed(value)]) if value else NOTHING
    )


def several(part: Phrase) -> Phrase:
    """Return the words of one value or of a list of them."""
    return lambda value: joined([part(one) for one in _listed(value)])


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


days: Final = number(say("{n} day", "{n} jour"), say("{n} days", "{n} jours"))
hours: Final = number(say("{n} hour", "{n} heure"), say("{n} hours", "{n} heures"))
seconds: Final = number(say("{n} second", "{n} seconde"), say("{n} seconds", "{n} secondes"))


def size(value: object) -> Text:
    """Return an amount: a number, a size with its unit, or one of the quota words."""
    known = {
        "unlimited": say("without limit", "sans limite"),
        "default": say("the cloud's own default", "la valeur par défaut du cloud"),
        "unmanaged": say("not managed here", "non géré ici"),
    }
    return known.get(str(value), bare(value))


ROLES: Final = {
    "member": say("create, change and delete what is in the project", "créer, modifier et supprimer ce qui est dans le projet"),
    "reader": say("see everything, change nothing", "tout voir, ne rien changer"),
    "creator": say("deposit and read secrets", "déposer et lire des secrets"),
    "manager": say("manage the accounts of the domain", "gérer les comptes du domaine"),
    "load-balancer_member": say("run load balancers", "piloter des répartiteurs de charge"),
}  # fmt: skip
_SERVICES: Final = {
    "key-manager": say("the key manager", "le gestionnaire de clés"),
    "object-store": say("the object store", "le stockage objet"),
    "dns": say("the name service (DNS)", "le service de noms (DNS)"),
    "load-balancer": say("load balancing", "la répartition de charge"),
    "network.logging": say("logs of the filters", "les journaux des filtres"),
}
_DESTINATIONS: Final = {
    "dns": say("name resolution (`dns`)", "la résolution de noms (`dns`)"),
    "ntp": say("time servers (`ntp`)", "les serveurs de temps (`ntp`)"),
    "https-mirror": say("update mirrors (`https-mirror`)", "les miroirs de mises à jour (`https-mirror`)"),
}
_PROTOCOLS: Final = {
    ("tcp", 443): say("HTTPS (TCP port 443)", "HTTPS (port TCP 443)"),
    ("tcp", 80): say("HTTP (TCP port 80)", "HTTP (port TCP 80)"),
    ("tcp", 22): say("SSH (TCP port 22)", "SSH (port TCP 22)"),
    ("udp", 53): say("DNS (UDP port 53)", "DNS (port UDP 53)"),
    ("any", None): say("all traffic", "tout le trafic"),
}
services: Final = each(_SERVICES)


def roles(value: object) -> Text:
    """Return roles by name, each with what it lets one do."""
    return clauses(
        say("`{name}` ({does})", "`{name}` ({does})", name=one, does=ROLES[one])
        if one in ROLES
        else same(f"`{one}`")
        for one in map(str, _listed(value))
    )


def names(value: object) -> Text:
    """Return names as code, so that nobody takes them for words."""
    return joined([same(f"`{one}`") for one in _listed(value)]) if value else NOTHING


def passing(entries: object, peers: Mapping[str, Text]) -> Text:
    """Return what a security group lets pass in one direction; `peers` says from or to whom."""
    if not entries:
        return NOTHING
    return joined([_entry(one, peers) for one in _listed(entries)])


def _entry(entry: Any, peers: Mapping[str, Text]) -> Text:  # noqa: ANN401 (a name, or a table of a document)
    if not isinstance(entry, Mapping):
        named = say("the destination `{name}` of the estate", "la destination `{name}` du parc", name=entry)
        return _DESTINATIONS.get(str(entry), named)
    protocol, ports = entry.get("protocol"), entry.get("ports")
    known = _PROTOCOLS.get((str(protocol), ports)) if not isinstance(ports, list) else None
    what = known or _spelt(str(protocol), ports)
    return say(
        "{what} {peer}", "{what} {peer}", what=what, peer=_peer(entry.get("from", entry.get("to")), peers)
    )


def _spelt(protocol: str, ports: object) -> Text:
    name = protocol.upper()
    if ports is None:
        return say("{name}", "{name}", name=name)
    return say("{name} port {ports}", "le port {name} {ports}", name=name, ports=_ports(ports))


def _ports(ports: object) -> Text:
    return same(", ".join(map(str, _listed(ports))))


def _peer(peer: object, peers: Mapping[str, Text]) -> Text:
    known = peers.get(str(peer))
    if known is not None:
        return known
    prefix = isinstance(peer, list) or any(mark in str(peer) for mark in "./:")
    other = peers["prefix" if prefix else "group"]
    return say(other.en, other.fr, it=names(peer))


FROM: Final = {
    ANY: say("from anywhere", "depuis n'importe où"),
    SELF: say("from machines of the same group", "depuis les machines du même groupe"),
    "group": say("from machines of group {it}", "depuis les machines du groupe {it}"),
    "prefix": say("from addresses {it}", "depuis les adresses {it}"),
}
TO: Final = {
    ANY: say("to anywhere", "vers n'importe où"),
    SELF: say("to machines of the same group", "vers les machines du même groupe"),
    "group": say("to machines of group {it}", "vers les machines du groupe {it}"),
    "prefix": say("to addresses {it}", "vers les adresses {it}"),
}


def family(entries: object) -> Text:
    """Return for which address families rules hold: both, unless a rule names addresses of one."""
    named = [one for one in _listed(entries or []) if isinstance(one, Mapping) and _has_prefix(one)]
    if named:
        return say(
            "each rule in the family of the addresses it names",
            "chaque règle dans la famille des adresses qu'elle nomme",
        )
    return say("in IPv4 and in IPv6 alike", "en IPv4 comme en IPv6")


def _has_prefix(entry: Mapping[str, Any]) -> bool:
    peer = entry.get("from", entry.get("to"))
    return isinstance(peer, list) or any(mark in str(peer) for mark in "./:")
