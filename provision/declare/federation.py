"""The people whom identity providers bring: which tenants take whose word, gathered for the one mapping of each provider."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from provision.declare.check import shape
from provision.declare.layers import suggestion
from provision.declare.node import Node, mapping, plain, put, values
from provision.declare.place import mistake
from provision.declare.policy import closed
from provision.declare.schema import estate_schema
from provision.errors import Mistake
from provision.model import federation
from provision.model.address import ESTATE
from provision.model.federation import Admission, Attributes
from provision.model.tenant import Tenant, Values
from provision.text import say

SECTION: Final = ("federation", "identity_providers")
PATH: Final = ".".join(SECTION)
SOURCES: Final[Mapping[str, frozenset[str]]] = {
    "oidc": frozenset({"openid", "mapped"}),
    "saml": frozenset({"saml2", "mapped"}),
}
_REQUIRED: Final = (
    "protocol",
    "remote_ids",
    "authorization_ttl",
    *(f"attributes.{each}" for each in ("issuer", "id", "name", "groups")),
)
_MINUTES: Final = 60


def itself(root: Node, tenants: Sequence[Tenant]) -> Tenant | None:
    """Return the estate as what asks for its identity providers, each with whom it admits; None for one without any."""
    estate = values(root)
    if not estate.section(PATH):
        return None
    for provider, admitted in _admissions(estate, tenants).items():
        by_domain: dict[str, list[str]] = defaultdict(list)
        for each in sorted(admitted):
            by_domain[each.domain].append(each.group)
        said = [{"domain": domain, "groups": groups} for domain, groups in by_domain.items()]
        path = (*SECTION, provider)
        root = put(root, (*path, "admits"), plain(said, estate.origin(".".join(path)), root.layer))
    return Tenant(ESTATE, "", "", values(root), estate)


def lacking(root: Node) -> list[Mistake]:
    """Return what the identity providers of an estate's document lack: no other layer could say it."""
    section = root.children.get(SECTION[0])
    if section is None:
        return []
    schema = closed(**{SECTION[0]: estate_schema()["properties"][SECTION[0]]})
    return shape(mapping({SECTION[0]: section}, root.origin, root.layer), schema, whole=True)[1]


