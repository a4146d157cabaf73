from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from functools import reduce
from itertools import permutations

import pytest
from jsonschema import Draft202012Validator

from provision.declare.promises import promises
from provision.declare.shipped import shipped
from provision.model.estate import Floor
from provision.model.origin import Origin
from provision.report import comparison as report
from provision.report.look import Look
from provision.report.paint import Paint
from provision.report.schemas import result
from provision.text import LANGUAGES

PROFILES = shipped()
PAIRS = list(permutations(PROFILES, 2))
pairs = pytest.mark.parametrize(("a", "b"), PAIRS)
SECURE, OPEN = PROFILES["hautement-securise"], PROFILES["open-data"]
UNDECIDED = {"a": "b", "b": "a"}


def told(a, b):
    return {each.key: each for each in report.choices(PROFILES[a], PROFILES[b])}


def values(name, paths):
    held = {each.path: each for each in promises(PROFILES[name])}
    return {
        path: (
            re.sub(r"'reason': '[^']*'", "", str(held[path].value)),
            [(floor.direction, floor.bound) for floor in held[path].floors],
        )
        for path in paths
        if path in held
    }


@pytest.mark.parametrize(
    ("choice", "verdict"),
    [
        ("domain", "le plus strict : hautement-securise"),
        ("identity.auth.mfa.min_methods", "le plus strict : hautement-securise"),
        ("volumes", "le plus strict : hautement-securise"),
        ("keys", "le plus strict : hautement-securise"),
        ("egress", "le plus strict : hautement-securise"),
        ("audit.retention_days", "le plus strict : hautement-securise"),
        ("object.versioning", None),
        ("object.temp_urls", "seul hautement-securise en parle"),
        ("publishing", "deux buts, aucun n'est le plus strict"),
        ("classification", "deux buts, aucun n'est le plus strict"),
        ("quotas.compute", "des quantités, sans question de sévérité"),
        ("vpn.policy", "seul hautement-securise en parle"),
        ("network.ip_versions", None),
        ("networks.*.port_security", None),
    ],
)
def test_the_two_tiers_compared(choice, verdict):
    found = told("hautement-securise", "open-data").get(choice)
    said = found and report.verdict(found, SECURE, OPEN).render("fr")
    assert said == verdict


def test_what_is_the_same_and_held_by_one_only_is_told():
    found = told("startup", "open-data")["object.versioning"]
    said = report.verdict(found, PROFILES["startup"], OPEN).render("fr")
    assert said == "pareil aujourd'hui, mais seul open-data y tient"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_reads_as_promises_and_not_as_documents(language):
    text = report.text(SECURE, OPEN, Look(language))
    names = {
        path
        for each in (SECURE, OPEN)
        for path in (promise.path for promise in promises(each))
        if "." in path
    }
    assert not [path for path in names if path in text]
    assert not re.search(r"\b(true|false|null|None)\b|[{}`]|\[|\]", text)
    assert max(map(len, text.splitlines())) <= 115


def test_it_tells_in_french_what_follows_from_one_choice_together():
    text = report.text(SECURE, OPEN, Look("fr"))
    block = text[text.index("  Les volumes (disques des machines)") :].split("\n\n")[0]
    assert block.splitlines()[:3] == [
        "  Les volumes (disques des machines) — le plus strict : hautement-securise",
        "    hautement-securise  Chiffrement des volumes : chaque volume est chiffré (plancher, appliqué)",
        "                        Types de volume à portée : luks (plancher, appliqué)",
    ]
    assert "open-data           Chiffrement des volumes : non exigé (par défaut, appliqué)" in block
    assert text.count("LUKS") == 2  # the promise, and its explanation


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_it_uses_is_explained_at_its_end(language):
    text = report.text(SECURE, OPEN, Look(language))
    start = text.index({"en": "\nWORDS\n", "fr": "\nLES MOTS\n"}[language])
    for word in {
        "en": ("security group", "HSM", "container"),
        "fr": ("groupe de sécurité", "HSM", "conteneur"),
    }[language]:
        assert word.casefold() in text[:start].casefold() and f"\n  {word}" in text[start:]


