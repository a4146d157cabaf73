"""The page of an audit as a real browser shows it: to eyes, to a keyboard, to a screen reader (axe), on a phone and on paper."""

from __future__ import annotations

import re

import audited
import pytest
from browsing import browsing, violations

from provision.report.assessment import web_page
from provision.text import LANGUAGES

MADE = {
    "template": lambda: audited.of_profiles("hautement-securise"),
    "everything": audited.of_everything,
}
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}


@pytest.fixture
def browser():
    with browsing() as opened:
        yield opened


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return where an audit's page is kept, with what was changed in it."""
    folder = tmp_path_factory.mktemp("pages")

    def keep(name, change=lambda text: text):
        file = folder / f"{name}.html"
        file.write_text(change(web_page.write(MADE[name](), "fr")))
        return file.as_uri()

    return keep


@pytest.mark.parametrize("name", MADE)
def test_axe_finds_nothing_and_nothing_is_asked_of_anybody(browser, kept, name):
    asked, complaints = [], []
    page = browser.new_page(viewport=WIDE)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    address = kept(name)
    page.goto(address)
    for language in LANGUAGES:
        page.check(f"#in-{language}")
        assert page.evaluate("document.documentElement.lang") == language
        assert page.title().startswith("Audit de " if language == "fr" else "Audit of ")
        assert [each.get_attribute("lang") for each in page.locator("article:visible").all()] == [language]
        assert violations(page) == []
    assert (asked, complaints) == ([address], [])


def _pale(text):
    return text.replace("--quiet: #4d4d4d", "--quiet: #b5b5b5")


def _unlabelled(text):
    return re.sub(r'<label for="in-fr".*?</label>', "", text)


def _speechless(text):
    return text.replace('<html lang="fr">', "<html>").replace(
        "document.documentElement.lang = choice.value;", ""
    )


def _undescribed(text):
    return re.sub(
        r' role="img" aria-labelledby="[^"]*">\s*<title.*?</desc>', ' role="img">', text, flags=re.DOTALL
    )


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (_pale, "color-contrast"),
        (_unlabelled, "label"),
        (_speechless, "html-has-lang"),
        (_undescribed, "svg-img-alt"),
    ],
)
def test_axe_would_find_what_is_broken(browser, kept, change, rule):
    page = browser.new_context(bypass_csp=True, viewport=WIDE).new_page()
    page.goto(kept("everything", change))
    found = violations(
        page, [rule], "header" if rule == "color-contrast" else None
    )  # contrast takes axe seconds
    assert {(each[0], each[1] in {"serious", "critical"}) for each in found} == {(rule, True)}


def test_a_page_that_somebody_changed_runs_nothing_of_theirs(browser, kept):
    def sign(text):
        return text.replace(
            "<main>",
            "<script>document.title = 'ours now'</script><style>main { display: none }</style><main>",
        )

    page = browser.new_page()
    page.goto(kept("everything", sign))
    assert page.title() != "ours now"
    assert page.locator("main").is_visible()


def test_it_turns_without_scripts_and_a_keyboard_is_enough(browser, kept):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(kept("everything"))
    page.keyboard.press("Tab")
    assert page.locator("a.skip:focus").inner_text() == "Aller au rapport"
    assert page.locator("a.skip:focus").bounding_box()["x"] >= 0
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.locator("article:visible h1").inner_text() == "Audit of tenants on par-1"
    assert page.locator("legend").inner_text() == "Language"
    page.keyboard.press("Shift+Tab")
    assert page.locator("a.skip:focus").inner_text() == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.url.endswith("#en")


def test_a_phone_shows_it_without_scrolling_sideways(browser, kept):
    page = browser.new_page(viewport=PHONE)
    for name in MADE:
        page.goto(kept(name))
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_paper_has_the_language_that_is_shown_and_no_switch(browser, kept):
    page = browser.new_page()
    page.goto(kept("everything"))
    page.check("#in-en")
    page.emulate_media(media="print")
    assert page.locator("article:visible").get_attribute("lang") == "en"
    assert not page.locator(".turn, nav, .skip").locator("visible=true").count()
    clipped = (
        "[...document.querySelectorAll('article.en .wide')]"
        ".filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.innerText.slice(0, 80))"
    )
    page.set_viewport_size({"width": 688, "height": 900})  # what A4 leaves between its margins
    assert page.evaluate(clipped) == []
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
