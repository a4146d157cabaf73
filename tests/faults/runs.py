"""Command lines of `provision`, run in children of one process that imported it once (forkery.py)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PATIENCE = 3600  # seconds: ten thousand tenants of which a tenth of all calls fails take half an hour


@dataclass
class Run:
    """One run: its process and where what it says is kept; `code` is None until `wait`, negative when it was killed."""

    words: tuple[str, ...]
    pid: int
    connection: socket.socket
    folder: Path
    began: float = field(default_factory=time.monotonic)
    code: int | None = None
    seconds: float = 0.0

    @property
    def out(self):
        return (self.folder / "out").read_text(encoding="utf-8")

    @property
    def err(self):
        return (self.folder / "err").read_text(encoding="utf-8")

    def json(self):
        return json.loads(self.out)

    def running(self):
        """Tell whether it has not ended yet."""
        self.connection.setblocking(False)
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        finally:
            self.connection.settimeout(PATIENCE)

    def kill(self, *, group=False):
        """Kill it, or all of its group; one that ended by itself is left to `wait` to tell."""
        with suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(self.pid, signal.SIGKILL)

    def wait(self, expect=None):
        """Wait for its end; with `expect`, it must end so."""
        with self.connection, self.connection.makefile() as said:
            self.code = int(said.readline())
        self.seconds = time.monotonic() - self.began
        told = f"{' '.join(self.words)}: exit {self.code}\n{self.out[-4000:]}\n{self.err[-4000:]}"
        assert "Traceback" not in told and "defect of provision" not in told, told
        assert expect is None or self.code == expect, told
        return self


@dataclass(frozen=True)
class Forkery:
    """The process that forks; `start` begins a run of `provision`."""

    path: str
    folder: Path

    def start(self, *words, environment, **arming):
        """Begin a run; `arming` is what forkery.py's `_child` takes."""
        folder = self.folder / f"run{time.monotonic_ns()}"
        folder.mkdir()
        asked = {
            "words": [str(word) for word in words],
            "environment": environment,
            "out": str(folder / "out"),
            "err": str(folder / "err"),
            **arming,
        }
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        connection.connect(self.path)
        connection.sendall(json.dumps(asked).encode() + b"\n")
        pid = int(_line(connection))
        return Run(tuple(asked["words"]), pid, connection, folder)


def _line(connection):
    """Read a line and not a byte more."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise ConnectionError("the forkery is gone: its stderr says why")
        line += byte
    return line


@contextmanager
def forkery(folder):
    """Start one, and end it with the block; its children are the tests' to end."""
    path = str(folder / "socket")
    process = subprocess.Popen(
        [sys.executable, str(HERE / "forkery.py"), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        if not process.stdout.readline():
            raise RuntimeError(f"the forkery did not start (exit {process.wait()}): its stderr says why")
        yield Forkery(path, folder)
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()
