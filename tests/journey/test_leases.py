"""Two applies on one estate, from two machines with a clone each: F9, with real processes on the real services."""

import shutil
import signal
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from desk import Desk, twice

from provision.apply.lease import LIFE, leased
from provision.cloud.connect import connect
from provision.errors import Refused
from provision.model.holder import Holder

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]
WATCHED = Path(__file__).with_name("watched.py")


class Machine(Desk):
    """A desk with a clone of the estate, on a machine of that name; what it sends is written down."""

    machine = "-"

    @property
    def sent(self):
        return self.estate / ".provision" / "sent"

    def command(self, *words):
        self.sent.parent.mkdir(exist_ok=True)
        return [sys.executable, str(WATCHED), str(self.sent), self.machine, *super().command(*words)[1:]]

    def writes(self, since):
        lines = (line.split() for line in self.sent.read_text().splitlines())
        return [
            (method, url)
            for when, method, url in lines
            if float(when) >= since and method not in {"GET", "HEAD"} and not url.endswith("/auth/tokens")
        ]


@pytest.fixture
def clone(desk, tmp_path_factory):
    """Clone the desk's estate, for another machine when named."""

    def clone(machine="-"):
        folder = tmp_path_factory.mktemp("clone") / "estate"
        shutil.copytree(desk.estate, folder, ignore=shutil.ignore_patterns(".provision"))
        made = Machine(folder, desk.environment, desk.name)
        made.machine = machine
        return made

    return clone


def plates(operator):
    return [
        Holder.read(operator.owner.read(body["description"])[0])
        for body in operator.identity.list("/projects", "projects")
        if body["name"] == f"provision.lease.{operator.owner.estate}"
    ]


@contextmanager
def stopped(desk):
    """Run an apply and stop it (SIGSTOP) in the middle of its steps.

    By few workers: each that is stopped between a request's head and its body keeps one of the sandbox's few threads.
    """
    with desk.start("apply", "--yes", "--workers", "2") as running:
        desk.wait_for_steps(running, 3)
        running.send_signal(signal.SIGSTOP)
        try:
            assert running.poll() is None, running.communicate()
            yield running
        finally:
            running.kill()


def test_of_two_that_race_one_applies_and_one_is_refused(desk, clone, operator):
    for _ in range(2):
        desk.tenant("startup")
    one, two = clone(), clone("elsewhere")
    with one.start("apply", "--yes") as first, two.start("apply", "--yes") as second:
        said = [each.communicate(timeout=120) for each in (first, second)]
        codes = [first.returncode, second.returncode]
    assert sorted(codes) == [0, 3], said
    assert "another apply holds this estate" in said[codes.index(3)][1]
    loser = (one, two)[codes.index(3)]
    assert {method for method, _ in loser.writes(0.0)} <= {"POST"}, "at most its own try at the lease"
    assert len(loser.writes(0.0)) <= 1
    assert plates(operator) == []
    assert twice(operator) == []


def test_a_held_estate_is_refused_within_a_second_and_a_killed_holder_is_replaced_at_once(
    desk, clone, operator
):
    desk.tenant("startup")
    one, two, elsewhere = clone(), clone(), clone("elsewhere")
    with stopped(one) as first:
        started = time.monotonic()
        with (
            closing(connect(None, estate=desk.name)) as cloud,
            pytest.raises(Refused, match=f"pid {first.pid}"),
            leased(cloud, "Default"),
        ):
            pass
        assert time.monotonic() - started < 1
        refused = two.provision("apply", "--yes", "--lang", "fr", expect=3)
        assert f"pid {first.pid}" in refused.stderr
        first.kill()
        first.wait()
        elsewhere.provision("apply", "--yes", expect=3)
        told = two.provision("apply", "--yes")
    assert "taking over" in told.stderr
    assert two.json("plan")["changes"] == []
    assert plates(operator) == []
    assert twice(operator) == []


def test_a_paused_holder_is_replaced_after_expiry_and_writes_nothing_when_it_wakes(desk, clone, operator):
    for _ in range(3):
        desk.tenant("startup")
    one, two = clone(), clone("elsewhere")
    with stopped(one) as first:
        paused = time.time()
        (holder,) = plates(operator)
        assert time.time() - paused < 5, "the sandbox's Keystone must not be waiting for the paused process"
        two.provision("apply", "--yes", expect=3)
        time.sleep(max(0.0, holder.until - time.time()) + 1)
        assert time.time() - holder.since < LIFE * 2, "it must not have been renewed"
        with two.start("apply", "--yes") as second:
            while [each.epoch for each in plates(operator)] != [2] and second.poll() is None:
                time.sleep(0.2)
            taken = time.time()
            woken = time.time()
            first.send_signal(signal.SIGCONT)
            out, err = first.communicate(timeout=60)
            second_said = second.communicate(timeout=120)
    assert second.returncode == 0, second_said
    assert taken - holder.until <= 30
    assert first.returncode == 3, out + err
    assert "no longer holds the estate" in out
    assert "Traceback" not in err
    assert one.writes(woken) == []
    assert one.writes(0.0), "it must have written before it was paused"
    assert desk.json("plan")["changes"] == []
    assert plates(operator) == []
    assert twice(operator) == []
