"""F11: a saved plan after drift. F12: answers that hold us up or say nothing, a full disk, SIGTERM. F14: quotas ignored."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from provision.apply.perform import ATTEMPTS

pytestmark = pytest.mark.slow

COMMAND = Path(sys.executable).parent / "provision"
CREATING = (
    "v3/groups",
    "v2.0/networks",
    "v2.0/subnets",
    "v2.0/routers",
    "v2.0/security-groups",
    "v2.0/security-group-rules",
)
QUICK = 0.3  # seconds of window instead of 5: this cloud shows at once what was written


def test_a_saved_plan_is_refused_after_drift_and_names_it(ground):
    estate = ground()
    estate.tenant("acme")
    estate.apply()
    estate.tenant("acme", more="quotas: {compute: {instances: 12}}\n")
    saved = estate.folder / "plan.json"
    estate.run("plan", "--out", saved, expect=2)
    (network,) = _of(estate, "networks", "backend")
    assert estate.simulator.call(
        "network", "PUT", f"/v2.0/networks/{network['id']}", {"network": {"name": "moved"}}
    ).ok
    estate.simulator.forget()
    refused = estate.run("apply", "--plan", saved, expect=3)
    assert "network/acme/backend" in refused.err
    assert "acme/web" not in refused.err
    assert {each["name"] for each in estate.simulator.commits()} == {"provision.lease.faults"}


def test_a_retry_after_of_a_day_is_capped(ground, full, figure):
    estate = ground()
    estate.tenant("acme")
    estate.simulator.control(
        faults=[
            {"kind": "429", "methods": "POST", "paths": "/v2.0/networks", "nth": [1], "retry_after": 86400}
        ]
    )
    longest = 60.0 if full else 1.0
    run = estate.apply(longest=longest)
    assert longest <= run.seconds < 1.25 * longest + 30
    figure(
        f"Retry-After: 86400 held the run up for {run.seconds:.1f} s (cap {longest:.0f} s); {estate.settled()}"
    )


@pytest.mark.parametrize("kind", ["slow", "html", "truncated", "hang", "reset"])
def test_creates_whose_answers_say_nothing_are_found_or_made_once(ground, figure, kind):
    estate = ground(timeout=1.5)
    estate.tenants(2)
    every_third = list(
        range(1, 3 * ATTEMPTS - 3, 3)
    )  # of each kind of thing; one creation cannot meet them all
    estate.simulator.control(
        faults=[
            {"kind": kind, "methods": "POST", "paths": f"/{path}$", "nth": every_third, "hold": 6}
            for path in CREATING
        ]
    )
    run = estate.apply(window=QUICK)
    met = estate.simulator.verdict()["faults"]
    assert met[kind] >= len(CREATING)
    figure(f"{met[kind]} POSTs, {run.seconds:.1f} s; {estate.settled()}")


@pytest.mark.parametrize("kind", ["slow", "hang", "reset"])
def test_reads_that_do_not_end_are_asked_again(ground, kind):
    estate = ground(timeout=1.5)
    estate.tenant("acme")
    estate.simulator.control(
        faults=[{"kind": kind, "methods": "GET", "nth": list(range(5, 60, 9)), "hold": 6}]
    )
    estate.apply(window=QUICK)
    estate.settled()


@pytest.mark.parametrize("kind", ["html", "truncated"])
def test_a_read_that_says_nothing_is_an_error_with_its_place(ground, kind):
    estate = ground()
    estate.tenant("acme")
    estate.simulator.control(
        faults=[{"kind": kind, "methods": "GET", "paths": "/v3/projects", "fraction": 1.0}]
    )
    run = estate.apply(expect=1)
    assert "/identity/v3/projects" in run.err and "not JSON" in run.err
    assert estate.simulator.commits() == []
    estate.quiet()
    estate.apply()
    estate.settled()


@pytest.mark.parametrize("room", [40_000, 120_000])
def test_a_full_disk_is_said_and_the_next_run_resumes(ground, room):
    estate = ground()
    estate.tenants(30)
    run = estate.apply(expect=1, largest=room)
    assert "journal" in run.err and "→" in run.err, run.err
    estate.apply(window=QUICK)
    estate.settled()


@pytest.mark.parametrize(
    "knobs",
    [
        {"latency": {"*": 0.2}},
        {
            "latency": {"*": 0.05},
            "faults": [{"kind": "429", "fraction": 0.3, "retry_after": 45, "methods": "POST"}],
        },
    ],
    ids=["slow", "pushed back"],
)
def test_sigterm_ends_an_apply_within_ten_seconds_and_the_journal_is_whole(ground, figure, knobs):
    estate = ground()
    estate.tenants(20)
    estate.simulator.control(**knobs)
    running = subprocess.Popen(
        [COMMAND, "apply", "--yes", "--estate", estate.folder],
        env=estate.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with running:
        try:
            _wait_for_a_create(estate)
            asked = time.monotonic()
            running.send_signal(signal.SIGTERM)
            out, err = running.communicate(timeout=60)
            took = time.monotonic() - asked
        finally:
            running.kill()
    assert running.returncode == 1 and "Traceback" not in err and "defect" not in err, out + err
    assert took < 10
    with closing(sqlite3.connect(estate.journal)) as journal:
        assert journal.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        opened = journal.execute(
            "SELECT address FROM operation WHERE status IS NULL AND error IS NULL"
        ).fetchall()
        ended = journal.execute("SELECT COUNT(*) FROM run WHERE ended IS NULL").fetchone()
    assert opened == [] and ended == (0,)
    estate.quiet()
    estate.apply(window=QUICK)
    figure(f"SIGTERM to exit: {took:.1f} s; {estate.settled()}")


def test_a_quota_that_unified_limits_ignore_is_not_reported_as_applied(ground):
    estate = ground(unified_limits=True)
    estate.tenant("acme")
    run = estate.run("apply", "--yes", "--format", "json", expect=1)
    (failed,) = [each for each in run.json()["outcomes"] if each["status"] == "FAILED"]
    assert failed["address"].startswith("compute_quota/acme/")
    assert "unified limits" in failed["error"]["do"]
    again = estate.run("plan", "--format", "json", expect=2).json()
    assert [each["address"] for each in again["changes"]] == [failed["address"]]


def _of(estate, collection, name):
    found = estate.simulator.call("network", "GET", f"/v2.0/{collection}?name={name}").json()[collection]
    return [each for each in found if each["description"] != "somebody else's"]


def _wait_for_a_create(estate):
    until = time.monotonic() + 60
    while "group" not in estate.simulator.verdict()["commits"]:
        assert time.monotonic() < until
        time.sleep(0.05)
