from __future__ import annotations

from pathlib import Path

from samples import ENGLISH, FRENCH

from provision.errors import Mistake
from provision.model.estate import Estate, Profile
from provision.model.tenant import Values
from provision.report import check as report
from provision.text import say

NOTHING = Values({}, {})
MISTAKES = (
    Mistake("estate.yaml", 2, say("there is no key 'cloude'", "il n'y a pas de clé 'cloude'"), say("did you mean cloud?", "vouliez-vous dire cloud ?")),
    Mistake("tenants/acme.yaml", 7, "no"),
)  # fmt: skip


def profile(path):
    return Profile("p", "1.0.0", {"en": "P", "fr": "P"}, None, True, NOTHING, (), path)


def test_mistakes_are_all_told_each_at_its_line_and_counted():
    assert report.text(None, MISTAKES, ENGLISH) == (
        "estate.yaml:2: there is no key 'cloude'\n  → did you mean cloud?\ntenants/acme.yaml:7: no\n\n2 mistakes in 2 files\n"
    )
    assert report.text(None, MISTAKES[:1], FRENCH).endswith(
        "vouliez-vous dire cloud ?\n\n1 erreur dans 1 fichier\n"
    )


def test_json_is_the_list_of_mistakes():
    assert report.data(MISTAKES, "fr")[0] == {
        "file": "estate.yaml",
        "line": 2,
        "what": "il n'y a pas de clé 'cloude'",
        "do": "vouliez-vous dire cloud ?",
    }
    assert report.data((), "fr") == []


def test_success_counts_the_estates_own_documents(tmp_path):
    profiles = {
        "own": profile(tmp_path / "profiles/own/profile.yaml"),
        "shipped": profile(Path("/elsewhere/profile.yaml")),
    }
    estate = Estate(tmp_path, "demo", None, NOTHING, {}, profiles)
    assert (
        report.text(estate, (), ENGLISH)
        == "✓ demo: 2 documents in order (0 tenants, 2 profiles to choose from).\n"
    )
    assert (
        report.text(estate, (), FRENCH)
        == "✓ demo : 2 documents en ordre (0 locataire, 2 profils au choix).\n"
    )


def test_where_one_looked_there_is_nothing_wrong():
    assert report.text(None, (), ENGLISH) == "✓ Nothing wrong here.\n"
