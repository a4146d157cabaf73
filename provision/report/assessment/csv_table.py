"""One line a finding, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from provision.text import render

if TYPE_CHECKING:
    from provision.model.finding import Audited, Finding
    from provision.text import Language

NAME: Final = "controls.csv"
HEAD: Final = (
    "subject",
    "control",
    "status",
    "severity",
    "title",
    "address",
    "observed",
    "origin",
    "remedy",
    "clauses",
    "waived_until",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # fmt: skip


def write(audited: Audited, language: Language) -> str:
    """Return the table, with a head (RFC 4180)."""
    stream = io.StringIO()
    table = csv.writer(stream)
    table.writerow(HEAD)
    table.writerows([safe(cell) for cell in _row(each, language)] for each in audited.findings)
    return stream.getvalue()


def _row(finding: Finding, language: Language) -> tuple[str, ...]:
    control = finding.control
    return (
        finding.subject,
        control.id,
        finding.status.value,
        control.severity.value,
        render(control.title, language),
        finding.address,
        render(finding.observed, language),
        str(finding.origin or ""),
        render(control.do, language),
        "; ".join(f"{each.framework} {each.clause}" for each in control.clauses),
        finding.waiver.expires if finding.waiver else "",
    )


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: what tenants name their things is theirs to choose."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
