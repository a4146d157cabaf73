"""Where faults are tried: an estate, a simulated cloud that others use too, and the judge that is the cloud's own ledger."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from journey.desk import ESTATE
from simulator import simulated

NAME = "faults"
OURS, OWN_ESTATE = "<tenant>", "<estate>"
RETIRED = "state: retired\nretirement: {reason: end of the test, date: 2026-11-25}\n"


@dataclass(frozen=True)
class Judged:
    """What the ledger says: what is wanted and not there, what is there and not wanted, twice, or not ours and touched."""

    lost: list[str]
    extra: list[str]
    duplicated: list[dict[str, object]]
    touched: list[dict[str, object]]
    wanted: int

    def clean(self):
        return not (self.lost or self.extra or self.duplicated or self.touched)

    def __str__(self):
        told = (
            f"{self.wanted} wanted, {len(self.lost)} lost, {len(self.extra) + len(self.duplicated)} duplicated, "
            f"{len(self.touched)} foreign touched"
        )
        shown = [*self.lost[:3], *self.extra[:3], *self.duplicated[:3], *self.touched[:3]]
        return "\n  ".join([told, *map(str, shown)])


@dataclass
class Ground:
    """An estate in a folder, its cloud, and the way to run `provision` on both."""

    simulator: object
    forks: object
    folder: Path
    reference: dict[str, list[str]]
    name: str = NAME
    environment: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    def beside(self, name):
        """Return another estate on the same cloud."""
        folder = self.folder.parent / name
        _found(folder, name)
        return replace(self, folder=folder, name=name, keys=[])

    def tenant(self, key, profile="startup", more=""):
        (self.folder / "tenants" / f"{key}.yaml").write_text(
            f"tenant: {key}\nprofile: {profile}\n{more}", encoding="utf-8"
        )
        if key not in self.keys:
            self.keys.append(key)
        return key

    def tenants(self, count, prefix="t"):
        return [self.tenant(f"{prefix}{number:04d}") for number in range(count)]

    def command(self, *words):
        return (*words, "--estate", str(self.folder))

    def start(self, *words, **arming):
        return self.forks.start(*self.command(*words), environment=self.environment, **arming)

    def run(self, *words, expect=0, **arming):
        return self.start(*words, **arming).wait(expect)

    def apply(self, *words, expect=0, **arming):
        return self.run("apply", "--yes", *words, expect=expect, **arming)

    def quiet(self):
        """Have the cloud behave from now on."""
        self.simulator.control(faults=[], stale={}, rates={}, latency={})

    def settled(self):
        """See, on a cloud that behaves again, that there is nothing left to do, and return the ledger's judgement."""
        self.quiet()
        self.run("plan", expect=0)
        judged = self.judged()
        assert judged.clean(), judged
        return judged

    def judged(self):
        """Hold what every tenant has against what a tenant of its profile has after an apply that nothing disturbed."""
        there, verdict = self.simulator.holdings(), self.simulator.verdict()
        lost, extra, wanted = [], [], 0
        for key in self.keys:
            want, have = (
                Counter(self.reference["startup"]),
                Counter(alike(there.get(key, ()), key, self.name)),
            )
            wanted += want.total()
            lost += [f"{key}: {line}" for line in (want - have).elements()]
            extra += [f"{key}: {line}" for line in (have - want).elements()]
        assert verdict["broken"] == []
        return Judged(lost, extra, verdict["duplicated"], verdict["foreign_touched"], wanted)

    @property
    def journal(self):
        return self.folder / ".provision" / "journal.sqlite"

    def steps(self):
        """Return how many steps the journal has seen begun."""
        if not self.journal.exists():
            return 0
        with closing(sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True, timeout=5)) as opened:
            try:
                return opened.execute("SELECT COUNT(*) FROM operation").fetchone()[0]
            except sqlite3.OperationalError:
                return 0

    def until_steps(self, count, running):
        """Wait until the journal has seen so many steps, or the run is over."""
        until = time.monotonic() + 120
        while self.steps() < count and running.running():
            assert time.monotonic() < until, f"{self.steps()} of {count} steps after two minutes"
            time.sleep(0.01)


def alike(lines, key, estate=NAME):
    """Return what a tenant has in words that fit any tenant of any estate."""
    told = (line.replace(key, OURS).replace(f"={estate}", f"={OWN_ESTATE}") for line in lines)
    return [_SEAL.sub("g:", line) for line in told]


_SEAL = re.compile(r"g:[0-9a-f]{8}")


@contextmanager
def broken_ground(forks, folder, reference, *, timeout=None, foreign=True, **knobs):
    """Make an empty estate on a cloud of its own that behaves as `knobs` say; `timeout` (seconds) is the clouds.yaml's."""
    with simulated(**knobs) as simulator:
        _found(folder, NAME)
        if timeout is not None:
            _patient(Path(simulator.clouds), timeout)
        if foreign:
            _others(simulator)
        yield Ground(simulator, forks, folder, reference, environment=environment(simulator))


def _others(simulator):
    """Make what is not ours: twenty projects, and in one of them networks, routers and groups that are named as ours are."""
    project = simulator.foreign(projects=20)[0]
    asked = {"project_id": project, "description": "somebody else's"}
    made = [
        simulator.call("network", "POST", f"/v2.0/{kind.replace('_', '-')}s", {kind: {**asked, "name": name}})
        for kind in ("network", "router", "security_group")
        for name in ("backend", "egress", "web")
    ]
    group = {"name": "theirs-team", "domain_id": "default", "description": "somebody else's"}
    made.append(simulator.call("identity", "POST", "/v3/groups", {"group": group}))
    bodies = [next(iter(answer.json().values())) for answer in made]
    simulator.foreign(ids=[body["id"] for body in bodies])
    simulator.forget()


def _found(folder, name):
    (folder / "tenants").mkdir(parents=True)
    (folder / "estate.yaml").write_text(ESTATE.format(name=name), encoding="utf-8")


def environment(simulator):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OS_", "PROVISION_"))}
    return {**kept, **simulator.env, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def _patient(clouds, timeout):
    said = yaml.safe_load(clouds.read_text(encoding="utf-8"))
    for each in said["clouds"].values():
        each["api_timeout"] = timeout
    clouds.write_text(yaml.safe_dump(said), encoding="utf-8")
