"""The ledger of one estate, in ``.provision/ledger``: only ever added to, a batch at a time, each batch signed.

=====================  ==========================================================================================
``entries.jsonl``      the entries, one a line; the bytes of a line are a leaf of the tree
``leaves``             the hash of each leaf, 32 bytes each: what an altered entry is found by
``checkpoints.jsonl``  the size and the root of the tree after each batch, signed
``keys.jsonl``         the public keys that signed
``withheld.jsonl``     texts of which the entries hold only a commitment; a line of it may be erased
=====================  ==========================================================================================

A batch costs what it holds, and the logarithm of what is there: the last checkpoint has the tree's frontier.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from provision.errors import Refused, UsageError
from provision.record import checkpoint, key
from provision.record.checkpoint import Checkpoint
from provision.record.entry import Entry, Fact, canonical, moment, parse
from provision.record.merkle import SIZE, Frontier, leaf
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from securesystemslib.signer import Signer

FOLDER: Final = "ledger"
ENTRIES, LEAVES, CHECKPOINTS, KEYS, WITHHELD = (
    "entries.jsonl",
    "leaves",
    "checkpoints.jsonl",
    "keys.jsonl",
    "withheld.jsonl",
)
BEGUN, RESUMED = "ledger.begun", "ledger.resumed"
_LAST_LINES: Final = (
    1 << 16
)  # bytes within which the last checkpoint stands, unless thousands of runs are open
_OWNER_ONLY: Final = 0o600


@dataclass(slots=True)
class Ledger:
    """The ledger in one folder, made at the first batch; `baseline` is the last run of the journal that it knows nothing of."""

    folder: Path
    actor: str
    where: key.Where = field(default_factory=key.Where)
    baseline: int = 0
    _signer: Signer | None = field(default=None, repr=False)

    def add(self, facts: Sequence[Fact], withheld: Sequence[bytes] = ()) -> Checkpoint:
        """Write facts, sign the tree that then stands, and have it all on the disk.

        Raises `Refused` when what stands cannot be added to, `UsageError` when files or key cannot be had.
        """
        try:
            with self._alone():
                return self._batch(facts, withheld)
        except OSError as error:
            raise UsageError(
                say(
                    "the ledger cannot be written: {error}",
                    "le registre ne peut pas être écrit : {error}",
                    error=error.strerror or str(error),
                ),
                where=str(error.filename or self.folder),
                do=say("make room, or make the folder writable", "faire de la place, ou rendre le dossier inscriptible"),
            ) from error  # fmt: skip

    def open_runs(self) -> dict[str, dict[str, int]]:
        """Return the runs that were begun and have not ended, with what their beginning said."""
        if not (self.folder / ENTRIES).exists():
            return {}
        with self._alone(), self._opened(ENTRIES) as entries:
            return dict(_standing(self.folder, entries).runs)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the ledger for one batch, against a plan or another run beside this one."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._opened("lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _opened(self, name: str) -> IO[bytes]:
        return os.fdopen(os.open(self.folder / name, os.O_RDWR | os.O_CREAT, _OWNER_ONLY), "r+b")

    def _batch(self, facts: Sequence[Fact], withheld: Sequence[bytes]) -> Checkpoint:
        signer = self._signer = self._signer or self._who()
        with (
            self._opened(ENTRIES) as entries,
            self._opened(LEAVES) as leaves,
            self._opened(CHECKPOINTS) as checkpoints,
            self._opened(WITHHELD) as aside,
        ):
            stands = _standing(self.folder, entries)
            said = [*self._first(stands), *stands.resumed(), *facts]
            grown, lines = stands.grown(said, self.actor)
            _append(aside, b"".join(line + b"\n" for line in withheld))
            _append(entries, b"".join(line + b"\n" for line in lines))
            leaves.seek(stands.signed.size * SIZE)
            leaves.write(b"".join(map(leaf, (*stands.unsigned, *lines))))
            _kept(leaves)
            made = replace(grown, length=entries.seek(0, os.SEEK_END))
            _append(checkpoints, checkpoint.sign(made, signer) + b"\n")
        return made

    def _first(self, stands: Standing) -> list[Fact]:
        if stands.signed.size or stands.unsigned:
            return []
        return [Fact(BEGUN, {"ledger": stands.signed.ledger, "journal_after": self.baseline})]

    def _who(self) -> Signer:
        """Return the signer, its public key beside the ledger."""
        found = key.signer(self.where)
        if found.public_key.keyid not in key.read(self.folder / KEYS):
            with self._opened(KEYS) as keys:
                _append(keys, canonical(key.spelled(found.public_key)) + b"\n")
        return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ledger stands: its last checkpoint, the entries after it, what a crash tore in either file, and the runs that are open."""

    signed: Checkpoint
    unsigned: tuple[bytes, ...]
    torn: tuple[bytes, ...]
    runs: dict[str, dict[str, int]]

    def resumed(self) -> list[Fact]:
        """Return what is to be said of a batch that a crash cut."""
        if not (self.torn or self.unsigned):
            return []
        torn = [{"bytes": len(each), "sha256": hashlib.sha256(each).hexdigest()} for each in self.torn]
        return [Fact(RESUMED, {"signed": self.signed.size, "unsigned": len(self.unsigned), "torn": torn})]

    def grown(self, facts: Sequence[Fact], actor: str) -> tuple[Checkpoint, list[bytes]]:
        """Return the checkpoint after some facts more, and their lines."""
        frontier = Frontier(self.signed.size, list(self.signed.frontier.peaks))
        for line in self.unsigned:
            frontier.add(leaf(line))
        runs, lines, now = dict(self.runs), [], moment(time.time())
        for fact in facts:
            entry = Entry(frontier.size, now, actor, fact.action, fact.about)
            _follow(runs, entry)
            lines.append(entry.line())
            frontier.add(leaf(lines[-1]))
        return replace(self.signed, time=now, frontier=frontier, runs=runs), lines


