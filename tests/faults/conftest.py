from __future__ import annotations

from contextlib import ExitStack

import pytest
from ground import alike, broken_ground
from runs import forkery


@pytest.fixture(scope="session")
def full(request):
    """Whether the suite runs at its full size (``--full``) or at the one that fits every push."""
    return request.config.getoption("--full")


@pytest.fixture(scope="session")
def forks(tmp_path_factory):
    with forkery(tmp_path_factory.mktemp("forkery")) as started:
        yield started


@pytest.fixture(scope="session")
def reference(forks, tmp_path_factory):
    """What a tenant of a profile has after one apply that nothing disturbed."""
    with broken_ground(forks, tmp_path_factory.mktemp("reference") / "estate", {}) as ground:
        ground.tenant("reference")
        ground.apply()
        ground.run("plan")
        return {"startup": alike(ground.simulator.holdings()["reference"], "reference")}


@pytest.fixture
def ground(forks, reference, tmp_path):
    """Return how to make a ground: an empty estate, and a cloud that behaves as the knobs say."""
    with ExitStack() as stack:

        def make(name="estate", **knobs):
            return stack.enter_context(broken_ground(forks, tmp_path / name, reference, **knobs))

        yield make


@pytest.fixture
def figure(request):
    """Note what a test measured; the session's end prints all of it."""
    return lambda *said: request.node.user_properties.append(("figure", " ".join(str(each) for each in said)))
