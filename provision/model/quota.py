"""A service's quotas: as documents spell them, as the service does, and what they are counted in."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.model.document import section, within, worded
from provision.model.quantity import UNLIMITED, quota
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provision.model.origin import Origin
    from provision.model.quantity import Unit
    from provision.model.tenant import Values
    from provision.text import Text

# Where documents say a service's quotas, unless it is ``quotas.<service>``: all that a profile says of keys stands together.
REFUSE: Final = "refuse"
CLAMP: Final = "clamp"
FORCE: Final = "force"
_BELOW_USAGE: Final = worded(
    say(
        "A quota below what is used: refuse (the tenant is not planned), clamp (to what is used) or force (where the service can)",
        "Un quota sous ce qui est utilisé : refuse (le locataire n'est pas planifié), clamp (à ce qui est utilisé) ou force (là où le service le peut)",
    ),
    {"enum": [REFUSE, CLAMP, FORCE]},
)
_ELSEWHERE: Final = {"keys": "keys.quota"}


@dataclass(frozen=True, slots=True)
class Counted:
    """One quota: its field in documents and specs, what it counts, its unit ('' for plain counts), its name on the wire.

    `sized` tells one that a tenant's size multiplies: how much there may be in all, not how large one thing may be.
    """

    field: str
    title: Text
    unit: Unit = ""
    wire: str = ""
    sized: bool = True

    @property
    def key(self) -> str:
        """Return what the service calls it."""
        return self.wire or self.field


def place(service: str) -> str:
    """Return the dotted path under which documents say a service's quotas."""
    return _ELSEWHERE.get(service, f"quotas.{service}")


def schema(
    service: str, title: Text, quotas: Iterable[Counted], **more: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the JSON Schema fragment of a service's quotas, and of what `more` it says beside them."""
    return within(place(service), section(title, {**fields(quotas), **more}))


def fields(quotas: Iterable[Counted]) -> dict[str, Any]:
    """Return the JSON Schema of each quota, by field."""
    return {each.field: worded(each.title, {"quota": each.unit, "sized": each.sized}) for each in quotas}


def held(fragment: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fragment of a service that knows usage: with what to do where a quota is asked for below it."""
    quotas = fragment["properties"]["quotas"]
    known = {**quotas["properties"], "below_usage": _BELOW_USAGE}
    return {"properties": {"quotas": {**quotas, "properties": known}}}


def units(quotas: Iterable[Counted]) -> Mapping[str, Unit]:
    """Return what each quota is counted in, by field."""
    return {each.field: each.unit for each in quotas}


def asked(values: Values, service: str, quotas: Iterable[Counted]) -> dict[str, Any]:
    """Return what documents say of a service's quotas: a number, -1 (unlimited), ``default``, or None (unmanaged)."""
    return read(values.section(place(service)), quotas)


def read(said: Mapping[str, Any], quotas: Iterable[Counted]) -> dict[str, Any]:
    """Return what one section says of quotas, as `asked`."""
    found = {each.field: quota(said.get(each.field, "unmanaged"), each.unit) for each in quotas}
    return {field: None if value == "unmanaged" else value for field, value in found.items()}


def origins(values: Values, service: str, quotas: Iterable[Counted]) -> dict[str, Origin]:
    """Return where each quota of a service is written."""
    return {each.field: values.origin(f"{place(service)}.{each.field}") for each in quotas}


def below_usage(values: Values) -> str | None:
    """Return what documents say is to be done with a quota below what is used; None where they say nothing."""
    said: str | None = values.get("quotas.below_usage")
    return said


def limits(spec: Any, quotas: Iterable[Counted]) -> dict[str, Any]:  # noqa: ANN401 (any kind's spec)
    """Return the limits of a spec in the service's words; what is not managed is left out."""
    said = {each.key: getattr(spec, each.field) for each in quotas}
    return {key: limit for key, limit in said.items() if limit is not None}


def lowered(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, int]:
    """Return the limits that are wanted lower than they are there."""
    return {
        key: limit
        for key, limit in wanted.items()
        if isinstance(limit, int)
        and limit != UNLIMITED
        and isinstance(there.get(key), int)
        and not UNLIMITED < there[key] <= limit
    }


def found(body: Mapping[str, Any], quotas: Iterable[Counted]) -> dict[str, Any]:
    """Return what a service answers, by field; one it does not know is None."""
    return {each.field: body.get(each.key) for each in quotas}


def changed(want: Any, have: Any, quotas: Iterable[Counted]) -> dict[str, int]:  # noqa: ANN401 (any kind's spec)
    """Return what is managed and differs, in the service's words: the body of the one PUT."""
    before, after = dataclasses.asdict(have), dataclasses.asdict(want)
    return {
        each.key: after[each.field]
        for each in quotas
        if after[each.field] is not None and after[each.field] != before[each.field]
    }
