"""The judge is judged: it sees what stands twice, what was touched, and what is as it was."""

from __future__ import annotations

import pytest

MARKED = "[provision:network/acme/backend g:0123abcd]"


def network(simulator, name, description="", **fields):
    body = {"network": {"name": name, "description": description, **fields}}
    return simulator.call("network", "POST", "/v2.0/networks", body).json()["network"]["id"]


def test_two_rows_with_one_marker_are_a_duplicate(simulator):
    ids = sorted(network(simulator, name, f"text {MARKED}") for name in ("backend", "renamed"))
    (found,) = simulator.verdict()["duplicated"]
    assert found == {"kind": "network", "marker": "network/acme/backend", "ids": ids}


def test_two_rows_of_one_name_are_a_duplicate_where_names_are_meant_to_be_one(simulator):
    ids = sorted(network(simulator, "backend") for _ in range(2))
    (found,) = simulator.verdict()["duplicated"]
    assert found["ids"] == ids
    simulator.call("network", "DELETE", f"/v2.0/networks/{ids[0]}")
    assert simulator.verdict()["duplicated"] == []


def test_two_of_one_name_are_no_duplicate_in_two_projects_or_when_one_is_not_ours(simulator):
    body = {"project": {"name": "other", "domain_id": "default"}}
    other = simulator.call("identity", "POST", "/v3/projects", body).json()["project"]["id"]
    network(simulator, "backend")
    network(simulator, "backend", project_id=other)
    simulator.foreign(ids=[network(simulator, "backend")])
    assert simulator.verdict()["duplicated"] == []


@pytest.mark.parametrize(
    ("method", "what"),
    [("PUT", "update"), ("DELETE", "delete")],
)
def test_what_is_not_ours_is_not_to_be_touched(simulator, method, what):
    theirs, ours = network(simulator, "theirs"), network(simulator, "ours")
    simulator.foreign(ids=[theirs])
    body = {"network": {"mtu": 1300}} if method == "PUT" else None
    simulator.call("network", method, f"/v2.0/networks/{ours}", body)
    assert simulator.verdict()["foreign_touched"] == []
    simulator.call("network", method, f"/v2.0/networks/{theirs}", body)
    (found,) = simulator.verdict()["foreign_touched"]
    assert found == {"what": what, "kind": "network", "id": theirs, "name": "theirs", "by": "admin"}


def test_what_is_made_in_a_project_that_is_not_ours_is_touching_it(simulator):
    (project,) = simulator.foreign(projects=1)
    network(simulator, "backend", project_id=project)
    (found,) = simulator.verdict()["foreign_touched"]
    assert (found["what"], found["kind"]) == ("create", "network")


def test_rules_of_a_group_that_is_not_ours_are_part_of_it(simulator):
    body = {"security_group": {"name": "theirs"}}
    group = simulator.call("network", "POST", "/v2.0/security-groups", body).json()["security_group"]
    simulator.foreign(ids=[group["id"]])
    (rule, _) = group["security_group_rules"]
    simulator.call("network", "DELETE", f"/v2.0/security-group-rules/{rule['id']}")
    (found,) = simulator.verdict()["foreign_touched"]
    assert (found["what"], found["kind"]) == ("delete", "security_group_rule")


def test_seeding_is_no_commit_and_touches_nothing(simulator):
    simulator.foreign(projects=3, prefix="bank")
    verdict = simulator.verdict()
    assert verdict["live"]["project"] == 3 + 2
    assert (verdict["commits"], verdict["foreign_touched"], verdict["foreign"]) == ({}, [], 3)


def test_everything_is_counted(simulator):
    identifier = network(simulator, "a")
    simulator.call("network", "GET", f"/v2.0/networks/{identifier}")
    simulator.call("network", "DELETE", f"/v2.0/networks/{identifier}")
    simulator.call("network", "DELETE", f"/v2.0/networks/{identifier}")
    verdict = simulator.verdict()
    assert verdict["commits"] == {"network": {"create": 1, "delete": 1}}
    assert verdict["requests"] == {"POST": {"201": 2}, "GET": {"200": 1}, "DELETE": {"204": 1, "404": 1}}
    assert (verdict["tokens"], verdict["broken"]) == (1, [])
    assert [each["what"] for each in simulator.commits(kind="network")] == ["create", "delete"]
    simulator.forget()
    assert simulator.verdict()["commits"] == {}


def test_what_is_there_is_told_by_tenant_and_name(simulator):
    body = {"project": {"name": "acme", "description": "[provision:project/acme/acme g:0123abcd]"}}
    project = simulator.call("identity", "POST", "/v3/projects", body).json()["project"]["id"]
    network(simulator, "renamed", f"text {MARKED}", project_id=project)
    network(simulator, "plain", project_id=project)
    simulator.call("compute", "PUT", f"/v2.1/os-quota-sets/{project}", {"quota_set": {"cores": 1}})
    live = simulator.live()
    assert live["project"] == [["", "admin"], ["", "service"], ["acme", "acme"]]
    assert live["network"] == [["", "public"], ["acme", "backend"], ["acme", "plain"]]
    assert live["compute_quota"] == [["acme", "compute"]]


def test_a_snapshot_is_the_state_and_not_the_time(simulator):
    identifier = network(simulator, "a", mtu=1400)
    simulator.snapshot()
    added = network(simulator, "b")
    for mtu in (1300, 1400):
        simulator.call("network", "PUT", f"/v2.0/networks/{identifier}", {"network": {"mtu": mtu}})
    assert simulator.diff() == {"network": {"added": [added]}}
    simulator.call("network", "DELETE", f"/v2.0/networks/{added}")
    assert simulator.diff() == {}


@pytest.mark.parametrize(
    ("service", "method", "path", "body", "kind"),
    [
        ("network", "PUT", "/v2.0/networks/{network}", {"network": {"mtu": 1300}}, "network"),
        ("network", "DELETE", "/v2.0/networks/{network}", None, "network"),
        ("network", "DELETE", "/v2.0/security-group-rules/{rule}", None, "security_group"),
        ("network", "PUT", "/v2.0/quotas/{project}", {"quota": {"port": 3}}, "network_quota"),
        ("compute", "PUT", "/v2.1/os-quota-sets/{project}", {"quota_set": {"cores": 3}}, "compute_quota"),
        ("object-store", "PUT", "/v1/AUTH_{project}/c", None, "container"),
        (
            "compute",
            "POST",
            "/v2.1/flavors/{flavor}/action",
            {"addTenantAccess": {"tenant": "{project}"}},
            "flavor_access",
        ),
    ],
)
def test_every_sort_of_change_shows_in_the_diff(simulator, service, method, path, body, kind):
    made = {"network": network(simulator, "a"), "project": simulator._login[1]}
    group = simulator.call("network", "GET", "/v2.0/security-groups").json()["security_groups"][0]
    made["rule"] = group["security_group_rules"][0]["id"]
    flavors = simulator.call("compute", "GET", "/v2.1/flavors/detail?is_public=None").json()["flavors"]
    made["flavor"] = next(each["id"] for each in flavors if each["name"] == "std.small")
    simulator.snapshot()
    text = path.format(**made)
    said = {"addTenantAccess": {"tenant": made["project"]}} if "addTenantAccess" in (body or {}) else body
    assert simulator.call(service, method, text, said).ok
    assert list(simulator.diff()) == [kind]
