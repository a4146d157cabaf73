"""F2: killed at random, again and again. F10: the journal lost on the way."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest

pytestmark = pytest.mark.slow

STEPS = 20  # of one tenant of the profile
WORKERS = 32
QUICK = 0.5  # seconds of window instead of 5: this cloud shows at once what was written


def test_killed_at_random_it_converges(ground, full, figure):
    tenants, kills = (1000, 200) if full else (60, 15)
    chance = random.Random(20261125)
    estate = ground()
    estate.tenants(tenants)
    most = (
        3 * tenants * STEPS // (2 * kills + 5)
    )  # three quarters of all steps, so that no run ends by itself
    killed = 0
    for number in range(kills):
        until = estate.steps() + chance.randint(1, most)
        running = estate.start("apply", "--yes", "--workers", WORKERS, window=QUICK)
        estate.until_steps(until, running)
        running.kill(group=number % 2 == 1)
        killed += running.wait().code == -9
    assert killed == kills, "every run must have been cut in the middle for this to prove anything"
    estate.apply("--workers", WORKERS, window=QUICK)
    judged = estate.settled()
    again = _twice(estate.simulator.commits(what="create"))
    assert again.total() <= kills * WORKERS
    figure(
        f"{tenants} tenants, {kills} kills at concurrency {WORKERS}; {judged}; creates sent again: {again.total()} {dict(again)}"
    )


@pytest.mark.parametrize("cut", [300, 600])
def test_with_its_journal_lost_on_the_way_it_finds_everything_by_its_markers(ground, figure, cut):
    estate = ground()
    estate.tenants(40)
    running = estate.start("apply", "--yes", "--workers", WORKERS)
    estate.until_steps(cut, running)
    running.kill()
    assert running.wait().code == -9
    time.sleep(0.5)  # what was under way arrives
    for path in estate.journal.parent.glob("journal.sqlite*"):
        path.unlink()
    there = estate.simulator.verdict()["live"]
    estate.simulator.forget()
    estate.apply("--workers", WORKERS)
    created = estate.simulator.verdict()["commits"]
    judged = estate.settled()
    live = estate.simulator.verdict()["live"]
    for kind in ("group", "network", "subnet", "router", "security_group", "role_assignment"):
        assert there.get(kind, 0) + created.get(kind, {}).get("create", 0) == live[kind], kind
    figure(f"{cut} steps begun, {sum(there.values())} things there; {judged}; 0 creates of what was there")


def test_with_its_journal_lost_at_the_end_it_has_nothing_to_do(ground):
    estate = ground()
    estate.tenants(5)
    estate.apply()
    for path in estate.journal.parent.glob("journal.sqlite*"):
        path.unlink()
    estate.simulator.forget()
    estate.apply()
    assert {each["name"] for each in estate.simulator.commits()} == {"provision.lease.faults"}
    estate.settled()


def _twice(creates):
    """Count what was created once more than once, by kind; grants, quotas and accesses are the same twice as once."""
    made = Counter(
        (each["kind"], each["project_id"], each["name"]) for each in creates if "lease" not in each["name"]
    )
    several = {"port", "security_group_rule"}
    return Counter(
        {
            kind: times
            for kind in {each[0] for each in made} - several
            if (times := sum(count - 1 for (each, _, _), count in made.items() if each == kind))
        }
    )
