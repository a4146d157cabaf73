"""Groups of machines kept apart: what a policy cannot do is said before Nova says it, or before a machine does not start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.declare.place import mistake
from provision.errors import Mistake
from provision.model.tenant import Tenant
from provision.text import say

SECTION: Final = "ha.groups"
APART: Final = "anti-affinity"
MOST: Final = "max_server_per_host"


def spread(tenant: Tenant) -> Iterator[Mistake]:
    """Yield what is wrong with the groups of a tenant that are to stay."""
    seen: set[str] = set()
    for index, item in enumerate(tenant.values.items(SECTION)):
        path = f"{SECTION}.{index}"
        if item["name"] in seen:
            yield mistake(
                tenant.values,
                f"{path}.name",
                say("{path}: there are two groups {name}", "{path} : il y a deux groupes {name}", path=path, name=item["name"]),
                say("take another name", "choisir un autre nom"),
            )  # fmt: skip
        seen.add(item["name"])
        if MOST in item and item["policy"] != APART:
            yield mistake(
                tenant.values,
                f"{path}.{MOST}",
                say("{path}: {most} goes with anti-affinity only", "{path} : {most} ne va qu'avec anti-affinity", path=path, most=MOST),
                say("remove it, or write policy: anti-affinity", "le supprimer, ou écrire policy: anti-affinity"),
            )  # fmt: skip
        if item["policy"] == APART and not _retired(item) and _hosts(tenant) == 1:
            yield mistake(
                tenant.values,
                f"{path}.policy",
                say(
                    "{path}: machines of {name} must be on different hosts, and tenant {tenant} has one ({place})",
                    "{path} : les machines de {name} doivent être sur des hôtes différents, et le locataire {tenant} en a un ({place})",
                    path=path,
                    name=item["name"],
                    tenant=tenant.key,
                    place=tenant.values.origin("hosts.isolation"),
                ),
                say("give it more with hosts.count, or write policy: soft-anti-affinity", "lui en donner plus avec hosts.count, ou écrire policy: soft-anti-affinity"),
            )  # fmt: skip


def _retired(item: dict[str, object]) -> bool:
    return item.get("state") == "retired"


def _hosts(tenant: Tenant) -> int | None:
    """Return how many hosts a tenant has to itself; None where it shares them."""
    if tenant.values.get("hosts.isolation") != "dedicated":
        return None
    return len(tenant.values.items("hosts.names")) or int(tenant.values.get("hosts.count", 1))
