"""What the three quota kinds ask of a cloud: a service's defaults, what is used, and what to do when it refuses."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from provision.errors import CloudError
from provision.kind import Unmet
from provision.model.quota import CLAMP, FORCE, REFUSE
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from provision.cloud.connect import Cloud
    from provision.model.quota import Counted
    from provision.model.resource import Desired

SpecT = TypeVar("SpecT")
_REFUSALS: Final = frozenset({400, 409, 413})


def settle(cloud: Cloud, service: str, want: Desired[SpecT], quotas: Iterable[Counted]) -> Desired[SpecT]:
    """Replace each ``default`` by the service's own. Raises `Unmet` for a quota this service does not know."""
    spec: Any = want.spec
    asked = [each for each in quotas if getattr(spec, each.field) is not None]
    defaults = cloud.shared.quota_defaults(service) if asked else {}
    for each in asked:
        if each.key not in defaults:
            raise _unknown(service, want, each)
    numbers = {each.field: defaults[each.key] for each in asked if getattr(spec, each.field) == "default"}
    return replace(want, spec=replace(spec, **numbers))


def _unknown(service: str, want: Desired[Any], quota: Counted) -> Unmet:
    return Unmet(
        say(
            "the {service} service of this cloud has no quota on {title} ({key})",
            "le service {service} de ce cloud n'a pas de quota sur : {title} ({key})",
            service=service,
            title=quota.title,
            key=quota.key,
        ),
        where=str(want.where(quota.field)),
        do=say("write {field}: unmanaged", "écrire {field}: unmanaged", field=quota.field),
    )


@contextmanager
def quota_writing() -> Iterator[None]:
    """Add to a refusal what a person can do: services take no quota below what is in use unless forced."""
    try:
        yield
    except CloudError as error:
        if error.status in _REFUSALS:
            error.do = say(
                "ask for at least what the tenant uses now, or free some of it first; quotas.below_usage says what to do then",
                "demander au moins ce que le locataire utilise déjà, ou en libérer d'abord ; quotas.below_usage dit que faire alors",
            )
        raise


def usage(sets: Mapping[str, Any]) -> dict[str, int]:
    """Return what is used of each quota, what is being made included, of ``{cores: {in_use: 4, reserved: 0, …}}``."""
    return {
        key: each.get("in_use", each.get("used", 0)) + each.get("reserved", 0)
        for key, each in sets.items()
        if isinstance(each, dict)
    }


def against_usage(
    want: Desired[SpecT],
    asked: Mapping[str, int],
    used: Mapping[str, int],
    raised: Callable[[SpecT, Mapping[str, int]], SpecT],
    *,
    forcible: bool = True,
) -> Desired[SpecT]:
    """Return what is wanted where some limits are `asked` below what is `used`, as documents say what is to be done then.

    `raised` puts other limits into a spec. Raises `Unmet` where the tenant is to be left out, or the service cannot be forced.
    """
    short = {key: used[key] for key in asked if used.get(key, 0) > asked[key]}
    policy = getattr(want.spec, "below_usage", None) or REFUSE
    if not short:
        return want
    if policy == CLAMP:
        return replace(want, spec=raised(want.spec, short), note=_clamped(asked, short))
    if policy == FORCE and forcible:
        return replace(want, note=_forced(asked, short))
    raise _below(want, asked, short, forced=policy == FORCE)


def _told(asked: Mapping[str, int], short: Mapping[str, int]) -> Text:
    told = [say("{key}: asked {asked}, used {used}", "{key} : demandé {asked}, utilisé {used}", key=key, asked=asked[key], used=used) for key, used in sorted(short.items())]  # fmt: skip
    return Text("; ".join(each.render("en") for each in told), " ; ".join(each.render("fr") for each in told))


def _clamped(asked: Mapping[str, int], short: Mapping[str, int]) -> Text:
    return say(
        "held at what is used (quotas.below_usage: clamp): {told}",
        "tenu à ce qui est utilisé (quotas.below_usage: clamp) : {told}",
        told=_told(asked, short),
    )


def _forced(asked: Mapping[str, int], short: Mapping[str, int]) -> Text:
    return say(
        "forced below what is used (quotas.below_usage: force): {told}",
        "forcé sous ce qui est utilisé (quotas.below_usage: force) : {told}",
        told=_told(asked, short),
    )


def _below(want: Desired[Any], asked: Mapping[str, int], short: Mapping[str, int], *, forced: bool) -> Unmet:
    return Unmet(
        say("a quota below what is used: {told}", "un quota sous ce qui est utilisé : {told}", told=_told(asked, short)),
        where=str(want.origin),
        do=say("this service cannot be forced: free some of it, or write quotas.below_usage: clamp", "ce service ne peut pas être forcé : en libérer, ou écrire quotas.below_usage: clamp")
        if forced
        else say("free some of it, ask for at least that, or write quotas.below_usage: clamp (or force)", "en libérer, demander au moins cela, ou écrire quotas.below_usage: clamp (ou force)"),
    )  # fmt: skip
