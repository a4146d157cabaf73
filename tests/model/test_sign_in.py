from __future__ import annotations

import pytest

from provision.model.sign_in import ANY_METHOD, TWO_METHODS, opened_by, ways_in

ON, RULES = "multi_factor_auth_enabled", "multi_factor_auth_rules"


@pytest.mark.parametrize(
    ("options", "ways"),
    [
        ({}, {ANY_METHOD}),
        ({RULES: []}, {ANY_METHOD}),
        ({RULES: [["password", "totp"]], ON: False}, {ANY_METHOD}),
        ({RULES: [["password", "totp"]]}, {TWO_METHODS}),  # Keystone takes rules as enabled unless it is told otherwise
        ({RULES: [["totp", "password", "totp"]], ON: True}, {TWO_METHODS}),
        ({RULES: [["password", "totp"], ["password"]], ON: True}, {TWO_METHODS, "password"}),
    ],
)  # fmt: skip
def test_the_ways_in_are_what_keystone_counts(options, ways):
    assert ways_in(options) == ways


@pytest.mark.parametrize("ways", [{ANY_METHOD}, {TWO_METHODS}, {TWO_METHODS, "password"}])
def test_an_account_opens_as_it_was_written(ways):
    assert ways_in(opened_by(frozenset(ways))) == ways
