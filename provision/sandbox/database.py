# ruff: noqa: ANN401 - what SQLAlchemy and oslo.db hand over has no types here
"""SQLite as the services' database, made to bear several writers in one process."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_IMMEDIATE = "sandbox_immediate"


def make_files(folder: Path, names: Iterable[str]) -> None:
    """Make empty databases that write ahead, so that readers and one writer do not wait for each other."""
    for name in names:
        connection = sqlite3.connect(folder / f"{name}.sqlite")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
        (folder / f"{name}.sqlite").chmod(0o600)


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use."""
    origin, copied = sqlite3.connect(source), sqlite3.connect(target)
    try:
        origin.backup(copied)
        copied.execute("PRAGMA journal_mode=WAL")
    finally:
        copied.close()
        origin.close()
    target.chmod(0o600)


def keep_connections() -> None:
    """Give oslo.db a pool of connections: it opens one a transaction on SQLite, and reads the schema again."""
    from oslo_db.sqlalchemy import engines  # noqa: PLC0415
    from sqlalchemy import pool  # noqa: PLC0415

    class Pool(pool.QueuePool):
        """A pool that never makes a thread wait."""

        def __init__(self, creator: Any, pool_size: int = 5, max_overflow: int = -1, **more: Any) -> None:
            super().__init__(creator, pool_size=pool_size, max_overflow=max_overflow, **more)

    engines.pool = SimpleNamespace(
        SingletonThreadPool=pool.SingletonThreadPool,
        StaticPool=pool.StaticPool,
        QueuePool=pool.QueuePool,
        NullPool=Pool,
    )


def write_at_once() -> None:
    """Take the write lock when a writing transaction begins, not at its first write.

    A transaction that reads, then writes after another one committed, fails at once with "database is
    locked", whatever the time-out. One that begins by taking the lock waits its turn.
    """
    from oslo_db.sqlalchemy import enginefacade  # noqa: PLC0415
    from sqlalchemy import engine, event  # noqa: PLC0415

    writer = enginefacade._WRITER  # noqa: SLF001
    factory = enginefacade._TransactionFactory  # noqa: SLF001
    make_session, make_connection = factory._create_session, factory._create_connection  # noqa: SLF001

    def session(self: Any, mode: Any, bind: Any = None) -> Any:
        if mode is not writer or bind is not None:
            return make_session(self, mode, bind)
        if not self._started:
            self._start()
        return make_session(self, mode, self._writer_engine.execution_options(**{_IMMEDIATE: True}))

    def connection(self: Any, mode: Any) -> Any:
        made = make_connection(self, mode)
        return made.execution_options(**{_IMMEDIATE: True}) if mode is writer else made

    def begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get(_IMMEDIATE, False)
        if immediate and "in_transaction" not in connection.info:
            connection.info["in_transaction"] = True
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    factory._create_session, factory._create_connection = session, connection  # noqa: SLF001
    event.listen(engine.Engine, "begin", begin)
