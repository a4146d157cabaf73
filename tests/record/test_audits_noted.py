"""What the ledger keeps of an audit."""

from audits import every_status

from provision.record import facts


def test_of_an_audit_what_is_open_is_kept_and_what_could_not_be_told_is_counted():
    fact = facts.audited(every_status())
    assert fact.action == "audit.made"
    about = dict(fact.about)
    assert about["subjects"] == [{"subject": "acme", "profile": "hautement-securise", "version": "1.0.0"}]
    assert {each["status"] for each in about["findings"]} == {"FAIL", "WAIVED"}
    assert about["not_evaluated"]["TEN-IAM-09"] == 1
    assert about["unreadable"] == ["user"]
