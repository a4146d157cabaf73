"""How fast a service is asked: nothing slows a healthy one, a limited one is used to its limit and hardly beyond."""

import random
import threading
import time

import pytest
from answering import opened, serving

from provision.cloud.pace import Pace

WORKERS = 16


class Limited:
    """Accepts `limit` requests a second from `since` on (seconds after the start), and says 429 to the others."""

    def __init__(self, limit, since, until=1e9):
        self.limit, self.since, self.until = limit, since, until
        self.lock, self.level, self.filled = threading.Lock(), 0.0, 0.0
        self.began, self.said = time.monotonic(), []

    def __call__(self, request):
        time.sleep(0.02)
        now = time.monotonic() - self.began
        with self.lock:
            fine = not self.since <= now < self.until or self.take(now)
            self.said.append((now, fine))
        return (200, {}, {}) if fine else (429, {"Retry-After": "1"}, {})

    def take(self, now):
        self.level = min(self.limit, self.level + (now - max(self.filled, self.since)) * self.limit)
        self.filled = now
        if self.level < 1:
            return False
        self.level -= 1
        return True

    def between(self, start, end):
        """Return (accepted a second, part refused)."""
        said = [fine for at, fine in self.said if start <= at < end]
        return sum(said) / (end - start), 1 - sum(said) / len(said)


def drive(answer, seconds):
    """Write to a service from all workers; return the rates allowed, second by second."""
    stop, rates = threading.Event(), []
    with serving(answer) as server, opened(server.url, pool=WORKERS) as (api, wire):

        def work():
            while not stop.is_set():
                try:
                    api.put("/things/1", {})
                except Exception:
                    if not stop.is_set():
                        raise

        working = [threading.Thread(target=work) for _ in range(WORKERS)]
        for each in working:
            each.start()
        for _ in range(seconds):
            time.sleep(1)
            rates.append(api.line.pace.rate)
        stop.set()
        wire.hurry.set()
        for each in working:
            each.join()
    return rates


def test_a_healthy_service_is_never_slowed():
    healthy = Limited(20, since=1e9)
    assert drive(healthy, 3) == [None] * 3
    assert healthy.between(0, 3)[0] > 100


class Clock:
    """A time that goes on when somebody waits; stands for the event that says to hurry too."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


def test_a_service_that_refuses_a_few_at_random_is_not_asked_ever_more_slowly(monkeypatch):
    """Of five answers one refusal is a fifth, and says nothing: read as a limit it held a run to four steps a second."""
    clock, chance = Clock(), random.Random(7)
    monkeypatch.setattr("provision.cloud.pace.time", clock)
    pace = Pace(clock)
    while pace.rate is None:
        clock.wait(0.25)
        pace.heard(limited=True, unavailable=False)
    assert pace.rate <= 4
    while clock.now < 300 and pace.rate is not None and pace.rate < 500:
        pace.turn()
        pace.heard(limited=chance.random() < 0.02, unavailable=chance.random() < 0.02)
    assert clock.now < 120


def test_a_service_that_refuses_hundreds_a_second_is_slowed_at_once(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("provision.cloud.pace.time", clock)
    pace = Pace(clock)
    for answer in range(2000):
        pace.heard(limited=answer % 2 == 0, unavailable=False)
    clock.wait(1)
    pace.heard(limited=False, unavailable=False)
    assert pace.rate is not None and pace.rate <= 2000


@pytest.mark.slow
def test_a_service_that_drops_to_twenty_a_second_is_used_to_its_limit():
    limited = Limited(20, since=1)
    drive(limited, 20)
    accepted, refused = limited.between(11, 19)
    assert accepted >= 0.9 * 20
    assert refused < 0.08


@pytest.mark.slow
def test_a_limit_that_is_lifted_is_found_out():
    limited = Limited(20, since=1, until=6)
    drive(limited, 24)
    assert limited.between(20, 23)[0] > 2 * 20
