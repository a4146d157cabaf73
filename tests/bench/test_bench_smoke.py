from __future__ import annotations

import json
from contextlib import closing

import pytest
import yaml
from bench import client_script, contestants, inventory, playbook, recording, wanted
from bench.page import page
from bench.side_by_side import differences, waited

from provision.cloud.connect import connect

PLAN = {
    "changes": [
        {"action": "CREATE", "address": "project/acme/acme", "fields": [{"field": "name", "after": "acme"}]},
        {"action": "LEAVE", "address": "network/acme/other", "fields": []},
    ]
}


@pytest.fixture
def ground(sandbox, tmp_path):
    meeting = contestants.Ground(sandbox, tmp_path)
    yield meeting
    for document in (meeting.estate / "tenants").glob("*.yaml"):
        document.write_text(
            f"{document.read_text()}state: retired\nretirement: {{reason: end of the test, date: 2026-11-23}}\n"
        )
    meeting.provision("apply", "--yes")


@pytest.mark.sandbox
def test_the_floor_makes_what_provision_makes(ground):
    recorded = contestants.record(ground)
    calls = recording.distill(recorded)
    tenant = ground.tenant()
    cost = contestants.with_floor(calls)(ground, tenant)

    assert differences(ground, {"provision": recorded.tenant, "floor": tenant}) == {"floor": []}
    assert ground.provision("plan", tenant).output.startswith("Nothing to do")
    assert json.loads(cost.output)["requests"] == len(calls) + 1
    assert len(calls) < len(recorded.sent) == waited(recorded)["requests"]
    assert cost.server > 0
    assert cost.cpu > 0


@pytest.mark.sandbox
def test_an_inventory_sees_what_somebody_changed(ground):
    tenant = ground.tenant()
    wishes = ground.plan(tenant)
    contestants.with_provision(ground, tenant)
    with contestants.as_operator(ground), closing(connect(None, estate=ground.name)) as cloud:
        before = inventory.take(cloud, tenant, wishes)
        project = next(cloud.identity.list("/projects", "projects", name=tenant))["id"]
        group = next(
            cloud.network.list("/security-groups", "security_groups", project_id=project, name="web")
        )
        rule = group["security_group_rules"][0]
        with cloud.writing():
            cloud.network.delete(f"/security-group-rules/{rule['id']}")
            cloud.compute.put(f"/os-quota-sets/{project}", {"quota_set": {"cores": 7}})
        after = inventory.take(cloud, tenant, wishes)

    assert {line[:2] for line in before - after} == {("rule", "web"), ("quota", "cores")}
    assert after - before == {("quota", "cores", "7")}


@pytest.mark.sandbox
def test_rivals_are_asked_for_every_resource(ground):
    wishes = ground.plan(ground.tenant())
    for subnet in wishes["subnet"].values():
        subnet["pool"]["id"] = ground.pools[subnet["pool"]["name"]]
    tasks = playbook.play(wishes, "cinder")[0]["tasks"]
    script = client_script.script(wishes, "openstack", "cinder")

    rules = sum(len(group["rules"]) for group in wishes["security_group"].values())
    told = yaml.safe_dump(tasks)
    assert script.count("security group rule create") == told.count("ether_type") == rules
    for kind in ("network", "subnet", "router"):
        assert sum(f"openstack.cloud.{kind}" in task for task in tasks) == len(wishes[kind])
        assert script.count(f"openstack {kind} create") == len(wishes[kind])
    for name, value in wanted.quotas(wishes).items():
        assert any(task.get("openstack.cloud.quota", {}).get(name) == value for task in tasks)
        assert f"--{client_script.CALLED.get(name, name)} {value}" in script


def test_a_plan_of_a_fresh_tenant_only_creates():
    assert wanted.read(json.dumps(PLAN)) == {"project": {"acme": {"name": "acme"}}}
    PLAN["changes"][0]["action"] = "UPDATE"
    with pytest.raises(ValueError, match="UPDATE"):
        wanted.read(json.dumps(PLAN))


def test_the_page_is_what_the_results_say():
    figures = {"wall": 2.0, "cpu": 0.5, "server": 1.5, "peak": 60.0}
    inside = {"requests": 3, "seconds": 1.0, "waited": 0.9, "summed": 2.5}
    results = {
        "measured": {"scale": {"processor": "Z80", "cores": "2", "memory": "64 KiB", "system": "CP/M", "python": "3.11", "when": "today", "load": 0.1}},
        "versions": {"ansible": "12"},
        "one": {
            "runs": 3, "medians": {"floor": figures, "provision": {**figures, "wall": 2.5}}, "ratios": {"provision / floor": 1.25},
            "walls": {"floor": [2.0], "provision": [2.5]}, "requests": {"floor": inside}, "differences": {"floor": ["- quota cores 7"]},
        },
        "nothing": {"tenants": 20, "measured on": 3, "provision": figures, "ansible": figures, "ansible scaled": 13.3, "ratio": 6.7},
        "scale": [{"scale": {"tenants": 1000, "latency": 0.05, "workers": 32}, "apply": {**figures, "said": "ok"}, "plan": {**figures, "said": "nothing"}, "twice": 4}],
    }  # fmt: skip
    written = page(results)
    for said in (
        "Z80",
        "1.25 ×",
        "`- quota cores 7`",
        "scaled linearly to 20",
        "| 1,000 | apply | 50 ms |",
        "ansible 12",
        "found 4 things twice",
    ):
        assert said in written
