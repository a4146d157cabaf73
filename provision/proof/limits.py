"""Quotas: what the services hold a tenant to is what its documents say, its size counted in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.kind import kinds
from provision.plan.compare import differences
from provision.proof.promise import Seen, Stage, promise, wanted
from provision.text import Text, same, say

if TYPE_CHECKING:
    from provision.kind import Kind
    from provision.model.plan import FieldChange
    from provision.model.resource import Desired, Live
    from provision.model.tenant import Tenant

KINDS: Final = {
    "quotas.compute": "compute_quota",
    "quotas.volume": "volume_quota",
    "quotas.network": "network_quota",
}


def _made(tenant: Tenant) -> list[str]:
    return [key for key, name in KINDS.items() if any(_numbers(name, want) for want in wanted(tenant, name))]


def _numbers(name: str, want: Desired[Any]) -> dict[str, Any]:
    """Return the quotas that documents manage."""
    said = {field: getattr(want.spec, field) for field in kinds()[name].units}
    return {field: number for field, number in said.items() if number is not None}


@promise(
    "quotas-as-written",
    service="compute",
    says=say("its quotas are those of its documents", "ses quotas sont ceux de ses documents"),
    tried=say(
        "the operator asks the service what it holds the tenant to; the documents' numbers, multiplied by its size, are the measure",
        "l'exploitant demande au service à quoi il tient le locataire ; les nombres des documents, multipliés par sa taille, font foi",
    ),
    made=_made,
)  # fmt: skip
def quotas_as_written(stage: Stage, key: str) -> Seen:
    """Hold what a service has against the documents; a quota clamped to what is used is as they want it."""
    kind = kinds()[KINDS[key]]
    (want,) = [kind.resolve(stage.operator, each) for each in stage.wanted(kind.name)]
    (have,) = kind.look(stage.operator, want.address)
    changes = differences(kind, _settled(stage, kind, want, have), have)
    if changes:
        return Seen(held=False, what=same("; ".join(map(_differing, changes))))
    return Seen(held=True, what=_kept(_numbers(kind.name, want)))


def _settled(stage: Stage, kind: Kind[Any], want: Desired[Any], have: Live[Any]) -> Desired[Any]:
    return kind.settle(stage.operator, want, have) if kind.contested(want, have) else want


def _differing(change: FieldChange) -> str:
    return f"{change.field}: {change.before} ≠ {change.after} ({change.origin})"


def _kept(numbers: dict[str, Any]) -> Text:
    return same(", ".join(f"{field} {number}" for field, number in numbers.items()))
