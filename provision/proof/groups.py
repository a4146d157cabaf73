"""Groups of machines kept apart: each is there as written, and its members really land on different hosts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from provision.errors import CloudError
from provision.kind import kinds
from provision.proof.landing import HOST, booted
from provision.proof.promise import Seen, Stage, denied, promise, together, wanted
from provision.text import Text, same, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from provision.model.resource import Desired, Live
    from provision.model.tenant import Tenant

KIND: Final = "server_group"
APART: Final = "anti-affinity"
TRIED: Final = 4


def _made(tenant: Tenant) -> list[str]:
    return ["ha.groups"] if wanted(tenant, KIND) else []


@promise(
    "members-apart",
    service="compute",
    says=say(
        "machines of its server groups land on different hosts, or are refused",
        "les machines de ses groupes de serveurs vont sur des hôtes différents, ou sont refusées",
    ),
    tried=say(
        "a member boots into each group one server more than one host may have; the operator sees where they land; all are deleted",
        "un membre démarre dans chaque groupe un serveur de plus qu'un hôte ne peut en avoir ; l'exploitant voit où ils vont ; tous sont supprimés",
    ),
    made=_made,
)  # fmt: skip
def members_apart(stage: Stage, _key: str) -> Seen:
    """See that each group is there as written, and put it to the test."""
    return together(
        *(_group(stage, kinds()[KIND].resolve(stage.operator, want)) for want in stage.wanted(KIND))
    )


def _group(stage: Stage, want: Desired[Any]) -> Seen:
    ours = [each for each in kinds()[KIND].look(stage.operator, want.address) if each.owned]
    name, there = want.address.name, min(ours, key=lambda each: each.id, default=None)
    if there is None:
        return Seen(
            held=False, what=say("group {name} is not there", "le groupe {name} n'est pas là", name=name)
        )
    if there.spec != want.spec:
        told = say("group {name} is {policy} ({most})", "le groupe {name} est {policy} ({most})", name=name, policy=there.spec.policy, most=there.spec.max_server_per_host or "–")  # fmt: skip
        return Seen(held=False, what=told)
    most = want.spec.max_server_per_host or 1
    if most >= TRIED:
        told = say("group {name}: as written; more than {most} servers were not booted", "groupe {name} : tel qu'écrit ; plus de {most} serveurs n'ont pas été démarrés", name=name, most=most)  # fmt: skip
        return Seen(held=True, what=told)
    return _landed(stage, there, most)


def _landed(stage: Stage, group: Live[Any], most: int) -> Seen:
    """Boot members until one host would have too many; with the soft policy that may be, where no other host takes one."""
    try:
        servers = _members(stage, group.id, most + 1)
    except CloudError as error:
        return denied(error, "POST /servers")
    hosts = Counter(str(each.get(HOST)) for each in servers if each["status"] == "ACTIVE")
    told = say(
        "group {name}: {landed}", "groupe {name} : {landed}", name=group.address.name, landed=_said(servers)
    )
    apart = max(hosts.values(), default=0) <= most
    if group.spec.policy == APART:
        return Seen(bool(hosts) and apart, told)
    if hosts.total() <= most or apart:
        return Seen(hosts.total() > most, told)
    return together(Seen(held=True, what=told), _no_room(stage))


def _members(stage: Stage, group: str, count: int) -> Sequence[Mapping[str, Any]]:
    return [booted(stage, stage.guest, {}, {"group": group}) for _ in range(count)]


def _no_room(stage: Stage) -> Seen:
    """See whether Nova would have had a second host: what must be apart then starts twice."""
    compute = stage.guest.compute
    stage.remove_after(
        compute,
        lambda: (
            f"/os-server-groups/{each['id']}"
            for each in compute.get("/os-server-groups")["server_groups"]
            if each["name"] == stage.name
        ),
    )
    body = {"server_group": {"name": stage.name, "policy": APART}}
    group = compute.post("/os-server-groups", body)["server_group"]["id"]
    servers = _members(stage, group, 2)
    told = say(
        "two that must be apart: {landed}", "deux qui doivent être à part : {landed}", landed=_said(servers)
    )
    return Seen(any(each["status"] == "ERROR" for each in servers), told)


def _said(servers: Sequence[Mapping[str, Any]]) -> Text:
    return same(", ".join(f"{each['status']} ({each.get(HOST) or _fault(each)})" for each in servers))


def _fault(server: Mapping[str, Any]) -> str:
    """Return the first sentence of what Nova has against a server."""
    said: str = (server.get("fault") or {}).get("message", "–")
    return said.partition(".")[0]
