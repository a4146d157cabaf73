"""A process that has imported `provision` once, and forks a child for each command line: a run costs no start.

Started by `runs.Forkery`. Each connection to its socket is one run: a line of JSON says what, a line with the child's pid
comes back, and one with its exit status when it is over.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import selectors
import signal
import socket
import sys
import threading
from functools import partial
from pathlib import Path

from provision.apply import walk
from provision.apply.journal import Journal
from provision.cli import COLLECT, apply, main, plan  # noqa: F401 (imported once, here)
from provision.cloud import pace
from provision.cloud.wire import READING, Wire
from provision.workflow import changing  # noqa: F401 (as above)


def serve(path):
    """Take runs until stdin ends; raises `SystemExit` in each child, with what it came to."""
    gc.set_threshold(*COLLECT)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    sys.stdout.write("\n")
    sys.stdout.flush()
    with selectors.DefaultSelector() as waiting:
        waiting.register(sys.stdin, selectors.EVENT_READ)
        waiting.register(listening, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is listening:
                    _begin(listening, waiting)
                else:
                    _end(key, waiting)


def _begin(listening, waiting):
    connection, _ = listening.accept()
    asked = json.loads(connection.makefile().readline())
    pid = os.fork()
    if not pid:
        waiting.close()
        listening.close()
        connection.close()
        raise SystemExit(_child(**asked))
    connection.sendall(f"{pid}\n".encode())
    waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, connection))


def _end(key, waiting):
    pid, connection = key.data
    waiting.unregister(key.fd)
    os.close(key.fd)
    _, status = os.waitpid(pid, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    connection.close()


def _child(words, environment, out, err, kill_at=0, count=None, window=None, largest=None, longest=None):
    """Run one command line, killed at its `kill_at`-th boundary or told how many it had; return its exit code."""
    os.setsid()
    for number, path in ((0, os.devnull), (1, out), (2, err)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    if window is not None:
        walk.Performer = partial(walk.Performer, window=window)
        walk.ClosingLook = partial(walk.ClosingLook, window=window)
    if longest is not None:
        pace.LONGEST = longest
    if largest is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    boundaries = Boundaries(kill_at)
    if kill_at or count:
        boundaries.arm()
    code = main(words)
    if count:
        Path(count).write_text(json.dumps(boundaries.passed), encoding="utf-8")
    return code


class Boundaries:
    """Before and after each word to the journal and each write to the cloud; at one of them this process is killed."""

    def __init__(self, kill_at):
        self.kill_at = kill_at
        self.passed = []
        self._lock = threading.Lock()

    def arm(self):
        Journal.intend = self._around(Journal.intend, "intent")
        Journal.conclude = self._around(Journal.conclude, "done")
        Wire.exchange = self._around(
            Wire.exchange, "send", lambda wire, road, method, *rest: method not in READING
        )

    def _around(self, real, word, counts=lambda *_: True):
        def watched(*arguments, **named):
            if not counts(*arguments):
                return real(*arguments, **named)
            self._pass(f"before {word}")
            answer = real(*arguments, **named)
            self._pass(f"after {word}")
            return answer

        return watched

    def _pass(self, word):
        with self._lock:
            self.passed.append(word)
            if len(self.passed) == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    serve(sys.argv[1])
