"""How an account opens: what its options in Keystone let past the methods and the rules for passwords that it should keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from provision.text import Text, say

MIN_METHODS: Final = "identity.auth.mfa.min_methods"
BYPASS: Final = "identity.auth.bypass"
RULES: Final = "multi_factor_auth_rules"
ENABLED: Final = "multi_factor_auth_enabled"
NO_FACTOR: Final = "token"  # what another login gave
ANY_METHOD: Final = "any one method"
TWO_METHODS: Final = "password + totp"
BYPASSES: Final = (
    "ignore_change_password_upon_first_use",
    "ignore_lockout_failure_attempts",
    "ignore_password_expiry",
    "ignore_user_inactivity",
)


@dataclass(frozen=True, slots=True)
class FirstSignIn:
    """What opens an account the first time; `seed` (base 32) is None where a password is enough.

    `must_change` tells whether Keystone takes the password for nothing but to be changed.
    """

    password: str = field(repr=False)
    seed: str | None = field(repr=False)
    must_change: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A first sign-in that was handed over: whose it is, and the file that holds it; what it holds is not here."""

    tenant: str
    account: str
    path: Path
    several_methods: bool
    must_change: bool
    again: str | None


def weaknesses(options: Mapping[str, Any], least: int) -> Iterator[Text]:
    """Yield what lets an account in with fewer methods; Keystone takes rules as enabled unless it is told otherwise."""
    rules = options.get(RULES) or ()
    if not rules:
        yield say("no MFA rule", "aucune règle MFA")
    if options.get(ENABLED) is False:
        yield say("MFA is turned off", "MFA désactivée")
    for rule in rules:
        if len({*rule} - {NO_FACTOR}) < least:
            yield say("{rule} is enough", "{rule} suffit", rule=" + ".join(rule))


def bypasses(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the options that let an account past a rule for passwords."""
    return tuple(each for each in BYPASSES if options.get(each))


def ways_in(options: Mapping[str, Any]) -> frozenset[str]:
    """Return each set of methods that opens an account (``password + totp``); `ANY_METHOD` where one of any sort does."""
    rules = options.get(RULES) or ()
    if not rules or options.get(ENABLED) is False:
        return frozenset({ANY_METHOD})
    return frozenset(" + ".join(sorted({*rule})) for rule in rules)


def opened_by(ways: frozenset[str]) -> dict[str, Any]:
    """Return the options of an account that opens in these ways and no other."""
    rules = [way.split(" + ") for way in sorted(ways - {ANY_METHOD})]
    return {ENABLED: bool(rules), RULES: rules}
