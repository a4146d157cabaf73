from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from provision import errors, workflow
from provision.cli import main, mistakes
from provision.cloud.swift_info import Untold
from provision.kind import Unmet
from provision.proof import promise
from provision.text import say

SAID = say("it broke", "c'est cassé")
EXITS = {
    errors.ProvisionError: 1,
    errors.SandboxError: 1,
    errors.ClusterError: 1,
    errors.Refused: 3,
    errors.StalePlan: 3,
    errors.WriteRefused: 3,
    errors.LeaseLost: 3,
    errors.UsageError: 4,
    errors.CloudError: 1,
    errors.Unreachable: 5,
    errors.CredentialsRefused: 5,
    errors.Forbidden: 1,
    errors.NotFound: 1,
    errors.Conflict: 1,
    errors.QuotaExceeded: 1,
    errors.ServiceAbsent: 3,
    errors.UnknownOutcome: 1,
    Unmet: 3,
    Untold: 1,
    promise.Unprovable: 1,
    promise.Stopped: 1,
    promise.LeftBehind: 1,
}


def family(error):
    yield error
    for child in error.__subclasses__():
        yield from family(child)


@pytest.fixture
def raising(monkeypatch):
    """Make `provision plan` meet an error."""

    def raising(error):
        def plan(*_):
            raise error

        monkeypatch.setattr(workflow, "plan", plan)

    return raising


def test_the_table_above_forgets_no_error():
    known = {each for each in family(errors.ProvisionError) if each.__module__.startswith("provision.")}
    assert known == {*EXITS, errors.DocumentErrors}


@pytest.mark.parametrize(("error", "code"), EXITS.items())
def test_each_error_ends_in_its_exit_code_with_where_what_and_do(run, raising, estate, error, code):
    raising(error(SAID, where="here", do=say("mend it", "le réparer")))
    assert run("plan", "--estate", estate) == (code, "", "here: it broke\n  → mend it\n")
    assert run("plan", "--estate", estate, "--lang", "fr")[2] == "here: c'est cassé\n  → le réparer\n"


def test_document_errors_are_all_told_and_end_in_four(run, raising, estate):
    raising(errors.DocumentErrors([errors.Mistake("b.yaml", 1, "no"), errors.Mistake("a.yaml", 2, SAID)]))
    assert run("plan", "--estate", estate) == (4, "", "a.yaml:2: it broke\nb.yaml:1: no\n")


def test_an_interruption_ends_in_one_without_a_traceback(run, raising, estate):
    raising(KeyboardInterrupt())
    code, out, err = run("plan", "--estate", estate)
    assert (code, out) == (1, "")
    assert err.strip() == "Interrupted."


def test_a_machine_that_says_no_is_not_a_defect(run, raising, estate):
    raising(OSError(28, "No space left on device", "/full"))
    assert run("plan", "--estate", estate) == (1, "", "/full: No space left on device\n")


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    program = Path(sys.executable).with_name("provision")
    with subprocess.Popen(
        [program, "schema", "tenant"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""


def test_a_defect_is_owned_up_to_in_a_sentence(run, raising, estate):
    raising(ZeroDivisionError("x" * 900))
    code, out, err = run("plan", "--estate", estate)
    assert (code, out) == (1, "")
    assert err.startswith("This is a defect of provision, not of yours: ZeroDivisionError")
    assert "PROVISION_DEBUG=1" in err
    assert "Traceback" not in err
    assert len(err) < 600


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), errors.Refused("no")])
def test_the_traceback_is_there_for_who_asks(run, raising, estate, monkeypatch, error):
    raising(error)
    monkeypatch.setenv("PROVISION_DEBUG", "1")
    assert "Traceback" in run("plan", "--estate", estate)[2]


@pytest.mark.parametrize(
    ("arguments", "english", "french"),
    [
        (["plna"], "there is no command 'plna'\n  → did you mean plan?", "il n'y a pas de commande 'plna'"),
        (["plan", "--adpot", "x"], "there is no option --adpot\n  → did you mean --adopt?", "il n'y a pas d'option --adpot"),
        (["plan", "--zzz"], "there is no option --zzz\n  → see provision plan --help", "→ voir provision plan --help"),
        (["plan", "--out"], "--out needs a value", "--out attend une valeur"),
        (["plan", "--workers", "0"], "--workers is a whole number from 1 to 256", "--workers est un nombre entier de 1 à 256"),
        (["plan", "--format", "xml"], "--format is one of: text, json", "--format vaut l'un de : text, json"),
        (["init"], "provision init: DIR is missing", "provision init: il manque DOSSIER"),
        (["init", "a", "b"], "'b' is one argument too many", "'b' est un argument de trop"),
        (["sandbox", "upp"], "provision sandbox: there is no command 'upp'", "vouliez-vous dire up ?"),
        (["plan", "--adopt", "net"], "'net' is not an address", "'net' n'est pas une adresse"),
    ],
)  # fmt: skip
def test_a_bad_command_line_ends_in_four_and_says_how_to_mend_it(
    run, arguments, english, french, estate, monkeypatch
):
    monkeypatch.chdir(estate)
    code, out, err = run(*arguments)
    assert (code, out) == (4, "")
    assert english in err
    assert french in run("--lang", "fr", *arguments)[2]


def test_an_estate_that_is_not_there_says_how_to_get_one(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run("plan")
    assert code == 4
    assert f"{tmp_path}: there is no estate.yaml here" in err
    assert "provision init DIR" in err


def test_without_a_command_the_help_is_shown(run):
    code, out, err = run()
    assert (code, out) == (4, "")
    assert err.startswith("Usage: provision")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "json", "schema"],
        ["schema", "--format", "json"],
        ["--format", "text", "schema", "--format", "json"],
    ],
)
def test_shared_options_stand_before_or_after_the_command_and_the_last_one_wins(run, arguments):
    code, out, _ = run(*arguments)
    assert code == 0
    assert "plan" in json.loads(out)["results"]


def test_the_entry_point_reads_the_command_line_of_the_process(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["provision", "schema", "--lang", "fr"])
    assert main() == 0
    assert "Résultats :" in capsys.readouterr().out


def test_what_click_says_beyond_our_words_still_ends_as_ours():
    assert mistakes.ours(click.UsageError("odd")).render("fr") == "odd"
    assert mistakes.ours(click.BadParameter("not so", param_hint="--x")).render("fr") == "--x : not so"
    assert mistakes.ours(click.FileError("f", "gone")).exit_code == 4


ENDING = """
import atexit, gc, sys, threading, time
from provision.cli import program

def work():
    until = time.monotonic() + 60
    while not gc.get_freeze_count() and time.monotonic() < until:  # as long as the command goes on
        time.sleep(0.01)
    time.sleep(0.1)
    print("worked", flush=True)

atexit.register(print, "tidied")
if {works}:
    threading.Thread(target=work).start()
sys.argv = ["provision", "profile", "list"]
sys.exit(program())
"""


@pytest.mark.parametrize("works", [False, True])
def test_a_command_that_leaves_at_once_leaves_nothing_undone(works):
    done = subprocess.run(
        [sys.executable, "-c", ENDING.format(works=works)], capture_output=True, text=True, check=True
    )
    assert "socle" in done.stdout
    told = ["worked"] if works else []
    assert done.stdout.splitlines()[-1 - len(told) :] == [*told, "tidied"]
    assert done.stderr == ""


def test_what_cannot_be_said_to_the_end_is_a_failure():
    program = Path(sys.executable).with_name("provision")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([program, "profile", "list"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode != 0
