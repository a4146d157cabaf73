from __future__ import annotations

import json
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.model.federation import (
    MOST_BYTES,
    Admission,
    Attributes,
    matched,
    patterns,
    read,
    rules,
    size,
)

TOLD = Attributes("OIDC_SUB", "OIDC_WHO", "OIDC_GROUPS")
WITH_EMAIL = Attributes("OIDC_SUB", "OIDC_WHO", "OIDC_GROUPS", "OIDC_EMAIL")
NAMES = st.sets(st.text("abmne-.+(|)\\[é ", min_size=1, max_size=12), max_size=12)
KEYS = [f"tenant-{number:05d}" for number in range(10_000)]


def admissions(*pairs):
    return [Admission(*pair.split("/")) for pair in pairs]


@given(NAMES)
def test_expressions_match_the_names_and_nothing_else(names):
    found = [re.compile(each) for each in patterns(names)]
    for name in names:
        assert sum(bool(each.search(name)) for each in found) == 1
        for other in (f"x{name}", f"{name}x", f"{name}\n", name[:-1], name + name):
            assert any(each.search(other) for each in found) == (other in names)
    assert matched(patterns(names)) == names


def test_what_names_have_in_common_is_written_once():
    names = ["acme-admins", "acme-readers", "bakery-admins", "bakery-readers", "clinic-admins", "solo"]
    assert patterns(names) == [r"\A(?:acme|bakery)-(?:admins|readers)\Z", r"\Aclinic-admins\Z", r"\Asolo\Z"]


@pytest.mark.parametrize("told", [TOLD, WITH_EMAIL])
@given(groups=NAMES, alone=st.booleans())
def test_a_mapping_is_read_back_as_it_was_made_in_whatever_order(told, groups, alone):
    wanted = [Admission(domain, name) for name in groups for domain in ("Default", "clinic")]
    wanted += admissions("clinic/tournament-admins") if alone else []
    made = rules(told, wanted)
    assert made == rules(told, reversed(wanted)) == json.loads(json.dumps(made))
    found = read(made)
    assert (found.attributes, found.admissions, found.others) == (told, frozenset(wanted), frozenset())


def test_who_matches_no_list_is_a_person_in_no_group():
    assert rules(TOLD, []) == [
        {
            "local": [{"user": {"id": "{0}", "name": "{1}"}}],
            "remote": [
                {"type": "OIDC_SUB"},
                {"type": "OIDC_SUB", "not_any_of": [""]},
                {"type": "OIDC_WHO"},
                {"type": "OIDC_GROUPS"},
            ],
        }
    ]


def changed(**parts):
    rule = rules(TOLD, admissions("Default/acme-admins"))[1]
    return {**rule, **parts}


LIST = {"type": "OIDC_GROUPS", "regex": True}
OTHERS = [
    changed(remote=[]),
    changed(local=[]),
    changed(remote=[{"type": "OIDC_SUB"}]),
    changed(local=[{"group": {"id": "0123"}}]),
    changed(remote=[*changed()["remote"][:-1], {"type": "OIDC_GROUPS"}]),
    changed(remote=[*changed()["remote"][:-1], {**LIST, "whitelist": [".*"]}]),
    changed(remote=[*changed()["remote"][:-1], {**LIST, "whitelist": [r"\A.*\Z"]}]),
    changed(remote=[*changed()["remote"][:-1], {**LIST, "whitelist": [r"\Aacme-admins\Z", r"\A\d\Z"]}]),
    changed(remote=[*changed()["remote"][:-1], {**LIST, "whitelist": [r"\A(?:a|b\Z"]}]),
    changed(remote=[*changed()["remote"][:-1], {**LIST, "whitelist": [r"\A(?:a|b\)\Z"]}]),
    changed(remote=[*changed()["remote"][:-1], {**LIST, "whitelist": [r"\Aa)\Z"]}]),
    changed(remote=[*changed()["remote"][:-1], {**LIST, "whitelist": ["\\A" + "(?:a|b)" * 40 + "\\Z"]}]),
    changed(remote=[*changed()["remote"][:-1], {**LIST, "whitelist": ["\\A" + "(?:a|" * 5000 + "\\Z"]}]),
    changed(remote=changed()["remote"][2:]),
]


@pytest.mark.parametrize("rule", OTHERS)
def test_a_rule_that_is_not_of_our_making_is_told_whole(rule):
    found = read([*rules(TOLD, []), rule])
    assert found.admissions == frozenset()
    (said,) = found.others
    assert json.loads(said) == rule


@pytest.mark.parametrize("first", [{}, {"local": [], "remote": [{"type": "A"}]}, changed()])
def test_a_mapping_that_does_not_begin_as_ours_do_is_told_whole(first):
    found = read([first, changed()])
    assert found.attributes is None and found.admissions == frozenset()
    assert {json.dumps(json.loads(each), sort_keys=True) for each in found.others} == {
        json.dumps(each, sort_keys=True) for each in (first, changed())
    }


def test_ten_thousand_tenants_are_two_rules_that_fit():
    made = rules(
        WITH_EMAIL,
        [Admission("Default", f"{key}-{end}") for key in KEYS for end in ("admins", "members", "readers")],
    )
    assert len(made) == 2
    assert size(made) < MOST_BYTES / 2


def test_names_that_have_nothing_in_common_take_their_room():
    letters = random.Random(4)
    keys = ["".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=12)) for _ in range(10_000)]
    assert size(rules(TOLD, [Admission("Default", f"{key}-admins") for key in keys])) > MOST_BYTES


def test_an_admission_is_read_back():
    one = Admission("Default", "acme-admins")
    assert Admission.parse(str(one)) == one
