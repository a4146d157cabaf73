"""What can be done to the load balancers of a tenant behind the tool's back."""

from __future__ import annotations

from contextlib import contextmanager

from promised import SECURED


def listening(*rules, **said):
    """A load balancer of the tenant listens, with a pool or rules; Octavia's provider takes any certificate."""

    @contextmanager
    def listen(stand):
        balancers = stand.operator.api("load-balancer")
        body = {"project_id": stand.project, "vip_network_id": stand.id("network", "backend")}
        made = balancers.post("/lbaas/loadbalancers", {"loadbalancer": body})["loadbalancer"]["id"]
        with undone(balancers, f"/lbaas/loadbalancers/{made}?cascade=true"):
            listener = {"name": "web", "loadbalancer_id": made, **said}
            web = balancers.post("/lbaas/listeners", {"listener": listener})["listener"]["id"]
            for collection, key, body in rules:
                balancers.post(f"/lbaas/{collection}", {key: {"listener_id": web, **body}})
            yield

    return listen


@contextmanager
def undone(api, path):
    try:
        yield
    finally:
        api.delete(path)


PLAIN = {"protocol": "HTTP", "protocol_port": 80}
ENDS_TLS = {
    "protocol": "TERMINATED_HTTPS",
    "protocol_port": 443,
    "default_tls_container_ref": "http://127.0.0.1/v1/secrets/00000000-0000-0000-0000-000000000000",
}
POOL = ("pools", "pool", {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"})


def go(target):
    return ("l7policies", "l7policy", {"action": "REDIRECT_PREFIX", "redirect_prefix": target})


serves = listening(POOL, **PLAIN)
leads_astray = listening(go("http://elsewhere.example/"), **PLAIN)
offers_old_tls = listening(**ENDS_TLS, tls_versions=["TLSv1.2", "TLSv1.3"])
KEPT = {
    "web (HTTP 80)": listening(go("https://city.example/"), ("l7policies", "l7policy", {"action": "REJECT"}), **PLAIN),
    "web (TERMINATED_HTTPS 443, TLSv1.3)": listening(**ENDS_TLS, tls_versions=["TLSv1.3"]),
    "web (TCP 22)": listening(protocol="TCP", protocol_port=22),
}  # fmt: skip


OF_BALANCERS = {
    "plain HTTP is served": (SECURED, "balancer-tls", serves),
    "plain HTTP leads elsewhere": (SECURED, "balancer-tls", leads_astray),
    "an old TLS is offered": (SECURED, "balancer-tls", offers_old_tls),
}  # fmt: skip
