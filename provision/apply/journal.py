"""What was begun and what became of it, on disk before it is done: SQLite in WAL mode, in the estate's ``.provision``.

The journal makes a run resumable and explainable. It never says who owns what: that is written in the cloud, and a lost
journal loses nothing of it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provision.errors import LeaseLost, ProvisionError, Refused, UnknownOutcome, UsageError
from provision.model.address import Address
from provision.model.outcome import Status
from provision.model.plan import Action
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provision.model.outcome import Outcome
    from provision.model.plan import Plan, Step

SETTLING: Final = 30.0  # seconds for which a list may not show yet what was made
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY, cloud TEXT NOT NULL, fingerprint TEXT NOT NULL, steps INTEGER NOT NULL, made_by TEXT NOT NULL,
    pid INTEGER NOT NULL, started REAL NOT NULL, ended REAL
);
CREATE TABLE IF NOT EXISTS operation (
    run INTEGER NOT NULL REFERENCES run, address TEXT NOT NULL, action TEXT NOT NULL, intended REAL NOT NULL,
    status TEXT, ended REAL, request_ids TEXT, error TEXT, found INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, address, action)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS operation_open ON operation (address) WHERE status IS NULL;
PRAGMA user_version = 2;
"""
_VERSION: Final = 2


class Journal:
    """The journal of one estate; safe for threads, one writing process at a time."""

    def __init__(self, folder: Path) -> None:
        """Open or make the journal. Raises `UsageError` when the folder cannot be written or the file is no journal."""
        path = self._path = folder / "journal.sqlite"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version != _VERSION and self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise sqlite3.DatabaseError("another version of provision made it")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                say(
                    "the journal cannot be opened: {error}",
                    "le journal ne peut pas être ouvert : {error}",
                    error=error,
                ),
                where=str(path),
                do=say(
                    "make the folder writable; if the file is damaged, move it away: ownership is in the cloud",
                    "rendre le dossier inscriptible ; si le fichier est abîmé, l'écarter : l'appartenance est inscrite dans le cloud",
                ),
            ) from error
        self._lock = threading.Lock()

    def begin(self, plan: Plan) -> int:
        """Record a run and return its number."""
        with self._written() as db:
            cursor = db.execute(
                "INSERT INTO run (cloud, fingerprint, steps, made_by, pid, started) VALUES (?, ?, ?, ?, ?, ?)",
                (plan.cloud, plan.fingerprint, len(plan.steps), plan.made_by, os.getpid(), time.time()),
            )
            return int(cursor.lastrowid or 0)

    def intend(self, run: int, step: Step) -> None:
        """Record a step before its first request."""
        with self._written() as db:
            db.execute(
                "INSERT INTO operation (run, address, action, intended) VALUES (?, ?, ?, ?)",
                (run, str(step.address), step.action, time.time()),
            )

    def conclude(self, run: int, outcome: Outcome) -> None:
        """Record what became of a step that was begun.

        An unknown outcome stays open, for the next run to resolve; so does a step that met the end of its lease.
        """
        status = None if isinstance(outcome.error, UnknownOutcome | LeaseLost) else outcome.status
        with self._written() as db:
            db.execute(
                "UPDATE operation SET status = ?, ended = ?, request_ids = ?, error = ?, found = ? WHERE run = ? AND address = ? AND action = ?",
                (
                    status,
                    outcome.ended,
                    " ".join(outcome.request_ids),
                    str(outcome.error) if outcome.error else None,
                    outcome.found,
                    run,
                    str(outcome.address),
                    outcome.action,
                ),
            )

    def end(self, run: int) -> None:
        """Record that a run reached its end."""
        with self._written() as db:
            db.execute("UPDATE run SET ended = ? WHERE id = ?", (time.time(), run))

    def doubtful(self, cloud: str, since: float) -> frozenset[Address]:
        """Return the addresses that may stand on this cloud though a look shows nothing there.

        Their creation was begun after `since` (epoch seconds) and never seen to end; or it ended a moment ago, when a
        list may still be older than that.
        """
        begun = (
            "SELECT address FROM operation JOIN run ON run.id = run "
            "WHERE operation.status IS NULL AND cloud = ? AND action = ? AND intended > ?"
        )
        ended = (
            "SELECT address, action FROM operation JOIN run ON run.id = run "
            "WHERE operation.status = ? AND cloud = ? AND operation.ended > ? ORDER BY operation.ended"
        )
        with self._written() as db:
            open_ones = db.execute(begun, (cloud, Action.CREATE, since)).fetchall()
            last = dict(db.execute(ended, (Status.DONE, cloud, time.time() - SETTLING)).fetchall())
        made = (address for address, action in last.items() if action == Action.CREATE)
        return frozenset(map(Address.parse, (*(address for (address,) in open_ones), *made)))

    def created(self, run: int, tenants: frozenset[str]) -> frozenset[Address]:
        """Return what a run created for some tenants, or may have: not what it found to be there already."""
        query = "SELECT address FROM operation WHERE run = ? AND action = ? AND NOT found"
        with self._written() as db:
            rows = db.execute(query, (run, Action.CREATE)).fetchall()
        begun = (Address.parse(address) for (address,) in rows)
        return frozenset(address for address in begun if address.tenant in tenants)

    @contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        """Yield the database, to one thread at a time. Raises `ProvisionError` where it cannot be written (a full disk)."""
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise ProvisionError(
                    say(
                        "the journal cannot be written: {error}",
                        "le journal ne peut pas être écrit : {error}",
                        error=error,
                    ),
                    where=str(self._path),
                    do=say(
                        "make room on the disk, then apply again: it resumes by itself",
                        "faire de la place sur le disque, puis relancer apply : il reprend seul",
                    ),
                ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


@dataclass(frozen=True, slots=True)
class Noted:
    """A step as the journal has it; times are epoch seconds, and what is None was never seen to end."""

    run: int
    address: str
    action: str
    intended: float
    status: str | None
    ended: float | None
    request_ids: str
    error: str | None
    found: bool


def noted(folder: Path, after: int) -> tuple[Noted, ...]:
    """Return the steps of every run after one, read without writing; none where there is no journal that can be read."""
    query = (
        "SELECT run, address, action, intended, status, ended, COALESCE(request_ids, ''), error, found "
        "FROM operation WHERE run > ? ORDER BY run, intended, address"
    )
    return tuple(Noted(*row) for row in _asked(folder, query, (after,)))


def last_run(folder: Path) -> int:
    """Return the number of the last run, 0 where there is none."""
    return next((int(number) for (number,) in _asked(folder, "SELECT COALESCE(MAX(id), 0) FROM run", ())), 0)


def _asked(folder: Path, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    path = folder / "journal.sqlite"
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(query, values).fetchall()
    except sqlite3.Error:
        return []


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the estate against a second apply on this machine. Raises `Refused` at once when one is running."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise Refused(
                say(
                    "another apply is running here (pid {pid})",
                    "un autre apply est en cours ici (pid {pid})",
                    pid=lock.read().strip() or "?",
                ),
                where=str(folder),
                do=say("wait for its end, then apply again", "attendre sa fin, puis relancer apply"),
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def busy(folder: Path) -> bool:
    """Tell whether an apply is running here."""
    if not (folder / "lock").exists():
        return False
    with (folder / "lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
