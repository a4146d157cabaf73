"""The plain `openstack` client in one process of its own, which nothing of provision is imported into.

Run as a program it reads a line of JSON (the words of a command), runs it, and writes a line of JSON: its exit, what it said.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys


class Refused(Exception):
    """The client ended with another exit than 0; the message is what it said."""


class Client:
    """Ask as somebody of a clouds.yaml: ``client("member", "server list")``."""

    def __init__(self, environment):
        words = [sys.executable, "-W", "ignore", __file__]
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def __call__(self, who, command, *more):
        """Return what a command answers, read as JSON; None where it answers nothing. Raises `Refused`."""
        self._process.stdin.write(json.dumps(["--os-cloud", who, *command.split(), *more]) + "\n")
        self._process.stdin.flush()
        code, out, err = json.loads(self._process.stdout.readline())
        if code:
            raise Refused(f"{command}: {err.strip()}")
        return json.loads(out) if out.strip() else None

    def table(self, who, command, *more):
        """Return the rows that a command lists or shows."""
        return self(who, command, *more, "-f", "json")

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def serve():
    """Run commands until there are no more."""
    from openstackclient import shell  # noqa: PLC0415 (only the client's own process pays for it)
    from osc_lib import clientmanager  # noqa: PLC0415 (as above)

    answers, sys.stdout = sys.stdout, io.StringIO()
    for line in sys.stdin:
        for kept in [*vars(clientmanager.ClientManager).values()]:
            if hasattr(kept, "_handle"):
                kept._handle = None  # else it would go on as whoever asked first
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = shell.main(json.loads(line))
            except SystemExit as ended:  # words it cannot read
                code = ended.code
        answers.write(json.dumps([code, out.getvalue(), err.getvalue()]) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
