from __future__ import annotations

import pytest
from answers import Answers, cloud, with_tenant
from written import written

from provision.errors import Forbidden
from provision.model.address import Address
from provision.resources.key_quota import KeyQuota, KeyQuotaSpec

GONE = {"state": "retired", "retirement": {"reason": "over", "date": "2026-11-01"}}
FOLLOWING = dict.fromkeys(("secrets", "orders", "containers", "consumers", "cas"))


def wanted(tree):
    return tuple(KeyQuota().desire(written("acme", tree)))


def said(number):
    return {"project_id": f"p{number}", "project_quotas": {**FOLLOWING, "secrets": number}}


def barbican(rows, *, page=100):
    """Key quotas of these rows, no page longer than `page`; each project can be asked for by itself too."""

    def listed(limit, offset=0):
        return {"project_quotas": rows[offset : offset + min(limit, page)], "total": len(rows)}

    alone = {
        f"/project-quotas/{row['project_id']}": {"project_quotas": row["project_quotas"]} for row in rows
    }
    answers = Answers(**{"/project-quotas": listed, **alone})
    return cloud(**{"key-manager": answers}), answers


def tenants(made, numbers):
    for number in numbers:
        made.ids.record(Address("project", f"t{number}", f"t{number}"), f"p{number}")
    return frozenset(f"t{number}" for number in numbers)


def test_the_four_words():
    (want,) = wanted({"keys": {"quota": {"secrets": 500, "orders": "unlimited", "cas": "default"}}})
    assert want.spec == KeyQuotaSpec(secrets=500, orders=-1, cas="default")
    assert want.where("orders").line == want.where("secrets").line + 1


@pytest.mark.parametrize("tree", [{}, {"keys": {"acl": "private"}}, {**GONE, "keys": {"acl": "private"}}])
def test_who_asks_for_none_needs_no_key_manager(tree):
    assert wanted(tree) == ()
    assert not KeyQuota().concerns(written("acme", tree))


def test_a_retired_tenants_is_put_back():
    (want,) = wanted({**GONE, "keys": {"quota": {"secrets": 3}}})
    assert want.retired.reason == "over"
    assert want.spec == KeyQuotaSpec()


@pytest.mark.parametrize("page", [100, 7])
def test_every_page_is_read_however_short(page):
    made, answers = barbican([said(number) for number in range(150)], page=page)
    keys = tenants(made, range(0, 160, 2))
    found = {live.address.tenant: live.spec.secrets for live in KeyQuota().observe(made, keys)}
    assert found == {f"t{number}": number if number < 150 else "default" for number in range(0, 160, 2)}
    assert len(answers.sent) == -(-150 // page)


def test_a_few_projects_of_many_are_asked_for_by_themselves():
    made, answers = barbican([said(number) for number in range(1000)])
    found = {
        live.address.tenant: live.spec.secrets for live in KeyQuota().observe(made, tenants(made, (3, 2000)))
    }
    assert found == {"t3": 3, "t2000": "default"}
    assert len(answers.sent) == 3


def test_below_nought_is_unlimited_and_nothing_is_the_services_own():
    made, _ = barbican([{"project_id": "p1", "project_quotas": {**FOLLOWING, "secrets": -7}}])
    (live,) = KeyQuota().observe(made, tenants(made, (1,)))
    assert live.spec == KeyQuotaSpec(-1, "default", "default", "default", "default")


def test_without_a_project_nothing_is_asked():
    made, answers = barbican([])
    assert list(KeyQuota().observe(made, frozenset({"acme"}))) == []
    assert KeyQuota().look(made, Address("key_quota", "acme", "keys")) == ()
    assert answers.sent == []


def test_nothing_to_say_is_not_said():
    (want,) = wanted({"keys": {"quota": {"secrets": "unmanaged", "orders": "default"}}})
    KeyQuota().create(with_tenant(cloud()), want)  # has no service that could be asked


def test_a_refusal_names_the_role_that_some_clouds_ask_for():
    def refuse(**_):
        raise Forbidden("no", status=403)

    made = with_tenant(cloud(**{"key-manager": Answers(**{"/project-quotas": refuse})}))
    with pytest.raises(Forbidden) as refused:
        list(KeyQuota().observe(made, frozenset({"acme"})))
    assert "key-manager:service-admin" in refused.value.render("fr")
