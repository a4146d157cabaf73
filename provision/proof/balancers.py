"""Load balancers: nothing is served in the clear, and no weaker TLS than the documents allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from provision.proof.promise import Item, Seen, Stage, promise, where
from provision.text import same, say

SERVICE: Final = "load-balancer"
VERSIONS: Final = "lb.tls_versions"
HTTPS: Final = "https://"


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
    listeners = _listed(stage, "listeners")
    rules = defaultdict[str, list[Item]](list)
    for rule in _listed(stage, "l7policies"):
        rules[rule["listener_id"]].append(rule)
    wrong = [each for each in listeners if not keeps(each, rules[each["id"]], allowed)]
    told = ", ".join(map(_named, wrong or listeners))
    return Seen(held=not wrong, what=same(told) if told else say("no listener", "aucune écoute"))


def keeps(listener: Item, rules: Iterable[Item], allowed: frozenset[str]) -> bool:
    """Tell whether a listener keeps the promise; what it hands on without a look (TCP, HTTPS) is not its own to encrypt."""
    if listener["protocol"] == "HTTP":
        return not listener.get("default_pool_id") and all(map(_to_https, rules))
    if listener["protocol"] == "TERMINATED_HTTPS":
        offered = frozenset(listener.get("tls_versions") or ())
        return bool(offered) and (offered <= allowed or not allowed)
    return True


def _to_https(rule: Item) -> bool:
    """Tell whether a rule refuses a request, or sends it to https."""
    target: Mapping[str, Any] = {
        "REJECT": HTTPS,
        "REDIRECT_TO_URL": rule.get("redirect_url"),
        "REDIRECT_PREFIX": rule.get("redirect_prefix"),
    }
    return str(target.get(rule["action"]) or "").lower().startswith(HTTPS)


def _listed(stage: Stage, collection: str) -> list[Item]:
    """Return everything of a collection that stands in the tenant's project."""
    api = stage.operator.api(SERVICE)
    return list(api.list(f"/lbaas/{collection}", collection, project_id=stage.project))


def _named(listener: Item) -> str:
    """Return a listener's name, and what it speaks."""
    words = [f"{listener['protocol']} {listener['protocol_port']}", *(listener.get("tls_versions") or ())]
    return f"{listener.get('name') or listener['id']} ({', '.join(words)})"
