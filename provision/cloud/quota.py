"""What the three quota kinds ask of a cloud: a service's defaults, and what to do when it refuses."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from provision.errors import CloudError
from provision.kind import Unmet
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    """Add to a refusal what a person can do: services take no quota below what is in use, and we never force one."""
    try:
        yield
    except CloudError as error:
        if error.status in _REFUSALS:
            error.do = say(
                "ask for at least what the tenant uses now, or free some of it first; quotas are never forced",
                "demander au moins ce que le locataire utilise déjà, ou en libérer d'abord ; un quota n'est jamais forcé",
            )
        raise
