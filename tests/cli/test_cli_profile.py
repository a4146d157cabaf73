from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from provision import declare
from provision.declare import Said, shipped
from provision.declare.node import Layer
from provision.errors import DocumentErrors
from provision.model.estate import Estate, Profile
from provision.model.origin import Origin
from provision.model.tenant import Tenant, Values
from provision.report.schemas import result

VALUES = Values({"quotas": {"compute": {"cores": 40}}}, {(): Origin("p.yaml", 1)})


def profile(name, path):
    return Profile(
        name, "1.0.0", {"en": "Own", "fr": "À soi"}, None, True, VALUES, (), path, {"en": "S", "fr": "R"}, {}
    )


@pytest.fixture
def known(monkeypatch, tmp_path):
    """An estate with one profile and one tenant; outside of it, one shipped profile."""
    tenant = Tenant("acme", "own", "1.0.0", VALUES, VALUES)
    own = {"own": profile("own", tmp_path)}
    monkeypatch.setattr(
        declare, "load", lambda folder: Estate(folder, "demo", None, VALUES, {"acme": tenant}, own)
    )
    monkeypatch.setattr(shipped, "shipped", lambda: {"socle": profile("socle", tmp_path)})
    said = (Said(Layer("tenant", "acme"), Origin("tenants/acme.yaml", 4), 40),)
    monkeypatch.setattr(declare, "explain", lambda _, key: said if key == "quotas.compute.cores" else ())
    monkeypatch.setattr("provision.declare.promises.enforced", lambda _: ())


def test_without_an_estate_the_shipped_profiles_are_listed(run, known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [each["name"] for each in json.loads(run("profile", "list", "--format", "json")[1])] == ["socle"]


def test_in_an_estate_its_own_are_listed(run, known, estate, monkeypatch):
    assert run("profile", "list", "--estate", estate)[1].startswith("own  Own")
    monkeypatch.chdir(estate)
    assert run("profile", "list", "--lang", "fr")[1].startswith("own  À soi")


def test_an_estate_that_was_named_and_is_not_there_is_a_usage_error(run, known, tmp_path):
    assert run("profile", "list", "--estate", tmp_path / "nope")[0] == 4


def test_show_reads_one_and_verbose_says_where_values_were_written(run, known, estate):
    assert "quotas.compute.cores  40\n" in run("profile", "show", "own", "--estate", estate)[1]
    assert (
        "quotas.compute.cores  40  (p.yaml:1)"
        in run("profile", "show", "own", "--estate", estate, "--verbose")[1]
    )
    assert (
        json.loads(run("profile", "show", "own", "--estate", estate, "--format", "json")[1])["summary"] == "S"
    )


def test_explain_takes_a_tenant_or_a_profile(run, known, estate):
    for subject in ("acme", "own"):
        code, out, _ = run("profile", "explain", subject, "quotas.compute.cores", "--estate", estate)
        assert code == 0
        assert out.startswith(f"{subject}: quotas.compute.cores = 40\n→ tenant acme")
    asked = ["profile", "explain", "acme", "quotas.compute.cores", "--estate", estate, "--format", "json"]
    assert json.loads(run(*asked)[1])["value"] == 40


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "owm"], "there is no profile 'owm'\n  → did you mean own?"),
        (["show", "zzz"], "known: own"),
        (["explain", "acmee", "x"], "there is no tenant or profile 'acmee'\n  → did you mean acme?"),
        (["explain", "acme", "quotas.compute.core"], "→ did you mean quotas.compute.cores?"),
    ],
)
def test_a_word_nobody_knows_gets_the_nearest_one(run, known, estate, arguments, said):
    code, out, err = run("profile", *arguments, "--estate", estate)
    assert (code, out) == (4, "")
    assert said in err


def test_a_broken_shipped_profile_is_told(monkeypatch, tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "profile.yaml").write_text("[", encoding="utf-8")
    monkeypatch.setattr(shipped, "profiles_folder", lambda: tmp_path)
    with pytest.raises(DocumentErrors):
        shipped.shipped()


