from __future__ import annotations

import pytest

from provision.cli.language import choose


@pytest.mark.parametrize(
    ("arguments", "environment", "chosen"),
    [
        ([], {}, "en"),
        ([], {"LANG": "fr_FR.UTF-8"}, "fr"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}, "en"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "fr_CA", "LANG": "en_GB"}, "fr"),
        ([], {"PROVISION_LANG": "en", "LANG": "fr_FR"}, "en"),
        ([], {"PROVISION_LANG": "klingon", "LANG": "fr_FR"}, "fr"),
        (["plan", "--lang", "fr"], {"PROVISION_LANG": "en"}, "fr"),
        (["--lang=fr", "plan"], {}, "fr"),
        (["--lang=fr", "plan", "--lang", "en"], {"LANG": "fr_FR"}, "en"),
        (["--lang", "en", "plan", "--lang=fr"], {}, "fr"),
        (["init", "--", "--lang", "fr"], {}, "en"),
        (["plan", "--lang"], {"LANG": "fr_FR"}, "fr"),
    ],
)
def test_the_language_is_the_last_asked_for_then_the_variable_then_the_locale(arguments, environment, chosen):
    assert choose(arguments, environment) == chosen
