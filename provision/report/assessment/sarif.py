"""SARIF 2.1.0: each finding at the line of the document that set it, for reviews of profiles and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision import __version__
from provision.model.finding import Severity, Status
from provision.report.encode import as_json
from provision.text import render

if TYPE_CHECKING:
    from provision.model.finding import Audited, Control, Finding
    from provision.text import Language

NAME: Final = "findings.sarif"
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS: Final = {
    Status.PASS: "pass",
    Status.FAIL: "fail",
    Status.WAIVED: "fail",
    Status.NOT_APPLICABLE: "notApplicable",
    Status.NOT_EVALUATED: "open",
}
_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}


def write(audited: Audited, language: Language) -> str:
    """Return the one run."""
    controls = {each.control.id: each.control for each in audited.findings}
    order = sorted(controls)
    driver = {
        "name": "provision",
        "version": __version__,
        "rules": [_rule(controls[each], language) for each in order],
    }
    results = [_result(each, order.index(each.control.id), language) for each in audited.findings]
    run = {"tool": {"driver": driver}, "language": language, "results": results}
    return as_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(control: Control, language: Language) -> dict[str, Any]:
    return {
        "id": control.id,
        "shortDescription": {"text": render(control.title, language)},
        "help": {"text": render(control.do, language)},
        "defaultConfiguration": {"level": _LEVELS[control.severity]},
        "properties": {
            "key": control.key,
            "tags": [f"{each.framework} {each.clause}" for each in control.clauses],
        },
    }


def _result(finding: Finding, index: int, language: Language) -> dict[str, Any]:
    kind = _KINDS[finding.status]
    result: dict[str, Any] = {
        "ruleId": finding.control.id,
        "ruleIndex": index,
        "kind": kind,
        "level": _LEVELS[finding.control.severity] if kind == "fail" else "none",
        "message": {"text": f"{finding.address}: {render(finding.observed, language)}"},
        "locations": [_location(finding)],
    }
    if finding.waiver and finding.status is Status.WAIVED:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": finding.waiver.reason}
        ]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": finding.address}]}
    if finding.origin and finding.origin.line:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": finding.origin.file},
            "region": {"startLine": finding.origin.line},
        }
    return location
