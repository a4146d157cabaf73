"""OCSF Compliance Findings (class 2003), for a SOC: one event a finding, in one array, an event a line.

Only what failed has the severity of its control: that something passed, or could not be told, is no alert.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from provision.model.finding import Severity, Status
from provision.record.events import OCSF_VERSION, PRODUCT
from provision.text import render

if TYPE_CHECKING:
    from provision.model.finding import Audited, Control, Finding
    from provision.text import Language

NAME: Final = "findings.ocsf.json"
_CLASS: Final = 2003
_CREATE: Final = 1
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")
_INFORMATIONAL: Final = (1, "Informational")
_SEVERITIES: Final = {
    Severity.CRITICAL: (5, "Critical"),
    Severity.HIGH: (4, "High"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.LOW: (2, "Low"),
}
_VERDICTS: Final = {
    Status.PASS: (1, "Pass"),
    Status.NOT_EVALUATED: (2, "Warning"),  # "did not yield a result due to missing information"
    Status.FAIL: (3, "Fail"),
    Status.WAIVED: (3, "Fail"),
    Status.NOT_APPLICABLE: (99, "Not Applicable"),
}
_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:provision:ocsf")


def write(audited: Audited, language: Language) -> str:
    """Return the events, in the order of the findings."""
    events = (_event(audited, n, each, language) for n, each in enumerate(audited.findings))
    return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in events) + "\n]\n"


def _event(audited: Audited, number: int, finding: Finding, language: Language) -> dict[str, Any]:
    control, waiver = finding.control, finding.waiver
    made = int(datetime.fromisoformat(audited.made_at).timestamp() * 1000)
    observed = render(finding.observed, language)
    severity = _SEVERITIES[control.severity] if finding.status.wrong else _INFORMATIONAL
    status = _SUPPRESSED if finding.status is Status.WAIVED else _NEW
    return {
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "activity_id": _CREATE,
        "activity_name": "Create",
        "type_uid": _CLASS * 100 + _CREATE,
        "type_name": "Compliance Finding: Create",
        "severity_id": severity[0],
        "severity": severity[1],
        "status_id": status[0],
        "status": status[1],
        "status_code": finding.status.value,
        "time": made,
        "message": f"{finding.address}: {observed}",
        "metadata": {
            "version": OCSF_VERSION,
            "product": dict(PRODUCT),
            "event_code": control.id,
            "uid": _uid("event", audited.made_at, audited.cloud, str(number), *audited.subjects),
            "sequence": number,
            "log_name": f"audit {audited.cloud}" if audited.cloud else "audit of templates",
            **({"profiles": ["cloud"]} if audited.cloud else {}),
        },
        **(
            {"cloud": {"provider": "OpenStack", "account": {"name": finding.subject}}}
            if audited.cloud
            else {}
        ),
        "finding_info": {
            "uid": _uid("finding", audited.cloud, finding.subject, control.id, finding.address),
            "title": f"{control.id} {render(control.title, language)}",
            "desc": observed,
            "created_time": made,
            "data_sources": [field for fields in control.reads.values() for field in fields],
        },
        "compliance": _compliance(finding, language),
        "resources": [_resource(finding)],
        "remediation": {"desc": render(control.do, language)},
        "evidences": [{"data": {"key": control.key, "origin": str(finding.origin or ""), "observed": observed}}],
        **({"comment": waiver.reason} if waiver else {}),
        **({"unmapped": {"waiver": _waiver(finding)}} if waiver else {}),
    }  # fmt: skip


def _compliance(finding: Finding, language: Language) -> dict[str, Any]:
    control = finding.control
    verdict, severity = _VERDICTS[finding.status], _SEVERITIES[control.severity]
    standards = list(dict.fromkeys(each.framework for each in control.clauses))
    check = {
        "uid": control.id,
        "name": render(control.title, language),
        "severity_id": severity[0],
        "severity": severity[1],
        "standards": standards,
        "status_id": verdict[0],
        "status": verdict[1],
    }
    return {
        "control": control.id,
        "desc": render(control.title, language),
        "category": control.family,
        "standards": standards,
        "requirements": _requirements(control),
        "status_id": verdict[0],
        "status": verdict[1],
        "status_code": finding.status.value,
        "status_details": [render(finding.observed, language)],
        "checks": [check],
    }


def _requirements(control: Control) -> list[str]:
    return [f"{each.framework} {each.clause}" for each in control.clauses]


def _resource(finding: Finding) -> dict[str, str]:
    """Return what was judged: the resource, or whose document it is where the whole of it was."""
    kind, slash, _ = finding.address.partition("/")
    return {
        "uid": finding.address,
        "name": finding.address,
        "type": kind if slash else "documents",
        "namespace": finding.subject,
    }


def _waiver(finding: Finding) -> dict[str, str]:
    waiver = finding.waiver
    if waiver is None:
        return {}
    return {
        "owner": waiver.owner,
        "approver": waiver.approver,
        "measure": waiver.measure,
        "expires": waiver.expires,
        "origin": str(waiver.origin),
    }


def _uid(*parts: str) -> str:
    """Return an id that is the same each time the same thing is written."""
    return str(uuid.uuid5(_SPACE, "\n".join(parts)))
