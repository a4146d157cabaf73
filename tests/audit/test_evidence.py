"""Evidence from outside: what counts, what does not, what is only said to be lacking; and our own ledger where it decides."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from written import written

from provision import audit
from provision.audit.judge import template
from provision.model.book import Book, Dated
from provision.model.evidence import ATTESTABLE, Evidence
from provision.model.finding import Status, Tier
from provision.model.origin import Origin
from provision.text import same

TODAY = datetime.now(UTC).date()
CONTROLS = {each.control.id: each for each in audit.checks()}
OUTSIDE = sorted(each.control.id for each in audit.checks() if each.outside)
TREE = {"classification": "internal", "reviews": {"max_age_days": 100}}


class Noon(datetime):
    """The day on which these tests were collected, at noon: it may be over before they run."""

    @classmethod
    def now(cls, tz=None):
        return datetime.combine(TODAY, time(12), tz)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Have the audit go by that day."""
    for module in ("judge", "sources.evidence", "sources.standing", "sources.book"):
        monkeypatch.setattr(f"provision.audit.{module}.datetime", Noon)


@pytest.fixture
def judged(monkeypatch):
    """Judge a live tenant by one control alone, on pieces of evidence and a ledger."""

    def judge(control, *pieces, tree=TREE, tier=Tier.SECURED, book=None):
        tenant = replace(written("acme", tree), evidence=pieces)
        monkeypatch.setattr("provision.audit.judge.checks", lambda: (CONTROLS[control],))
        found = audit.live(audit.Eyes(None, {}, {}, book or Book()), tenant, tier)
        return found[0] if len(found) == 1 else found

    return judge


@pytest.fixture
def piece(tmp_path):
    """A piece of evidence whose file is there, and what was shown."""

    def make(control, *, days=1, text="signed", key="review", written_as=None, **more):
        path = tmp_path / f"{key}.pdf"
        path.write_text(text)
        sha256 = hashlib.sha256((written_as or text).encode()).hexdigest()
        said = {
            "key": key,
            "controls": frozenset({control}),
            "tenants": None,
            "what": same("what was seen"),
            "made": TODAY - timedelta(days=days),
            "until": None,
            "file": path.name,
            "path": path,
            "sha256": sha256,
            "confidence": "medium",
            "owner": "IT",
            "holds": True,
            "origin": Origin(f"evidence/{key}.yaml", 1),
        }
        return Evidence(**{**said, **more})

    return make


def test_what_evidence_answers_is_what_documents_may_say_it_for():
    assert set(OUTSIDE) == set(ATTESTABLE)


@pytest.mark.parametrize("control", [each for each in OUTSIDE if each not in {"TEN-LOG-04", "TEN-DAT-06"}])
def test_without_evidence_a_control_is_not_evaluated_and_never_failed(judged, control):
    tree = {**TREE, "state": "retired", "retirement": {"reason": "r", "date": "2026-01-31"}} if control == "TEN-REV-03" else TREE  # fmt: skip
    for tier in Tier:
        found = judged(control, tree=tree, tier=tier)
        assert found.status in {Status.NOT_EVALUATED, Status.NOT_APPLICABLE}
        asked = CONTROLS[control].control.levels[tier] == "must"
        assert (found.status is Status.NOT_EVALUATED) >= asked
        if asked:
            assert str(found.observed) == "needs evidence from outside (evidence/*.yaml)"


def tree_of(control):
    if control == "TEN-REV-03":
        return {"state": "retired", "retirement": {"reason": "r", "date": str(TODAY + timedelta(days=30))}}
    return {**TREE, "classification": "sante"}


@pytest.mark.parametrize("control", OUTSIDE)
def test_what_was_shown_holds_on_evidence_and_says_so(judged, piece, control):
    found = judged(control, piece(control, until=TODAY), tree=tree_of(control))
    assert (found.status, found.address) == (Status.PASS, "evidence/acme/review")
    made = TODAY - timedelta(days=1)
    assert str(found.observed) == f"on evidence, confidence medium: what was seen ({made}, IT)"
    assert str(found.origin) == "evidence/review.yaml:1"


@pytest.mark.parametrize("control", OUTSIDE)
def test_a_file_that_is_not_what_was_shown_fails_and_both_hashes_are_told(judged, piece, control):
    good = piece(control, key="other", until=TODAY)
    bad = piece(control, days=2, text="forged", written_as="signed", until=TODAY)
    found = judged(control, good, bad, tree=tree_of(control))
    assert (found.status, found.address) == (Status.FAIL, "evidence/acme/review")
    assert hashlib.sha256(b"forged").hexdigest() in str(found.observed)
    assert bad.sha256 in str(found.observed)


def test_a_file_that_is_not_here_is_not_believed_and_not_condemned(judged, piece, tmp_path):
    gone = piece("TEN-IAM-15", path=tmp_path / "nowhere.pdf")
    found = judged("TEN-IAM-15", gone)
    assert found.status is Status.NOT_EVALUATED and "not here" in str(found.observed)
    assert judged("TEN-IAM-15", gone, piece("TEN-IAM-15", days=50, key="older")).status is Status.PASS


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"days": 100}, Status.PASS, "on evidence"),
        ({"days": 101}, Status.FAIL, "it is 101 days old, 100 at most count"),
        ({"days": 10, "until": TODAY - timedelta(days=1)}, Status.FAIL, "it was good until"),
        ({"days": 10, "until": TODAY}, Status.PASS, "on evidence"),
        ({"days": -1}, Status.FAIL, "it is of a day to come"),
        ({"days": 1, "holds": False}, Status.FAIL, "what it shows is a failure"),
    ],
)
def test_what_is_too_old_or_over_or_shows_a_failure_fails(judged, piece, more, status, said):
    found = judged("TEN-IAM-15", piece("TEN-IAM-15", **more))
    assert found.status is status and said in str(found.observed)


