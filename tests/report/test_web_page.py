"""The page of an audit: sound HTML, whole in both languages, loading nothing, and what clouds say in it is only words."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import audited
import pytest
from justhtml import JustHTML

from provision import audit
from provision.model.finding import Status
from provision.report import audit as report
from provision.report.assessment import files, web_page
from provision.text import LANGUAGES

MADE = {
    "template": lambda: audited.of_profiles("hautement-securise", "open-data"),
    "everything": audited.of_everything,
}


@pytest.fixture(scope="module", params=MADE)
def made(request):
    return MADE[request.param]()


@pytest.fixture(scope="module")
def everything():
    return audited.of_everything()


@pytest.fixture(scope="module")
def page(made):
    return read(made)


@pytest.fixture(scope="module")
def english(everything):
    return read(everything).query("article.en")[0]


def read(made, language="fr"):
    """Parse a page as a browser does, but for that any mistake is an error."""
    return JustHTML(web_page.write(made, language), strict=True, sanitize=False)


def skeleton(node):
    return [(each.name, sorted(set(each.attrs) - {"checked"})) for each in node.query("*")]


def test_it_is_one_of_the_files_of_an_audit(everything):
    assert files(everything, "fr")["report.html"] == web_page.write(everything, "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_sound_html_in_the_language_in_which_it_opens(made, language):
    page = read(made, language)
    (root,) = page.query("html")
    assert root.attrs["lang"] == language
    (chosen,) = page.query("input[checked]")
    assert chosen.attrs["value"] == language


def test_both_languages_say_the_same_things(made, page):
    (french,), (english,) = page.query("article.fr"), page.query("article.en")
    assert (french.attrs["lang"], english.attrs["lang"]) == ("fr", "en")
    assert skeleton(french) == skeleton(english)
    headings = [[each.to_text() for each in it.query("h1, h2")] for it in (french, english)]
    assert not set(headings[0]) & set(headings[1]) - {None}
    for finding in made.findings:
        for article, language in ((french, "fr"), (english, "en")):
            assert finding.control.id in article.to_text()
            assert " ".join(finding.control.do.render(language)[1:].split()) in said(article)


def said(node):
    return re.sub(
        r"\s+", " ", node.to_text(separator="", strip=False).replace("\N{NO-BREAK SPACE}", " ")
    ).strip()


def test_nothing_is_loaded_and_only_our_own_script_and_style_may_run(made, page):
    text = web_page.write(made, "fr")
    (policy,) = page.query("meta[http-equiv=Content-Security-Policy]")
    assert policy.attrs["content"].startswith("default-src 'none'; ")
    for name in ("style", "script"):
        (element,) = page.query(name)
        inside = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert element.attrs == {}
        assert f"{name}-src 'sha256-{digest}'" in policy.attrs["content"]
    assert not page.query("[src], [srcset], [style], link, iframe, object, embed, img")
    assert not [name for each in page.query("*") for name in each.attrs if name.startswith("on")]
    assert not re.search(r"url\(|@import|@font-face", text)


def test_every_link_leads_to_one_place_of_the_page(page):
    places = [each.attrs["id"] for each in page.query("[id]")]
    assert len(places) == len(set(places))
    links = {each.attrs["href"] for each in page.query("a")}
    assert links and links <= {f"#{each}" for each in places}
    named = {
        name for each in page.query("[aria-labelledby]") for name in each.attrs["aria-labelledby"].split()
    }
    assert named <= set(places)


def test_what_the_cloud_calls_its_things_is_only_words(everything):
    page = read(everything)
    assert len(page.query("script")) == 1 and not page.query("img")
    for place in ("article.fr", "article.en"):
        (article,) = page.query(place)
        assert said(article).count(audited.HOSTILE) > 5


def test_headings_go_down_one_step_at_a_time(page):
    for article in page.query("article"):
        steps = [int(each.name[1]) for each in article.query("h1, h2, h3, h4, h5, h6")]
        assert steps[0] == 1 and steps.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(steps))


def test_tables_have_captions_and_heads_that_say_of_what_they_are(page):
    for table in page.query("table"):
        assert len(table.query("caption")) == 1
        assert all(each.attrs["scope"] in {"col", "row"} for each in table.query("th"))
        heads = len(table.query("thead th"))
        assert {len(row.query("th, td")) for row in table.query("tbody tr")} <= {heads}


def test_the_scorecard_adds_up_to_what_is_said_in_brief(made, page):
    totals = report.amounts(made.findings)
    (article,) = page.query("article.en")
    brief = [int(each.to_text()) for each in article.query("ul.figures b")][: len(Status)]
    assert brief == [totals[each] for each in web_page.STATUSES]
    (table,) = [
        each for each in article.query("table") if each.query("caption")[0].attrs["id"] == "en-families"
    ]
    rows = [[int(cell.to_text()) for cell in row.query("td.figure")] for row in table.query("tbody tr")]
    assert rows[-1] == [sum(column) for column in zip(*rows[:-1], strict=True)] == brief


def test_what_was_not_seen_is_a_headline(everything, english):
    (blind,) = english.query("ul.blind")
    assert [each.to_text() for each in blind.query("b")] == ["2", "1"]
    assert "of 48" in said(blind)
    (without,) = read(replace(everything, unseen=(), unassessed=())).query("article.en ul.blind")
    assert [each.to_text() for each in without.query("b")] == ["0", "0"]


def test_findings_are_told_worst_first_with_their_evidence(everything, english):
    cases = english.query("div.case")
    kinds = [each.attrs["class"].split()[1] for each in cases]
    assert kinds == sorted(kinds, key=[each.value for each in report.WORST].index)
    failed = [each for each in cases if "FAIL" in each.attrs["class"]]
    severities = [each.query(".severity")[0].attrs["class"].split()[1] for each in failed]
    assert severities == sorted(severities, key=["critical", "high", "medium", "low"].index)
    for finding in everything.findings:
        if finding.status is Status.FAIL:
            (case,) = [each for each in failed if said(each.query("h4")[0]).startswith(finding.control.id)]
            for words in (finding.address, str(finding.observed), str(finding.origin), finding.control.key):
                assert " ".join(words.split()) in said(case)
            for clause in finding.control.clauses:
                assert f"{clause.framework}, {clause.clause}: {clause.reason}" in said(case)


def test_a_waiver_is_told_with_who_answers_for_it_and_until_when(english):
    (table,) = [
        each for each in english.query("table") if each.query("caption")[0].attrs["id"].endswith("-waivers")
    ]
    rows = {said(row.query("th")[0]): said(row) for row in table.query("tbody tr")}
    assert "2999-01-01" in rows["TEN-NET-02"] and "expired" not in rows["TEN-NET-02"]
    assert "2020-01-01 (expired)" in rows["TEN-DAT-01"]


def test_what_each_tier_asks_is_shown_and_where_the_subject_stands(english):
    (table,) = english.query("table.levels")
    assert ["acme" in said(each) for each in table.query("thead th")] == [False, False, True, False, False]
    row = next(each for each in table.query("tbody tr") if said(each).startswith("TEN-NET-04"))
    assert [each.to_text() for each in row.query("td.level")] == ["must", "should", "not asked"]


def test_a_hole_in_one_family_is_drawn_as_one(english):
    drawn = [each for each in english.query("svg.drawing") if "ssh" in each.query("title")[0].to_text()]
    assert [each.to_text() for each in drawn[0].query("text.lacking")] == ["nothing in IPv6"]
    drawn = [each for each in english.query("svg.drawing") if "script" in each.query("title")[0].to_text()]
    assert not drawn[0].query("text.lacking")


def test_each_family_of_controls_has_a_name_in_words():
    assert {each.control.family for each in audit.checks()} == set(web_page.FAMILIES)
