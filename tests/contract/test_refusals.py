"""What the services refuse, what others changed, and what we leave as it is: on the real services."""

from __future__ import annotations

import secrets

import contract_cases
import pytest
import requests
from contract_bench import Bench, actions, fields, refuses

from provision.errors import CloudError, Conflict
from provision.kind import kinds
from provision.model.plan import Action
from provision.plan.make import make

pytestmark = pytest.mark.sandbox
CASES = contract_cases.load()
NETWORK = {
    "service": "network",
    "path": "/networks",
    "body": {"network": {"name": "theirs", "project_id": "{project}"}},
    "undo": "/networks/{id}",
}


@pytest.fixture
def bench_of(cloud):
    made = []

    def of(kind):
        made.append(Bench(cloud, CASES[kind], f"ct-{secrets.token_hex(3)}-{kind.replace('_', '-')}"))
        return made[-1]

    yield of
    for bench in made:
        bench.clean()


def test_a_quota_below_what_is_used_is_refused_and_says_what_to_do(bench_of):
    bench = bench_of("network_quota")
    bench.bring({"quotas": {"network": {"networks": 3}}})
    bench.call(NETWORK)
    before = bench.look()
    refused = refuses(lambda: bench.bring({"quotas": {"network": {"networks": 0}}}), CloudError)
    assert refused.status == 400
    assert "at least what the tenant uses" in refused.render("en")
    assert bench.look() == before


def test_a_project_is_not_deleted_over_what_it_holds(bench_of):
    bench = bench_of("project")
    bench.bring({})
    bench.call(NETWORK)
    bench.call(
        {
            "service": "object-store",
            "account": "{project}",
            "method": "PUT",
            "path": "/theirs",
            "undo": "/theirs",
        }
    )
    refused = refuses(lambda: bench.kind.delete(bench.cloud, bench.ours()), Conflict)
    assert "networks, containers" in refused.render("fr")
    assert bench.ours()


def test_a_domain_is_not_deleted_over_a_project(bench_of):
    bench = bench_of("domain")
    bench.bring(bench.cases.get("minimal"))
    domain = bench.ours()
    body = {"project": {"name": "theirs", "domain_id": domain.id}}
    bench.call({"service": "identity", "path": "/projects", "body": body, "undo": "/projects/{id}"})
    refused = refuses(lambda: bench.kind.delete(bench.cloud, domain), Conflict)
    assert "theirs" in refused.render("fr")
    assert bench.ours() == domain


def test_a_container_is_not_deleted_over_objects_and_anybody_may_read_a_public_one(bench_of):
    bench = bench_of("container")
    bench.bring({"object": {"containers": {"datasets": {"read": "public", "cors": "*"}}}})
    project = bench.cloud.ids.project(bench.key)
    bench.cloud.account(project).send("PUT", "/datasets/table.csv", body={"a": 1})
    try:
        refused = refuses(lambda: bench.kind.delete(bench.cloud, bench.ours()), Conflict)
        assert "objects" in refused.render("en")
        url = f"{bench.cloud.account(project).endpoint}/datasets/table.csv"
        answer = requests.get(url, headers={"Origin": "https://a.example"}, timeout=10)
        assert answer.json() == {"a": 1}
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        bench.bring({"object": {"containers": {"datasets": {}}}})
        assert requests.get(url, timeout=10).status_code == 401
    finally:
        bench.cloud.account(project).delete("/datasets/table.csv")


@pytest.mark.parametrize("kind", ["project", "domain"])
def test_what_somebody_disabled_is_enabled_again(bench_of, kind):
    bench = bench_of(kind)
    _, want = bench.bring(bench.cases.get("minimal"))
    bench.cloud.identity.patch(f"/{kind}s/{bench.ours().id}", {kind: {"enabled": False}})
    plan = bench.plan(want)
    assert (actions(plan, bench.address), fields(plan, bench.address)) == ([Action.UPDATE], {"enabled"})
    bench.apply(plan)
    assert bench.ours().spec.enabled


def test_a_project_whose_description_was_rewritten_is_still_ours(bench_of):
    bench = bench_of("project")
    _, want = bench.bring({"title": "Acme"})
    bench.cloud.identity.patch(f"/projects/{bench.ours().id}", {"project": {"description": "Somebody's"}})
    plan = bench.plan(want)
    assert fields(plan, bench.address) == {"description"}
    bench.apply(plan)
    assert bench.ours().raw["description"] == f"Acme {bench.cloud.owner.marker(bench.address)}"


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [("project", {"tags": ["theirs"]}), ("container", {"x-container-meta-theirs": "kept"})],
)
def test_adopting_leaves_what_others_wrote(bench_of, kind, theirs):
    bench = bench_of(kind)
    want = bench.wanted(bench.cases.get("minimal"))
    for call in bench.cases.get("foreign"):
        bench.call(call)
    bench.adopt(want)
    found = {name.lower(): value for name, value in bench.ours().raw.items()}
    for name, value in theirs.items():
        assert set(value) <= set(found[name])


