"""A service's quotas: as documents spell them, as the service does, and what they are counted in."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from provision.model.document import section, within, worded
from provision.model.quantity import quota

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provision.model.origin import Origin
    from provision.model.quantity import Unit
    from provision.model.tenant import Values
    from provision.text import Text

# Where documents say a service's quotas, unless it is ``quotas.<service>``: all that a profile says of keys stands together.
_ELSEWHERE: Final = {"keys": "keys.quota"}


@dataclass(frozen=True, slots=True)
class Counted:
    """One quota: its field in documents and specs, what it counts, its unit ('' for plain counts), its name on the wire."""

    field: str
    title: Text
    unit: Unit = ""
    wire: str = ""

    @property
    def key(self) -> str:
        """Return what the service calls it."""
        return self.wire or self.field


def place(service: str) -> str:
    """Return the dotted path under which documents say a service's quotas."""
    return _ELSEWHERE.get(service, f"quotas.{service}")


def schema(service: str, title: Text, quotas: Iterable[Counted]) -> Mapping[str, Any]:
    """Return the JSON Schema fragment of a service's quotas."""
    fields = {each.field: worded(each.title, {"quota": each.unit}) for each in quotas}
    return within(place(service), section(title, fields))


def units(quotas: Iterable[Counted]) -> Mapping[str, Unit]:
    """Return what each quota is counted in, by field."""
    return {each.field: each.unit for each in quotas}


def asked(values: Values, service: str, quotas: Iterable[Counted]) -> dict[str, int | str | None]:
    """Return what documents say of a service's quotas: a number, -1 (unlimited), ``default``, or None (unmanaged)."""
    said = values.section(place(service))
    read = {each.field: quota(said.get(each.field, "unmanaged"), each.unit) for each in quotas}
    return {field: None if value == "unmanaged" else value for field, value in read.items()}


def origins(values: Values, service: str, quotas: Iterable[Counted]) -> dict[str, Origin]:
    """Return where each quota of a service is written."""
    return {each.field: values.origin(f"{place(service)}.{each.field}") for each in quotas}


def found(body: Mapping[str, Any], quotas: Iterable[Counted]) -> dict[str, int | str | None]:
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
