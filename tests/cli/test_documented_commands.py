"""Every command line that a page shows is one that this version understands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from provision.cli.command import Group
from provision.cli.root import root

HERE = Path(__file__).parents[2]
PAGES = [HERE / "README.md", *sorted((HERE / "docs").glob("*.md"))]
SHOWN = re.compile(r"^\$ .*?\bprovision (?!sandbox env)([^#|&\n)]+)", re.MULTILINE)
QUOTED = re.compile(r"`provision ([a-z][^`…]*)`")


def lines():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in {*SHOWN.findall(text), *QUOTED.findall(text)}:
            yield pytest.param(found.strip(), id=f"{page.name}: {found.strip()}")


@pytest.mark.parametrize("line", sorted(lines(), key=lambda each: each.id))
def test_a_page_shows_what_there_is(line):
    words, command = shlex.split(line), root
    while isinstance(command, Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        command = command.get_command(click.Context(root), name)
        assert command is not None, name
    shared = {name for group in (root, command) for each in group.params for name in each.opts}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= shared
