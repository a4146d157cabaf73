"""What the services refuse, what others changed, and what we leave as it is: on the real services."""

from __future__ import annotations

import secrets
import time
from contextlib import closing, contextmanager

import contract_cases
import pytest
import requests
from contract_bench import Bench, actions, fields, refuses

from provision.cloud.connect import reconnect
from provision.errors import CloudError, Conflict
from provision.kind import Unmet, kinds
from provision.model.plan import Action
from provision.plan.decide import Options
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


PRIVATE = {
    "network": {
        "scopes": {"inside": {"family": "ipv4"}},
        "pools": {"private": {"prefixes": ["172.16.0.0/16"], "prefix_length": 24, "scope": "inside"}},
    },
    "networks": {"backend": {"ipv4": {"pool": "private"}}},
}


def test_two_tenants_have_the_same_addresses_each_in_a_scope_of_its_own(bench_of):
    benches = [bench_of("subnet") for _ in range(2)]
    for number, bench in enumerate(benches):
        bench.key = f"{bench.key}-{number}"
        bench.bring(PRIVATE)
    ours, theirs = (bench.ours() for bench in benches)
    assert ours.spec.cidr == theirs.spec.cidr == "172.16.0.0/24"
    assert ours.raw["subnetpool_id"] != theirs.raw["subnetpool_id"]


def test_a_pool_stays_while_subnets_are_of_it_and_a_scope_while_pools_are(bench_of):
    bench = bench_of("subnet")
    bench.bring(PRIVATE)
    for kind, words in (("subnet_pool", "remove the subnets"), ("address_scope", "delete the subnet pools")):
        of = bench_of(kind)
        of.key = bench.key
        (have,) = (each for each in of.kind.observe(of.cloud, frozenset({of.key})) if each.owned)
        refused = refuses(lambda of=of, have=have: of.kind.delete(of.cloud, have), CloudError)
        assert words in refused.render("en")


def test_neutron_itself_takes_no_prefix_away_from_a_pool(bench_of):
    """Why it is said before the first write: what is there would stay, and the plan would never be empty."""
    bench = bench_of("subnet_pool")
    bench.bring({"network": {"pools": {"private": {"prefixes": ["172.16.0.0/16", "172.18.0.0/16"]}}}})
    want, have = (
        bench.wanted({"network": {"pools": {"private": {"prefixes": ["172.16.0.0/16"]}}}}),
        bench.ours(),
    )
    assert bench.kind.contested(want, have)
    refused = refuses(lambda: bench.kind.settle(bench.cloud, want, have), Unmet)
    assert "would lose 172.18.0.0/16" in refused.render("en")
    assert refuses(lambda: bench.kind.update(bench.cloud, have, want), CloudError).status == 400
    assert bench.ours() == have


def test_a_scope_that_somebody_renamed_is_ours_no_more_and_one_with_its_marker_is(bench_of):
    bench = bench_of("address_scope")
    _, want = bench.bring(bench.cases.get("minimal"))
    path, marked = f"/address-scopes/{bench.ours().id}", bench.ours().raw["name"]
    bench.cloud.network.put(path, {"address_scope": {"name": marked.replace("private", "other", 1)}})
    plan = bench.plan(want)
    assert (actions(plan, bench.address), fields(plan, bench.address)) == ([Action.UPDATE], {"name"})
    bench.apply(plan)
    assert bench.ours().raw["name"] == marked
    bench.cloud.network.put(path, {"address_scope": {"name": "private"}})
    assert actions(bench.plan(want), bench.address) == [Action.LEAVE]
    assert bench.plan(want).steps == ()
    bench.adopt(want)
    assert bench.ours().raw["name"] == marked


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