def _follow(runs: dict[str, dict[str, int]], entry: Entry) -> None:
    """Keep track of which runs are open: ``<verb>.begun`` opens one, ``<verb>.ended`` closes it."""
    run = entry.about.get("run")
    if not isinstance(run, str):
        return
    if entry.action.endswith(".begun"):
        runs[run] = {"entry": entry.sequence, "journal_after": entry.about.get("journal_after", 0)}
    elif entry.action.endswith(".ended"):
        runs.pop(run, None)
    elif run in runs and "journal_to" in entry.about:
        runs[run] = {**runs[run], "journal_after": entry.about["journal_to"]}


def _standing(folder: Path, entries: IO[bytes]) -> Standing:
    """Read where the ledger stands. Raises `Refused` when the entries are not those that were signed last."""
    last = last_signed(folder / CHECKPOINTS)
    signed = last[1] if last else None
    if signed is None:
        if (folder / CHECKPOINTS).exists() and (folder / CHECKPOINTS).stat().st_size:
            raise _broken(folder)
        signed = Checkpoint(secrets.token_hex(8), moment(time.time()), Frontier(), 0)
    entries.seek(0, os.SEEK_END)
    if entries.tell() < signed.length:
        raise _broken(folder)
    entries.seek(max(0, signed.length - 1))
    if signed.length and entries.read(1) != b"\n":
        raise _broken(folder)
    runs = {run: dict(said) for run, said in signed.runs.items()}
    unsigned: list[bytes] = []
    torn = [each for each in [_whole(folder / CHECKPOINTS)[1]] if each]
    for line in filter(None, entries.read().split(b"\n")):
        entry = parse(line)
        if entry is None:
            torn.append(line)
            continue
        if entry.sequence != signed.size + len(unsigned):
            raise _broken(folder)
        _follow(runs, entry)
        unsigned.append(line)
    return Standing(signed, tuple(unsigned), tuple(torn), runs)


def last_signed(path: Path) -> tuple[bytes, Checkpoint] | None:
    """Return the last checkpoint that was written whole: its line, and what it says."""
    found = ((line, checkpoint.parse(line)) for line in reversed(_whole(path)[0]))
    return next(((line, made) for line, made in found if made is not None), None)


def _whole(path: Path) -> tuple[list[bytes], bytes]:
    """Return the last lines of a file, and what a crash tore at its end."""
    if not path.exists():
        return [], b""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_LINES))
        *lines, torn = file.read().split(b"\n")
    return lines, torn


def _broken(folder: Path) -> Refused:
    return Refused(
        say(
            "the ledger is not what was signed last: nothing is added to it",
            "le registre n'est pas ce qui a été signé en dernier : rien n'y est ajouté",
        ),
        where=str(folder),
        do=say(
            "see provision ledger verify; keep the folder as evidence elsewhere, and the next run begins a new ledger",
            "voir provision ledger verify ; garder le dossier ailleurs comme preuve, et l'exécution suivante commence un registre",
        ),
    )


def _append(file: IO[bytes], text: bytes) -> None:
    """Add lines to the end of a file, and have them on the disk; a line that a crash tore is ended first."""
    if text:
        torn = file.seek(0, os.SEEK_END) and not _ends(file)
        file.write(b"\n" + text if torn else text)
        _kept(file)


def _ends(file: IO[bytes]) -> bool:
    """Tell whether the last line is whole, and stand at the end."""
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _kept(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def commit(text: str) -> tuple[dict[str, Any], bytes]:
    """Return a salted commitment to a text for an entry, and the line for what is withheld."""
    salt = secrets.token_hex(16)
    made = hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()
    return {"commitment": made}, canonical({"commitment": made, "salt": salt, "text": text})
