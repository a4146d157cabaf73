import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from provision.apply.journal import Journal, alone
from provision.errors import LeaseLost, ProvisionError, Refused, UnknownOutcome, UsageError
from provision.model.address import Address
from provision.model.outcome import Outcome, Status
from provision.model.plan import Action, Plan, Step

ONE = Address("network", "acme", "one")
STEP = Step(f"CREATE:{ONE}", Action.CREATE, ONE)
PLAN = Plan("test", (), (STEP,), (), "f", "", "me", ("acme",))


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path / ".provision")
    yield opened
    opened.close()


def ended(status, error=None):
    return Outcome(STEP.id, Action.CREATE, ONE, status, error, None, ("req-1",), 1.0, 2.0)


def test_a_step_that_was_begun_and_not_ended_is_in_doubt(journal):
    run = journal.begin(PLAN)
    journal.intend(run, STEP)
    assert journal.doubtful("test", 0.0) == {ONE}
    assert journal.doubtful("another cloud", 0.0) == set()
    assert journal.doubtful("test", 1e12) == set()


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED])
def test_a_step_that_ended_is_not_in_doubt(journal, status):
    run = journal.begin(PLAN)
    journal.intend(run, STEP)
    journal.conclude(run, ended(status, ProvisionError("no") if status is Status.FAILED else None))
    journal.end(run)
    assert journal.doubtful("test", 0.0) == set()


def test_what_was_made_a_moment_ago_may_not_be_listed_yet(journal):
    run = journal.begin(PLAN)
    journal.intend(run, STEP)
    journal.conclude(run, replace(ended(Status.DONE), ended=time.time()))
    assert journal.doubtful("test", time.time()) == {ONE}
    again = Step(f"DELETE:{ONE}", Action.DELETE, ONE)
    journal.intend(run, again)
    gone = Outcome(again.id, Action.DELETE, ONE, Status.DONE, started=1.0, ended=time.time())
    journal.conclude(run, gone)
    assert journal.doubtful("test", time.time()) == set()


def test_a_disk_that_is_full_is_said(journal):
    def fill():
        while True:
            journal.begin(PLAN)

    journal._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(ProvisionError, match=r"journal\.sqlite: the journal cannot be written: .*full"):
        fill()


def test_an_unknown_outcome_stays_in_doubt(journal):
    run = journal.begin(PLAN)
    journal.intend(run, STEP)
    journal.conclude(run, ended(Status.FAILED, UnknownOutcome("lost")))
    assert journal.doubtful("test", 0.0) == {ONE}


def test_what_a_run_created_leaves_out_what_it_found_and_other_tenants(journal):
    other = Address("network", "acme", "two")
    steps = [STEP, Step(f"CREATE:{other}", Action.CREATE, other), Step(f"UPDATE:{ONE}", Action.UPDATE, ONE)]
    run = journal.begin(PLAN)
    for step in steps:
        journal.intend(run, step)
    assert journal.created(run, frozenset({"acme"})) == {ONE, other}
    assert journal.created(run, frozenset({"beta"})) == set()
    journal.conclude(run, Outcome(steps[1].id, Action.CREATE, other, Status.DONE, found=True))
    journal.conclude(run, ended(Status.FAILED, ProvisionError("half of it")))
    assert journal.created(run, frozenset({"acme"})) == {ONE}
    assert journal.created(run + 1, frozenset({"acme"})) == set()


def test_a_step_that_met_the_end_of_its_lease_stays_in_doubt(journal):
    run = journal.begin(PLAN)
    journal.intend(run, STEP)
    journal.conclude(run, ended(Status.FAILED, LeaseLost("no longer ours")))
    assert journal.doubtful("test", 0.0) == {ONE}


def test_a_journal_of_another_version_is_not_written_into(tmp_path):
    Journal(tmp_path).close()
    other = sqlite3.connect(tmp_path / "journal.sqlite")
    other.execute("PRAGMA user_version = 1")
    other.close()
    with pytest.raises(UsageError, match="another version of provision"):
        Journal(tmp_path)


def test_the_journal_is_for_its_owner_only(journal, tmp_path):
    assert (tmp_path / ".provision").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / ".provision" / "journal.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_damaged_journal_says_what_to_do(tmp_path):
    (tmp_path / "journal.sqlite").write_text("this is no database, " * 100)
    with pytest.raises(UsageError, match="move it away"):
        Journal(tmp_path)


def test_a_second_apply_is_refused_at_once_and_names_the_first(tmp_path):
    script = (
        "import sys, pathlib; from provision.apply.journal import alone\n"
        "with alone(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(Refused, match=f"pid {first.pid}"), alone(tmp_path):
            pass
        first.stdin.close()
    with alone(tmp_path):
        pass
