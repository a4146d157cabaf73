"""The ledger of real runs of the command, on the estate simulator."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from journey.desk import ESTATE
from ocsf_schema import faults

from provision import cli, workflow
from provision.cli import language
from provision.errors import Conflict
from provision.model.address import Address
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action, Plan, Step
from provision.record import facts
from provision.record.examine import examine


@pytest.fixture
def estate(tmp_path, simulator, monkeypatch):
    for name, value in simulator.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "estate"
    (folder / "tenants").mkdir(parents=True)
    (folder / "estate.yaml").write_text(ESTATE.format(name="ledgered"))
    (folder / "tenants" / "acme.yaml").write_text("tenant: acme\nprofile: startup\n")
    yield folder
    language.speak("en")


def run(estate, *words, expect=0):
    assert cli.main([*words, "--estate", str(estate), "--lang", "en"]) == expect


def entries(estate):
    return [line.entry for line in workflow.ledger(estate).lines]


def test_plan_approval_steps_and_end_are_recorded_and_hold(estate, capsys):
    run(estate, "plan", "--out", str(estate / "plan.json"), expect=2)
    run(estate, "apply", "--plan", str(estate / "plan.json"))
    said = entries(estate)
    actions = [each.action for each in said]
    assert actions[:6] == [
        "ledger.begun",
        "plan.made",
        "plan.saved",
        "plan.approved",
        "apply.begun",
        "apply.planned",
    ]
    assert actions[-1] == "apply.ended"
    approved, made = said[3].about, said[1].about
    assert (approved["how"], approved["fingerprint"]) == ("saved-plan", made["fingerprint"])
    steps = [each.about for each in said if each.action == "apply.step"]
    assert sorted(each["address"] for each in steps) == sorted(each["address"] for each in made["changes"])
    assert {each["status"] for each in steps} == {"DONE"}
    assert said[-1].about["ends"] == {"DONE": len(steps)}
    assert examine(estate / ".provision").problems == ()
    capsys.readouterr()
    run(estate, "ledger", "verify")
    assert "Integrity: nothing was altered." in capsys.readouterr().out


def test_no_secret_of_a_run_is_in_the_ledger(estate, capfd):
    clouds = Path(os.environ["OS_CLIENT_CONFIG_FILE"]).read_text(encoding="utf-8")
    password = clouds.split('password: "')[1].split('"')[0]
    assert len(password) > 5
    run(estate, "apply", "--yes")
    run(estate, "plan")
    for path in (estate / ".provision").rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert password.encode() not in held, path
            assert b"gAAAA" not in held and b"X-Auth-Token" not in held and b"PRIVATE KEY" not in held, path


def test_yes_unseen_and_no_are_told_apart(estate):
    question = workflow.Question(estate)
    assert workflow.apply(question, confirm=lambda _: False).declined
    assert [each.action for each in entries(estate)] == ["ledger.begun", "plan.declined"]
    workflow.apply(question, confirm=lambda _: True)
    workflow.apply(question)
    how = [each.about["how"] for each in entries(estate) if each.action == "plan.approved"]
    assert how == ["answer", "--yes"]


def test_steps_that_only_the_journal_knows_are_missed_and_then_taken_up(estate):
    question = workflow.Question(estate)
    workflow.apply(question)
    folder = estate / ".provision" / "ledger"
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    (estate / "tenants" / "beta.yaml").write_text("tenant: beta\nprofile: startup\n")
    workflow.apply(question)
    begun = next(n for n, each in enumerate(entries(estate)) if each.action == "apply.begun" and n > 10)
    cut(folder, begun + 1)
    problems = examine(estate / ".provision").problems
    assert not [each for each in problems if each.side == "integrity"]
    words = [str(each.what) for each in problems]
    assert any("was begun here and its end is not recorded" in each for each in words)
    steps = [each for each in words if each.startswith("the journal has CREATE")]
    assert len(steps) > 10 and all("/beta/" in each for each in steps)
    workflow.apply(question)
    late = [each.about for each in entries(estate) if each.about.get("from_journal")]
    assert len(late) == len(steps) and {each["status"] for each in late} == {"DONE"}
    assert examine(estate / ".provision").problems == ()
    for name, content in whole.items():  # the whole of the second run cut away, its checkpoints too
        (folder / name).write_bytes(content)
    assert len(
        [each for each in examine(estate / ".provision").problems if each.side == "completeness"]
    ) == len(steps)


def test_a_journal_that_was_lost_is_no_gap(estate):
    question = workflow.Question(estate)
    workflow.apply(question)
    (estate / "tenants" / "beta.yaml").write_text("tenant: beta\nprofile: startup\n")
    workflow.apply(question)
    for path in (estate / ".provision").glob("journal.sqlite*"):
        path.unlink()
    (estate / "tenants" / "gamma.yaml").write_text("tenant: gamma\nprofile: startup\n")
    workflow.apply(question)
    assert examine(estate / ".provision").problems == ()


def test_a_failed_step_keeps_its_sort_and_request_and_withholds_its_words():
    error = Conflict("Jean Dupont has it already", status=409, request_id="req-1")
    failed = Outcome("s", Action.CREATE, Address("network", "acme", "main"), Status.FAILED, error)
    plan = Plan("c", (), (Step("s", Action.CREATE, failed.address),), (), "f", "", "", ("acme",))
    said, aside = facts.wave("run", plan, (failed,), (), 1)
    assert said[1].about["request_ids"] == ["req-1"]
    assert (said[1].about["error"]["sort"], said[1].about["error"]["status"]) == ("Conflict", 409)
    assert "Dupont" not in str(said) and b"Dupont" in aside[0]


def cut(folder, size):
    """Take a ledger back to what a run that was killed leaves: so many entries, under the checkpoint of that moment."""
    lines = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "entries.jsonl").write_bytes(b"".join(lines[:size]))
    (folder / "leaves").write_bytes((folder / "leaves").read_bytes()[: size * 32])
    from provision.record import checkpoint  # noqa: PLC0415

    kept = (folder / "checkpoints.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "checkpoints.jsonl").write_bytes(
        b"".join(line for line in kept if checkpoint.parse(line).size <= size)
    )


def test_a_plan_that_cannot_be_recorded_says_so_and_an_apply_does_not_begin(estate, capsys):
    (estate / ".provision").mkdir()
    (estate / ".provision" / "ledger").write_text("a file where a folder should be")
    run(estate, "plan", expect=2)
    assert "not in the ledger" in capsys.readouterr().err
    run(estate, "apply", "--yes", expect=4)
    assert "the ledger cannot be written" in capsys.readouterr().err
    with closing(sqlite3.connect(estate / ".provision" / "journal.sqlite")) as journal:
        assert journal.execute("SELECT COUNT(*) FROM operation").fetchone() == (0,)


def test_export_is_what_other_tools_read(estate, capsys):
    run(estate, "plan", expect=2)
    run(estate, "apply", "--yes")
    capsys.readouterr()
    run(estate, "ledger", "export", "--as", "ocsf")
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(events) == len(entries(estate))
    for event in events:
        assert event["class_uid"] == 6003 and event["type_uid"] == 600300 + event["activity_id"]
        assert event["metadata"]["version"] == "1.8.0" and isinstance(event["time"], int)
        assert faults(event) == []
    step = next(each for each in events if each["api"]["operation"] == "apply.step")
    assert (step["activity_name"], step["status"]) == ("Create", "Success")
    assert step["resources"][0]["name"].startswith(step["resources"][0]["type"] + "/")
    run(estate, "ledger", "export", "--as", "cadf", "--format", "json")
    events = json.loads(capsys.readouterr().out)
    assert {each["typeURI"] for each in events} == {"http://schemas.dmtf.org/cloud/audit/1.0/event"}
    assert {each["outcome"] for each in events} <= {"success", "failure", "unknown", "pending"}
    assert len({each["id"] for each in events}) == len(events)
    assert all(
        {"id", "typeURI"} <= set(each[role])
        for each in events
        for role in ("initiator", "target", "observer")
    )


def test_show_names_who_what_when_and_proves_one_entry(estate, capsys):
    from provision.record import merkle  # noqa: PLC0415

    run(estate, "apply", "--yes")
    capsys.readouterr()
    run(estate, "ledger", "show")
    assert "apply.step  CREATE project/acme/" in capsys.readouterr().out
    run(estate, "ledger", "show", "--since", "2999-01-01")
    assert capsys.readouterr().out == "Nothing is recorded.\n"
    run(estate, "ledger", "show", "--since", "yesterday", expect=4)
    assert "is no time in UTC" in capsys.readouterr().err
    run(estate, "ledger", "show", "--entry", "3", "--format", "json")
    (entry,) = json.loads(capsys.readouterr().out)["entries"]
    proof, path = entry["proof"], [bytes.fromhex(each) for each in entry["proof"]["path"]]
    head = bytes.fromhex(proof["root"])
    assert entry["sequence"] == 3
    assert merkle.includes(bytes.fromhex(entry["hash"]), 3, proof["size"], path, head)


def test_verify_answers_two_for_either_verdict_in_both_languages(estate, capsys):
    run(estate, "plan", expect=2)
    path = estate / ".provision" / "ledger" / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b"plan.made", b"plan.fade"))
    capsys.readouterr()
    run(estate, "ledger", "verify", expect=2)
    said = capsys.readouterr().out
    assert f"entry 1 was changed\n    {path}:2\n" in said
    assert "Completeness: nothing is missing." in said
    assert cli.main(["ledger", "verify", "--estate", str(estate), "--lang", "fr"]) == 2
    assert "Intégrité : ROMPUE." in capsys.readouterr().out
    run(estate, "ledger", "verify", "--format", "json", expect=2)
    found = json.loads(capsys.readouterr().out)
    assert (found["integrity"], found["completeness"]) == (False, True)
    assert [each["entry"] for each in found["problems"]] == [1]
