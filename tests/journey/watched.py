"""Run `provision` as one machine of several, and keep a ledger of what it put on the wire, below its own counting.

Arguments: the ledger's path, the machine it takes itself for (``-``: the one it runs on), then provision's own.
"""

from __future__ import annotations

import http.client
import sys
import time
from pathlib import Path

from provision import cli
from provision.apply import machine

ledger, name, *words = sys.argv[1:]
opened = Path(ledger).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 (as long as the process)
send = http.client.HTTPConnection.send


def write_down(self, data):
    line = bytes(data).partition(b"\r\n")[0].split(b" ")
    if line[-1] == b"HTTP/1.1":
        opened.write(f"{time.time()} {line[0].decode()} {line[1].decode()}\n")
    return send(self, data)


http.client.HTTPConnection.send = write_down
if name != "-":
    machine.this = lambda: name
sys.exit(cli.main(words))