def test_the_shipped_profiles_are_in_order_in_both_languages(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("profile", "list", "--format", "json")
    assert (code, err) == (0, "")
    names = [each["name"] for each in json.loads(out)]
    assert {"socle", "hautement-securise", "open-data", "startup", "collectivite"} == set(names)
    for name in names:
        for language in ("en", "fr"):
            code, out, _ = run("profile", "show", name, "--lang", language)
            assert code == 0
            assert "○" in out


def test_doc_prints_a_page_in_the_language_of_the_run(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("profile", "doc", "open-data", "--lang", "fr")
    assert (code, err) == (0, "")
    assert out.startswith("# Données ouvertes\n")
    assert run("profile", "doc", "open-data", "--lang", "en")[1].startswith("# Open data\n")
    assert list(tmp_path.iterdir()) == []


def test_doc_writes_both_languages_and_check_sees_what_is_late(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("profile", "doc", "socle", "--check")[0] == 1
    assert run("profile", "doc", "--write")[0] == 0
    assert len(list((tmp_path / "docs").rglob("*.md"))) == 10
    assert run("profile", "doc", "--check")[0] == 0
    page = tmp_path / "docs" / "profils" / "socle.md"
    page.write_text(page.read_text(encoding="utf-8").replace("180", "90"), encoding="utf-8")
    code, out, _ = run("profile", "doc", "--check", "--format", "json")
    states = {each["path"]: each["state"] for each in json.loads(out)}
    assert code == 1
    assert [path for path, state in states.items() if state != "same"] == ["profils/socle.md"]
    Draft202012Validator(result("profile-doc")).validate(json.loads(out))
    assert "pas conforme au profil" in run("profile", "doc", "socle", "--check", "--lang", "fr")[1]


def test_doc_writes_an_estates_own_profiles_beside_it_or_where_told(run, estate, tmp_path):
    folder = estate / "profiles" / "lab"
    folder.mkdir(parents=True)
    (folder / "profile.yaml").write_text(
        "profile: lab\nversion: 1.0.0\nextends: socle\ntitle: Lab\nsoc: {sink: here}\n", encoding="utf-8"
    )
    assert run("profile", "doc", "lab", "--write", "--estate", estate)[0] == 0
    assert "`soc.sink`" in (estate / "docs" / "profiles" / "lab.md").read_text(encoding="utf-8")
    assert run("profile", "doc", "lab", "--write", "--estate", estate, "--into", tmp_path / "site")[0] == 0
    assert (tmp_path / "site" / "profils" / "lab.md").is_file()


def test_doc_json_holds_the_pages(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pages = json.loads(run("profile", "doc", "--format", "json")[1])
    Draft202012Validator(result("profile-doc")).validate(pages)
    assert {each["state"] for each in pages} == {"printed"}


def test_diff_compares_in_the_language_of_the_run_and_ends_well(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("profile", "diff", "hautement-securise", "open-data", "--lang", "fr")
    assert (code, err) == (0, "")
    assert "QUI PEUT ENTRER, ET COMMENT" in out
    code, out, _ = run("profile", "diff", "startup", "startup")
    assert (code, out) == (0, "startup is compared with itself: it promises the same.\n")
    data = json.loads(run("profile", "diff", "startup", "collectivite", "--format", "json")[1])
    Draft202012Validator(result("profile-diff")).validate(data)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["diff", "open-dat", "startup"], "did you mean open-data?"),
        (["diff", "startup", "open-dat"], "did you mean open-data?"),
        (["doc", "open-dat"], "did you mean open-data?"),
        (["doc", "--write", "--check"], "give one of them"),
    ],
)
def test_doc_and_diff_refuse_what_nobody_knows(run, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("profile", *arguments)
    assert (code, out) == (4, "")
    assert said in err
