"""Our own JSON, as ``--format json`` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provision.report import audit
from provision.report.encode import as_json

if TYPE_CHECKING:
    from provision.model.finding import Audited
    from provision.text import Language

NAME: Final = "assessment.json"


def write(audited: Audited, language: Language) -> str:
    """Return the audit (schema ``audit``)."""
    return as_json(audit.data(audited, language))
