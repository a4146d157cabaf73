"""From two lines of YAML to a tenant, and what becomes of it."""

import json
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.sandbox

PROFILES = ["hautement-securise", "open-data", "startup", "collectivite"]


@pytest.mark.parametrize("profile", PROFILES)
def test_two_lines_make_a_tenant_and_a_second_plan_is_empty(desk, profile):
    desk.tenant(profile)
    planned = desk.json("plan", expect=2)
    assert {change["action"] for change in planned["changes"]} == {"CREATE"}
    applied = desk.json("apply", "--yes")
    assert {outcome["status"] for outcome in applied["outcomes"]} == {"DONE"}
    assert desk.json("plan")["changes"] == []


def test_a_fresh_tenant_costs_one_write_a_resource_and_one_put_a_quota_service(desk):
    desk.tenant("startup", "size: L\n")
    applied = desk.json("apply", "--yes")
    assert _quota(applied, "cores") == 2 * 20
    resources = len(applied["outcomes"])
    writes = {
        service: {m: n for m, n in methods.items() if m not in {"GET", "HEAD"}}
        for service, methods in applied["requests"].items()
    }
    assert writes["compute"].get("PUT") == 1
    assert writes["block-storage"].get("PUT", 0) <= 2  # the quota, and the project's default type
    total = sum(n for methods in writes.values() for n in methods.values())
    total -= 1 + 2  # the token; the lease, hung and taken down
    pieces = sum(_pieces(change) for change in applied["changes"])
    assert total <= resources + pieces


def _quota(applied, field):
    """Return a quota of compute that was written: what the service itself answered."""
    (change,) = (each for each in applied["changes"] if each["address"].startswith("compute_quota/"))
    return next(each["after"] for each in change["fields"] if each["field"] == field)


def _pieces(change):
    """A router's interfaces and a group's rules are resources of the service too."""
    fields = {each["field"]: each["after"] for each in change["fields"]}
    if change["address"].startswith("router/"):
        return len(fields.get("interfaces") or ())
    if change["address"].startswith("security_group/"):
        return 1 + 4  # one bulk POST of rules; a group is born with rules that may have to go
    return 0


def test_nothing_to_do_is_cheap(desk):
    for profile in ("hautement-securise", "open-data", "collectivite"):
        desk.tenant(profile)
    desk.provision("apply", "--yes")
    three = _total(desk.json("plan"))
    for profile in ("hautement-securise", "open-data", "collectivite"):
        desk.tenant(profile)
    desk.provision("apply", "--yes")
    six = _total(desk.json("plan"))
    assert three <= 64
    assert six <= 84


def _total(planned):
    return sum(times for methods in planned["requests"].values() for times in methods.values())


def test_what_a_stranger_changed_is_named_and_only_what_is_ours_is_put_right(desk):
    tenant = desk.tenant("startup")
    desk.provision("apply", "--yes")
    project = desk.openstack("project", "show", tenant, "-f", "value", "-c", "id")
    networks = json.loads(desk.openstack("network", "list", "--project", project, "-f", "json"))
    groups = json.loads(desk.openstack("security", "group", "list", "--project", project, "-f", "json"))
    default = next(group["ID"] for group in groups if group["Name"] == "default")
    other = next(group["ID"] for group in groups if group["Name"] != "default")
    rule = json.loads(desk.openstack("security", "group", "rule", "list", other, "-f", "json"))[0]["ID"]

    theirs = f"theirs-of-{tenant}"

    desk.openstack("quota", "set", "--cores", "99", project)
    desk.openstack("security", "group", "rule", "delete", rule)
    desk.openstack(
        "security",
        "group",
        "rule",
        "create",
        default,
        "--ethertype",
        "IPv6",
        "--protocol",
        "tcp",
        "--dst-port",
        "22",
        "--remote-ip",
        "::/0",
    )
    desk.openstack("network", "set", "--name", "renamed", networks[0]["ID"])
    desk.openstack("network", "create", "--project", project, theirs)

    planned = desk.json("plan", expect=2)
    pending = {
        change["address"].split("/")[0]: [f["field"] for f in change["fields"]]
        for change in planned["changes"]
        if change["action"] != "LEAVE"
    }
    addresses = {change["address"] for change in planned["changes"] if change["action"] == "UPDATE"}
    assert pending == {"compute_quota": ["cores"], "network": ["name"], "security_group": ["rules"]}
    assert len(addresses) == 4
    left = [change["address"] for change in planned["changes"] if change["action"] == "LEAVE"]
    assert f"network/{tenant}/{theirs}" in left
    assert all(f["origin"] for change in planned["changes"] for f in change["fields"])

    desk.provision("apply", "--yes")
    desk.provision("plan")
    assert theirs in desk.openstack("network", "list", "--project", project)
    desk.openstack("network", "delete", theirs)


