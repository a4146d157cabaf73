"""Run by Prowler's own interpreter: load the framework of a folder as Prowler does, and print what it made of it, as JSON."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

from prowler.lib.check.compliance_models import (
    get_bulk_compliance_frameworks_universal,
    load_compliance_framework_universal,
)
from prowler.lib.check.models import CheckMetadata
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

if __name__ == "__main__":
    name, findings = (Path(each) for each in sys.argv[1:])
    framework = load_compliance_framework_universal(str(name))
    told = framework and {
        "name": f"{framework.framework} {framework.version}",
        "providers": framework.get_providers(),
        "requirements": {each.id: each.checks["openstack"] for each in framework.requirements},
    }
    answer = {
        "version": version("prowler"),
        "framework": told,
        "offered": sorted(get_bulk_compliance_frameworks_universal("openstack")),
        "checks": sorted(CheckMetadata.get_bulk("openstack")),
        "findings": [ComplianceFinding(**each).compliance.control for each in json.loads(findings.read_text("utf-8"))],
    }  # fmt: skip
    print(json.dumps(answer))  # noqa: T201 (what it is run for)
