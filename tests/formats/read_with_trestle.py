"""Run by trestle's own interpreter: read each OSCAL document of a folder, and print what trestle has against it, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from trestle.common.err import TrestleError
from trestle.core.validator_factory import validator_factory
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.component import ComponentDefinition
from trestle.oscal.poam import PlanOfActionAndMilestones

MODELS = {
    "assessment-results.oscal.json": AssessmentResults,
    "component-definition.oscal.json": ComponentDefinition,
    "poam.oscal.json": PlanOfActionAndMilestones,
}


def against(path):
    """Return what trestle says against a document: nothing where it reads it, keeps all of it, and finds it sound."""
    try:
        model = MODELS[path.name].oscal_read(path)
    except TrestleError as error:
        return [str(error)]
    told = json.loads(model.oscal_serialize_json())
    lost = [] if told == json.loads(path.read_text("utf-8")) else ["what it writes again is not what it read"]
    unsound = [
        type(each).__name__
        for each in validator_factory.get_all()
        if not each.model_is_valid(model, quiet=True)
    ]
    return lost + unsound


if __name__ == "__main__":
    found = {path.name: against(path) for path in sorted(Path(sys.argv[1]).glob("*.oscal.json"))}
    print(json.dumps({"oscal": OSCAL_VERSION, "against": found}))  # noqa: T201 (what it is run for)
