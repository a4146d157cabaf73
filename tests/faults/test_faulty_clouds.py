"""F3: a tenth of all calls fails. F4: tokens revoked under way. F5: ten thousand projects of others. F6: stale reads."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from provision.cloud.connect import connect

pytestmark = pytest.mark.slow

TIMEOUT = 2
TENTH = [
    {"kind": "reset", "fraction": 0.02},
    {"kind": "hang", "fraction": 0.02, "hold": TIMEOUT + 1},
    {"kind": "503", "fraction": 0.02},
    {"kind": "429", "fraction": 0.02, "retry_after": 1},
    {"kind": "504", "fraction": 0.02},
]
REVOCATIONS = 10
STEPS = 20
STALE = {"fraction": 0.5, "seconds": 3}


def test_a_tenth_of_all_calls_fails_and_one_apply_is_enough(ground, full, figure):
    """keystoneauth's own `connect_retries=3` makes 48 duplicates of 500 networks under lost answers alone."""
    for tenants in (10_000,) if full else (1000,):
        estate = ground(f"of{tenants}", timeout=TIMEOUT, faults=TENTH)
        estate.tenants(tenants)
        run = estate.apply("--workers", 32)
        requests = estate.simulator.verdict()["requests"]
        judged = estate.settled()
        met = {each["kind"]: sum(of.get(each["kind"], 0) for of in requests.values()) for each in TENTH}
        assert all(met.values()), met
        figure(f"{tenants} tenants, {run.seconds:.0f} s, faults met {met}; exit 0 at once; {judged}")


def test_tokens_revoked_under_fifty_workers_fail_nothing(ground, figure):
    estate = ground(latency={"*": 0.02})
    estate.tenants(60)
    running = estate.start("apply", "--yes", "--workers", 50, "--format", "json")
    before = estate.simulator.verdict()["tokens"]
    for number in range(1, REVOCATIONS + 1):
        estate.until_steps(number * 60 * STEPS // (REVOCATIONS + 2), running)
        assert running.running()
        estate.simulator.revoke()
    applied = running.wait(0).json()
    asked = estate.simulator.verdict()["tokens"] - before
    refused = sum(each.get("401", 0) for each in estate.simulator.verdict()["requests"].values())
    assert {each["status"] for each in applied["outcomes"]} == {"DONE"}
    assert refused >= REVOCATIONS and asked <= 2 * REVOCATIONS
    judged = estate.settled()
    figure(
        f"{REVOCATIONS} revocations, {refused} calls refused, 0 surfaced, {asked} tokens asked for; {judged}"
    )


def test_ten_thousand_projects_of_others_are_all_seen(ground, figure, monkeypatch):
    estate = ground(foreign=False)
    estate.simulator.foreign(projects=10_001)
    estate.tenants(20)
    estate.apply()
    page = estate.simulator.call("identity", "GET", "/v3/projects?limit=1000").json()["projects"]
    beyond = set(estate.keys) - {each["name"] for each in page}
    assert beyond, "some tenant's project must stand beyond the first page for this to prove anything"
    for name, value in estate.simulator.env.items():
        monkeypatch.setenv(name, value)
    with closing(connect(None, estate=estate.name)) as cloud:
        seen = {each["id"] for each in cloud.identity.list("/projects", "projects")}
    there = estate.simulator.verdict()["live"]["project"]
    assert len(seen) == there == 10_001 + len(estate.keys) + 2
    estate.simulator.forget()
    estate.apply()
    assert {each["name"] for each in estate.simulator.commits(kind="project")} == {
        f"provision.lease.{estate.name}"
    }
    judged = estate.settled()
    figure(
        f"{len(seen)} projects seen of {there}; {len(beyond)} tenants beyond the first page, 0 made again; {judged}"
    )


def test_stale_reads_make_nothing_twice(ground, figure):
    estate = ground()
    estate.tenants(40)
    time.sleep(STALE["seconds"])  # what the operator made is seen by everybody
    estate.simulator.control(stale=STALE)
    first = estate.apply("--workers", 32)
    again = estate.apply("--workers", 32)
    judged = estate.settled()
    figure(
        f"40 tenants, {STALE}; exit 0 in {first.seconds:.0f} s, and right after in {again.seconds:.0f} s; {judged}"
    )


def test_a_subnet_that_shows_before_its_network_is_not_to_be_replaced(ground):
    """A list of networks may be older than that of subnets, and a subnet stays where it was made (0185)."""
    estate = ground()
    estate.tenants(3)
    estate.apply()
    estate.simulator.control(stale={"fraction": 1, "seconds": 3600, "paths": "/networks[?].*project_id"})
    planned = estate.run("plan", "--format", "json", expect=2).json()
    assert {(each["action"], each["address"].partition("/")[0]) for each in planned["changes"]} == {
        ("CREATE", "network")
    }
    estate.settled()