def test_a_group_that_the_tenant_made_itself_is_left_and_cannot_be_adopted(bench_of):
    """Nova renames no group, and a name is all that could tell that one is ours."""
    bench = bench_of("server_group")
    want = bench.wanted(bench.cases.get("full"))
    with insider(bench) as inside:
        body = {"server_group": {"name": "frontends", "policy": "anti-affinity"}}
        theirs = inside.compute.post("/os-server-groups", body)["server_group"]["id"]
        plan = bench.plan(want)
        assert actions(plan, bench.address) == [Action.LEAVE]
        adopting = bench.plan(want, Options(adopt=frozenset({bench.address})))
        (change,) = adopting.changes
        assert (change.action, adopting.steps) == (Action.ADOPT, ())
        assert "cannot be adopted: name" in change.blocked.render("en")
        inside.compute.delete(f"/os-server-groups/{theirs}")


def test_a_group_that_somebody_made_anew_otherwise_is_seen_and_not_replaced_unasked(bench_of):
    bench = bench_of("server_group")
    _, want = bench.bring(bench.cases.get("full"))
    name = bench.ours().spec.name
    with insider(bench) as inside:
        inside.compute.delete(f"/os-server-groups/{bench.ours().id}")
        inside.compute.post("/os-server-groups", {"server_group": {"name": name, "policy": "affinity"}})
    plan = bench.plan(want)
    assert actions(plan, bench.address) == [Action.REPLACE]
    assert fields(plan, bench.address) == {"policy", "max_server_per_host"}
    assert plan.steps == ()


@contextmanager
def insider(bench):
    """Somebody who works in the project of a bench's tenant."""
    cloud, project = bench.cloud, bench.cloud.ids.project(bench.key)
    password = secrets.token_urlsafe(12)
    body = {"name": bench.key, "domain_id": cloud.shared.domains()["Default"], "password": password}
    user = cloud.identity.post("/users", {"user": body})["user"]["id"]
    try:
        cloud.identity.put(f"/projects/{project}/users/{user}/roles/{cloud.shared.roles()['admin']}")
        with closing(reconnect(cloud, user=user, password=password, project=project)) as inside:
            yield inside
    finally:
        cloud.identity.delete(f"/users/{user}")


@contextmanager
def one_network(bench):
    bench.call(NETWORK)
    yield


@contextmanager
def one_server_group(bench):
    with insider(bench) as inside:
        groups = inside.compute.at(microversion="2.64")
        body = {"server_group": {"name": "used", "policy": "anti-affinity"}}
        made = groups.post("/os-server-groups", body)["server_group"]["id"]
        yield
        groups.delete(f"/os-server-groups/{made}")


@contextmanager
def one_volume(bench):
    with insider(bench) as inside:
        made = inside.volume.post("/volumes", {"volume": {"size": 1, "volume_type": "standard"}})["volume"][
            "id"
        ]
        yield
        until(lambda: inside.volume.get(f"/volumes/{made}")["volume"]["status"] != "creating")
        inside.volume.delete(f"/volumes/{made}")
        until(lambda: not inside.volume.get("/volumes")["volumes"])


def until(done):
    for _ in range(150):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError(done)


USED = {
    "network_quota": ("networks", one_network),
    "compute_quota": ("server_groups", one_server_group),
    "volume_quota": ("volumes", one_volume),
}


def lowered(bench, policy):
    """Settle a quota of nought where one thing is used."""
    field, _ = USED[bench.cases.kind]
    service = bench.cases.kind.removesuffix("_quota")
    want = bench.wanted({"quotas": {service: {field: 0}, **({"below_usage": policy} if policy else {})}})
    have = bench.ours()
    return bench.kind.settle(bench.cloud, want, have) if bench.kind.contested(want, have) else want


