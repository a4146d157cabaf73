from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """The folder of a running sandbox: the one PROVISION_SANDBOX names, else one of our own, ended with the session."""
    from provision import sandbox as control  # noqa: PLC0415 (only what runs against it pays for its import)

    given = os.environ.get("PROVISION_SANDBOX")
    if given:
        yield Path(given)
        return
    folder = tmp_path_factory.mktemp("sandbox")
    control.up(folder)
    yield folder
    control.down(folder)


@pytest.fixture(scope="session")
def cloud(sandbox):
    """The operator's connection to the sandbox, reading and writing."""
    from provision import sandbox as control  # noqa: PLC0415 (as above)
    from provision.cloud.connect import connect  # noqa: PLC0415 (as above)

    with pytest.MonkeyPatch.context() as patch:
        for name, value in control.environment(sandbox).items():
            patch.setenv(name, value)
        connected = connect(os.environ.get("OS_CLOUD"), estate="contract")
        with connected.writing():
            yield connected
        connected.close()
