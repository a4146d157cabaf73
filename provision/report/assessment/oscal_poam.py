"""OSCAL plan of action and milestones: what failed and what is waived, each with its remedy, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from provision.report.encode import as_json
from provision.report.oscal import Case, cases, identifier, metadata, prop, told
from provision.text import render, say

if TYPE_CHECKING:
    from provision.model.finding import Audited, Waiver
    from provision.text import Language

NAME: Final = "poam.oscal.json"
_TITLE: Final = say("What is to be put right", "Ce qui est à corriger")


def write(audited: Audited, language: Language) -> str | None:
    """Return an item a control and subject; None where nothing is open."""
    items = [_item(each, language) for each in cases(e for e in audited.findings if e.status.wrong)]
    if not items:
        return None
    document = {
        "uuid": identifier("poam", audited.made_at, audited.cloud, *audited.subjects),
        "metadata": metadata(_TITLE, audited, language),
        "system-id": {"id": audited.cloud or "template"},
        "poam-items": items,
    }
    return as_json({"plan-of-action-and-milestones": document})


def _item(case: Case, language: Language) -> dict[str, Any]:
    subject, control, findings = case
    facts = findings[0].control
    waivers = dict.fromkeys(each.waiver for each in findings if each.waiver)
    return {
        "uuid": identifier("item", subject, control),
        "title": f"{control} {subject}: {render(facts.title, language)}",
        "description": told(findings, language),
        "props": [
            prop("severity", facts.severity.value),
            *(part for each in waivers for part in _waiver(each)),
        ],
        "remarks": render(facts.do, language),
    }


def _waiver(waiver: Waiver) -> list[dict[str, str]]:
    return [
        prop("waived-until", waiver.expires),
        prop("waived-by", waiver.approver),
        prop("compensating-measure", waiver.measure or "-"),
    ]
