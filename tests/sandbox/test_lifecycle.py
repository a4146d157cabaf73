"""A second sandbox beside the shared one: its start, its deaths, its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from provision import sandbox as control
from provision.errors import SandboxError
from provision.sandbox import golden, launch, process, state
from provision.sandbox.rest import Admin
from provision.sandbox.services import RECIPES
from provision.sandbox.site import load

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]


def processes_of(folder):
    """Return the pids whose environment or command line names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"PROVISION_SANDBOX={folder}\0".encode() in told:
                found.append(int(entry.name))
    return found


def login(folder):
    admin = Admin(load(folder))
    admin.login()
    return admin


def test_two_side_by_side_and_a_whole_life(sandbox, other):
    events = []
    begun = time.monotonic()
    services = control.up(other, on_event=events.append)
    assert time.monotonic() - begun < 60
    assert {service.state for service in services} == {"up"}
    assert {event.service for event in events if event.state == "up"} == {
        service.name for service in services
    }
    theirs = {service.url for service in control.status(sandbox)}
    assert not theirs & {service.url for service in services}
    assert login(other).site.secrets != login(sandbox).site.secrets

    again = control.up(other)  # it runs: a second `up` changes nothing
    assert [service.pid for service in again] == [service.pid for service in services]
    assert processes_of(other)

    admin = login(other)
    admin.send("keystone", "POST", "/v3/projects", {"project": {"name": "kept"}})
    begun = time.monotonic()
    assert control.down(other) == len(services) + 1
    assert time.monotonic() - begun < 5
    assert processes_of(other) == []
    assert control.down(other) == 0
    assert {service.state for service in control.status(other)} == {"down"}

    control.up(other)
    assert login(other).send("keystone", "GET", "/v3/projects?name=kept").body["projects"]
    control.reset(other)
    assert not other.exists()
    assert {service.state for service in control.status(sandbox)} == {"up"}


def test_golden_databases_are_used_the_second_time(other):
    kept = golden.cache(RECIPES) / "complete"
    if not kept.exists():
        control.up(other)
        control.reset(other)
    assert kept.exists()
    events = []
    control.up(other, on_event=events.append)
    assert "golden" in [event.detail for event in events if event.service == "sandbox"]
    assert not [event for event in events if event.state in {"schema", "seeding"}]
    image = login(other).send("glance", "GET", "/v2/images").body["images"][0]
    login(other).send("glance", "GET", f"/v2/images/{image['id']}/file")


def test_a_dead_service_is_reported_and_raised_again(other):
    control.up(other)
    victim = state.identity(other, "glance")
    assert process.tell(victim, signal.SIGKILL)
    process.wait((victim,), 5)
    until = time.monotonic() + 5
    while state.progress(other, "glance")[0] != "dead" and time.monotonic() < until:
        time.sleep(0.02)
    found = {service.name: service.state for service in control.status(other)}
    assert found["glance"] == "dead"
    assert found["keystone"] == "up"
    words = control.last_words(other, "glance")
    assert words.startswith("was ended by signal 9")
    assert len(words.splitlines()) > 1

    events = []
    control.up(other, on_event=events.append)
    assert ("glance", "dead") in {(event.service, event.state) for event in events}
    assert {service.state for service in control.status(other)} == {"up"}

    launcher = state.identity(other, state.LAUNCHER)
    assert process.tell(launcher, signal.SIGKILL)
    assert control.down(other) >= 8
    assert processes_of(other) == []


def test_a_service_that_cannot_start_ends_the_start(other, monkeypatch):
    control.up(other)
    control.down(other)
    (other / "databases" / "placement.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(SandboxError) as caught:
        control.up(other)
    assert "placement" in str(caught.value)
    assert "file is not a database" in str(caught.value)
    assert processes_of(other) == []


def test_an_interrupted_start_leaves_nothing(other):
    listens = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # a background job ignores it
    code = f"{listens}; from pathlib import Path; from provision import sandbox; sandbox.up(Path({str(other)!r}))"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as starting:
        time.sleep(2)
        starting.send_signal(signal.SIGINT)
        assert starting.wait(20) != 0
    assert processes_of(other) == []


def test_nothing_secret_is_readable_by_others_or_on_a_command_line(sandbox):
    secrets = json.loads((sandbox / "site.json").read_text())["secrets"].values()
    assert sandbox.stat().st_mode & 0o077 == 0
    for name in (
        "site.json",
        "clouds.yaml",
        "nova/nova.conf",
        "swift/proxy.conf",
        "databases/keystone.sqlite",
    ):
        assert (sandbox / name).stat().st_mode & 0o077 == 0, name
    for pid in processes_of(sandbox):
        line = Path(f"/proc/{pid}/cmdline").read_text()
        assert not [secret for secret in secrets if secret in line]
    assert launch.SOCKETS == "PROVISION_SANDBOX_SOCKETS"


def test_the_openstack_client_works_at_once(sandbox):
    done = subprocess.run(
        [sys.executable, "-m", "openstackclient.shell", "project", "list", "-f", "value", "-c", "Name"],
        env={**os.environ, **control.environment(sandbox)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert {"admin", "service"} <= set(done.stdout.split()), done.stderr
