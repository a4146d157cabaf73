"""`provision prove` as people and programs run it, on the sandbox."""

from __future__ import annotations

import json
import secrets as randomness
import signal
import stat
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from promised import SECURED, TOWN

from provision import cli, declare, workflow
from provision.cli import language
from provision.cloud.connect import connect
from provision.draft import look
from provision.errors import Refused, UsageError
from provision.proof import evidence
from provision.report.schemas import result

pytestmark = pytest.mark.sandbox
BIN = Path(sys.executable).parent


def key(folder, which):
    return f"{declare.load(folder).name}-{which}"


@pytest.fixture
def passwords(monkeypatch):
    """Every random password and payload that is made meanwhile."""
    made, real = [], randomness.token_urlsafe

    def remembered(size=None):
        made.append(real(size))
        return made[-1]

    monkeypatch.setattr(randomness, "token_urlsafe", remembered)
    return made


@pytest.fixture
def run(proven_estate, capsys):
    def run(*words):
        code = cli.main([*map(str, words), "--estate", str(proven_estate)])
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run
    language.speak("en")


def left(operator, before=frozenset()):
    """Return what bears the name of a proof, anywhere, and which networks are shared; but for what was there before."""
    found = {
        "users": operator.identity.list("/users", "users"),
        "domains": operator.identity.list("/domains", "domains"),
        "projects": operator.identity.list("/projects", "projects"),
        "servers": operator.compute.list("/servers/detail", "servers", all_tenants=1),
        "volumes": operator.volume.list("/volumes/detail", "volumes", all_tenants=1),
        "ports": operator.network.list("/ports", "ports"),
    }
    named = {(kind, str(each.get("name"))) for kind, items in found.items() for each in items}
    shared = operator.network.list("/rbac-policies", "rbac_policies", action="access_as_shared")
    return {
        *(each for each in named if each[1].startswith("provision-proof")),
        *(("shares", each["id"]) for each in shared),
    } - before


def objects(operator, stand_key):
    account = operator.account(operator.ids.project(stand_key))
    containers = account.send("GET", "", params={"format": "json"}).json()
    return [
        (each["name"], item.get("name"))
        for each in containers
        for item in account.send("GET", f"/{each['name']}", params={"format": "json", "versions": ""}).json()
    ]


@pytest.fixture
def operator(proven_estate):
    estate = declare.load(proven_estate)
    with closing(connect(None, estate=estate.name)) as cloud:
        look(cloud, list(estate.tenants.values()))
        yield cloud


def test_text_and_evidence_hold_no_secret_and_nothing_stays(
    run, proven_estate, operator, passwords, tmp_path
):
    file, before = tmp_path / "evidence.json", left(operator)
    code, out, err = run("prove", "--out", file, "--lang", "fr", "--verbose")
    assert code == 0, out + err
    written = file.read_text()
    assert len(passwords) >= 4, "two guests, a neighbour, and a secret next door"
    assert not [each for each in passwords if each in out + err + written]
    assert "Promesses : " in out and "HELD, promis par storage.volume.encrypted" in out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = evidence.load(file)
    Draft202012Validator(result("prove")).validate(content)
    assert {each["status"] for each in content["proofs"]} == {"HELD"}
    assert {(each["profile"], each["version"]) for each in content["tenants"]} == {
        (tenant.profile, tenant.profile_version) for tenant in declare.load(proven_estate).tenants.values()
    }
    assert left(operator, before) == set()
    assert objects(operator, key(proven_estate, TOWN)) == []
    file.write_text(written.replace('"HELD"', '"BROKEN"', 1))
    with pytest.raises(Refused):
        evidence.load(file)


def test_a_broken_promise_is_exit_2_and_says_which_line_promised_it(run, operator, proven_estate):
    tenant = key(proven_estate, TOWN)
    account = operator.account(operator.ids.project(tenant))
    with operator.writing():
        account.send("POST", "/documents", headers={"X-Container-Read": ".r:*"})
    try:
        code, out, _ = run("prove", tenant, "--format", "json")
    finally:
        with operator.writing():
            account.send("POST", "/documents", headers={"X-Container-Read": ""})
    assert code == 2
    broken = {each["name"]: each for each in json.loads(out)["proofs"] if each["status"] == "BROKEN"}
    assert broken.keys() == {"container-private", "datasets-lawful"}
    proof = broken["container-private"]
    assert proof["key"] == "object.containers.documents.read"
    file, line = proof["origin"].rsplit(":", 1)
    said = (Path(declare.__file__).parents[2] / file).read_text().splitlines()[int(line) - 1]
    assert said.strip() == "read: private"


def test_asked_to_stop_it_removes_what_it_made(proven_estate, operator):
    before = left(operator)
    words = [str(BIN / "provision"), "prove", "--estate", str(proven_estate), "--format", "json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 60
        while not _begun(operator, before) and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    proofs = json.loads(out)["proofs"]
    assert (running.returncode, [each for each in proofs if each["status"] == "BROKEN"]) == (1, [])
    assert "Traceback" not in err
    assert "asked to stop" in {each["seen"] for each in proofs}
    assert left(operator, before) == set()


def _begun(operator, before):
    """Tell whether a port or a server of a proof is there: it is in the midst of it."""
    return any(kind in {"ports", "servers"} for kind, _ in left(operator, before))


def test_a_service_that_is_not_there_is_said_and_is_nobodys_mistake(stands):
    stand = stands[SECURED]
    with closing(connect(None, estate=stand.operator.owner.estate)) as cloud:
        cloud.__dict__["_endpoints"] = {k: v for k, v in cloud._endpoints.items() if k != "key-manager"}
        (proof,) = replace(stand, operator=cloud).try_all(only=["secret-of-another-tenant"])
    assert (proof.verdict, proof.error) == ("NOT_PROVABLE", None)
    assert "key-manager" in str(proof.seen)


def test_a_tenant_that_is_not_on_the_cloud_is_an_error(run, proven_estate):
    document = proven_estate / "tenants" / f"{key(proven_estate, 'absent')}.yaml"
    document.write_text(f"tenant: {document.stem}\nprofile: startup\n")
    try:
        code, out, _ = run("prove", document.stem)
    finally:
        document.unlink()
    assert code == 1
    assert "is not there (yet)" in out
    assert "✓" not in out


def test_evidence_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path):
    with pytest.raises(UsageError):
        workflow.keep({"format": 1}, tmp_path / "nowhere" / "e.json")
    assert [*tmp_path.iterdir()] == []
