from __future__ import annotations

import json

import pytest

from provision.record.entry import Fact
from provision.record.examine import Side, examine
from provision.record.ledger import CHECKPOINTS, ENTRIES, FOLDER, LEAVES, Ledger

BATCHES, EACH = 3, 4


class Book:
    """A ledger with some batches in it, and somebody who writes in it with an editor."""

    def __init__(self, state):
        self.state, self.folder = state, state / FOLDER
        self.ledger = Ledger(self.folder, "somebody@somewhere")
        for batch in range(BATCHES):
            self.add(batch)

    def add(self, batch):
        said = [
            Fact("plan.made", {"fingerprint": f"{batch}-{number}", "accents": "é\u2028ü"})
            for number in range(EACH)
        ]
        return self.ledger.add(said)

    @property
    def lines(self):
        return (self.folder / ENTRIES).read_bytes().splitlines(keepends=True)

    @lines.setter
    def lines(self, lines):
        (self.folder / ENTRIES).write_bytes(b"".join(lines))

    @property
    def checkpoints(self):
        return (self.folder / CHECKPOINTS).read_bytes().splitlines(keepends=True)

    @checkpoints.setter
    def checkpoints(self, lines):
        (self.folder / CHECKPOINTS).write_bytes(b"".join(lines))

    @property
    def hashes(self):
        return (self.folder / LEAVES).read_bytes()

    @hashes.setter
    def hashes(self, content):
        (self.folder / LEAVES).write_bytes(content)

    def sequence(self, line):
        return json.loads(line)["sequence"]

    def found(self, **asked):
        return examine(self.state, **asked)

    def told(self, side=None, **asked):
        """Each problem as its side, its entry, its line or offset, and its words."""
        return [
            (each.entry, int(each.where.replace("@", ":").rpartition(":")[2]), str(each.what))
            for each in self.found(**asked).problems
            if side is None or each.side is side
        ]

    def integrity(self, **asked):
        return self.told(Side.INTEGRITY, **asked)

    def completeness(self, **asked):
        return self.told(Side.COMPLETENESS, **asked)


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return Book(tmp_path / "state")