def test_the_newest_that_counts_is_what_counts(judged, piece):
    old, new = piece("TEN-IAM-15", days=90, key="old"), piece("TEN-IAM-15", days=5, key="new", until=TODAY - timedelta(days=2))  # fmt: skip
    assert judged("TEN-IAM-15", old, new).address == "evidence/acme/old"
    assert (
        judged("TEN-IAM-15", piece("TEN-IAM-15", days=200, key="older"), new).address == "evidence/acme/new"
    )


def test_no_documents_stretch_what_the_catalogue_bounds(judged, piece):
    lax = {**TREE, "reviews": {"max_age_days": 4000}}
    assert judged("TEN-IAM-15", piece("TEN-IAM-15", days=366), tree=lax).status is Status.FAIL
    (found,) = [
        each for each in template(written("acme", lax), Tier.SECURED, "x") if each.control.id == "TEN-IAM-15"
    ]
    assert (found.status, str(found.observed)) == (Status.FAIL, "it is 4000 days old, 365 at most count")


@pytest.mark.parametrize(
    ("control", "tree", "status"),
    [
        ("TEN-IAM-15", TREE, Status.PASS),
        ("TEN-LOG-02", {"audit": {"retention_days": 180}}, Status.PASS),
        ("TEN-LOG-02", {"audit": {"retention_days": 90}}, Status.FAIL),
        ("TEN-REV-03", {"exit": {"notice_days": 20}}, Status.FAIL),
        ("TEN-REV-03", {"exit": {"notice_days": 21}}, Status.PASS),
        ("TEN-SOV-01", {}, Status.NOT_APPLICABLE),
    ],
)
def test_a_template_is_judged_by_what_it_asks_and_has_no_evidence(control, tree, status):
    (found,) = [
        each for each in template(written("acme", tree), Tier.SECURED, "x") if each.control.id == control
    ]
    assert found.status is status


def test_what_is_recommended_is_judged_where_something_was_shown(judged, piece):
    assert judged("TEN-SOV-02", tier=Tier.OPEN_DATA).status is Status.NOT_APPLICABLE
    assert judged("TEN-SOV-02", piece("TEN-SOV-02"), tier=Tier.OPEN_DATA).status is Status.PASS


def test_a_record_of_personal_data_is_asked_of_who_has_some(judged):
    assert judged("TEN-DAT-06").status is Status.NOT_APPLICABLE
    assert judged("TEN-DAT-06", tree={"classification": "sante"}).status is Status.NOT_EVALUATED


@pytest.mark.parametrize(
    ("control", "book", "status"),
    [
        ("TEN-LOG-05", Book(9, altered=(same("entry 3 was changed"),)), Status.FAIL),
        ("TEN-LOG-05", Book(9, missing=(same("entry 3 is missing"),)), Status.NOT_EVALUATED),
        ("TEN-LOG-05", Book(9, dated=Dated(8, TODAY, "CN=tsa")), Status.PASS),
        (
            "TEN-LOG-05",
            Book(9, altered=(same("entry 3 was changed"),), dated=Dated(8, TODAY, "CN=tsa")),
            Status.FAIL,
        ),
        ("TEN-LOG-06", Book(9, missing=(same("entry 3 is missing"),)), Status.FAIL),
        ("TEN-LOG-06", Book(9), Status.NOT_EVALUATED),
        ("TEN-LOG-11", Book(), Status.NOT_EVALUATED),
        ("TEN-LOG-11", Book(9), Status.PASS),
        (
            "TEN-LOG-11",
            Book(9, missing=(same("entry 3 is missing"), same("entry 4 is missing"))),
            Status.FAIL,
        ),
        ("TEN-LOG-11", Book(9, altered=(same("entry 3 was changed"),)), Status.FAIL),
    ],
)
def test_our_own_ledger_decides_what_it_can(judged, piece, control, book, status):
    found = judged(control, book=book)
    assert found.status is status
    if status is Status.FAIL:  # and nothing that anybody shows makes up for it
        assert "entry 3" in str(found.observed)
        assert judged(control, piece(control), book=book).status is Status.FAIL


def test_a_stamp_that_is_too_old_is_stale_like_any_evidence(judged):
    old = Book(9, dated=Dated(8, TODAY - timedelta(days=31), "CN=tsa"))
    assert judged("TEN-LOG-05", book=old).status is Status.PASS
    found = judged("TEN-LOG-05", book=old, tree={**TREE, "audit": {"anchor_max_age_days": 30}})
    assert (found.status, str(found.observed)) == (Status.FAIL, "it is 31 days old, 30 at most count")


@pytest.mark.parametrize(
    ("made", "status"), [(date(2026, 1, 10), Status.PASS), (date(2026, 1, 11), Status.FAIL)]
)
def test_notice_was_given_long_enough_before_the_end(judged, piece, made, status):
    leaving = {**TREE, "state": "retired", "retirement": {"reason": "r", "date": "2026-01-31"}}
    assert judged("TEN-REV-03", piece("TEN-REV-03", made=made), tree=leaving).status is status
    assert judged("TEN-REV-03", piece("TEN-REV-03", made=made)).status is Status.NOT_APPLICABLE


def test_of_a_tenant_that_leaves_only_its_leaving_is_judged():
    leaving = written(
        "acme", {**TREE, "state": "retired", "retirement": {"reason": "r", "date": "2026-01-31"}}
    )
    found = {
        each.control.id: each.status for each in audit.live(audit.Eyes(None, {}, {}), leaving, Tier.SECURED)
    }
    assert found == {"TEN-REV-03": Status.NOT_EVALUATED, "TEN-REV-04": Status.PASS}
