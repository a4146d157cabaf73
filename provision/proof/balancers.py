"""Load balancers: nothing is served in the clear, and no weaker TLS than the documents allow."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from provision.model.listener import VERSIONS, Listener, read
from provision.proof.promise import Item, Seen, Stage, promise, where
from provision.text import same, say

SERVICE: Final = "load-balancer"


@promise(
    "balancer-tls",
    service=SERVICE,
    says=say(
        "its load balancers serve nothing over plain HTTP, and no other TLS than it is promised",
        "ses répartiteurs de charge ne servent rien en HTTP sans chiffrement, ni d'autre TLS que celui promis",
    ),
    tried=say(
        "the operator looks at what each listener speaks: plain HTTP, which may only refuse or lead to https, or TLS, and in which versions",
        "l'exploitant regarde ce que parle chaque écoute : HTTP, qui ne peut que refuser ou renvoyer vers https, ou TLS, et en quelles versions",
    ),
    made=where("lb.tls", says="required"),
)  # fmt: skip
def tls(stage: Stage, _key: str) -> Seen:
    """List the listeners, and the rules of what they do with a request."""
    allowed = frozenset(stage.tenant.values.items(VERSIONS))
    rules = defaultdict[str, list[Item]](list)
    for rule in _listed(stage, "l7policies"):
        rules[rule["listener_id"]].append(rule)
    listeners = [read(each, rules[each["id"]]) for each in _listed(stage, "listeners")]
    wrong = [each for each in listeners if each.plain or not each.offers_only(allowed)]
    told = ", ".join(map(_named, wrong or listeners))
    return Seen(held=not wrong, what=same(told) if told else say("no listener", "aucune écoute"))


def _listed(stage: Stage, collection: str) -> list[Item]:
    """Return everything of a collection that stands in the tenant's project."""
    api = stage.operator.api(SERVICE)
    return list(api.list(f"/lbaas/{collection}", collection, project_id=stage.project))


def _named(listener: Listener) -> str:
    """Return a listener's name, and what it speaks."""
    words = [f"{listener.protocol} {listener.port}", *sorted(listener.versions)]
    return f"{listener.name} ({', '.join(words)})"
