from __future__ import annotations

from collections import Counter
from dataclasses import replace

from samples import COST, ENGLISH, FRENCH, PROBLEM, a_plan, full_plan, mixed_outcomes, outcome
from shelf import desired, live

from provision.errors import Conflict, LeaseLost
from provision.model.applied import Applied
from provision.model.outcome import Status
from provision.report import apply as report
from provision.report.look import Look
from provision.text import same, say

ONE = a_plan([desired("one")], [])


def applied(plan, outcomes, **rest):
    ends = Counter(each.status for each in outcomes)
    return Applied(plan, tuple(outcomes), {}, 0.0, ends, **rest)


def test_failures_are_grouped_by_cause_with_what_was_skipped_because_of_them():
    text = report.text(applied(ONE, mixed_outcomes()), COST, ENGLISH)
    assert text == (
        "✗ 413 quota of networks exceeded  ×2\n"
        "  → raise it\n"
        "    book/acme/first  (POST /networks, req-1)\n"
        "    book/acme/second  (POST /networks)\n"
        "  1 skipped because of it:\n"
        "    book/acme/child\n"
        "\n"
        "✗ 403 not yours\n"
        "    book/acme/other\n"
        "  1 skipped because of it:\n"
        "    book/acme/orphan\n"
        "\n"
        "Applied to sandbox: 1 done, 1 unchanged, 3 failed, 2 skipped. (1 tenant, 6 requests, 1.8 s)\n"
    )


def test_the_same_in_french():
    text = report.text(applied(ONE, mixed_outcomes()), COST, FRENCH)
    assert "  → l'augmenter\n" in text
    assert "  1 passée à cause de cela :\n" in text
    last = "Appliqué à sandbox : 1 faite, 1 inchangée, 3 en échec, 2 passées. (1 tenant, 6 requêtes, 1,8 s)"
    assert text.splitlines()[-1] == last


def test_a_thousand_failures_are_ten_names_and_a_count_unless_verbose():
    failed = [outcome(f"b{number}", Status.FAILED, Conflict(same("409 in use"))) for number in range(1_000)]
    short = report.text(applied(ONE, failed), COST, ENGLISH)
    assert "✗ 409 in use  ×1000" in short
    assert "… and 990 more (--verbose)" in short
    assert "book/acme/b10\n" not in short
    assert "book/acme/b999" in report.text(applied(ONE, failed), COST, Look("en", verbose=True))


def test_what_was_blocked_and_refused_is_told_again():
    text = report.text(applied(full_plan(), [outcome("new", Status.DONE)]), COST, ENGLISH)
    assert "Blocked, and left as it was:\n    book/acme/moved: replacing destroys" in text
    assert "✗ beta  tenants/beta.yaml:2: no dns" in text


def test_a_stop_says_that_the_next_apply_resumes():
    one, two = (
        [outcome("one", Status.STOPPED)],
        [outcome("one", Status.STOPPED), outcome("two", Status.STOPPED)],
    )
    assert "Stopped on request: 1 step was not begun." in report.text(applied(ONE, one), COST, ENGLISH)
    assert "2 étapes n'ont pas été commencées. Relancer apply : il reprend seul." in report.text(
        applied(ONE, two), COST, FRENCH
    )


def test_nothing_to_do_is_said_plainly():
    in_order = a_plan([desired("one")], [live("one")])
    assert report.text(applied(in_order, []), COST, ENGLISH).startswith("Nothing to do")


def test_json_has_the_plan_and_each_end():
    found = report.data(applied(ONE, mixed_outcomes()), COST, "fr")
    assert [change["address"] for change in found["changes"]] == ["book/acme/one"]
    assert found["outcomes"][2] == {
        "address": "book/acme/first",
        "action": "CREATE",
        "status": "FAILED",
        "error": {"where": "POST /networks", "what": "413 quota of networks exceeded", "do": "l'augmenter"},
        "because": None,
        "request_ids": ["req-1"],
        "seconds": 2.5,
    }
    assert found["outcomes"][4]["because"] == "book/acme/first"


def test_the_exit_code_tells_failed_from_blocked_from_done():
    done = [outcome("one", Status.DONE), outcome("two", Status.UNCHANGED)]
    assert report.exit_code(applied(ONE, done)) == 0
    assert report.exit_code(applied(ONE, [*done, outcome("three", Status.STOPPED)])) == 1
    assert report.exit_code(applied(full_plan(), mixed_outcomes())) == 1
    assert report.exit_code(applied(a_plan([desired("one", shelf="a")], [live("one", shelf="b")]), [])) == 3
    assert report.exit_code(applied(a_plan(problems=[PROBLEM]), done)) == 3
    assert report.exit_code(applied(ONE, done, unbegun=("beta",))) == 1
    assert report.exit_code(applied(ONE, done, undone=tuple(mixed_outcomes()))) == 1


def test_what_was_taken_back_is_told_with_whose_it_was():
    found = applied(ONE, mixed_outcomes(), undone=(outcome("one", Status.DONE), outcome("two", Status.DONE)))
    text = report.text(found, COST, ENGLISH)
    assert "did not come whole: 2 resources created by this run, of\n    acme\n" in text
    assert report.data(found, COST, "fr")["undone"][0]["address"] == "book/acme/one"


def test_why_it_ended_early_and_who_was_not_begun():
    halted = say("1 of 5 canaries failed", "1 canari sur 5 en échec")
    found = applied(ONE, [outcome("one", Status.STOPPED)], halted=halted, unbegun=("beta", "gamma"))
    text = report.text(found, COST, FRENCH)
    assert (
        "Arrêté avant la fin : 1 canari sur 5 en échec.\n  2 tenants n'ont pas été commencés\n    beta\n    gamma"
        in text
    )
    assert "Relancer apply" not in text
    assert report.data(found, COST, "en")["halted"] == "1 of 5 canaries failed"
    stopped = applied(ONE, [], unbegun=("beta",))
    assert "Ended early: asked to stop.\n  1 tenant was not begun\n    beta" in report.text(
        stopped, COST, ENGLISH
    )


def test_a_lost_lease_is_exit_3_and_is_told_step_by_step():
    lost = [replace(outcome(name, Status.FAILED), error=LeaseLost("no longer")) for name in ("one", "two")]
    assert report.exit_code(applied(full_plan(), [*mixed_outcomes(), *lost])) == 3
