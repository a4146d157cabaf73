from __future__ import annotations

import re
from pathlib import Path

import pytest

import provision
from provision.cli.pages import pages
from provision.declare import promises as room
from provision.declare.promises import promises
from provision.declare.shipped import shipped
from provision.report import glossary, topics
from provision.report.page import FOLDERS, markdown, path
from provision.report.questions import Today
from provision.report.statements import statements
from provision.text import LANGUAGES

DOCS = Path(provision.__file__).parent.parent / "docs"
PROFILES = shipped()
EACH = [(name, language) for name in PROFILES for language in LANGUAGES]
every = pytest.mark.parametrize(("name", "language"), EACH)


def rows(page):
    return [line.split(" | ") for line in page.splitlines() if line.startswith("| **")]


def test_the_pages_that_are_kept_are_those_of_the_shipped_profiles_and_what_these_say():
    made = {each.path: each.text for each in pages(PROFILES.values(), LANGUAGES)}
    kept = {f"{folder}/{file.name}" for folder in FOLDERS.values() for file in (DOCS / folder).iterdir()}
    assert kept == made.keys()
    for where, text in made.items():
        assert (DOCS / where).read_text(encoding="utf-8") == text, f"{where}: nox -s docs -- --write"


@pytest.mark.parametrize("name", PROFILES)
def test_every_key_they_use_has_words(name):
    assert [each.path for each in promises(PROFILES[name]) if not topics.written(each.path)] == []


@pytest.mark.parametrize("name", PROFILES)
def test_every_promise_is_told_once(name):
    told = [each.path for statement in statements(PROFILES[name]) for each in statement.promises]
    left_out = {each.path for each in promises(PROFILES[name])} - set(told)
    assert len(told) == len(set(told))
    assert all(path.endswith(".description") for path in left_out)


@every
def test_a_page_has_a_row_for_each_statement_with_its_place(name, language):
    told = statements(PROFILES[name])
    listed = rows(markdown(PROFILES[name], language))
    assert len(listed) == len(told) > 10
    for statement, (_, _, _, where) in zip(told, listed, strict=True):
        for origin in statement.origins:
            assert f"{origin.file.removeprefix('provision/profiles/')}:{origin.line}`" in where


@every
def test_every_reason_of_a_profile_is_on_its_page(name, language):
    page = re.sub(r"\[([^]]*)\]\(#[a-z0-9-]+\)", r"\1", markdown(PROFILES[name], language))
    for pattern, reason in PROFILES[name].why.items():
        assert page.count(f"*{reason[language]}*") == 1, pattern


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_enforced_is_what_kinds_carry_and_nothing_written_by_hand(language, monkeypatch):
    profile = PROFILES["hautement-securise"]
    before = [each.today for each in statements(profile)]
    assert {Today.ENFORCED, Today.RECORDED} <= set(before)
    monkeypatch.setattr(room, "bearers", lambda _: ())
    recorded = {"en": "Recorded", "fr": "Consigné"}[language]
    assert {today for _, _, today, _ in rows(markdown(profile, language))} == {recorded}


@every
def test_every_word_of_openstack_is_explained_and_leads_there_once(name, language):
    page = markdown(PROFILES[name], language)
    anchors, links = re.findall(r'<a id="([^"]+)">', page), re.findall(r"\]\(#([^)]+)\)", page)
    assert sorted(anchors) == sorted(links)
    assert len(anchors) > 10
    body = page[: page.index('<a id="')]
    unlinked = re.sub(r"\[([^]]*)\]\(#[a-z0-9-]+\)", r"\1", body)
    used = {term.key for term in glossary.used(glossary.prose(unlinked[unlinked.index("\n## ") :]), language)}
    assert used == set(anchors)


@every
def test_the_two_languages_lead_to_one_another(name, language):
    (link,) = re.findall(r"\]\((\.\./[^)]+)\)", markdown(PROFILES[name], language))
    other = next(each for each in LANGUAGES if each != language)
    assert link == f"../{path(PROFILES[name], other)}"


@pytest.mark.parametrize("name", PROFILES)
def test_no_page_in_french_says_an_english_word_and_the_reverse(name):
    french, english = (markdown(PROFILES[name], language) for language in ("fr", "en"))
    for word in ("floor:", "default:", "Recorded", "Enforced", "tenant "):
        assert word not in re.sub(r"`[^`]*`", "", french)
    for word in ("plancher", "par défaut", "Consigné", "Appliqué", "locataire"):
        assert word not in english


@every
def test_no_value_is_left_in_the_spelling_of_a_document(name, language):
    for said, *_ in rows(markdown(PROFILES[name], language)):
        assert not re.search(r"\b(true|false|null|None)\b|[{}\[\]]{2}", said), said