@pairs
def test_seen_from_the_other_side_the_verdicts_are_the_other_way(a, b):
    there, back = told(a, b), told(b, a)
    assert there.keys() == back.keys()
    for key, choice in there.items():
        assert back[key].stricter == UNDECIDED.get(choice.stricter, choice.stricter)


@pairs
def test_each_difference_is_told_once_and_what_is_told_differs(a, b):
    paths = [
        path
        for choice in report.choices(PROFILES[a], PROFILES[b])
        for path in {each.path for side in (choice.a, choice.b) for one in side for each in one.promises}
    ]
    assert len(paths) == len(set(paths)) > 0
    told_of = set(paths)
    every = {each.path for name in (a, b) for each in promises(PROFILES[name])}
    silent = {path for path in every - told_of if not path.endswith((".description", ".port_security"))}
    assert values(a, silent) == values(b, silent)


@pairs
def test_json_is_as_its_schema_says(a, b):
    for language in LANGUAGES:
        data = json.loads(json.dumps(report.data(PROFILES[a], PROFILES[b], language)))
        Draft202012Validator(result("profile-diff")).validate(data)
        assert data["same"] is False


def test_json_says_what_holds_each_promise_and_what_carries_it():
    data = report.data(SECURE, OPEN, "en")
    choices = {each["choice"]: each for question in data["questions"] for each in question["choices"]}
    types = next(each for each in choices["volumes"]["a"] if "storage.volume.types" in each["values"])
    assert (types["hold"], types["today"], types["enforced_by"]) == (
        "floor",
        "enforced",
        ["volume_type_access"],
    )
    assert choices["volumes"]["stricter"] == "a"
    assert choices["publishing"]["stricter"] is None


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_beside_itself_is_the_same(name):
    profile = PROFILES[name]
    assert report.data(profile, profile, "en")["same"] is True
    assert (
        report.text(profile, profile, Look("en"))
        == f"{name} is compared with itself: it promises the same.\n"
    )
    assert "il promet la même chose" in report.text(profile, profile, Look("fr"))


def test_colour_changes_no_word():
    painted = report.text(SECURE, OPEN, Look("fr", Paint(colour=True)))
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == report.text(SECURE, OPEN, Look("fr"))


def test_rules_that_differ_in_their_reasons_only_are_no_difference():
    text = report.text(PROFILES["startup"], PROFILES["collectivite"], Look("en"))
    assert "Security group applications" in text
    assert "Security group web" not in text


def changed(profile, name, **said):
    """A profile of another name in which some values are others, each held by a floor: ``backup__site=("x", "exactly")``."""
    tree = copy.deepcopy(dict(profile.values.tree))
    floors = list(profile.floors)
    for key, (value, direction) in said.items():
        *above, last = key.split("__")
        reduce(lambda node, part: node.setdefault(part, {}), above, tree)[last] = value
        path = key.replace("__", ".")
        floors = [each for each in floors if each.path != path]
        floors.append(Floor(path, direction, value, Origin("x.yaml", 1), name))
    return replace(profile, name=name, values=replace(profile.values, tree=tree), floors=tuple(floors))


def test_two_names_of_one_promise_promise_the_same():
    twin = replace(SECURE, name="twin")
    assert report.text(SECURE, twin, Look("en")) == "hautement-securise and twin promise the same.\n"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"hosts__isolation": ("shared", "exactly")}, "each demands what the other forbids"),
        (
            {"backup__rpo_hours": (48, "at_most"), "backup__site": ("other-site", "exactly")},
            "each is the stricter in something",
        ),
        ({"backup__rpo_hours": (12, "at_most")}, "stricter: other"),
        ({"audit__retention_days": (30, "at_least")}, "stricter: hautement-securise"),
    ],
)
def test_the_verdict_follows_from_the_floors(said, verdict):
    other = changed(SECURE, "other", **said)
    (choice,) = report.choices(SECURE, other)
    assert report.verdict(choice, SECURE, other).render("en") == verdict
    assert f" — {verdict}\n" in report.text(SECURE, other, Look("en"))
