"""Apply on a real Dask cluster: TLS, three worker processes, and what becomes of a run when some of it is killed."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from contextlib import closing

import pytest
from desk import ESTATE, Desk
from team import certified, team

pytestmark = pytest.mark.slow
TENANTS = 60
TENANTS_IN_DOUBT = (
    "SELECT COUNT(DISTINCT substr(address, instr(address, '/') + 1, 4)) FROM operation WHERE status IS NULL"
)
STEADY = {"latency": {"*": 0.05}}


@pytest.fixture
def estate(simulator, tmp_path):
    """An estate without tenants, on a simulated cloud that takes its time; and a shell."""
    simulator.control(**STEADY)
    (tmp_path / "tenants").mkdir()
    (tmp_path / "estate.yaml").write_text(ESTATE.format(name="scale"))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OS_", "PROVISION_"))}
    own = {**kept, **simulator.env, **certified(tmp_path), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return Desk(tmp_path, own, "scale")


def peopled(estate, count):
    for number in range(count):
        estate.tenant("startup", key=f"t{number:03}")
    return estate


@pytest.fixture
def crew(estate, tmp_path):
    with team(tmp_path, estate.environment) as started:
        yield started


@pytest.fixture
def frail(estate, tmp_path):
    """A cluster on which a task that killed a worker is not given to another."""
    with team(
        tmp_path, {**estate.environment, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    ) as started:
        yield started


def on(crew):
    return ("--engine", "dask", "--scheduler", crew.address)


def test_a_killed_worker_is_made_up_for_and_nothing_stands_twice(estate, crew, simulator):
    peopled(estate, TENANTS)
    running = estate.start("apply", "--yes", *on(crew), "--format", "json")
    wait_for_commits(simulator, running, 300)
    crew.workers[0].kill()
    out, err = running.communicate(timeout=240)
    assert running.returncode == 0, out + err
    assert "Traceback" not in err
    verdict = simulator.verdict()
    assert verdict["duplicated"] == [] and verdict["foreign_touched"] == []
    estate.provision("plan", expect=0)


def test_a_lost_scheduler_ends_the_run_and_the_next_one_resumes(estate, crew, simulator):
    peopled(estate, TENANTS)
    running = estate.start("apply", "--yes", *on(crew))
    wait_for_commits(simulator, running, 500)
    crew.scheduler.kill()
    out, err = running.communicate(timeout=120)
    assert running.returncode == 1, out + err
    assert "Traceback" not in out + err
    assert f"the scheduler at {crew.address} was lost" in out, err
    assert 0 < open_steps(estate) < whole(estate)
    estate.provision("apply", "--yes")
    verdict = simulator.verdict()
    assert verdict["duplicated"] == []
    estate.provision("plan", expect=0)


def test_a_tenant_that_killed_too_many_workers_failed_and_the_others_are_brought(estate, frail, simulator):
    peopled(estate, 24)
    running = estate.start("apply", "--yes", *on(frail))
    wait_for_commits(simulator, running, 150)
    frail.workers[0].kill()
    out, err = running.communicate(timeout=240)
    assert running.returncode == 1, out + err
    assert "KilledWorker" not in out + err and "Traceback" not in out + err
    assert "1 worker processes died one after the other over this tenant" in out
    failed = journalled(estate, TENANTS_IN_DOUBT)
    assert 0 < failed <= 12, "those whose task the worker held, four at a time"
    estate.provision("apply", "--yes")
    assert simulator.verdict()["duplicated"] == []
    estate.provision("plan", expect=0)


def test_every_request_is_counted_wherever_it_was_sent_from(estate, crew, simulator):
    peopled(estate, 4)
    said = estate.json("apply", "--yes", *on(crew))["requests"]
    counted = Counter()
    for methods in said.values():
        counted.update(methods)
    sent = Counter({m: sum(answers.values()) for m, answers in simulator.verdict()["requests"].items()})
    assert sent - counted == {"DELETE": 1}, "the lease is given back after the count"
    assert counted - sent == {}


def wait_for_commits(simulator, running, count):
    """Wait until so many things were written, in the middle of the run."""
    until = time.monotonic() + 60
    while len(simulator.commits()) < count:
        assert running.poll() is None and time.monotonic() < until
        time.sleep(0.05)


def open_steps(estate):
    return journalled(estate, "SELECT COUNT(*) FROM operation WHERE status IS NULL")


def whole(estate):
    return journalled(estate, "SELECT MAX(steps) FROM run")


def journalled(estate, query):
    with closing(sqlite3.connect(estate.estate / ".provision" / "journal.sqlite")) as opened:
        return opened.execute(query).fetchone()[0]
