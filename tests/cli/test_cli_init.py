from __future__ import annotations

import json
import os
from contextlib import contextmanager

import pytest

from provision.errors import Unreachable
from provision.model.facts import Facts
from provision.workflow import founding


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "mon-parc"


@pytest.fixture
def cloud(monkeypatch):
    """Answer for the cloud; remember how it was reached."""
    seen = {}

    class Cloud:
        def close(self):
            seen["closed"] = True

    def connect(name, *, estate):
        seen.update(name=name, estate=estate)
        return Cloud()

    monkeypatch.setattr(founding, "connect", connect)
    monkeypatch.setattr(founding, "observe_facts", lambda _: Facts("prod", "par", "Default", ("public",)))
    return seen


@contextmanager
def read_only(path):
    path.mkdir()
    path.chmod(0o500)
    yield
    path.chmod(0o700)


def test_an_estate_is_made_from_what_the_cloud_offers(run, folder, cloud):
    code, out, err = run("init", folder, "--cloud", "prod")
    assert (code, err) == (0, "")
    assert "external_network: public" in (folder / "estate.yaml").read_text(encoding="utf-8")
    assert cloud == {"name": "prod", "estate": "mon-parc", "closed": True}
    assert "The cloud was asked" in out


def test_no_cloud_is_asked_when_none_is_named(run, folder, cloud):
    assert run("init", folder)[0] == 0
    assert cloud == {}
    assert "# external_network" in (folder / "estate.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("variable", ["OS_CLOUD", "OS_AUTH_URL"])
def test_a_cloud_named_by_a_variable_is_asked(run, folder, cloud, monkeypatch, variable):
    monkeypatch.setenv(variable, "x")
    run("init", folder, "--name", "demo")
    assert cloud["name"] is None
    assert cloud["estate"] == "demo"


def test_a_cloud_that_is_silent_leaves_defaults(run, folder, cloud, monkeypatch):
    def silent(_):
        raise Unreachable("no answer", where="prod")

    monkeypatch.setattr(founding, "observe_facts", silent)
    code, out, _ = run("init", folder, "--cloud", "prod", "--format", "json", "--lang", "fr")
    found = json.loads(out)
    assert code == 0
    assert (found["cloud"], found["silence"]) == (None, "prod: no answer")
    assert cloud["closed"]
    assert "# external_network" in (folder / "estate.yaml").read_text(encoding="utf-8")


def test_what_is_there_stays(run, folder):
    folder.mkdir()
    (folder / "README.md").write_text("mine", encoding="utf-8")
    assert json.loads(run("init", folder, "--format", "json")[1])["kept"] == ["README.md"]
    assert (folder / "README.md").read_text(encoding="utf-8") == "mine"


def test_an_estate_is_not_made_twice(run, folder):
    run("init", folder)
    before = (folder / "estate.yaml").read_text(encoding="utf-8")
    code, _, err = run("init", folder, "--name", "other")
    assert code == 3
    assert "this folder is an estate already" in err
    assert (folder / "estate.yaml").read_text(encoding="utf-8") == before


def test_a_name_that_will_not_do_is_refused(run, folder):
    code, _, err = run("init", folder, "--name", "Été!")
    assert code == 4
    assert "[a-z][a-z0-9-]{1,30}" in err
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_a_usage_error(run, tmp_path):
    (tmp_path / "file").touch()
    code, _, err = run("init", tmp_path / "file" / "estate")
    assert code == 4
    assert "this cannot be written" in err
    assert os.fspath(tmp_path) in err