def test_a_kept_plan_is_applied_as_reviewed_or_not_at_all(desk, tmp_path):
    tenant = desk.tenant("startup")
    kept = tmp_path / "plan.json"
    desk.provision("plan", "--out", str(kept), expect=2)
    desk.tenant("startup", "quotas: {compute: {cores: 2}}\n", key=tenant)
    refused = desk.provision("apply", "--plan", str(kept), "--yes", expect=3)
    assert f"compute_quota/{tenant}" in refused.stderr
    assert desk.json("plan", expect=2)["changes"], "nothing was written"
    desk.provision("plan", "--out", str(kept), expect=2)
    desk.provision("apply", "--plan", str(kept), "--yes")
    desk.provision("plan")


def test_a_stranger_of_the_same_name_is_left_until_adopted(desk):
    tenant = desk.tenant("startup")
    desk.openstack("project", "create", tenant)
    try:
        blocked = desk.json("plan", expect=2)
        assert (
            next(c for c in blocked["changes"] if c["address"] == f"project/{tenant}/{tenant}")["action"]
            == "LEAVE"
        )
        desk.provision("apply", "--yes", expect=3)
        desk.provision("apply", "--yes", "--adopt", f"project/{tenant}/{tenant}")
        desk.provision("plan")
    except BaseException:
        desk.openstack("project", "delete", tenant)
        raise


def test_what_cannot_change_is_replaced_only_when_named(desk):
    key = desk.tenant("startup", "networks: {extra: {ipv4: 10.200.0.0/24, router: none}}\n")
    desk.provision("apply", "--yes")
    desk.tenant("startup", "networks: {extra: {ipv4: 10.201.0.0/24, router: none}}\n", key=key)
    planned = desk.json("plan", expect=2)
    assert [(c["action"], c["address"]) for c in planned["changes"]] == [
        ("REPLACE", f"subnet/{key}/extra-ipv4")
    ]
    desk.provision("apply", "--yes", expect=3)
    desk.provision("apply", "--yes", "--replace", f"subnet/{key}/extra-ipv4")
    desk.provision("plan")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("external_network: nowhere", "nowhere"),
        ("pools: {ipv4: no-pool, ipv6: tenants-v6}", "no-pool"),
        ("flavors: {standard: [std.huge], secured: [sec.small]}", "std.huge"),
        ("volume_types: {standard: nothing, luks: luks}", "nothing"),
    ],
)
def test_what_the_cloud_lacks_is_named_before_any_write(desk, line, names):
    key = desk.tenant("startup")
    path = desk.estate / "estate.yaml"
    content = yaml.safe_load(path.read_text()) | yaml.safe_load(line)
    path.write_text(yaml.safe_dump(content))
    refused = desk.provision("plan", expect=3)
    assert names in refused.stdout + refused.stderr
    desk.provision("apply", "--yes", expect=3)
    assert key not in desk.openstack("project", "list")


def test_a_required_service_that_is_absent_stops_before_the_first_write(desk):
    key = desk.tenant("startup", "services: {required: [orchestration]}\n")
    refused = desk.provision("apply", "--yes", expect=3)
    assert "orchestration" in refused.stdout + refused.stderr
    assert key not in desk.openstack("project", "list")


def test_one_tenants_failure_does_not_stop_the_others_and_skips_name_the_cause(desk):
    good = desk.tenant("startup")
    bad = desk.tenant("startup", "quotas: {network: {security_group_rules: 1}}\n")
    applied = desk.json("apply", "--yes", expect=1)
    by_tenant = {}
    for outcome in applied["outcomes"]:
        by_tenant.setdefault(outcome["address"].split("/")[1], []).append(outcome)
    assert {outcome["status"] for outcome in by_tenant[good]} == {"DONE"}
    failed = [o for o in by_tenant[bad] if o["status"] == "FAILED"]
    skipped = [o for o in by_tenant[bad] if o["status"] == "SKIPPED"]
    assert failed
    assert failed[0]["request_ids"]
    assert skipped
    assert {o["because"] for o in skipped} <= {o["address"] for o in failed}
    desk.tenant("startup", key=bad)
    desk.provision("apply", "--yes")


def test_a_quota_below_usage_says_so(desk):
    key = desk.tenant("startup")
    desk.provision("apply", "--yes")
    desk.tenant("startup", "quotas: {network: {ports: 1}}\n", key=key)
    refused = desk.provision("apply", "--yes", expect=3)
    assert "asked 1, used" in refused.stdout + refused.stderr
    assert "quotas.below_usage" in refused.stdout + refused.stderr
    desk.tenant("startup", key=key)


def test_wrong_credentials_are_exit_5(desk, tmp_path):
    desk.tenant("startup")
    spoiled = tmp_path / "clouds.yaml"
    content = yaml.safe_load(Path(desk.environment["OS_CLIENT_CONFIG_FILE"]).read_text())
    content["clouds"]["sandbox"]["auth"]["password"] = "wrong-password"
    spoiled.write_text(yaml.safe_dump(content))
    right, desk.environment["OS_CLIENT_CONFIG_FILE"] = desk.environment["OS_CLIENT_CONFIG_FILE"], str(spoiled)
    refused = desk.provision("plan", expect=5)
    assert "wrong-password" not in refused.stdout + refused.stderr
    desk.environment["OS_CLIENT_CONFIG_FILE"] = right