def test_exact_takes_back_access_to_other_volume_types(bench_of):
    bench = bench_of("volume_type_access")
    bench.bring({"storage": {"volume": {"types": ["standard", "luks"]}}})
    plan, _ = bench.bring({"storage": {"volume": {"types": ["standard"], "access": "exact"}}})
    assert actions(plan, bench.address) == [Action.DELETE]
    assert bench.look() == ()


def shared_by_hand(bench):
    body = {"object_type": "network", "action": "access_as_shared", "target_tenant": "*"}
    body |= {"object_id": "{network/backend}"}
    call = {"service": "network", "path": "/rbac-policies", "body": {"rbac_policy": body}}
    bench.call({**call, "undo": "/rbac-policies/{id}"})


def test_exact_withdraws_a_share_that_somebody_made_by_hand(bench_of):
    bench = bench_of("rbac_policy")
    want = bench.wanted({"network": {"rbac": "exact"}, "networks": {"backend": {}}})
    assert bench.plan(want).changes == ()
    shared_by_hand(bench)
    plan = bench.plan(want)
    assert actions(plan, bench.address) == [Action.DELETE]
    bench.apply(plan)
    assert bench.look() == ()


def test_a_share_that_no_document_speaks_of_is_shown_and_left(bench_of):
    bench = bench_of("rbac_policy")
    bench.wanted({"networks": {"backend": {"shared_with": []}}})
    shared_by_hand(bench)
    (have,) = bench.observe()
    plan = make(kinds(), [], [have], cloud=bench.cloud.name, tenants=[bench.key])
    assert actions(plan, bench.address) == [Action.LEAVE]
    assert plan.steps == ()


def test_a_share_goes_on_while_the_other_tenant_has_a_port_there(bench_of):
    bench = bench_of("rbac_policy")
    bench.bring({"networks": {"backend": {"shared_with": ["*"]}}})
    theirs = {"name": "theirs", "network_id": "{network/backend}", "project_id": bench.cloud.project}
    bench.call({"service": "network", "path": "/ports", "body": {"port": theirs}, "undo": "/ports/{id}"})
    refused = refuses(lambda: bench.kind.delete(bench.cloud, bench.ours()), Conflict)
    assert "ports" in refused.render("en")
    assert bench.ours()


def test_a_limit_of_bandwidth_that_somebody_lifted_is_put_back(bench_of):
    bench = bench_of("qos_policy")
    _, want = bench.bring(bench.cases.get("full"))
    rules = f"/qos/policies/{bench.ours().id}/bandwidth_limit_rules"
    lifted, raised = (
        next(each["id"] for each in bench.ours().raw["rules"] if each["direction"] == direction)
        for direction in ("egress", "ingress")
    )
    bench.cloud.network.delete(f"{rules}/{lifted}")
    bench.cloud.network.put(f"{rules}/{raised}", {"bandwidth_limit_rule": {"max_kbps": 10**7}})
    plan = bench.plan(want)
    assert (actions(plan, bench.address), fields(plan, bench.address)) == (
        [Action.UPDATE],
        {"egress", "ingress"},
    )
    bench.apply(plan)
    assert (bench.ours().spec.egress, bench.ours().spec.ingress) == (100_000, 1_500_000)


def test_a_limit_stays_while_its_network_has_it(bench_of):
    bench = bench_of("network")
    bench.bring({"networks": {"backend": {"bandwidth": {"egress": "100 Mbit/s"}}}})
    policy = bench_of("qos_policy")
    policy.key = bench.key
    have = policy.ours()
    refused = refuses(lambda: policy.kind.delete(bench.cloud, have), Conflict)
    assert "take this policy off" in refused.render("en")
    assert policy.ours() == have


def test_a_log_that_somebody_switched_off_is_switched_on_again(bench_of):
    bench = bench_of("network_log")
    _, want = bench.bring(bench.cases.get("minimal"))
    bench.cloud.network.put(f"/log/logs/{bench.ours().id}", {"log": {"enabled": False}})
    plan = bench.plan(want)
    assert (actions(plan, bench.address), fields(plan, bench.address)) == ([Action.UPDATE], {"enabled"})
    bench.apply(plan)
    assert bench.ours().spec.enabled


def test_logging_that_is_written_off_takes_the_log_away(bench_of):
    bench = bench_of("network_log")
    bench.bring(bench.cases.get("minimal"))
    plan, _ = bench.bring({"network": {"logging": False}})
    assert actions(plan, bench.address) == [Action.DELETE]
    assert bench.look() == ()
