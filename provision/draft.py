"""From documents and one look at the cloud to plans, of as many tenants at a time as there is room for."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import provision.resources  # noqa: F401 (registers every kind)
from provision import declare, who
from provision import plan as planning
from provision.errors import Forbidden, ProvisionError, Refused
from provision.kind import Kind, Unmet, kinds
from provision.model.event import Listener, ignore
from provision.model.plan import Action, Change, Plan, Problem
from provision.observe import demands, membership
from provision.observe.survey import survey
from provision.text import say

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud
    from provision.model.address import Address
    from provision.model.resource import Desired, Live
    from provision.model.tenant import Tenant
    from provision.text import Text

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """What the cloud showed of some tenants, ready to be planned from; what was planned once is forgotten.

    `reach` holds the kinds that are planned: all, or those of a project's members where the access sees no more.
    """

    cloud: Cloud
    options: planning.Options
    found: dict[str, list[Live[Any]]]
    reach: Mapping[str, Kind[Any]] = field(default_factory=kinds)

    @classmethod
    def looking(
        cls,
        cloud: Cloud,
        tenants: Sequence[Tenant],
        options: planning.Options = planning.Options(),  # noqa: B008 (frozen and empty)
        on_event: Listener = ignore,
        ahead: Iterable[None] = (),
    ) -> Draft:
        """Look at everything of these tenants, once, and wait for the end of what was begun `ahead`."""
        found: dict[str, list[Live[Any]]] = defaultdict(list)
        lives, reach = seen(cloud, tenants, on_event)
        for live in lives:
            found[live.address.tenant].append(live)
        deque(ahead, maxlen=0)
        return cls(cloud, options, found, reach)

    def plan(self, tenants: Sequence[Tenant]) -> Plan:
        """Return the plan of some of the tenants that were looked at."""
        problems: list[Problem] = []
        left_out: list[Change] = []
        desired = [want for tenant in tenants for want in self._wanted(tenant, problems, left_out)]
        live = [each for tenant in tenants for each in self.found.pop(tenant.key, ())]
        resolved = list(_resolved(self.cloud, desired, problems))
        settled = _settled(self.cloud, resolved, live, problems)
        left_out.extend(_given_way(resolved, settled))
        return planning.make(
            kinds(),
            settled,
            live,
            cloud=self.cloud.name,
            tenants=[tenant.key for tenant in tenants if not tenant.is_estate],
            options=self.options,
            problems=problems,
            left_out=left_out,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            made_by=who.runs(),
            objections=_objections(tenants, live),
        )

    def plans(self, tenants: Sequence[Tenant]) -> Iterator[Plan]:
        """Yield the plans of all of them, some at a time, so that what is in order takes no room."""
        for start in range(0, len(tenants), AT_A_TIME):
            yield self.plan(tenants[start : start + AT_A_TIME])

    def whole(self, tenants: Sequence[Tenant]) -> Plan:
        """Return the one plan of all of them."""
        return planning.join(self.cloud.name, self.plans(tenants) if tenants else [self.plan(())])

    def _wanted(
        self, tenant: Tenant, problems: list[Problem], left_out: list[Change]
    ) -> Iterable[Desired[Any]]:
        wanted = declare.desired(tenant)
        offers = partial(_offers, self.cloud)
        problems.extend(_services_missing(tenant, wanted, offers))
        if len(self.reach) < len(kinds()):
            left_out.extend(_of_operators(wanted, self.reach))
            wanted = tuple(want for want in wanted if want.address.kind in self.reach)
        else:
            problems.extend(demands.unmet(self.cloud, tenant))
        left_out.extend(_optional_missing(tenant, wanted, offers))
        return wanted


def foresee(cloud: Cloud, tenants: Sequence[Tenant]) -> Iterator[None]:
    """Begin to read what the operator offers to all, which no lease guards and no tenant changes; return what to wait for."""
    return cloud.each(partial(_foreseen, cloud), _one_of_each_kind(tenants[:1]))


def _objections(tenants: Iterable[Tenant], live: Iterable[Live[Any]]) -> dict[tuple[Address, str], Text]:
    """Return what documents have against things that are there, by address and id; it is told of those that nobody asked for."""
    found: dict[tuple[str, str], list[Live[Any]]] = defaultdict(list)
    for each in live:
        found[each.address.tenant, each.address.kind].append(each)
    told: dict[tuple[Address, str], Text] = {}
    for tenant in tenants:
        for name, kind in kinds().items():
            those = found.get((tenant.key, name), [])
            said = kind.objections(tenant, those) if those else {}
            told.update({(each.address, each.id): said[each.id] for each in those if each.id in said})
    return told


def _one_of_each_kind(tenants: Sequence[Tenant]) -> Collection[Desired[Any]]:
    return {want.address.kind: want for tenant in tenants for want in declare.desired(tenant)}.values()


def _foreseen(cloud: Cloud, want: Desired[Any]) -> None:
    """Have the cloud say what a kind will ask it; what it lacks is told when it is asked in earnest."""
    with suppress(ProvisionError):
        kinds()[want.address.kind].resolve(cloud, want)


def seen(
    cloud: Cloud, tenants: Sequence[Tenant], on_event: Listener = ignore
) -> tuple[tuple[Live[Any], ...], Mapping[str, Kind[Any]]]:
    """Return what this access sees of these tenants, and the kinds that it can see and make.

    Who may not list what is everybody's sees the tenant of its own project, and of that what members make. Raises
    `Forbidden` where that is none of these tenants, `Refused` where others are asked for too.
    """
    try:
        return look(cloud, tenants, on_event), kinds()
    except Forbidden as refused:
        own = membership.own_tenant(cloud, frozenset(tenant.key for tenant in tenants))
        if own is None:
            refused.do = say(
                "take an operator's access, or that of a member scoped to the tenant's project (--cloud, OS_CLOUD)",
                "prendre un accès d'exploitant, ou celui d'un membre dans le projet du locataire (--cloud, OS_CLOUD)",
            )
            raise
        _refuse_others(tenants, own)
    reach = membership.of_members(kinds())
    return look(cloud, [tenant for tenant in tenants if tenant.key == own], on_event, reach), reach


def _refuse_others(tenants: Sequence[Tenant], own: str) -> None:
    others = [tenant.key for tenant in tenants if tenant.key != own and not tenant.is_estate]
    if others:
        raise Refused(
            say(
                "this access sees {own} alone, of {n} tenants that were asked for",
                "cet accès ne voit que {own}, sur {n} locataires demandés",
                own=own,
                n=len(others) + 1,
            ),
            do=say("name it: provision plan {own}", "le nommer : provision plan {own}", own=own),
        )


def look(
    cloud: Cloud,
    tenants: Sequence[Tenant],
    on_event: Listener = ignore,
    known: Mapping[str, Kind[Any]] | None = None,
) -> tuple[Live[Any], ...]:
    """Return everything of these tenants that the cloud has of the kinds that are `known` (all of them), ours or not."""
    known = kinds() if known is None else known
    asked = {
        name: frozenset(
            tenant.key for tenant in tenants if kind.of_estate is tenant.is_estate and kind.concerns(tenant)
        )
        for name, kind in known.items()
    }
    return survey(cloud, known, frozenset(tenant.key for tenant in tenants), on_event, narrowed=asked)


def _offers(cloud: Cloud, name: str) -> bool:
    """Tell whether a cloud has a service (``dns``), or an extension of its network service (``network.logging``)."""
    service, _, extension = name.partition(".")
    if not extension or service not in cloud.services:
        return service in cloud.services
    return service == "network" and extension in cloud.shared.network_extensions()


def _needed(want: Desired[Any]) -> Iterator[str]:
    """Yield the service that a resource lives in, and the extension of it that making one takes."""
    kind = kinds()[want.address.kind]
    yield kind.service
    if kind.extension and want.retired is None:
        yield f"{kind.service}.{kind.extension}"


def _services_missing(
    tenant: Tenant, desired: Iterable[Desired[Any]], offers: Callable[[str], bool]
) -> Iterator[Problem]:
    """Fail closed: what a profile requires, or a resource lives in, must be in the catalogue before the first write.

    Only what lives in a service that the profile calls optional, and does not require as well, may be done without.
    """
    if tenant.retired:
        return
    required = {
        service: str(tenant.values.origin("services.required"))
        for service in tenant.values.items("services.required")
    }
    optional = _optional(tenant)
    for want in desired:
        for service in _needed(want):
            if service not in optional:
                required.setdefault(service, str(want.origin))
    for service, where in sorted(required.items()):
        if not offers(service):
            yield Problem(
                tenant.key,
                where,
                say(
                    "this cloud has no {service} service, which {profile} requires",
                    "ce cloud n'a pas de service {service}, que {profile} exige",
                    service=service,
                    profile=tenant.profile,
                ),
                say(
                    "take another profile, or a cloud that has it",
                    "choisir un autre profil, ou un cloud qui l'offre",
                ),
            )


def _of_operators(desired: Iterable[Desired[Any]], reach: Mapping[str, Kind[Any]]) -> Iterator[Change]:
    """Tell what this access neither sees nor makes."""
    for want in desired:
        if want.address.kind not in reach and want.retired is None:
            yield Change(Action.LEAVE, want.address, want, None, (), _OPERATORS)


_OPERATORS: Final = say(
    "the operator's to make: this access sees one project, as a member",
    "à faire par l'exploitant : cet accès ne voit qu'un projet, en membre",
)


def _optional_missing(
    tenant: Tenant, desired: Iterable[Desired[Any]], offers: Callable[[str], bool]
) -> Iterator[Change]:
    """Report what is not made for want of a service that the profile calls optional."""
    optional = frozenset[str]() if tenant.retired else _optional(tenant)
    for want in desired:
        absent = [each for each in _needed(want) if each in optional and not offers(each)]
        if absent and want.retired is None:
            reason = say(
                "this cloud has no {service} service, which {profile} calls optional",
                "ce cloud n'a pas de service {service}, que {profile} dit facultatif",
                service=absent[0],
                profile=tenant.profile,
            )
            yield Change(Action.LEAVE, want.address, want, None, (), reason)


def _optional(tenant: Tenant) -> frozenset[str]:
    """Return the services that a tenant can do without."""
    items = tenant.values.items
    return frozenset(items("services.optional")) - frozenset(items("services.required"))


def _resolved(
    cloud: Cloud, desired: Iterable[Desired[Any]], problems: list[Problem]
) -> Iterator[Desired[Any]]:
    known: dict[str, Kind[Any]] = dict(kinds())
    for want in desired:
        kind = known[want.address.kind]
        if not all(_offers(cloud, each) for each in _needed(want)):
            continue
        try:
            yield kind.resolve(cloud, want)
        except Unmet as unmet:
            problems.append(Problem(want.address.tenant, unmet.where, unmet.what, unmet.do))


def _settled(
    cloud: Cloud, wanted: list[Desired[Any]], live: Iterable[Live[Any]], problems: list[Problem]
) -> list[Desired[Any]]:
    """Hold what is contested against the cloud, concurrently; the rest is what it was."""
    there = {have.address: have for have in live if have.owned}
    contested = {want.address: there[want.address] for want in wanted if _contested(want, there)}

    def settled(want: Desired[Any]) -> Desired[Any] | Problem:
        try:
            return kinds()[want.address.kind].settle(cloud, want, contested[want.address])
        except Unmet as unmet:
            return Problem(want.address.tenant, unmet.where, unmet.what, unmet.do)

    answers = cloud.each(settled, [want for want in wanted if want.address in contested])
    found: list[Desired[Any]] = []
    for want in wanted:
        answer = next(answers) if want.address in contested else want
        if isinstance(answer, Problem):
            problems.append(answer)
        else:
            found.append(answer)
    return found


def _contested(want: Desired[Any], there: Mapping[Address, Live[Any]]) -> bool:
    have = there.get(want.address)
    return have is not None and want.retired is None and kinds()[want.address.kind].contested(want, have)


def _given_way(asked: Iterable[Desired[Any]], settled: Iterable[Desired[Any]]) -> Iterator[Change]:
    """Report what is not had as asked, whether anything is to be done or not."""
    before = {want.address: want.spec for want in asked}
    for want in settled:
        if want.spec != before[want.address]:
            yield Change(Action.LEAVE, want.address, want, None, (), want.note)
