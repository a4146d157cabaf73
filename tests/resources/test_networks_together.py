"""What only shows when networks, subnets, routers and groups of one tenant meet on the real Neutron."""

from __future__ import annotations

import os
import secrets
from contextlib import closing

import pytest
from written import written

import provision.resources
from provision.apply.perform import Performer
from provision.cloud.connect import connect
from provision.kind import kinds
from provision.model.address import Address
from provision.model.outcome import Status
from provision.model.plan import Action
from provision.model.rule import Rule
from provision.observe.survey import survey
from provision.plan.decide import Options
from provision.plan.make import make

assert provision.resources
pytestmark = pytest.mark.sandbox
RETIRED = {"state": "retired", "retirement": {"reason": "the test is over", "date": "2026-11-24"}}
NOTHING_ALLOWED = Options()
NETWORKED = ("network", "subnet", "router", "security_group")
DUAL = {
    "networks": {
        "backend": {"ipv4": "auto", "ipv6": "auto", "router": "egress"},
        "spare": {"ipv4": "auto", "ipv6": {"dhcp": False, "dns": ["2001:db8::53"]}, "router": "egress"},
    },
    "routers": {"egress": {"gateway": "external", "snat": True}},
    "security_groups": {
        "default": {"egress": ["dns"]},
        "web": {"egress": [{"protocol": "tcp", "ports": 5432, "to": "database"}]},
        "database": {"ingress": [{"protocol": "tcp", "ports": 5432, "from": "web"}]},
        "cache": {"ingress": [{"protocol": "tcp", "ports": 6379, "from": "database"}]},
    },
}


class Site:
    """A tenant of the real services; every call is a run of its own, which has seen nothing yet."""

    def __init__(self, key):
        self.key = key
        self.tree = {}

    def run(self, tree, options=NOTHING_ALLOWED):
        self.tree = tree
        with closing(connect(os.environ["OS_CLOUD"], estate="contract")) as cloud, cloud.writing():
            made = self._plan(cloud, tree, options)
            performer = Performer(
                cloud, kinds(), {change.address: change for change in made.pending}, window=2.0
            )
            for step in made.steps:
                outcome = performer(step)
                assert outcome.status is Status.DONE, (step.id, outcome.error)
        return made

    def _plan(self, cloud, tree, options=NOTHING_ALLOWED):
        tenant = written(self.key, tree)
        desired = [want for kind in kinds().values() for want in kind.desire(tenant)]
        live = survey(cloud, kinds(), frozenset({self.key}))
        resolved = [kinds()[want.address.kind].resolve(cloud, want) for want in desired]
        return make(kinds(), resolved, live, cloud=cloud.name, tenants=[self.key], options=options)

    def pending(self):
        with closing(connect(os.environ["OS_CLOUD"], estate="contract")) as cloud:
            return [
                (change.action, change.address.name, names(change))
                for change in self._plan(cloud, self.tree).pending
            ]

    def live(self, kind, name=None):
        with closing(connect(os.environ["OS_CLOUD"], estate="contract")) as cloud:
            found = survey(cloud, kinds(), frozenset({self.key}))
        chosen = [each for each in found if each.address.kind == kind and name in {None, each.address.name}]
        return chosen if name is None else chosen[0]

    def behind(self, change):
        """Change something as somebody else would."""
        with closing(connect(os.environ["OS_CLOUD"], estate="contract")) as cloud, cloud.writing():
            survey(cloud, kinds(), frozenset({self.key}))
            return change(cloud)


def names(change):
    return tuple(each.field for each in change.fields)


@pytest.fixture
def site(cloud):
    made = Site(f"nt-{secrets.token_hex(3)}")
    yield made
    project = made.live("project", made.key).id
    made.run({**made.tree, **RETIRED})
    assert [each for kind in ("project", *NETWORKED) for each in made.live(kind)] == []
    left = cloud.network.list("/security-groups", "security_groups")
    assert [each for each in left if each["project_id"] == project] == []


def test_a_tenant_with_both_families_and_groups_that_speak_of_each_other(site):
    site.run(DUAL)
    assert site.pending() == []
    mode = {each.address.name: each.spec.mode for each in site.live("subnet")}
    assert mode == {"backend-ipv4": None, "backend-ipv6": "slaac", "spare-ipv4": None, "spare-ipv6": "none"}
    assert site.live("router", "egress").spec.interfaces == frozenset(mode)
    assert site.live("security_group", "default").spec.rules == {
        Rule("egress", 4, "udp", (53, 53)),
        Rule("egress", 6, "udp", (53, 53)),
    }
    assert {rule.remote for rule in site.live("security_group", "database").spec.rules} == {"web"}


def changed(tree, section, **items):
    return {**tree, section: {**tree[section], **items}}


def test_a_network_that_goes_is_let_go_by_the_router_that_stays(site):
    site.run(DUAL)
    gone = {**DUAL["networks"]["spare"], **RETIRED}
    made = site.run(changed(DUAL, "networks", spare=gone))
    assert [step.id.split(":")[0] for step in made.steps] == ["UPDATE", "DELETE", "DELETE", "DELETE"]
    assert {each.address.name for each in site.live("subnet")} == {"backend-ipv4", "backend-ipv6"}
    assert site.pending() == []


