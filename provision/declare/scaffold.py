"""The first documents of an estate, out of what its cloud offers: facts in, text out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from provision.model.facts import Facts, Flavor
from provision.text import Language, Text, say

NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,30}")
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_RESERVED: Final = "dedicated"
_STANDARD, _SECURED = "std.", "sec."
_NOTHING_KNOWN: Final = Facts(cloud="", region="", domain="")


def name_from(folder: str) -> str:
    """Return a name for an estate out of its folder's, within what a name may hold."""
    words = re.sub(r"[^a-z0-9]+", "-", folder.lower()).lstrip("-0123456789")[:30].rstrip("-")
    return words if NAME.fullmatch(words) else "estate"


def files(name: str, facts: Facts | None, language: Language) -> Mapping[str, str]:
    """Return the files of a new estate, by their path in its folder; without facts, defaults stand as comments."""
    return {
        "estate.yaml": _estate(name, facts or _NOTHING_KNOWN, language),
        "tenants/README.md": _TENANTS.render(language),
        "profiles/README.md": _PROFILES.render(language),
        "README.md": _README.render(language).replace("{name}", name),
        ".gitignore": ".provision/\n",
    }


def _estate(name: str, facts: Facts, language: Language) -> str:
    blocks = [
        _head(name, facts),
        _network(facts),
        _flavors(facts.flavors),
        _hosts(facts.hosts),
        _volumes(facts),
        _DESTINATIONS,
        _SIZES,
    ]
    return "\n\n".join("\n".join(_written(block, language)) for block in blocks) + "\n"


Line = str | Text | tuple[str, Text]


def _written(block: Sequence[Line], language: Language) -> Iterator[str]:
    """Yield a block's lines: YAML as it is, a comment alone, or YAML with a comment beside it, aligned."""
    width = max((len(line[0]) for line in block if isinstance(line, tuple)), default=0)
    for line in block:
        if isinstance(line, Text):
            yield f"# {line.render(language)}"
        elif isinstance(line, tuple):
            yield f"{line[0].ljust(width)}  # {line[1].render(language)}"
        else:
            yield line


def _line(key: str, value: str, example: str, why: Text) -> Line:
    """Return ``key: value  # why``; a value that is not known becomes a comment to fill in."""
    if value:
        return (f"{key}: {value}", why)
    return (f"# {key}: {example}", say("to fill in: {why}", "à compléter : {why}", why=why))


def _head(name: str, facts: Facts) -> list[Line]:
    return [
        say(
            "What the operator of this cloud knows once. Tenants are in tenants/, one file each.",
            "Ce que l'exploitant de ce cloud sait une fois pour toutes. Les locataires sont dans tenants/, un fichier chacun.",
        ),
        say("Then: provision check, and provision plan.", "Ensuite : provision check, puis provision plan."),
        "",
        _line("estate", name, "", say("part of every mark left in the cloud: never change it", "entre dans chaque marque laissée dans le cloud : ne jamais le changer")),
        _line("cloud", scalar(facts.cloud), "mycloud", say("a name of clouds.yaml; --cloud and OS_CLOUD win", "un nom de clouds.yaml ; --cloud et OS_CLOUD priment")),
        _line("region", scalar(facts.region), "fr-par", say("where the tenants' data lives", "où vivent les données des locataires")),
        ("jurisdiction: FR", say("to check: a cloud does not say whose law it is under", "à vérifier : un cloud ne dit pas de quel droit il relève")),
        _line("domain", scalar(facts.domain), "Default", say("home of the tenants that have no domain of their own", "où sont les locataires sans domaine à eux")),
    ]  # fmt: skip