@pytest.fixture
def users(request):
    """Skip on the simulator what needs things to be used there."""
    if request.config.getoption("--cloud") == "simulator":
        pytest.skip("the simulator counts no use of volumes and server groups")


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize("kind", USED)
def test_a_quota_below_what_is_used_is_what_the_documents_say_of_it(bench_of, kind):
    bench, (field, used) = bench_of(kind), USED[kind]
    service = kind.removesuffix("_quota")
    bench.bring({"quotas": {service: {field: 3}}})
    with used(bench):
        for policy in (None, "refuse"):
            refused = refuses(lambda said=policy: lowered(bench, said), Unmet)
            assert "asked 0, used 1" in refused.render("en")
            assert "quotas.below_usage: clamp" in refused.do.render("fr")
        clamped = lowered(bench, "clamp")
        assert getattr(clamped.spec, field) == 1
        bench.apply(bench.plan(clamped))
        again = lowered(bench, "clamp")
        assert bench.plan(again).changes == ()
        assert again.note.render("en").startswith("held at what is used (quotas.below_usage: clamp)")
        if kind == "volume_quota":
            refused = refuses(lambda: lowered(bench, "force"), Unmet)
            assert "cannot be forced" in refused.do.render("en")
        else:
            forced = lowered(bench, "force")
            bench.apply(bench.plan(forced))
            assert getattr(bench.ours().spec, field) == 0
            assert forced.note.render("fr").startswith("forcé sous ce qui est utilisé")
            assert bench.plan(lowered(bench, "refuse")).changes == ()


@pytest.mark.usefixtures("users")
def test_cinder_itself_takes_a_first_quota_below_what_is_used(bench_of):
    """Why what is used is asked before the first write: the service does not refuse."""
    bench = bench_of("volume_quota")
    want = bench.wanted({"quotas": {"volume": {"volumes": 0}}})
    with one_volume(bench):
        bench.apply(bench.plan(want))
        assert bench.ours().spec.volumes == 0


def test_who_was_let_onto_a_tenants_hosts_by_hand_is_shown_out(bench_of):
    bench = bench_of("host_aggregate")
    _, want = bench.bring(bench.cases.get("minimal"))
    action = {"set_metadata": {"metadata": {"filter_tenant_id_2": bench.cloud.project}}}
    bench.cloud.compute.post(f"/os-aggregates/{bench.ours().id}/action", action)
    plan = bench.plan(want)
    assert (actions(plan, bench.address), fields(plan, bench.address)) == ([Action.UPDATE], {"only"})
    bench.apply(plan)
    project = bench.cloud.ids.project(bench.key)
    assert {k: v for k, v in bench.ours().raw["metadata"].items() if k.startswith("filter")} == {
        "filter_tenant_id": project
    }


def test_dedicated_hosts_that_are_shared_again_are_given_back(bench_of):
    bench = bench_of("host_aggregate")
    bench.bring(bench.cases.get("minimal"))
    plan, _ = bench.bring({"hosts": {"isolation": "shared"}})
    assert actions(plan, bench.address) == [Action.DELETE]
    assert bench.look() == ()


def hosts_of_projects(cloud):
    """Return the hosts that any project has to itself: on one cloud, tests of other files may still hold theirs."""
    aggregates = cloud.compute.get("/os-aggregates")["aggregates"]
    held = (each["hosts"] for each in aggregates if is_id(each["metadata"].get("filter_tenant_id", "")))
    return {host for hosts in held for host in hosts}


def is_id(text):
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


def test_no_host_is_given_to_two_and_when_none_is_left_the_tenant_is_refused(bench_of, cloud):
    first, second = bench_of("host_aggregate"), bench_of("host_aggregate")
    count = len(set(first.cases.get("estate")["hosts"]["reserved"]) - hosts_of_projects(cloud)) - 1
    assert count > 0
    first.bring({"hosts": {"isolation": "dedicated", "count": count}})
    assert len(first.ours().spec.hosts) == count
    refused = refuses(lambda: second.wanted({"hosts": {"isolation": "dedicated", "count": 2}}), Unmet)
    assert "free: 1" in refused.render("en")
    assert "hosts.reserved" in refused.do.render("fr")
    taken = first.ours().spec.hosts[0]
    refuses(lambda: second.wanted({"hosts": {"isolation": "dedicated", "names": [taken]}}), Unmet)
    refused = refuses(
        lambda: second.wanted({"hosts": {"isolation": "dedicated", "names": ["nowhere"]}}), Unmet
    )
    assert "no compute host 'nowhere'" in refused.render("en")
