from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from provision.cli import main, reference
from provision.cli.command import Command, Group
from provision.cli.reference import commands, stale, write
from provision.cli.root import root

HEAVY = ("openstack", "keystoneauth1", "ruamel", "yaml", "jsonschema", "rich", "jinja2", "ansible_runner", "provision.workflow", "provision.declare")  # fmt: skip
WATCH = f"""
import sys
from provision.cli import main
code = main(sys.argv[1:])
loaded = [name for name in {HEAVY!r} if name in sys.modules]
print(code, len(sys.modules), *loaded, file=sys.stderr)
"""


def every_command(group=root, path=()):
    yield path
    for name in group.list_commands(None):
        below = group.get_command(None, name)
        if isinstance(below, Group):
            yield from every_command(below, (*path, name))
        else:
            yield (*path, name)


COMMANDS = sorted(every_command())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_imports_nothing_heavy(path):
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *path, "--help"], capture_output=True, text=True, check=True
    )
    code, modules, *loaded = done.stderr.split()
    assert done.stdout.startswith("Usage: provision")
    assert (code, loaded) == ("0", [])
    assert int(modules) < 400


def test_the_command_itself_shows_its_help_in_the_language_of_the_session():
    program = Path(sys.executable).with_name("provision")
    environment = {**os.environ, "LC_ALL": "fr_FR.UTF-8", "PYTHONUTF8": "1"}
    environment.pop("PROVISION_LANG", None)
    done = subprocess.run(
        [program, "plan", "--help"], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.startswith("Utilisation : provision plan [OPTIONS] [TENANT]…")
    assert "Options communes :" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_whole_in_both_languages(run, path):
    english, french = run(*path, "--help")[1], run(*path, "--help", "--lang", "fr")[1]
    assert english.startswith("Usage:")
    assert french.startswith("Utilisation :")
    assert "--help" in english
    ours = [
        "Shared options:",
        "Show this help.",
        "Arguments:\n" if "Arguments:" in english else "Shared options:",
    ]
    assert not [words for words in ours if words in french]


def test_every_text_of_the_command_line_says_something_else_in_french():
    for path in COMMANDS:
        command = root
        for name in path:
            command = command.get_command(None, name)
        assert isinstance(command, Command | Group)
        for text in (command.text, *(param.text for param in command.params)):
            assert text.en != text.fr


def test_the_table_of_commands_and_their_modules_agree():
    for name in root.list_commands(None):
        assert root.get_command(None, name).name == name
    assert root.get_command(None, "nothing") is None


def test_the_reference_page_holds_every_command_and_knows_when_it_is_late(tmp_path):
    page = commands()
    for path in COMMANDS:
        assert f"## {' '.join(['provision', *path])}\n" in page
    write(tmp_path)
    assert stale(tmp_path) == []
    (tmp_path / "cli.md").write_text("old", encoding="utf-8")
    (tmp_path / "kinds.md").unlink()
    assert [path.name for path in stale(tmp_path)] == ["cli.md", "kinds.md"]


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["profile", "list"], ["profile", "show", "startup"], ["schema", "tenant"]],
    ids=" ".join,
)
def test_what_needs_no_cloud_does_not_import_its_client(estate, arguments):
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *arguments], capture_output=True, text=True, check=True, cwd=estate
    )
    code, _, *loaded = done.stderr.split()
    assert code == "0"
    assert not {"openstack", "keystoneauth1", "rich", "provision.workflow"} & set(loaded)


def test_the_reference_writes_and_checks(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(reference, "DOCS", tmp_path)
    assert reference.main(["--check"]) == 1
    assert "cli.md: not what the code" in capsys.readouterr().err
    assert reference.main(["--write"]) == 0
    assert reference.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [["--version"], ["--lang", "fr", "--version"]])
def test_the_version_tells_what_a_report_of_a_defect_needs(words, capsys):
    assert main(words) == 0
    told = rf"provision {version('provision')} \(openstacksdk {version('openstacksdk')}, Python \d[\d.]+\)\n"
    assert re.fullmatch(told, capsys.readouterr().out)
