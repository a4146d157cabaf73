from __future__ import annotations

import io
import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from shelf import KINDS, address, desired, live

from provision import workflow
from provision.errors import Conflict
from provision.model.applied import Applied
from provision.model.event import Ended, Noted, Proved, Reading, Started, Waved
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action, Step
from provision.model.rollout import Budget, Rollout
from provision.plan import Options, make
from provision.text import say


def a_plan(desires, lives=()):
    return make(KINDS, desires, lives, cloud="sandbox", tenants=["acme"])


PENDING = a_plan([desired("one", title="x")])
NOTHING = a_plan([desired("one", title="x")], [live("one", title="x")])
BLOCKED = a_plan([desired("one", shelf="a")], [live("one", shelf="b")])
REQUESTS = {"network": {"GET": 2}}


class Terminal(io.StringIO):
    """Something that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def asked(monkeypatch):
    """Answer `workflow.plan` and `workflow.apply` from here; remember what they were asked."""
    seen = {}

    def plan(question, on_event):
        seen.update(question=question)
        on_event(Reading("book", 1, 1))
        return workflow.Planned(seen["plan"], question.options, REQUESTS, 0.5)

    def apply(question, *, saved, confirm, rollout, scheduler, whole, on_event):
        seen.update(question=question, saved=saved, rollout=rollout, scheduler=scheduler, whole=whole)
        if note := seen.get("note"):
            on_event(Noted(note))
        declined = confirm is not None and not confirm(seen["plan"])
        outcomes = () if declined else tuple(_walk(seen["plan"], seen.get("error"), on_event))
        ends = Counter(each.status for each in outcomes)
        return Applied(seen["plan"], outcomes, REQUESTS, 0.5, ends, declined)

    monkeypatch.setattr(workflow, "plan", plan)
    monkeypatch.setattr(workflow, "apply", apply)
    return seen


def _walk(plan, error, on_event):
    for done, step in enumerate(plan.steps, 1):
        on_event(Started(step))
        outcome = Outcome(step.id, step.action, step.address, Status.FAILED if error else Status.DONE, error)
        on_event(Ended(outcome, done, len(plan.steps)))
        yield outcome


@pytest.fixture
def person(monkeypatch):
    """Put somebody at the keyboard who answers; return what they are shown."""

    def person(answer):
        shown = Terminal()
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        monkeypatch.setattr("sys.stderr", shown)
        monkeypatch.setenv("TERM", "dumb")
        return shown

    return person


@pytest.mark.parametrize(("plan", "code"), [(PENDING, 2), (BLOCKED, 2), (NOTHING, 0)])
def test_plan_ends_in_two_when_changes_are_pending(run, asked, estate, plan, code):
    asked["plan"] = plan
    assert run("plan", "--estate", estate)[0] == code


def test_plan_passes_on_what_was_asked(run, asked, estate):
    asked["plan"] = NOTHING
    run(
        "--cloud", "other", "plan", "acme", "beta", "--estate", estate, "--workers", 4, "--cloud", "mine",
        "--adopt", "book/acme/one", "--replace", "book/acme/two", "--replace", "book/acme/a/b",
    )  # fmt: skip
    options = Options(frozenset({address("one")}), frozenset({address("two"), address("a/b")}))
    assert asked["question"] == workflow.Question(estate, ("acme", "beta"), "mine", options, 4)


def test_plan_stands_on_the_folder_it_is_run_in(run, asked, estate, monkeypatch):
    asked["plan"] = NOTHING
    monkeypatch.chdir(estate)
    run("plan")
    assert asked["question"] == workflow.Question(Path(), (), None, Options(), 16)


def test_plan_prints_the_result_on_stdout_and_nothing_else_anywhere(run, asked, estate):
    asked["plan"] = PENDING
    _, out, err = run("plan", "--estate", estate)
    assert out.splitlines()[-1] == "Plan: 1 to create. (sandbox, 1 tenant, 2 requests, 0.5 s)"
    assert err == ""
    assert "\x1b" not in out


def test_plan_as_json_is_one_object(run, asked, estate):
    asked["plan"] = PENDING
    found = json.loads(run("plan", "--estate", estate, "--format", "json", "--lang", "fr")[1])
    assert found["changes"][0]["address"] == "book/acme/one"
    assert found["requests"] == REQUESTS


def test_plan_kept_in_a_file_says_how_to_apply_it(run, asked, estate, tmp_path):
    asked["plan"] = PENDING
    _, out, err = run("plan", "--estate", estate, "--out", tmp_path / "plan.json")
    assert json.loads((tmp_path / "plan.json").read_text())["fingerprint"] == PENDING.fingerprint
    assert err == f"The plan is kept: provision apply --plan {tmp_path / 'plan.json'}\n"
    assert "kept" not in out


def test_colour_is_for_a_terminal_that_did_not_say_no(run, asked, estate, monkeypatch):
    asked["plan"] = PENDING
    for variables, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        stream = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdout", stream)
            patch.delenv("TERM", raising=False)
            for name, value in variables.items():
                patch.setenv(name, value)
            run("plan", "--estate", estate)
        assert ("\x1b[32m" in stream.getvalue()) is coloured


def test_apply_with_yes_writes_and_reports(run, asked, estate):
    asked["plan"] = PENDING
    code, out, err = run("apply", "--estate", estate, "--yes")
    assert (code, err) == (0, "")
    assert out == "Applied to sandbox: 1 done. (1 tenant, 2 requests, 0.5 s)\n"


@pytest.mark.parametrize(
    ("plan", "error", "code"), [(PENDING, Conflict("409"), 1), (BLOCKED, None, 3), (NOTHING, None, 0)]
)
def test_apply_tells_failed_from_blocked_from_nothing(run, asked, estate, plan, error, code):
    asked.update(plan=plan, error=error)
    assert run("apply", "--estate", estate, "--yes")[0] == code


def test_apply_as_json_holds_the_outcomes(run, asked, estate):
    asked["plan"] = PENDING
    found = json.loads(run("apply", "--estate", estate, "--yes", "--format", "json")[1])
    assert [each["status"] for each in found["outcomes"]] == ["DONE"]


def test_apply_refuses_when_nobody_is_there_to_say_yes(run, asked, estate):
    asked["plan"] = PENDING
    code, out, err = run("apply", "--estate", estate)
    assert (code, out) == (3, "")
    assert "nobody is there to say yes" in err
    assert "--yes" in err


@pytest.mark.parametrize(("answer", "code"), [("yes\n", 0), ("OUI\n", 0), ("o\n", 0), ("no\n", 3), ("\n", 3)])
def test_apply_shows_the_plan_beside_the_result_and_asks(run, asked, estate, person, answer, code):
    asked["plan"] = PENDING
    shown = person(answer)
    found, out, _ = run("apply", "--estate", estate)
    assert found == code
    assert "+ create    book/acme/one" in shown.getvalue()
    assert "Write this? [yes/no]" in shown.getvalue()
    assert ("Applied" in out) is (code == 0)
    if code:
        assert "nothing was written: you said no" in shown.getvalue()


def test_apply_of_a_saved_plan_asks_nothing_more(run, asked, estate, tmp_path):
    asked["plan"] = PENDING
    code, _, err = run("apply", "--estate", estate, "--plan", tmp_path / "plan.json")
    assert (code, err) == (0, "")
    assert asked["saved"] == tmp_path / "plan.json"


def test_apply_passes_on_how_to_go_through_the_tenants(run, asked, estate):
    asked["plan"] = PENDING
    run("apply", "--estate", estate, "--yes")
    assert (asked["rollout"], asked["whole"]) == (Rollout(), False)
    how = ("--canary", 5, "--wave", 50, "--max-failures", "5%", "--rollback")
    run("apply", "--estate", estate, "--yes", "--format", "json", *how)
    assert asked["rollout"] == Rollout(5, 50, Budget(5, percent=True), rollback=True)
    assert asked["whole"] is True


def test_apply_passes_on_where_the_steps_are_made(run, asked, estate):
    asked["plan"] = PENDING
    run("apply", "--estate", estate, "--yes")
    assert asked["scheduler"] is None
    run("apply", "--estate", estate, "--yes", "--engine", "dask", "--scheduler", "tls://192.0.2.10:8786")
    assert asked["scheduler"] == "tls://192.0.2.10:8786"


def test_a_failure_budget_that_is_none_is_said(run, asked, estate):
    code, _, err = run("apply", "--estate", estate, "--yes", "--max-failures", "few")
    assert code == 4
    assert "--max-failures" in err and "write 5, or 5% of the tenants" in err


@pytest.mark.parametrize("more", [["acme"], ["--adopt", "book/acme/x"], ["--replace", "book/acme/x"]])
def test_a_saved_plan_is_not_said_twice(run, estate, more):
    code, _, err = run("apply", "--estate", estate, "--plan", "plan.json", *more)
    assert code == 4
    assert "a saved plan already says" in err


def test_progress_shows_on_a_terminal_names_failures_and_leaves_stdout_alone(
    run, asked, estate, person, monkeypatch
):
    many = a_plan([desired(f"b{number}", title="x") for number in range(40)])
    asked.update(plan=many, error=Conflict(say("409 taken", "409 pris")))
    shown = person("")
    monkeypatch.setenv("TERM", "xterm")
    code, out, _ = run("apply", "--estate", estate, "--yes", "--lang", "fr")
    assert code == 1
    assert out.startswith("✗ 409 pris  ×40")
    assert shown.getvalue().count("✗ book/acme/") == 20
    assert "application, 40 en échec" in shown.getvalue()


def test_a_step_that_starts_or_a_success_is_no_line_of_its_own(person):
    from provision.cli.progress import Watch  # noqa: PLC0415 (after the terminal is there)

    shown = person("")
    step = Step("CREATE:book/acme/one", Action.CREATE, address("one"))
    with Watch("en") as watch:
        watch(Reading("book", 1, 2))
        watch(Started(step))
        watch(Ended(Outcome(step.id, step.action, step.address, Status.DONE), 1, 1))
        with watch.paused():
            sys.stderr.write("question")
    assert "✗" not in shown.getvalue()
    assert "question" in shown.getvalue()


def test_waves_have_a_bar_where_there_are_several(person, monkeypatch):
    from provision.cli.progress import Watch  # noqa: PLC0415 (after the terminal is there)

    for total, shows in ((1, False), (20, True)):
        shown = person("")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "160")
        with Watch("fr") as watch:
            watch(Waved(3, total, 10_000))
        assert ("vagues, 10000 locataires en tout" in shown.getvalue()) is shows


def test_proofs_have_a_bar(person, monkeypatch):
    from provision.cli.progress import Watch  # noqa: PLC0415 (after the terminal is there)

    shown = person("")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    with Watch("en") as watch:
        watch(Proved("acme", "server-boots", 3, 41))
    assert "proving" in shown.getvalue()
    assert "acme server-boots" in shown.getvalue()


def test_what_a_person_should_know_is_said_on_stderr_to_a_file_as_to_a_terminal(run, asked, estate, person):
    asked.update(plan=NOTHING, note=say("no lease [here]", "pas de bail [ici]"))
    _, out, err = run("apply", "--estate", estate, "--yes", "--format", "json", "--lang", "fr")
    assert err == "pas de bail [ici]\n"
    assert json.loads(out)["changes"] == []
    shown = person("")
    run("apply", "--estate", estate, "--yes", "--lang", "en")
    assert "no lease [here]" in shown.getvalue()
