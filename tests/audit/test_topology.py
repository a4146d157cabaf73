from __future__ import annotations

from written import written

from provision.audit import topology
from provision.errors import Forbidden
from provision.model.topology import Network, Router, Subnet
from provision.text import say

TREE = {
    "routers": {"egress": {"gateway": "external"}, "inside": {}},
    "networks": {
        "backend": {"ipv4": "192.0.2.0/24", "ipv6": "auto", "router": "egress"},
        "alone": {"ipv4": "auto"},
    },
    "security_groups": {"theirs": {"rules": "unmanaged"}},
}


def test_what_documents_make_is_drawn_together():
    drawn = topology.promised(written("acme", TREE))
    assert drawn.networks == (
        Network("alone", (Subnet(4),)),
        Network("backend", (Subnet(4, "192.0.2.0/24"), Subnet(6))),
    )
    assert drawn.routers == (Router("egress", frozenset({"backend"}), "public"), Router("inside"))
    assert [(each.name, each.rules) for each in drawn.filters] == [("theirs", None)]
    assert drawn.routers_of("backend") == drawn.routers[:1]
    assert drawn.routers_of("alone") == drawn.unseen == ()


def test_what_may_not_be_read_is_said_and_the_rest_is_drawn():
    class Blind:
        def lives(self, kind, _tenant):
            if kind == "security_group":
                raise Forbidden(say("no", "non"))
            return ()

    drawn = topology.found(Blind(), written("acme", TREE))
    assert [(each.what, "403" in str(each.why)) for each in drawn.unseen] == [("security_group", True)]
    assert drawn.networks == drawn.filters == ()
