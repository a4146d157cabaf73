"""The whole road on the real services, through the command line alone."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.sandbox
TENANT = "report-acme"
LEAVING = f"tenant: {TENANT}\nprofile: startup\nstate: retired\nretirement: {{reason: end of the test, date: 2026-11-24}}\n"


@pytest.fixture
def on_the_sandbox(run, sandbox, monkeypatch):
    from provision import sandbox as control  # noqa: PLC0415 (only what runs against it pays for its import)

    for name, value in control.environment(sandbox).items():
        monkeypatch.setenv(name, value)
    return run


def test_an_estate_made_from_the_cloud_takes_a_two_line_tenant_at_once(on_the_sandbox, tmp_path):
    run, folder = on_the_sandbox, tmp_path / "report-estate"
    document = folder / "tenants" / f"{TENANT}.yaml"
    made = json.loads(run("init", folder, "--format", "json")[1])
    assert (made["estate"], made["cloud"], made["silence"]) == ("report-estate", "sandbox", None)
    document.write_text(f"tenant: {TENANT}\nprofile: startup\n", encoding="utf-8")
    assert run("check", folder)[0] == 0
    try:
        code, out, err = run("plan", "--estate", folder, "--format", "json")
        plan = json.loads(out)
        assert (code, err, plan["problems"]) == (2, "", [])
        assert {change["action"] for change in plan["changes"]} == {"CREATE"}
        assert all(
            "POST" not in methods for service, methods in plan["requests"].items() if service != "identity"
        )
        applied = json.loads(run("apply", "--estate", folder, "--yes", "--format", "json")[1])
        assert {each["status"] for each in applied["outcomes"]} == {"DONE"}
        code, out, _ = run("plan", "--estate", folder)
        assert (code, out.startswith("Nothing to do")) == (0, True)
    finally:
        document.write_text(LEAVING, encoding="utf-8")
        assert run("apply", "--estate", folder, "--yes")[0] == 0
    assert run("plan", "--estate", folder)[0] == 0