def federated(estate: Values, tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    """Yield what is wrong with the identity providers of an estate, and with what its tenants ask of them."""
    yield from _going(estate)
    yield from _same_remote_id(estate)
    for tenant in tenants:
        yield from _provided(estate, tenant)
    if _complete(estate):
        yield from _timely(estate, tenants)
        yield from _fitting(estate, tenants)


def provider_of(estate: Values, tenant: Tenant) -> str | None:
    """Return whose word a tenant takes for who its people are: what it says, else the estate's only provider."""
    if tenant.values.get("identity.source") not in SOURCES:
        return None
    known = estate.section(PATH)
    said = tenant.values.get("identity.provider", next(iter(known)) if len(known) == 1 else None)
    return str(said) if said in known else None


def _federated(estate: Values, tenants: Iterable[Tenant]) -> Iterator[tuple[str, Tenant]]:
    for tenant in tenants:
        provider = provider_of(estate, tenant)
        if provider is not None and not tenant.retired:
            yield provider, tenant


def _admissions(estate: Values, tenants: Iterable[Tenant]) -> dict[str, dict[Admission, Tenant]]:
    """Return, for each provider, the groups it may put people into, and whose each is (the first, of several)."""
    found: dict[str, dict[Admission, Tenant]] = {provider: {} for provider in estate.section(PATH)}
    for provider, tenant in _federated(estate, tenants):
        for each in _groups(tenant):
            found[provider].setdefault(each, tenant)
    return found


def _groups(tenant: Tenant) -> Iterator[Admission]:
    own = tenant.values.get("identity.domain") == "dedicated"
    domain = tenant.names["domain"] if own else str(tenant.estate.get("domain", "Default"))
    for key in tenant.values.section("identity.groups"):
        if tenant.retirement(f"identity.groups.{key}") is None:
            yield Admission(domain, tenant.group_name(key))


# --- what no schema can say


def _complete(estate: Values) -> bool:
    """Tell whether every provider says what it must: what it lacks is told by its schema (`lacking`)."""
    return all(
        estate.get(f"{PATH}.{key}.{each}") is not None for key in estate.section(PATH) for each in _REQUIRED
    )


def _going(estate: Values) -> Iterator[Mistake]:
    for key in estate.section(PATH):
        path = f"{PATH}.{key}"
        if estate.get(f"{path}.state") == "retired" and not estate.section(f"{path}.retirement"):
            yield mistake(
                estate,
                f"{path}.state",
                say("{path} is retired without a reason and a date", "{path} est retiré sans motif ni date", path=path),
                say("add retirement: {reason: …, date: 2026-11-01}", "ajouter retirement: {reason: …, date: 2026-11-01}"),
            )  # fmt: skip


def _same_remote_id(estate: Values) -> Iterator[Mistake]:
    first: dict[str, str] = {}
    for key in estate.section(PATH):
        for index, remote in enumerate(estate.items(f"{PATH}.{key}.remote_ids")):
            if first.setdefault(remote, key) != key:
                yield mistake(
                    estate,
                    f"{PATH}.{key}.remote_ids.{index}",
                    say(
                        "{remote} is {first} already: a remote id tells one provider from all others",
                        "{remote} est déjà {first} : un identifiant distingue un fournisseur de tous les autres",
                        remote=remote,
                        first=first[remote],
                    ),
                    say("write each of them once", "n'écrire chacun qu'une fois"),
                )


def _provided(estate: Values, tenant: Tenant) -> Iterator[Mistake]:
    source, said = tenant.values.get("identity.source"), tenant.values.get("identity.provider")
    known = estate.section(PATH)
    if source not in SOURCES:
        if said is not None:
            yield mistake(
                tenant.values,
                "identity.provider",
                say("identity.provider, where identity.source is {source}", "identity.provider, là où identity.source est {source}", source=source or "local"),
                say("write identity.source: oidc or saml, or remove it", "écrire identity.source: oidc ou saml, ou l'enlever"),
            )  # fmt: skip
    elif provider_of(estate, tenant) is None:
        yield _nobody(tenant, said, list(known))
    elif not tenant.retired:
        yield from _matching(estate, tenant, str(provider_of(estate, tenant)), SOURCES[source])


def _nobody(tenant: Tenant, said: object, known: Sequence[str]) -> Mistake:
    if said is not None and known:
        return mistake(
            tenant.values,
            "identity.provider",
            say(
                "the estate has no identity provider {said}",
                "le parc n'a pas de fournisseur d'identité {said}",
                said=said,
            ),
            suggestion(str(said), known),
        )
    return mistake(
        tenant.values,
        "identity.source",
        say(
            "nothing says which identity provider knows the people of {tenant}",
            "rien ne dit quel fournisseur d'identité connaît les personnes de {tenant}",
            tenant=tenant.key,
        ),
        say("write identity.provider: {known}", "écrire identity.provider: {known}", known=" | ".join(known))
        if known
        else say("add {path} to estate.yaml (docs/federation.md)", "ajouter {path} à estate.yaml (docs/federation.md)", path=PATH),
    )  # fmt: skip


def _matching(estate: Values, tenant: Tenant, provider: str, protocols: frozenset[str]) -> Iterator[Mistake]:
    protocol = estate.get(f"{PATH}.{provider}.protocol")
    if estate.get(f"{PATH}.{provider}.state") == "retired":
        yield mistake(
            tenant.values,
            "identity.source",
            say(
                "the people of {tenant} come from {provider}, which is retired",
                "les personnes de {tenant} viennent de {provider}, qui est retiré",
                tenant=tenant.key,
                provider=provider,
            ),
            say("move them to another provider first", "les confier d'abord à un autre fournisseur"),
        )
    elif protocol is not None and protocol not in protocols:
        yield mistake(
            tenant.values,
            "identity.source",
            say(
                "{provider} speaks {protocol}, not what identity.source says",
                "{provider} parle {protocol}, et non ce que dit identity.source",
                provider=provider,
                protocol=protocol,
            ),
            say(
                "write the source that fits: {sources}",
                "écrire la source qui convient : {sources}",
                sources=", ".join(each for each, those in SOURCES.items() if protocol in those),
            ),
        )


def _timely(estate: Values, tenants: Iterable[Tenant]) -> Iterator[Mistake]:
    """What a login brought lasts no longer than a tenant is promised that a person who leaves keeps access."""
    for provider, tenant in _federated(estate, tenants):
        hours = tenant.values.get("offboarding.user_hours")
        minutes = estate.get(f"{PATH}.{provider}.authorization_ttl")
        if isinstance(hours, int) and isinstance(minutes, int) and minutes > hours * _MINUTES:
            yield mistake(
                estate,
                f"{PATH}.{provider}.authorization_ttl",
                say(
                    "whoever leaves keeps access for {minutes} minutes; {tenant} promises {most} (offboarding.user_hours)",
                    "qui part garde ses accès {minutes} minutes ; {tenant} en promet {most} (offboarding.user_hours)",
                    minutes=minutes,
                    tenant=tenant.key,
                    most=hours * _MINUTES,
                ),
                say("write {most} or less", "écrire {most} ou moins", most=hours * _MINUTES),
            )


def _fitting(estate: Values, tenants: Sequence[Tenant]) -> Iterator[Mistake]:
    for provider, admitted in _admissions(estate, tenants).items():
        path = f"{PATH}.{provider}"
        yield from _told_apart(provider, admitted)
        told: Mapping[str, Any] = estate.section(f"{path}.attributes")
        attributes = Attributes(told["id"], told["name"], told["groups"], told.get("email", ""))
        bytes_ = federation.size(federation.rules(attributes, admitted))
        if bytes_ > federation.MOST_BYTES:
            yield mistake(
                estate,
                path,
                say(
                    "the mapping of {provider} would take {bytes} bytes for {groups} groups; Keystone keeps {most}",
                    "la correspondance de {provider} prendrait {bytes} octets pour {groups} groupes ; Keystone en garde {most}",
                    provider=provider,
                    bytes=bytes_,
                    groups=len(admitted),
                    most=federation.MOST_BYTES,
                ),
                say(
                    "share the tenants out among several providers; one in the shared domain takes less room than one in its own",
                    "répartir les locataires entre plusieurs fournisseurs ; un locataire du domaine partagé prend moins de place",
                ),
            )


def _told_apart(provider: str, admitted: Mapping[Admission, Tenant]) -> Iterator[Mistake]:
    """A name that a provider sends means one group, and reaches Keystone as it is."""
    first: dict[str, Tenant] = {}
    for each, tenant in admitted.items():
        if federation.UNSENDABLE & {*each.group, *each.domain}:
            yield mistake(
                tenant.values,
                "identity.groups",
                say(
                    "Keystone would not take {group} as a group's name from {provider}",
                    "Keystone ne prendrait pas {group} pour un nom de groupe venant de {provider}",
                    group=repr(str(each)),
                    provider=provider,
                ),
                say("name groups and domains without ; @ { }", "nommer groupes et domaines sans ; @ { }"),
            )
        other = first.setdefault(each.group, tenant)
        if other is not tenant:
            yield mistake(
                tenant.values,
                "identity.groups",
                say(
                    "{provider} could not tell {group} of {tenant} from that of {other}: people of one would be let in by both",
                    "{provider} ne distinguerait pas {group} de {tenant} de celui de {other} : qui est de l'un entrerait chez les deux",
                    provider=provider,
                    group=each.group,
                    tenant=tenant.key,
                    other=other.key,
                ),
                say(
                    "name the group otherwise, or change naming.group of estate.yaml",
                    "nommer le groupe autrement, ou changer naming.group dans estate.yaml",
                ),
            )
