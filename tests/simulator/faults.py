"""When a call fails, is slow, is one too many or reads what was: drawn from seeded generators, never from the clock."""

from __future__ import annotations

import random
import re
import time

from simulator.knobs import Stale

FOREVER = float("inf")


class Faults:
    """Decides about each call; each fault has a generator and a count of its own, so that one does not shift another."""

    def __init__(self, knobs):
        self.turn(knobs)

    def turn(self, knobs):
        """Begin anew with these knobs; buckets are full, counts at nought."""
        self.latency = knobs.latency
        self.schedules = [_Schedule(fault, f"{knobs.seed}/{at}") for at, fault in enumerate(knobs.faults)]
        self.buckets = {service: _Bucket(rate) for service, rate in knobs.rates.items()}
        self.writes_only = knobs.writes_only
        self.stale: Stale = knobs.stale
        self._stale = random.Random(f"{knobs.seed}/stale")

    def delay(self, service):
        """Return how many seconds a service takes."""
        return self.latency.get(service, self.latency.get("*", 0.0)) if self.latency else 0.0

    def too_many(self, service, writes):
        """Return what ``Retry-After`` says when this call is one too many, else None."""
        bucket = self.buckets.get(service) or self.buckets.get("*")
        if bucket is None or (self.writes_only and not writes):
            return None
        return None if bucket.take() else str(bucket.rate.retry_after)

    def pick(self, method, path):
        """Return the fault that this call meets, or None."""
        met = None
        for schedule in self.schedules:
            if schedule.meets(method, path) and met is None:
                met = schedule.fault
        return met

    def horizon(self, now, asked):
        """Return the time after which rows are not seen by one read; `asked` is its path and its parameters' names."""
        if not self.stale.fraction or not re.search(self.stale.paths, asked):
            return FOREVER
        if self._stale.random() >= self.stale.fraction:
            return FOREVER
        return now - self._stale.uniform(0, self.stale.seconds)


class _Schedule:
    def __init__(self, fault, seed):
        self.fault = fault
        self._methods, self._paths = re.compile(fault.methods), re.compile(fault.paths)
        self._random = random.Random(seed)
        self._count = 0

    def meets(self, method, path):
        if not self._methods.fullmatch(method) or not self._paths.search(path):
            return False
        self._count += 1
        if self.fault.nth:
            return self._count in self.fault.nth
        return self._random.random() < self.fault.fraction


class _Bucket:
    def __init__(self, rate):
        self.rate = rate
        self._held, self._at = rate.burst, time.monotonic()

    def take(self):
        now = time.monotonic()
        self._held = min(self.rate.burst, self._held + (now - self._at) * self.rate.rate)
        self._at = now
        if self._held < 1:
            return False
        self._held -= 1
        return True