def _network(facts: Facts) -> list[Line]:
    external = facts.external_networks
    pools = {family: [pool for pool in facts.pools if pool.family == family] for family in ("ipv4", "ipv6")}
    names = {family: scalar(found[0].name) for family, found in pools.items() if found}
    lengths = {family: str(found[0].prefix_length) for family, found in pools.items() if found}
    return [
        say("The network that leads outside, and the pools that tenants' subnets are cut from.", "Le réseau qui mène dehors, et les réserves où sont découpés les sous-réseaux des locataires."),
        _line("external_network", scalar(external[0]) if external else "", "public", say("gateway of the tenants' routers", "passerelle des routeurs des locataires")),
        *_others(external[1:]),
        _line("pools", _flow(names), "{ipv4: tenants-v4, ipv6: tenants-v6}", say("shared subnet pools, by family", "réserves de sous-réseaux partagées, par famille")),
        *_others(pool.name for found in pools.values() for pool in found[1:]),
        _line("prefix_lengths", _flow(lengths), "{ipv4: 24, ipv6: 64}", say("size of a subnet cut from them", "taille d'un sous-réseau qui y est découpé")),
    ]  # fmt: skip


def _flavors(flavors: Sequence[Flavor]) -> list[Line]:
    """Sort flavours into two roles: by name where the name says it, else public ones are standard, private ones secured."""
    roles = {
        "standard": [each.name for each in flavors if _is_standard(each)],
        "secured": [each.name for each in flavors if not _is_standard(each)],
    }
    head: list[Line] = [
        say("Flavours by role; profiles speak of roles only. A guess, to correct:", "Gabarits par rôle ; les profils ne parlent que de rôles. Une supposition, à corriger :"),
        say("std.* and public ones are standard, sec.* and private ones are secured.", "std.* et les publics sont standard, sec.* et les privés sont secured."),
    ]  # fmt: skip
    if not flavors:
        return [*head, "# flavors:", "#   standard: [std.small]", "#   secured: [sec.small]"]
    return [*head, "flavors:", *(f"  {role}: {_list(names)}" for role, names in roles.items())]


def _hosts(hosts: Sequence[str]) -> list[Line]:
    head = say(
        "Hosts that tenants may have to themselves, one each (hosts.isolation: dedicated). A guess by name, to correct.",
        "Hôtes que des locataires peuvent avoir pour eux seuls, un chacun (hosts.isolation: dedicated). Une supposition d'après les noms, à corriger.",
    )
    kept = [host for host in hosts if _RESERVED in host]
    if not kept:
        return [head, "# hosts: {reserved: [dedicated-1]}"]
    return [head, f"hosts: {{reserved: {_list(kept)}}}"]


def _is_standard(flavor: Flavor) -> bool:
    if flavor.name.startswith((_STANDARD, _SECURED)):
        return flavor.name.startswith(_STANDARD)
    return flavor.public


def _volumes(facts: Facts) -> list[Line]:
    plain = [each.name for each in facts.volume_types if not each.encrypted]
    encrypted = [each.name for each in facts.volume_types if each.encrypted]
    return [
        say("Volume types by role: luks is one whose volumes are encrypted.", "Types de volume par rôle : luks en est un dont les volumes sont chiffrés."),
        "volume_types:" if facts.volume_types else "# volume_types:",
        _role("standard", plain, say("not encrypted", "non chiffré")),
        *_others(plain[1:]),
        _role("luks", encrypted, say("encrypted, the key is in barbican", "chiffré, la clé est dans barbican")),
        *_others(encrypted[1:]),
        say("Where the key manager keeps secrets in hardware (openstack secret store list), for profiles that want them there:", "Où le gestionnaire de clés garde les secrets dans du matériel (openstack secret store list), pour les profils qui l'exigent :"),
        "# secret_stores: {hardware: [PKCS11 HSM]}",
    ]  # fmt: skip


def _role(role: str, names: Sequence[str], why: Text) -> Line:
    if names:
        return (f"  {role}: {scalar(names[0])}", why)
    return (
        f"#   {role}: {role}",
        say("to fill in, none was seen: {why}", "à compléter, aucun n'a été vu : {why}", why=why),
    )


def _others(names: Iterable[str]) -> Iterator[Line]:
    listed = ", ".join(scalar(each) for each in names)
    if listed:
        yield say("also there: {listed}", "il y a aussi : {listed}", listed=listed)


