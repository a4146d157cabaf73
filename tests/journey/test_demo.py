"""The README's first command, from nothing."""

import json
import os
import subprocess
from pathlib import Path

import psutil
import pytest
from desk import BIN

from provision import audit

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

MEMBERS_ONLY = {"TEN-CRY-06", "TEN-CRY-07", "TEN-CRY-08", "TEN-CRY-11"}  # Barbican tells an operator nothing
ABSENT = {"TEN-CRY-09", "TEN-CRY-10", "TEN-HA-06", "TEN-NET-14"}  # no load balancers, clusters, private links


@pytest.fixture
def elsewhere(tmp_path):
    """An environment with a home of its own, and whatever it started ended."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OS_", "PROVISION_"))}
    environment = {**kept, "XDG_STATE_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    yield environment
    subprocess.run(
        [BIN / "provision", "sandbox", "down"], env=environment, check=True, capture_output=True, timeout=60
    )


def run(environment, *words):
    return subprocess.run(
        [BIN / "provision", *words], env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_demo_comes_true_twice_and_leaves_no_process(elsewhere, tmp_path):
    told = run(elsewhere, "demo", "--lang", "fr")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "✗" not in told.stdout
    assert "provision sandbox down" in told.stdout

    again = run(elsewhere, "demo", "--format", "json")
    assert again.returncode == 0, again.stdout + again.stderr
    result = json.loads(again.stdout)
    assert result["apply"]["changes"] == result["plan"]["changes"] == []
    assert {proof["tenant"] for proof in result["prove"]["proofs"]} == {
        "clinique-ouest",
        "observatoire-climat",
        "ville-exemple",
    }
    lacking = {each["name"] for each in result["prove"]["proofs"] if each["status"] == "NOT_PROVABLE"}
    assert lacking == {"balancer-tls"}, "the demo's sandbox has no load balancers"
    assert {each["status"] for each in result["prove"]["proofs"]} == {"HELD", "NOT_PROVABLE"}

    findings = result["audit"]["findings"]
    assert {each["status"] for each in findings} == {"PASS", "NOT_APPLICABLE", "WAIVED", "NOT_EVALUATED"}
    untold = {each["control"] for each in findings if each["status"] == "NOT_EVALUATED"}
    outside = {each.control.id for each in audit.checks() if each.outside}
    assert untold - outside == MEMBERS_ONLY | ABSENT, "the demo shows no evidence from outside"
    assert len(result["audit"]["coverage"]["unreadable"]) == 2

    pids = [service["pid"] for service in result["sandbox"]]
    assert pids
    assert all(_runs(pid) for pid in pids)
    assert run(elsewhere, "sandbox", "down").returncode == 0
    assert not any(_runs(pid) for pid in pids)
    assert not [each for each in psutil.process_iter() if _of(each, tmp_path)]


def _runs(pid):
    """Tell whether a process runs; one that ended and that its parent has not yet asked about does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _of(process, folder: Path):
    try:
        return str(folder) in " ".join(process.cmdline())
    except psutil.Error:
        return False
