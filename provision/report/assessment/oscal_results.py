"""OSCAL assessment results: an observation a control and subject, and a finding where there is a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.model.finding import Status
from provision.report.audit import NOTICE
from provision.report.encode import as_json
from provision.report.oscal import Case, cases, identifier, metadata, prop, told
from provision.text import render, say

if TYPE_CHECKING:
    from provision.model.finding import Audited
    from provision.text import Language

NAME: Final = "assessment-results.oscal.json"
_TITLE: Final = say("Audit by provision", "Audit par provision")


def write(audited: Audited, language: Language) -> str | None:
    """Return the one result, None where nothing applied."""
    known = list(cases(audited.findings))
    if not known:
        return None
    run = identifier("run", audited.made_at, audited.cloud, *audited.subjects)
    result = {
        "uuid": identifier(run, "result"),
        "title": render(_TITLE, language),
        "description": render(NOTICE, language),
        "start": audited.made_at,
        "reviewed-controls": {
            "control-selections": [
                {
                    "include-controls": [
                        {"control-id": each} for each in sorted({control for _, control, _ in known})
                    ]
                }
            ]
        },
        "observations": [_observation(run, each, audited, language) for each in known],
        "findings": [_finding(run, each, language) for each in known if _judged(each)],
    }
    document = {
        "uuid": run,
        "metadata": metadata(_TITLE, audited, language),
        "import-ap": {"href": "#"},
        "results": [{key: value for key, value in result.items() if value}],
    }
    return as_json({"assessment-results": document})


def _judged(case: Case) -> bool:
    return any(each.status is not Status.NOT_EVALUATED for each in case[2])


def _observation(run: str, case: Case, audited: Audited, language: Language) -> dict[str, Any]:
    subject, control, findings = case
    return {
        "uuid": identifier(run, "observation", subject, control),
        "title": f"{control} {subject}",
        "description": told(findings, language),
        "props": [prop("status", status) for status in sorted({each.status.value for each in findings})],
        "methods": ["EXAMINE"],
        "collected": audited.made_at,
    }


def _finding(run: str, case: Case, language: Language) -> dict[str, Any]:
    subject, control, findings = case
    satisfied = all(each.status is Status.PASS for each in findings)
    waived = any(each.status is Status.WAIVED for each in findings)
    status = {
        "state": "satisfied" if satisfied else "not-satisfied",
        **({} if satisfied else {"reason": "other" if waived else "fail"}),
    }
    return {
        "uuid": identifier(run, "finding", subject, control),
        "title": f"{control} {subject}",
        "description": render(findings[0].control.title, language),
        "target": {"type": "objective-id", "target-id": control, "status": status},
        "related-observations": [{"observation-uuid": identifier(run, "observation", subject, control)}],
    }
