"""F1: one whole tenant, killed at every boundary there is, one run each; at every fifth where there is less time."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from ground import alike

pytestmark = pytest.mark.slow

WINDOW = 0.3  # seconds instead of 5: this cloud shows at once what was written
AT_ONCE = 3
ONE_BY_ONE = ("--workers", "1")
SAMPLED = 5  # prime to the six boundaries of a step, so that each sort of them is met


def test_killed_at_every_boundary_of_one_tenant_it_converges_and_sends_nothing_twice(ground, full, figure):
    cloud = ground()
    first = cloud.beside("first")
    boundaries = _boundaries(first)
    assert len(boundaries) > 100

    def cut_and_resumed(number):
        """Apply a tenant of an estate of its own, killed at a boundary; resume; see that nothing is left to do."""
        own = cloud.beside(f"cut{number:03d}")
        own.tenant(f"k{number:03d}")
        own.apply(*ONE_BY_ONE, kill_at=number, expect=-9)
        own.apply(window=WINDOW)
        own.run("plan")
        return own

    with ThreadPoolExecutor(AT_ONCE) as pool:
        estates = list(pool.map(cut_and_resumed, range(1, len(boundaries) + 1, 1 if full else SAMPLED)))
    commits = cloud.simulator.commits()
    clean = _written(commits, first)
    again = {own.name: _written(commits, own) - clean for own in estates}
    judged = [own.judged() for own in estates]
    assert all(each.clean() for each in judged), "\n".join(str(each) for each in judged if not each.clean())
    assert {name: each for name, each in again.items() if each.total() > 1} == {}
    figure(
        f"{len(boundaries)} kill points, {len(estates)} tried and converged;",
        f"{sum(each.wanted for each in judged)} wanted, 0 lost, 0 duplicated, 0 foreign touched;",
        f"writes committed again: {sum(each.total() for each in again.values())} in all, at most 1 a resume",
        dict(Counter(boundaries)),
    )


def _boundaries(ground):
    """Apply one tenant and return the boundaries it passed."""
    ground.tenant("clean")
    count = ground.folder / "boundaries"
    ground.apply(*ONE_BY_ONE, count=str(count))
    return json.loads(count.read_text())


def _written(commits, ground):
    """Count what was committed for an estate's one tenant, but for its lease, in words that fit all of them."""
    (key,) = ground.keys
    own = {each["id"] for each in commits if each["kind"] == "project" and each["name"] == key}
    named = (
        each for each in commits if own & {each["id"], each["project_id"]} or each["name"].startswith(key)
    )
    return Counter(
        (each["what"], each["kind"], alike([each["name"] if each["kind"] in _NAMED else ""], key)[0])
        for each in named
    )


_NAMED = {"project", "group", "network", "subnet", "router", "security_group", "role_assignment"}
