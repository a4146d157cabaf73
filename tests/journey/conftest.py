"""Whole journeys: the `provision` command, as people run it, on the real services."""

from __future__ import annotations

import os
import secrets

import pytest
from desk import ESTATE, Desk, leave

from provision import sandbox as control
from provision.cloud.connect import connect


@pytest.fixture
def desk(sandbox, tmp_path):
    """An empty estate of its own on the sandbox; what it made is retired and removed at the end."""
    name = f"desk{secrets.token_hex(3)}"
    (tmp_path / "tenants").mkdir()
    (tmp_path / "estate.yaml").write_text(ESTATE.format(name=name))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OS_", "PROVISION_"))}
    sat = Desk(
        tmp_path, {**kept, **control.environment(sandbox), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}, name
    )
    yield sat
    leave(sat)


@pytest.fixture
def operator(desk, monkeypatch):
    """The operator's own look at the cloud, to count what is really there."""
    for key in ("OS_CLIENT_CONFIG_FILE", "OS_CLOUD"):
        monkeypatch.setenv(key, desk.environment[key])
    cloud = connect(None, estate=desk.name)
    yield cloud
    cloud.close()
