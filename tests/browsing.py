"""A real browser for tests of pages: Debian's Chromium without a window, and axe, which judges whether people can use a page."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def browsing():
    """Yield a browser with a fresh profile; skip the test where there is none (.ci/run sees to one)."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium here (apt-get install chromium); CI has one")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


def violations(page, only=None, within=None):
    """Return what axe holds against what a page shows now: each rule with its impact and the first element that breaks it."""
    options = {"runOnly": list(only)} if only else {}
    found = Axe().run(page, within, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in found]
