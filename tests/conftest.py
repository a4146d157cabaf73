from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from simulator import simulated

# A busy machine is no defect: what takes long is seen by --durations, not by a test that fails now and then.
settings.register_profile("provision", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("provision")
SANDBOX, SIMULATOR = "sandbox", "simulator"


def pytest_addoption(parser):
    parser.addoption(
        "--cloud",
        choices=[SANDBOX, SIMULATOR],
        default=SANDBOX,
        help="what tests of any cloud run on: the real services of a sandbox, or the estate simulator",
    )
    parser.addoption("--full", action="store_true", help="the fault suite at its full size (nox -s faults)")


@pytest.fixture(scope="session", autouse=True)
def own_configuration(tmp_path_factory):
    """Keep the ledger's key of the tests out of the configuration of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """The folder of a running sandbox: the one PROVISION_SANDBOX names, else one of our own with every service, ended with the session."""
    from provision import sandbox as control  # noqa: PLC0415 (only what runs against it pays for its import)

    given = os.environ.get("PROVISION_SANDBOX")
    if given:
        yield Path(given)
        return
    folder = tmp_path_factory.mktemp("sandbox")
    control.up(folder, control.MORE)
    yield folder
    control.down(folder)


@pytest.fixture(scope="session")
def cloud_variables(request):
    """The variables that make a program use the cloud that ``--cloud`` names."""
    if request.config.getoption("--cloud") == SIMULATOR:
        with simulated() as simulator:
            yield simulator.env
        return
    from provision import sandbox as control  # noqa: PLC0415 (as above)

    yield control.environment(request.getfixturevalue("sandbox"))


@pytest.fixture(scope="session")
def cloud(cloud_variables):
    """The operator's connection to a cloud, reading and writing."""
    from provision.cloud.connect import connect  # noqa: PLC0415 (as above)

    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud_variables.items():
            patch.setenv(name, value)
        connected = connect(os.environ.get("OS_CLOUD"), estate="contract")
        with connected.writing():
            yield connected
        connected.close()


@pytest.fixture(scope="session")
def simulator_process():
    """A simulated cloud, for tests to make anew."""
    with simulated() as started:
        yield started


@pytest.fixture
def simulator(simulator_process):
    """A simulated cloud on which nobody has been yet."""
    simulator_process.reset()
    return simulator_process


def pytest_terminal_summary(terminalreporter):
    """Print what tests measured, whichever process ran them."""
    reports = [each for those in terminalreporter.stats.values() for each in those]
    figures = [
        (each.nodeid.rpartition("::")[2], said)
        for each in reports
        if getattr(each, "when", "") == "call"
        for name, said in each.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("faults: what ran, and what the ledger says")
        for name, said in figures:
            terminalreporter.line(f"{name:<60} {said}")
