from __future__ import annotations

import pytest

from provision import cli
from provision.cli import language


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command line; return its exit code, stdout and stderr. English, whatever the machine speaks."""
    for name in (
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "PROVISION_LANG",
        "PROVISION_DEBUG",
        "OS_CLOUD",
        "OS_AUTH_URL",
        "NO_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", "/nowhere/clouds.yaml")

    def run(*arguments):
        code = cli.main([str(each) for each in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run
    language.speak("en")


@pytest.fixture
def estate(tmp_path):
    """The smallest estate."""
    (tmp_path / "estate.yaml").write_text("estate: demo\n", encoding="utf-8")
    return tmp_path