def test_a_limit_that_goes_is_let_go_by_its_network(site):
    limited = {**DUAL["networks"]["backend"], "bandwidth": {"egress": "100 Mbit/s", "ingress": "1 Gbit/s"}}
    site.run(changed(DUAL, "networks", backend=limited))
    assert site.pending() == []
    assert site.live("network", "backend").spec.qos_policy == "backend"
    made = site.run(changed(DUAL, "networks", backend={**limited, "bandwidth": {"egress": "unlimited"}}))
    assert [step.id for step in made.steps] == [
        f"UPDATE:network/{site.key}/backend",
        f"DELETE:qos_policy/{site.key}/backend",
    ]
    assert (site.pending(), site.live("qos_policy")) == ([], [])


def test_a_group_that_goes_takes_the_rules_that_speak_of_it(site):
    site.run(DUAL)
    gone = {**DUAL["security_groups"]["web"], **RETIRED}
    site.run(changed(DUAL, "security_groups", web=gone))
    assert site.live("security_group", "database").spec.rules == frozenset()
    assert site.pending() == []


def test_what_somebody_changed_shows_and_is_put_back(site):
    site.run(DUAL)
    before = {each.address.name: each.id for each in site.live("network")}

    def meddle(cloud):
        network, router = (
            cloud.ids.of(Address(kind, site.key, name))
            for kind, name in (("network", "backend"), ("router", "egress"))
        )
        cloud.network.put(
            f"/networks/{network}", {"network": {"name": "mine", "port_security_enabled": False}}
        )
        subnet = cloud.ids.of(Address("subnet", site.key, "backend-ipv4"))
        cloud.network.put(f"/routers/{router}/remove_router_interface", {"subnet_id": subnet})
        cloud.network.put(f"/routers/{router}", {"router": {"external_gateway_info": {}}})
        rule = {
            "security_group_id": cloud.ids.of(Address("security_group", site.key, "default")),
            "project_id": cloud.ids.project(site.key),
            "direction": "ingress",
            "protocol": "tcp",
            "port_range_min": 22,
            "port_range_max": 22,
        }
        cloud.network.post("/security-group-rules", {"security_group_rule": rule})

    site.behind(meddle)
    assert site.pending() == [
        (Action.UPDATE, "backend", ("name", "port_security")),
        (Action.UPDATE, "egress", ("gateway", "snat", "interfaces")),
        (Action.UPDATE, "default", ("rules",)),
    ]
    site.run(DUAL)
    assert site.pending() == []
    assert {each.address.name: each.id for each in site.live("network")} == before


def test_what_is_attached_to_our_router_and_not_ours_stays(site):
    site.run(DUAL)

    def attach(cloud):
        project, router = cloud.ids.project(site.key), cloud.ids.of(Address("router", site.key, "egress"))
        network = cloud.network.post("/networks", {"network": {"name": "theirs", "project_id": project}})[
            "network"
        ]["id"]
        body = {
            "name": "theirs",
            "network_id": network,
            "project_id": project,
            "ip_version": 4,
            "cidr": "172.29.0.0/24",
        }
        subnet = cloud.network.post("/subnets", {"subnet": body})["subnet"]["id"]
        cloud.network.put(f"/routers/{router}/add_router_interface", {"subnet_id": subnet})
        return router, network, subnet

    router, network, subnet = site.behind(attach)
    assert site.pending() == []
    assert [each.owned for each in site.live("network") if each.address.name == "theirs"] == [False]
    with pytest.raises(AssertionError, match="DELETE:router"):
        site.run({**DUAL, **RETIRED})

    def detach(cloud):
        cloud.network.put(f"/routers/{router}/remove_router_interface", {"subnet_id": subnet})
        cloud.network.delete(f"/networks/{network}")

    site.behind(detach)


def test_a_marker_that_was_copied_from_another_tenant_counts_for_nothing(site):
    site.run(DUAL)

    def forge(cloud):
        marker = cloud.owner.marker(Address("network", "another", "backend"))
        body = {"name": "backend", "project_id": cloud.ids.project(site.key), "description": marker}
        return cloud.network.post("/networks", {"network": body})["network"]["id"]

    forged = site.behind(forge)
    assert [(each.address.tenant, each.owned) for each in site.live("network") if each.id == forged] == [
        (site.key, False)
    ]
    assert site.pending() == []
    site.behind(lambda cloud: cloud.network.delete(f"/networks/{forged}"))


def test_a_network_and_its_subnet_are_adopted_in_one_plan(site):
    site.run({})

    def make_them(cloud):
        project = cloud.ids.project(site.key)
        body = {"name": "backend", "project_id": project, "description": "Older than us"}
        network = cloud.network.post("/networks", {"network": body})["network"]["id"]
        body = {
            "name": "backend-ipv4",
            "network_id": network,
            "project_id": project,
            "ip_version": 4,
            "cidr": "172.28.0.0/24",
        }
        return network, cloud.network.post("/subnets", {"subnet": body})["subnet"]["id"]

    there = site.behind(make_them)
    wanted = {"networks": {"backend": {"ipv4": "172.28.0.0/24"}}}
    assert site.run(wanted).steps == ()
    adopt = {Address("network", site.key, "backend"), Address("subnet", site.key, "backend-ipv4")}
    site.run(wanted, Options(adopt=frozenset(adopt)))
    assert site.pending() == []
    assert (site.live("network", "backend").id, site.live("subnet", "backend-ipv4").id) == there
    assert site.live("network", "backend").spec.description == "Older than us"
