"""Runs that are cut short: killed at random, or asked to stop."""

import random
import signal
import time

import pytest
from desk import twice

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

KILLS = 10
TENANTS = 10


def test_killed_ten_times_at_random_it_converges_and_nothing_is_there_twice(desk, operator):
    for _ in range(TENANTS):
        desk.tenant("startup")
    chance = random.Random(20261123)
    killed = 0
    for _ in range(KILLS):
        with desk.start("apply", "--yes") as running:
            desk.wait_for_steps(running, chance.randint(1, 20))
            time.sleep(chance.uniform(0, 0.3))
            running.kill()
            running.communicate()
            killed += running.returncode == -signal.SIGKILL
    assert killed == KILLS, "every run must have been cut in the middle for this to prove anything"
    desk.provision("apply", "--yes")
    assert desk.json("plan")["changes"] == []
    assert twice(operator) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_ends_the_steps_in_flight_and_the_next_run_converges(desk, operator, number):
    for _ in range(3):
        desk.tenant("startup")
    with desk.start("apply", "--yes", "--format", "json") as running:
        desk.wait_for_steps(running, 5)
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 1, out + err
    assert "STOPPED" in out
    assert "Traceback" not in err
    desk.provision("apply", "--yes")
    desk.provision("plan")
    assert twice(operator) == []
