"""What `audit --out` writes, read by the programs it is for, each in an environment of its own (`nox -s formats`, `nox -s prowler`)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from audits import every_status

from provision.report import assessment
from provision.report.assessment import ocsf, prowler

HERE = Path(__file__).parent
OSCAL = ("assessment-results.oscal.json", "component-definition.oscal.json", "poam.oscal.json")


def ask(program, variable, *arguments, **environment):
    """Return what a program says in the interpreter that a variable names."""
    if variable not in os.environ:
        pytest.skip(f"no environment has it: nox -s {'formats' if 'TRESTLE' in variable else 'prowler'}")
    words = [os.environ[variable], "-W", "ignore", HERE / program, *arguments]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env={"PATH": os.defpath, "HOME": os.environ.get("HOME", "/"), **environment}, timeout=300)  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def kept(tmp_path, request):
    for name, text in assessment.files(every_status(), getattr(request, "param", "en")).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kept", ["fr", "en"], indirect=True)
def test_trestle_reads_all_of_our_oscal_and_writes_the_same(kept):
    said = ask("read_with_trestle.py", "PROVISION_TRESTLE", kept)
    assert said == {"oscal": "1.2.1", "against": {name: [] for name in OSCAL}}


def test_trestle_refuses_what_is_broken(kept):
    """So that the test above can fail: a token that is none, a field that OSCAL has not, an identifier that is there twice."""
    results, component, plan = (kept / name for name in OSCAL)
    for path, old, new in (
        (results, '"target-id": "', '"target-id": "9 '),
        (component, '"type": "validation"', '"type": "validation", "colour": "red"'),
    ):
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    document = json.loads(plan.read_text("utf-8"))
    items = document["plan-of-action-and-milestones"]["poam-items"]
    items[1]["uuid"] = items[0]["uuid"]
    plan.write_text(json.dumps(document), encoding="utf-8")
    against = ask("read_with_trestle.py", "PROVISION_TRESTLE", kept)["against"]
    assert "target-id" in str(against[OSCAL[0]]) and "colour" in str(against[OSCAL[1]])
    assert against[OSCAL[2]] == ["DuplicatesValidator", "AllValidator"]


@pytest.fixture
def offered(tmp_path, kept):
    """A package that offers the framework to Prowler, as its documentation says."""
    site = tmp_path / "site"
    package, about = site / "ours", site / "ours-1.dist-info"
    package.mkdir(parents=True)
    about.mkdir()
    (package / "__init__.py").touch()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[prowler.compliance.universal]\nours = ours\n")
    (package / prowler.NAME).write_bytes((kept / prowler.NAME).read_bytes())
    return package / prowler.NAME


@pytest.mark.parametrize("kept", ["fr", "en"], indirect=True)
def test_prowler_loads_our_framework_and_knows_each_check_and_our_findings(kept, offered):
    said = ask("read_with_prowler.py", "PROVISION_PROWLER", offered, kept / ocsf.NAME, PYTHONPATH=str(offered.parents[1]))  # fmt: skip
    assert said["framework"]["name"] == "SecNumCloud 3.2"
    assert said["framework"]["providers"] == ["openstack"]
    assert prowler.NAME.removesuffix(".json") in said["offered"]
    written = {each["id"]: each["checks"]["openstack"] for each in json.loads(offered.read_text("utf-8"))["requirements"]}  # fmt: skip
    assert said["framework"]["requirements"] == written
    assert {check for each in written.values() for check in each} <= set(said["checks"])
    assert {check for each in prowler.CHECKS.values() for check in each} <= set(said["checks"])
    assert said["findings"] == [each.control.id for each in every_status().findings]


def test_prowler_refuses_what_is_broken(kept, offered):
    """So that the test above can fail: an attribute that the framework does not announce."""
    text = offered.read_text("utf-8")
    offered.write_text(text.replace('"OnlyProvision": ', '"Onlyprovision": '), encoding="utf-8")
    said = ask("read_with_prowler.py", "PROVISION_PROWLER", offered, kept / ocsf.NAME, PYTHONPATH=str(offered.parents[1]))  # fmt: skip
    assert said["framework"] is None and prowler.NAME.removesuffix(".json") not in said["offered"]
