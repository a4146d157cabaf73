from __future__ import annotations

from datetime import date

import pytest

PIECE = """
evidence: review
controls: [TEN-IAM-15]
tenants: [acme]
what: {fr: Revue des droits, en: Review of rights}
date: 2026-09-30
valid_until: 2027-03-31
file: files/review.pdf
sha256: {sha}
confidence: high
owner: Head of IT
""".replace("{sha}", "a" * 64).strip()


def test_what_is_shown_reaches_the_tenants_that_it_speaks_of(documents):
    documents.tenant("acme")
    documents.tenant("other")
    documents.write("evidence/review.yaml", PIECE)
    documents.write("evidence/clocks.yaml", PIECE.replace("review", "clocks").replace("[acme]", "all").replace("TEN-IAM-15", "TEN-LOG-08"))  # fmt: skip
    estate = documents.load()
    shown = {key: [each.key for each in tenant.evidence] for key, tenant in estate.tenants.items()}
    assert shown == {"acme": ["clocks", "review"], "other": ["clocks"]}
    piece = estate.tenants["acme"].evidence[1]
    assert (piece.made, piece.until, piece.holds) == (date(2026, 9, 30), date(2027, 3, 31), True)
    assert (piece.what.fr, piece.what.en) == ("Revue des droits", "Review of rights")
    assert piece.path == documents.folder / "evidence" / "files" / "review.pdf"
    assert str(piece.origin) == "evidence/review.yaml:1"


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("controls: [TEN-IAM-15]", "controls: [TEN-IAM-99]", "evidence/review.yaml:2 controls.0 is TEN-IAM-99"),
        ("tenants: [acme]", "tenants: [acne]", "evidence/review.yaml:3 there is no tenant 'acne' → did you mean acme?"),
        ("date: 2026-09-30", "date: 2026-02-31", "evidence/review.yaml:5 2026-02-31 is no day"),
        ("valid_until: 2027-03-31", "valid_until: 2026-03-31", "evidence/review.yaml:6 it would have ended before it was made → write a day after 2026-09-30"),
        ("file: files/review.pdf", "file: ../secrets.yaml", "evidence/review.yaml:7 file is ../secrets.yaml"),
        ("confidence: high", "confidence: sure", "evidence/review.yaml:9 confidence is sure"),
        ("evidence: review", "evidence: revue", "evidence/review.yaml:1 the file is called review, the evidence revue → name the file revue.yaml"),
        ("owner: Head of IT", "owner: X\nlink: here", "evidence/review.yaml:11 there is no key 'link' here"),
        (f"sha256: {'a' * 64}", "sha256: abc", "evidence/review.yaml:8 sha256 is abc → write a SHA-256"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_is(documents, line, instead, said):
    documents.tenant("acme")
    assert line in PIECE
    documents.write("evidence/review.yaml", PIECE.replace(line, instead))
    (found,) = documents.mistakes()
    assert found.startswith(said)


def test_what_it_lacks_is_told(documents):
    documents.tenant("acme")
    documents.write("evidence/review.yaml", "evidence: review\n")
    assert any("sha256" in each for each in documents.mistakes())
