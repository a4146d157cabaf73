"""A quota is what the service then refuses; taken away behind our back, it refuses no more, and the next plan says so."""

from __future__ import annotations

import secrets

import contract_cases
import pytest
from contract_bench import Bench, actions, fields

from provision.errors import Conflict, QuotaExceeded
from provision.model.plan import Action

pytestmark = pytest.mark.sandbox
CASES = contract_cases.load()


def zone(number):
    return {
        "service": "dns",
        "path": "/zones",
        "headers": {"X-Auth-Sudo-Project-Id": "{project}"},
        "body": {"name": f"{{tenant}}-{number}.example.", "email": "hand@city.example"},
        "undo": "/zones/{id}?all_projects=true",
    }


def balancer(network):
    def numbered(number):
        body = {"name": f"by-hand-{number}", "project_id": "{project}", "vip_network_id": network}
        return {
            "service": "load-balancer",
            "path": "/lbaas/loadbalancers",
            "body": {"loadbalancer": body},
            "undo": "/lbaas/loadbalancers/{id}",
        }

    return numbered


@pytest.fixture
def bench_of(cloud):
    made = []

    def of(kind):
        made.append(Bench(cloud, CASES[kind], f"ct-{secrets.token_hex(3)}-{kind.replace('_', '-')}"))
        return made[-1]

    yield of
    for bench in made:
        bench.clean()


@pytest.mark.parametrize(
    ("kind", "asked", "field"),
    [
        ("dns_quota", {"quotas": {"dns": {"zones": 1}}}, "zones"),
        ("balancer_quota", {"quotas": {"load_balancer": {"load_balancers": 1}}}, "load_balancers"),
    ],
)
def test_a_limit_holds_until_somebody_takes_it_away_and_then_the_plan_says_so(
    bench_of, cloud, kind, asked, field
):
    bench = bench_of(kind)
    _, want = bench.bring(asked)
    another = zone if kind == "dns_quota" else balancer(cloud.shared.external_networks()[0]["id"])
    bench.call(another(1))
    with pytest.raises(QuotaExceeded):
        bench.call(another(2))
    bench.kind.delete(bench.cloud, bench.ours())
    bench.call(another(2))
    plan = bench.plan(want)
    assert actions(plan, bench.address) == [Action.UPDATE]
    assert fields(plan, bench.address) == {field}


def test_a_zone_that_somebody_changed_is_seen_and_put_right(bench_of):
    bench = bench_of("dns_zone")
    _, want = bench.bring(bench.cases.get("full"))
    path = f"/zones/{bench.ours().id}?all_projects=true"
    bench.cloud.api("dns").patch(path, {"email": "somebody@elsewhere.example", "ttl": 60})
    plan = bench.plan(want)
    assert fields(plan, bench.address) == {"email", "ttl"}
    bench.apply(plan)
    assert bench.plan(want).changes == ()


def test_a_name_that_another_project_has_is_refused_with_what_to_do(bench_of):
    bench = bench_of("dns_zone")
    want = bench.wanted(bench.cases.get("minimal"))
    theirs = zone(1)
    theirs["headers"] = {}
    theirs["body"] = {**theirs["body"], "name": "{tenant}.example."}
    bench.call(theirs)
    assert bench.look() == ()
    with pytest.raises(Conflict) as refused:
        bench.kind.create(bench.cloud, want)
    assert "in another project" in refused.value.render("en")
