"""JUnit, for pipelines: a suite a subject, a case a control."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from provision.model.finding import Status
from provision.text import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.model.finding import Audited, Finding
    from provision.text import Language

NAME: Final = "junit.xml"
_SKIPPED: Final = (Status.NOT_APPLICABLE, Status.NOT_EVALUATED, Status.WAIVED)


def write(audited: Audited, language: Language) -> str:
    """Return the suites; what was not evaluated or waived is skipped, with its reason."""
    root = ET.Element("testsuites", name="provision audit")
    for subject, of_it in groupby(audited.findings, key=lambda each: each.subject):
        findings = sorted(of_it, key=lambda each: each.control.id)
        cases = [list(those) for _, those in groupby(findings, key=lambda each: each.control.id)]
        failed = sum(any(each.status is Status.FAIL for each in case) for case in cases)
        suite = ET.SubElement(root, "testsuite", name=subject, tests=str(len(cases)), failures=str(failed), timestamp=audited.made_at[:19])  # fmt: skip
        for case in cases:
            _case(suite, case, language)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, findings: Sequence[Finding], language: Language) -> None:
    control = findings[0].control
    name = f"{control.id} {render(control.title, language)}"
    case = ET.SubElement(suite, "testcase", classname=f"provision.{control.family}", name=name)
    failed = [each for each in findings if each.status is Status.FAIL]
    skipped = [each for each in findings if each.status in _SKIPPED]
    if failed:
        failure = ET.SubElement(
            case, "failure", message=render(control.do, language), type=control.severity.value
        )
        failure.text = "\n".join(_line(each, language) for each in failed)
    elif skipped:
        ET.SubElement(
            case,
            "skipped",
            message="; ".join(f"{each.status.value}: {_line(each, language)}" for each in skipped),
        )


def _line(finding: Finding, language: Language) -> str:
    return f"{finding.address} ({finding.origin or '-'}): {render(finding.observed, language)}"
