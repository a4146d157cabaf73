from __future__ import annotations

from dataclasses import replace

from samples import COST, ENGLISH, FRENCH, PROBLEM, a_plan, full_plan
from shelf import desired, live

from provision.report import plan as report
from provision.report.look import Look
from provision.report.paint import Paint

ENGLISH_PAGE = """\
acme (6 changes)
  - remove    book/acme/old  retired at tenants/acme.yaml:3: closed
  + create    book/acme/new  (tenants/acme.yaml:3)
      title  New  (tenants/acme.yaml:7)
      tags
        + b
        + a
      pin    (secret)
  ~ change    book/acme/changed  (tenants/acme.yaml:3)
      title    Before → After  (tenants/acme.yaml:7)
      readers
        + eve
        - bob
      pages    [1, 2] → [2, 1]
"""


def test_a_plan_reads_by_tenant_in_the_order_of_the_work_with_the_line_that_wants_each_field():
    text = report.text(full_plan(), COST, ENGLISH)
    lines = text.splitlines()
    assert lines[0] == "acme (6 changes)"
    for line in ENGLISH_PAGE.splitlines():
        assert line in lines


def test_what_is_blocked_says_what_would_allow_it():
    text = report.text(full_plan(), COST, ENGLISH)
    assert "✗ blocked: replacing destroys what is there: allow it with --replace book/acme/moved" in text
    assert "take it over with --adopt book/acme/taken" in text


def test_what_is_left_alone_is_counted_by_kind_and_reason_and_named_when_verbose():
    short = report.text(full_plan(), COST, ENGLISH)
    assert "  · 2 book: not ours" in short
    assert "book/acme/stray" not in short
    long = report.text(full_plan(), COST, Look("en", verbose=True))
    assert "  · book/acme/stray: not ours" in long
    assert "  · book/acme/forgotten: ours, but no document asks for it any more" in long


def test_the_last_line_counts_in_both_languages():
    english, french = (report.text(full_plan(), COST, look).splitlines()[-1] for look in (ENGLISH, FRENCH))
    assert english == (
        "Plan: 1 to create, 1 to change, 1 to remove, 1 to adopt, 2 blocked, 1 tenant refused. "
        "(sandbox, 1 tenant, 6 requests, 1.8 s)"
    )
    assert french == (
        "Plan : 1 à créer, 1 à modifier, 1 à supprimer, 1 à adopter, 2 bloqués, 1 locataire refusé. "
        "(sandbox, 1 locataire, 6 requêtes, 1,8 s)"
    )


def test_a_refused_tenant_says_where_what_and_do():
    text = report.text(full_plan(), COST, FRENCH)
    assert "✗ beta  tenants/beta.yaml:2: pas de dns\n      → l'ajouter" in text


def test_nothing_to_do_is_said_plainly():
    in_order = a_plan([desired("one", title="x")], [live("one", title="x")])
    assert report.text(in_order, COST, ENGLISH).startswith(
        "Nothing to do: the cloud is as the documents say."
    )
    assert report.text(in_order, COST, FRENCH).startswith(
        "Rien à faire : le cloud est conforme aux documents."
    )


def test_the_proposal_shows_changes_and_no_cost():
    shown = report.proposal(full_plan(), ENGLISH)
    assert "book/acme/new" in shown
    assert shown.endswith("1 tenant refused.")


def test_a_secret_never_shows():
    page = report.text(full_plan(), COST, ENGLISH) + str(report.data(full_plan(), COST, "en"))
    assert "1234" not in page


def test_a_name_from_the_cloud_cannot_steer_the_terminal():
    plan = a_plan([], [live("\x1b[2Jgone\nACME", owned=False)])
    text = report.text(plan, COST, Look("en", verbose=True))
    assert "\x1b" not in text
    assert "book/acme/\\x1b[2Jgone\\x0aACME" in text


def test_colour_changes_no_word():
    plain = report.text(full_plan(), COST, ENGLISH)
    painted = report.text(full_plan(), COST, Look("en", Paint(colour=True)))
    assert "\x1b[" in painted
    for code in ("32", "31", "33", "1", "2", "36", "0"):
        painted = painted.replace(f"\x1b[{code}m", "")
    assert painted == plain


def test_json_lists_what_differs_and_nothing_in_order():
    found = report.data(full_plan(), COST, "fr")
    by_address = {change["address"]: change for change in found["changes"]}
    assert by_address["book/acme/changed"]["fields"][0] == {
        "field": "title",
        "before": "Before",
        "after": "After",
        "origin": "tenants/acme.yaml:7",
    }
    assert by_address["book/acme/moved"]["blocked"].startswith("remplacer détruit l'existant")
    assert by_address["book/acme/stray"]["action"] == "LEAVE"
    assert found["problems"] == [
        {"tenant": "beta", "where": "tenants/beta.yaml:2", "what": "pas de dns", "do": "l'ajouter"}
    ]
    assert report.data(a_plan([desired("one")], [live("one")]), COST, "en")["changes"] == []


def test_the_exit_code_tells_pending_from_refused_from_nothing():
    assert report.exit_code(full_plan()) == 3
    assert report.exit_code(a_plan([desired("one")], [])) == 2
    assert report.exit_code(a_plan([], [live("stray", owned=False)])) == 0
    assert report.exit_code(a_plan([], [], problems=[PROBLEM])) == 3


def test_a_blocked_change_alone_is_pending():
    plan = a_plan([desired("one", shelf="east")], [live("one", shelf="west")])
    assert plan.steps == ()
    assert report.exit_code(plan) == 2
    assert report.text(plan, COST, ENGLISH).splitlines()[-1].startswith("Plan: 1 blocked.")


def test_ten_thousand_tenants_keep_their_thousands_apart():
    plan = replace(a_plan(), tenants=tuple(f"t{number}" for number in range(10_000)))
    assert "10,000 tenants" in report.text(plan, COST, ENGLISH)
    assert "10\u202f000 locataires" in report.text(plan, COST, FRENCH)
