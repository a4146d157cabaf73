"""Prowler itself scans a real project by our framework, and fails just the clauses of what was broken (`nox -s prowler`)."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from pathlib import Path

import pytest
from audits import every_status
from offered import offer
from plain_client import Client

from provision import sandbox as control
from provision.report import assessment
from provision.report.assessment import prowler

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif("PROVISION_PROWLER" not in os.environ, reason="no environment has it: nox -s prowler"),
]
BROKEN = {
    ("9.7.a", "objectstorage_container_listing_disabled"),
    ("9.7.a", "objectstorage_container_public_read_acl_disabled"),
    ("10.1.a", "blockstorage_volume_encryption_enabled"),
    ("13.2.a", "networking_security_group_allows_ssh_from_internet"),
    ("17.6.a", "blockstorage_volume_backup_exists"),
}


@pytest.fixture
def scanned(sandbox, tmp_path):
    """What a scan of the operator's project by our framework fails: clauses, each with a check."""
    site = offer(assessment.files(every_status(), "en")[prowler.NAME], tmp_path / "site").parents[1]
    variables = control.environment(sandbox)
    cloud = variables["OS_CLOUD"]

    def scan(out):
        asked = ("--clouds-yaml-file", variables["OS_CLIENT_CONFIG_FILE"], "--clouds-yaml-cloud", cloud)
        how = ("--output-directory", out, "--output-formats", "csv", "--no-color", "--no-banner", "--ignore-exit-code-3")  # fmt: skip
        words = [Path(os.environ["PROVISION_PROWLER"]).parent / "prowler", "openstack", *asked, *how]
        framework = ("--compliance", prowler.NAME.removesuffix(".json"))
        there = {"PATH": os.defpath, "HOME": str(tmp_path), "PYTHONPATH": str(site)}
        subprocess.run([*words, *framework], check=True, capture_output=True, env=there, timeout=300)
        (events,) = (out / "compliance").glob("*.ocsf.json")
        return {
            (each["compliance"]["requirements"][0], each["compliance"]["checks"][0]["uid"])
            for each in json.loads(events.read_text("utf-8"))
            if each["compliance"]["status_id"] == 3
        }

    return scan


def test_prowler_scans_a_project_by_our_framework_and_fails_what_is_broken(sandbox, scanned, tmp_path):
    variables = control.environment(sandbox)
    before, name = scanned(tmp_path / "before"), f"loose-{secrets.token_hex(3)}"
    client = Client({**os.environ, **variables})
    who = variables["OS_CLOUD"]
    try:
        ssh = ("--ethertype", "IPv6", "--protocol", "tcp", "--dst-port", "22", "--remote-ip", "::/0")
        client.table(who, "security group create", name)
        client.table(who, "security group rule create", *ssh, name)
        client.table(who, "container create", "--public", name)
        client.table(who, "volume create", "--size", "1", "--type", "standard", name)
        after = scanned(tmp_path / "after")
    finally:
        for command in ("security group delete", "container delete", "volume delete"):
            client(who, command, name)
        client.close()
    assert not before & BROKEN
    assert after - before == BROKEN