def scalar(value: str) -> str:
    """Return a name as YAML writes it, quoted where it could be read as something else."""
    if not value or (_PLAIN.fullmatch(value) and value.lower() not in _WORDS):
        return value
    return json.dumps(value, ensure_ascii=False)


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(scalar(each) for each in names)}]"


def _flow(pairs: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in pairs.items())}}}" if pairs else ""


_DESTINATIONS: Final[list[Line]] = [
    say("Where filtered tenants may go; profiles name these.", "Où peuvent aller les locataires filtrés ; les profils les nomment."),
    "destinations:",
    "  dns: {protocol: udp, ports: 53, to: any}",
    "  ntp: {protocol: udp, ports: 123, to: any}",
    ("  https-mirror: {protocol: tcp, ports: 443, to: any}", say("better: the prefixes of your mirrors", "mieux : les préfixes de vos miroirs")),
]  # fmt: skip

_SIZES: Final[list[Line]] = [
    say("A tenant that says size: L gets so many times the quotas of its profile.", "Un locataire qui dit size: L reçoit tant de fois les quotas de son profil."),
    "defaults:",
    "  sizes: {S: 0.5, M: 1, L: 2, XL: 4}",
    "",
    say("What may be promised without asking, to each tenant and to all together; to fill in:", "Ce qui peut être promis sans demander, à chaque locataire et à tous ensemble ; à compléter :"),
    "# envelopes:",
    "#   everybody: {each: {quotas.compute.cores: 80}, together: {quotas.compute.cores: 4000}}",
]  # fmt: skip
_TENANTS: Final = say(
    """# Tenants

One file a tenant, called after its key. Two lines are enough; `tenants/acme.yaml`:

```yaml
tenant: acme        # [a-z][a-z0-9-]{2,30}, never reused
profile: startup    # provision profile list
```

Whatever the profile says can be said here too, within its floors: `provision profile show startup`.
To remove a tenant, do not delete its file: write `state: retired` with a `retirement: {reason: …, date: …}`.
""",
    """# Locataires

Un fichier par locataire, nommé d'après sa clé. Deux lignes suffisent ; `tenants/acme.yaml` :

```yaml
tenant: acme        # [a-z][a-z0-9-]{2,30}, jamais réemployée
profile: startup    # provision profile list
```

Tout ce que dit le profil peut se dire ici aussi, dans la limite de ses planchers : `provision profile show startup`.
Pour retirer un locataire, ne pas supprimer son fichier : écrire `state: retired` et `retirement: {reason: …, date: …}`.
""",
)
_PROFILES: Final = say(
    """# Profiles of this estate

Empty is fine: those that come with provision are enough to begin with (`provision profile list`).
One of your own stands in `profiles/<name>/profile.yaml` and extends another (`extends: socle`).
""",
    """# Profils de ce parc

Vide, c'est très bien : ceux livrés avec provision suffisent pour commencer (`provision profile list`).
Un profil à vous se place dans `profiles/<nom>/profile.yaml` et en étend un autre (`extends: socle`).
""",
)
_README: Final = say(
    """# {name}

The documents of an estate: what its tenants are to be on the cloud.

| To | Run |
|---|---|
| see that the documents are right, without a cloud | `provision check` |
| see what would change, without changing it | `provision plan` |
| change it | `provision apply` |
| read a profile | `provision profile show startup` |

`estate.yaml` is what the operator knows once; `tenants/` has one file a tenant; `profiles/` your own profiles.
`.provision/` is the journal of this machine: keep it out of version control, losing it loses nothing.
""",
    """# {name}

Les documents d'un parc : ce que ses locataires doivent être sur le cloud.

| Pour | Lancer |
|---|---|
| voir si les documents sont justes, sans cloud | `provision check` |
| voir ce qui changerait, sans le changer | `provision plan` |
| le changer | `provision apply` |
| lire un profil | `provision profile show startup` |

`estate.yaml` est ce que l'exploitant sait une fois pour toutes ; `tenants/` a un fichier par locataire ; `profiles/` vos
propres profils. `.provision/` est le journal de cette machine : à garder hors du dépôt ; le perdre ne perd rien.
""",
)
