"""An audit in other tools' formats; held against the official schemas where they are at hand (PROVISION_SCHEMAS)."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from audits import every_status
from ocsf_schema import faults

from provision import audit, workflow
from provision.declare.shipped import shipped
from provision.model.finding import Access, Finding, Status
from provision.report import assessment
from provision.report import audit as report
from provision.report.assessment import prowler
from provision.report.look import Look
from provision.text import same

SCHEMAS = Path(os.environ.get("PROVISION_SCHEMAS", "/nowhere"))
OFFICIAL = {
    "findings.sarif": "sarif-schema-2.1.0.json",
    "assessment-results.oscal.json": "oscal_assessment-results_schema.json",
    "component-definition.oscal.json": "oscal_component_schema.json",
    "poam.oscal.json": "oscal_poam_schema.json",
}


@pytest.fixture(scope="module")
def audited():
    return every_status()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", OFFICIAL)
def test_official_schemas_take_them(audited, name, language):
    file = SCHEMAS / OFFICIAL[name]
    if not file.is_file():
        pytest.skip("the official schemas are not here")
    validator = jsonschema_rs.validator_for(json.loads(file.read_text()))
    text = assessment.files(audited, language)[name]
    assert [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(json.loads(text))] == []


@pytest.mark.parametrize("name", OFFICIAL)
def test_official_schemas_refuse_what_is_broken(audited, name):
    """So that the test above can fail."""
    file = SCHEMAS / OFFICIAL[name]
    if not file.is_file():
        pytest.skip("the official schemas are not here")
    document = json.loads(assessment.files(audited, "en")[name])
    body = document["runs"][0] if "runs" in document else next(iter(document.values()))
    body.pop("tool" if "runs" in document else "metadata")
    assert not jsonschema_rs.validator_for(json.loads(file.read_text())).is_valid(document)


def test_sarif_points_at_the_line_and_suppresses_what_is_waived(audited):
    (run,) = json.loads(assessment.files(audited, "en")["findings.sarif"])["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == len(audited.findings)
    for result, finding in zip(run["results"], audited.findings, strict=True):
        assert rules[result["ruleIndex"]] == result["ruleId"] == finding.control.id
        assert ("suppressions" in result) == (finding.status is Status.WAIVED)
        assert (result["level"] == "none") == (finding.status not in {Status.FAIL, Status.WAIVED})
    waived = next(result for result in run["results"] if "suppressions" in result)
    assert waived["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "tenant.yaml"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("cloud", ["", "paris"])
def test_ocsfs_own_schema_takes_each_finding(audited, cloud, language):
    events = json.loads(assessment.files(replace(audited, cloud=cloud), language)["findings.ocsf.json"])
    assert [fault for event in events for fault in faults(event)] == []
    assert len(events) == len(audited.findings) == len({each["metadata"]["uid"] for each in events})


def test_ocsfs_own_schema_refuses_what_is_broken(audited):
    """So that the test above can fail."""
    event = json.loads(assessment.files(audited, "en")["findings.ocsf.json"])[0]
    for broken in (
        {"class_uid": 2004},
        {"severity": "Loud"},
        {"verdict": "PASS"},
        {"cloud": {"account": {}}},
    ):
        assert faults(event | broken), broken
    event["compliance"].pop("control")
    event["finding_info"].pop("uid")
    assert len(faults(event)) == 1


def test_a_soc_is_alarmed_by_what_failed_alone(audited):
    events = json.loads(assessment.files(audited, "en")["findings.ocsf.json"])
    for event, finding in zip(events, audited.findings, strict=True):
        wrong = finding.status in {Status.FAIL, Status.WAIVED}
        assert event["severity"].lower() == (finding.control.severity.value if wrong else "informational")
        assert (event["compliance"]["status"] == "Fail") == wrong
        assert (event["compliance"]["status"] == "Pass") == (finding.status is Status.PASS)
        assert (event["status"] == "Suppressed") == (finding.status is Status.WAIVED)
        assert event["remediation"]["desc"] == str(finding.control.do)
        assert event["resources"][0]["uid"] == finding.address
    waived = next(each for each in events if each["status"] == "Suppressed")
    assert waived["unmapped"]["waiver"]["expires"] == "2999-01-01" and waived["comment"] == "r"


def test_prowlers_framework_has_each_clause_once_in_the_order_of_the_text(audited):
    """That Prowler loads it, and has these checks, is tested in tests/formats."""
    framework = json.loads(assessment.files(audited, "en")[prowler.NAME])
    controls = {each.control.id: each.control for each in audited.findings}
    clauses = {
        c.clause for each in controls.values() for c in each.clauses if c.framework == prowler.FRAMEWORK
    }
    ids = [each["id"] for each in framework["requirements"]]
    assert set(ids) == clauses and len(ids) == len(clauses)
    assert ids.index("9.5.b") < ids.index("10.1.a") < ids.index("10.5.c")
    for each in framework["requirements"]:
        named = each["attributes"]["Controls"].split(", ")
        assert {each["id"]} <= {c.clause for name in named for c in controls[name].clauses}
        left = set(each["attributes"]["OnlyProvision"].split(", ")) - {""}
        checked = {name for name in named if prowler.CHECKS.get(name)}
        assert left == set(named) - checked and bool(each["checks"]["openstack"]) == bool(checked)
    assert set(prowler.CHECKS) <= set(controls)


def test_oscal_says_satisfied_only_of_what_passed(audited):
    document = json.loads(assessment.files(audited, "en")["assessment-results.oscal.json"])
    (result,) = document["assessment-results"]["results"]
    state = {each["target"]["target-id"]: each["target"]["status"]["state"] for each in result["findings"]}
    worst = {}
    for each in audited.findings:
        worst.setdefault(each.control.id, set()).add(each.status)
    for control, statuses in worst.items():
        if statuses <= {Status.NOT_APPLICABLE} or statuses == {Status.NOT_EVALUATED}:
            assert control not in state
        else:
            assert (state[control] == "satisfied") == (statuses - {Status.NOT_APPLICABLE} == {Status.PASS}), (
                control
            )
    seen = {each["uuid"] for each in result["observations"]}
    assert {
        link["observation-uuid"] for each in result["findings"] for link in each["related-observations"]
    } <= seen


def test_the_plan_of_action_has_what_failed_and_until_when_it_is_waived(audited):
    document = json.loads(assessment.files(audited, "fr")["poam.oscal.json"])
    items = document["plan-of-action-and-milestones"]["poam-items"]
    open_ = {each.control.id for each in audited.findings if each.status in {Status.FAIL, Status.WAIVED}}
    assert {each["title"].split()[0] for each in items} == open_
    waived = next(each for each in items if each["title"].startswith("TEN-NET-02"))
    assert {"waived-until", "waived-by"} <= {each["name"] for each in waived["props"]}


def test_nothing_open_is_no_plan_of_action():
    names = ["hautement-securise"]
    passed = workflow.audit_profiles(names, shipped(), None)
    assert "poam.oscal.json" not in assessment.files(passed, "fr")


def test_one_audit_has_the_same_identifiers_each_time(audited):
    assert assessment.files(audited, "en") == assessment.files(audited, "en")


def test_a_spreadsheet_takes_no_cell_for_a_formula(audited):
    rows = list(csv.DictReader(io.StringIO(assessment.files(audited, "en")["controls.csv"])))
    assert len(rows) == len(audited.findings)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


def test_who_can_do_what_is_a_line_a_role(audited):
    assert "access-review.csv" not in assessment.files(audited, "en")
    rights = [
        Access("acme", name, "member", "project", "ops (group)", name == "ann", "ann@x.example")
        for name in ("ann", "=cmd")
    ]
    kept = assessment.files(replace(audited, access=tuple(rights)), "fr")["access-review.csv"]
    rows = [tuple(row.values()) for row in csv.DictReader(io.StringIO(kept))]
    assert rows == [
        ("acme", "ann", "ann@x.example", "yes", "member", "project", "ops (group)"),
        ("acme", "'=cmd", "ann@x.example", "no", "member", "project", "ops (group)"),
    ]


def test_what_one_reason_keeps_from_being_evaluated_is_told_once(audited):
    controls = [each.control for each in audit.checks()][:3]
    waiting = [Finding(each, Status.NOT_EVALUATED, "acme", "x", same("403")) for each in controls]
    found = replace(audited, findings=tuple(waiting))
    text = report.text(found, Look("en"))
    names = ", ".join(each.id for each in controls)
    assert f"? 3 controls: 403\n    {names}\n" in text
    assert text.count("403") == 2  # and what could not be read
    assert report.text(found, Look("en", verbose=True)).count("x: 403") == 3


def test_junit_has_a_case_a_control_and_fails_what_fails(audited):
    root = ET.fromstring(assessment.files(audited, "en")["junit.xml"])
    (suite,) = root
    failed = {each.control.id for each in audited.findings if each.status is Status.FAIL}
    assert int(suite.get("tests")) == len(suite) == len({each.control.id for each in audited.findings})
    assert {case.get("name").split()[0] for case in suite if case.find("failure") is not None} == failed
    assert int(suite.get("failures")) == len(failed)


def test_files_are_kept_whole_and_private(audited, tmp_path):
    names = workflow.keep_files(assessment.files(audited, "fr"), tmp_path / "out")
    kept = {path.name: oct(path.stat().st_mode)[-3:] for path in (tmp_path / "out").iterdir()}
    assert kept == dict.fromkeys(names, "600")
