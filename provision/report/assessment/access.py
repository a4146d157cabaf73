"""Who can do what, for a review of rights: a line a role of a person. By tenant, who can reach it; by person, what they can reach."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from provision.report.assessment.csv_table import safe

if TYPE_CHECKING:
    from provision.model.finding import Audited
    from provision.text import Language

NAME: Final = "access-review.csv"
HEAD: Final = ("tenant", "who", "email", "enabled", "role", "on", "through")


def write(audited: Audited, _language: Language) -> str | None:
    """Return the table, with a head (RFC 4180); None where nobody's rights were read."""
    if not audited.access:
        return None
    stream = io.StringIO()
    table = csv.writer(stream)
    table.writerow(HEAD)
    for each in audited.access:
        enabled = "yes" if each.enabled else "no"
        row = (each.tenant, each.who, each.address, enabled, each.role, each.on, each.through)
        table.writerow([safe(cell) for cell in row])
    return stream.getvalue()
