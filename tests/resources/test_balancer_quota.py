from __future__ import annotations

from answers import Answers, cloud, with_tenant

from provision.resources.balancer_quota import QUOTAS, BalancerQuota

DEFAULTS = dict.fromkeys((each.key for each in QUOTAS), -1)


def said(project, **limits):
    return {**dict.fromkeys(DEFAULTS), **limits, "project_id": project}


def observed(answers, tenants):
    made = cloud(shared={"quota_defaults": None}, **{"load-balancer": answers})
    made.shared.quota_defaults = lambda _service: DEFAULTS
    for tenant in tenants:
        with_tenant(made, tenant)
    return {live.address.tenant: live.spec for live in BalancerQuota().observe(made, frozenset(tenants))}


def test_one_list_tells_of_all_projects_and_null_is_the_default():
    listed = {"quotas": [said("acme-project", loadbalancer=2), said("theirs")], "quotas_links": []}
    answers = Answers(**{"/lbaas/quotas": listed})
    found = observed(answers, ["acme", "blue"])
    assert [(each.load_balancers, each.members) for each in found.values()] == [(2, -1), (-1, -1)]
    assert answers.sent == [("/lbaas/quotas", {})]


def test_what_a_cut_list_lacks_is_asked_for_by_itself():
    cut = {
        "quotas": [said("acme-project", loadbalancer=2)],
        "quotas_links": [{"rel": "next", "href": "marker=None"}],
    }
    alone = {"quota": said("blue-project", loadbalancer=5)}
    answers = Answers(**{"/lbaas/quotas": cut, "/lbaas/quotas/blue-project": alone})
    assert observed(answers, ["acme", "blue"])["blue"].load_balancers == 5
    assert [path for path, _ in answers.sent] == ["/lbaas/quotas", "/lbaas/quotas/blue-project"]
