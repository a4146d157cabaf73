"""The cloud is asked while the documents are read: nothing is asked twice, and nothing comes before what is wrong with them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from provision import workflow
from provision.errors import DocumentErrors, Refused, UsageError
from provision.workflow.question import connected

ESTATE = "estate: early\ncloud: {cloud}\nregion: fr-par\ndomain: Default\nexternal_network: public\n"
SURE = 60
"""Seconds, half of the time that a cloud is given for an answer."""


@pytest.fixture
def estate(tmp_path, monkeypatch):
    """An estate without tenants, and two clouds of which neither is there."""
    for name in ("OS_CLOUD", "OS_AUTH_URL"):
        monkeypatch.delenv(name, raising=False)
    auth = {"auth_url": "http://127.0.0.1:9/v3", "username": "u", "password": "p", "project_name": "p"}
    clouds = tmp_path / "clouds.yaml"
    clouds.write_text(yaml.safe_dump({"clouds": {"one": {"auth": auth}, "other": {"auth": auth}}}))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(clouds))
    folder = tmp_path / "estate"
    (folder / "tenants").mkdir(parents=True)
    (folder / "estate.yaml").write_text(ESTATE.format(cloud="one"))
    return folder


def test_the_cloud_that_was_begun_is_the_one_that_is_asked(estate):
    begun = workflow.begin(workflow.Question(estate))
    with connected(begun) as (documents, tenants, cloud):
        assert begun.begun and cloud is begun.begun.cloud
        assert (cloud.name, cloud.owner, tenants) == ("one", documents.owner, [])
        assert not cloud.wire.writable


def test_an_estate_that_names_another_cloud_by_then_is_believed(estate):
    begun = workflow.begin(workflow.Question(estate))
    (estate / "estate.yaml").write_text(ESTATE.format(cloud="other"))
    with connected(begun) as (documents, _, cloud):
        assert (cloud.name, cloud.owner) == ("other", documents.owner)


@pytest.mark.parametrize("text", ["", "- estate", "cloud: [", "cloud: 3\nestate: early\n", "estate: early\ncloud: nowhere\n"])  # fmt: skip
def test_what_is_wrong_is_told_when_it_is_asked_in_earnest(estate, text):
    (estate / "estate.yaml").write_text(text)
    begun = workflow.begin(workflow.Question(estate))
    assert begun.begun is None
    with pytest.raises((DocumentErrors, UsageError)), connected(begun):
        pass


def plan(estate):
    command = [Path(sys.executable).with_name("provision"), "plan", "--lang", "en", "--estate", str(estate)]
    return subprocess.run(command, capture_output=True, text=True, timeout=SURE, check=False)


def test_nobody_waits_for_a_silent_cloud_to_hear_of_a_mistake_in_a_document(estate):
    (estate / "tenants" / "acme.yaml").write_text("tenant: acme\nprofile: nobodys\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/v3"
        clouds = Path(estate.parent / "clouds.yaml")
        clouds.write_text(clouds.read_text().replace("http://127.0.0.1:9/v3", address))
        told = plan(estate)
        silent.settimeout(SURE)
        asked, _ = silent.accept()
        asked.close()
    assert told.returncode == 4
    assert told.stderr.startswith("tenants/acme.yaml:2: there is no profile 'nobodys'")
    assert "Traceback" not in told.stderr


def test_a_cloud_that_refuses_early_is_not_spoken_of_before_the_documents(estate):
    (estate / "tenants" / "acme.yaml").write_text("tenant: acme\nprofile: nobodys\n")
    told = plan(estate)
    assert told.returncode == 4
    assert told.stderr.startswith("tenants/acme.yaml:2: ")
    assert "127.0.0.1:9" not in told.stderr


@pytest.fixture
def town(tmp_path, cloud_variables, monkeypatch):
    """An estate with one tenant, on a cloud that is there."""
    for name, value in cloud_variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants" / "early.yaml").write_text("tenant: early\nprofile: startup\n")
    (tmp_path / "estate.yaml").write_text(
        "estate: early\nregion: fr-par\ndomain: Default\nexternal_network: public\n"
        "pools: {ipv4: tenants-v4, ipv6: tenants-v6}\nflavors: {standard: [std.small], secured: [sec.small]}\n"
        "volume_types: {standard: standard, luks: luks}\nprefix_lengths: {ipv4: 26, ipv6: 64}\n"
        "destinations:\n  dns: {protocol: udp, ports: 53, to: any}\n  ntp: {protocol: udp, ports: 123, to: any}\n"
        "  https-mirror: {protocol: tcp, ports: 443, to: any}\n"
    )
    return workflow.Question(tmp_path)


def test_what_was_asked_early_is_not_asked_again(town):
    late = workflow.plan(town)
    begun = workflow.begin(town)
    for thread in threading.enumerate():
        if thread.name == workflow.EARLY:
            thread.join(SURE)
    assert begun.begun
    early = begun.begun.cloud.requests()
    assert {name: sent["GET"] for name, sent in early.items() if name != "identity"} == {
        "block-storage": 1,
        "compute": 1,
        "network": 2,
    }
    planned = workflow.plan(begun)
    assert planned.requests == late.requests
    assert [change.address for change in planned.plan.changes] == [change.address for change in late.plan.changes]  # fmt: skip


def test_who_is_going_to_write_glances_at_the_lease_and_does_not_look_again(town):
    late = workflow.apply(town, confirm=lambda _: False)
    early = workflow.apply(workflow.begin(town, writing=True), confirm=lambda _: False)
    assert late.declined and early.declined
    assert early.requests == late.requests


def test_an_estate_that_is_held_is_refused_to_who_glanced_too(town):
    def second(_):
        with pytest.raises(Refused, match="another apply holds this estate"):
            workflow.apply(workflow.begin(replace(town, directory=beside), writing=True))
        return False

    beside = town.directory.parent / "beside"
    shutil.copytree(town.directory, beside)
    assert workflow.apply(town, confirm=second).declined
