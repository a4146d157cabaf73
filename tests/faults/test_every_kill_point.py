"""F1: one whole tenant, killed at every boundary there is, one run each."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from ground import alike

pytestmark = pytest.mark.slow

WINDOW = 0.3  # seconds instead of 5: this cloud shows at once what was written
AT_ONCE = 3
ONE_BY_ONE = ("--workers", "1")


def test_killed_at_every_boundary_of_one_tenant_it_converges_and_sends_nothing_twice(ground, figure):
    everything = ground()
    boundaries = _boundaries(everything)
    clean = _written(everything, "clean")
    assert len(boundaries) > 100

    def cut_and_resumed(number):
        key = f"k{number:03d}"
        own = replace(everything, folder=everything.folder.parent / key, keys=[])
        (own.folder / "tenants").mkdir(parents=True)
        (own.folder / "estate.yaml").write_bytes((everything.folder / "estate.yaml").read_bytes())
        own.tenant(key)
        own.apply(*ONE_BY_ONE, kill_at=number, expect=-9)
        return key, own.apply(window=WINDOW).seconds

    with ThreadPoolExecutor(AT_ONCE) as pool:
        resumed = list(pool.map(cut_and_resumed, range(1, len(boundaries) + 1)))
    for key, _ in resumed:
        everything.tenant(key)
    again = {key: (_written(everything, key) - clean).total() for key, _ in resumed}
    judged = everything.settled()
    assert max(again.values()) <= 1, {key: times for key, times in again.items() if times > 1}
    figure(f"{len(boundaries)} kill points {dict(Counter(boundaries))}; {judged}; "
           f"writes committed again: {sum(again.values())} in all, at most {max(again.values())} a resume")


def _boundaries(ground):
    """Apply one tenant and return the boundaries it passed."""
    ground.tenant("clean")
    count = ground.folder / "boundaries"
    ground.apply(*ONE_BY_ONE, count=str(count))
    return json.loads(count.read_text())


def _written(ground, key):
    """Count what was committed for a tenant, alike for all tenants."""
    commits = ground.simulator.commits()
    own = {each["id"] for each in commits if each["kind"] == "project" and each["name"] == key}
    mine = [
        each for each in commits if each["project_id"] in own or each["id"] in own or each["name"].startswith(key)
    ]
    return Counter(
        (each["what"], each["kind"], *alike([each["name"] if each["name"] and each["kind"] != "port" else ""], key))
        for each in mine
    )
