"""OSCAL component definition: the controls of the catalogue, and the clauses to which each contributes, with the reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from provision.report.audit import NOTICE
from provision.report.encode import as_json
from provision.report.oscal import identifier, metadata, prop
from provision.text import render, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from provision.model.finding import Audited, Control
    from provision.text import Language

NAME: Final = "component-definition.oscal.json"
_TITLE: Final = say("Controls of provision", "Contrôles de provision")
_PREFIXES: Final = {"SecNumCloud 3.2": "snc-", "ISO/IEC 27001:2022": "iso-"}


def write(audited: Audited, language: Language) -> str | None:
    """Return the one component; None where no control was asked."""
    controls = {each.control.id: each.control for each in audited.findings}
    frameworks = sorted({clause.framework for each in controls.values() for clause in each.clauses})
    if not frameworks:
        return None
    component = {
        "uuid": identifier("component"),
        "type": "validation",
        "title": "provision audit",
        "description": render(NOTICE, language),
        "control-implementations": [_implementation(each, controls, language) for each in frameworks],
    }
    document = {
        "uuid": identifier("component definition", audited.made_at),
        "metadata": metadata(_TITLE, audited, language),
        "components": [component],
        "back-matter": {
            "resources": [{"uuid": identifier("framework", each), "title": each} for each in frameworks]
        },
    }
    return as_json({"component-definition": document})


def _implementation(framework: str, controls: Mapping[str, Control], language: Language) -> dict[str, Any]:
    by_clause: dict[str, list[tuple[Control, str]]] = {}
    for control in controls.values():
        for clause in control.clauses:
            if clause.framework == framework:
                by_clause.setdefault(clause.clause, []).append((control, render(clause.reason, language)))
    return {
        "uuid": identifier("implementation", framework),
        "source": f"#{identifier('framework', framework)}",
        "description": framework,
        "implemented-requirements": [
            _requirement(framework, clause, those) for clause, those in sorted(by_clause.items())
        ],
    }


def _requirement(framework: str, clause: str, those: Sequence[tuple[Control, str]]) -> dict[str, Any]:
    return {
        "uuid": identifier("requirement", framework, clause),
        "control-id": token(framework, clause),
        "description": "\n".join(f"{control.id}: {reason}" for control, reason in those),
        "props": [prop("control", control.id) for control, _ in those],
    }


def token(framework: str, clause: str) -> str:
    """Return a clause as OSCAL may name it (it must begin with a letter): ``snc-9.7.a``."""
    return _PREFIXES[framework] + re.sub(r"[^\w.-]", "-", clause)
