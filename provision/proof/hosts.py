"""Hosts: a tenant's machines run on its own, and nobody else's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provision.errors import CloudError
from provision.proof.landing import HOST, booted
from provision.proof.promise import Seen, Stage, denied, promise, together, where
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping


@promise(
    "hosts-dedicated",
    service="compute",
    says=say(
        "its machines run on hosts of its own, and nobody else's do",
        "ses machines tournent sur des hôtes à lui, et celles de personne d'autre",
    ),
    tried=say(
        "a member boots a server; the operator asks for one of his own on each of the tenant's hosts; both are deleted",
        "un membre démarre un serveur ; l'exploitant en demande un à lui sur chaque hôte du locataire ; ils sont supprimés",
    ),
    made=where("hosts.isolation", says="dedicated"),
)
def hosts_dedicated(stage: Stage, _key: str) -> Seen:
    """See where a server of the tenant lands, that nobody else has one there, and that nobody else gets one there."""
    hosts = _hosts(stage)
    if not hosts:
        return Seen(held=False, what=say("it has no host of its own", "il n'a aucun hôte à lui"))
    return together(
        _strangers(stage, hosts), _own(stage, hosts), *(_another(stage, host) for host in sorted(hosts))
    )


def _hosts(stage: Stage) -> frozenset[str]:
    aggregates = stage.operator.compute.get("/os-aggregates")["aggregates"]
    ours = [each for each in aggregates if _is_ours(stage, each)]
    return frozenset(host for each in ours for host in each["hosts"])


def _is_ours(stage: Stage, aggregate: Mapping[str, Any]) -> bool:
    address = stage.operator.owner.read(aggregate["name"])[1]
    return address is not None and address.tenant == stage.tenant.key


def _strangers(stage: Stage, hosts: frozenset[str]) -> Seen:
    servers = [
        each
        for host in sorted(hosts)
        for each in stage.operator.compute.list("/servers/detail", "servers", all_tenants="true", host=host)
        if each["tenant_id"] != stage.project
    ]
    told = say("{hosts}: {count} servers of others", "{hosts} : {count} serveurs d'autrui", hosts=", ".join(sorted(hosts)), count=len(servers))  # fmt: skip
    return Seen(not servers, told)


def _own(stage: Stage, hosts: frozenset[str]) -> Seen:
    """Boot a server as the tenant, and see where it lands."""
    try:
        found = booted(stage, stage.guest, {})
    except CloudError as error:
        return denied(error, "POST /servers")
    landed = found.get(HOST) or "–"
    told = say("a server of its own: {status} on {host}", "un serveur à lui : {status} sur {host}", status=found["status"], host=landed)  # fmt: skip
    return Seen(found["status"] == "ACTIVE" and landed in hosts, told)


def _another(stage: Stage, host: str) -> Seen:
    """Ask for a server of the operator's own project on a host of the tenant's: the scheduler must find no place."""
    found = booted(stage, stage.operator, {"host": host})
    told = say("a server of another on {host}: {status}", "un serveur d'un autre sur {host} : {status}", host=host, status=found["status"])  # fmt: skip
    return Seen(found["status"] == "ERROR", told)
