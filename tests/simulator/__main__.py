"""`python -m simulator`: serve one simulated cloud until stdin ends or Ctrl-C; say where on one line of JSON."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path

import uvloop

from simulator.knobs import NAMES, Knobs, turned
from simulator.seed import seed
from simulator.server import serve
from simulator.world import REGION, World

CLOUD = "simulator"


def main():
    asked = _arguments()
    said = {name: value for name in NAMES if (value := getattr(asked, name)) is not None}
    folder = Path(asked.folder or tempfile.mkdtemp(prefix="simulator-"))
    folder.mkdir(parents=True, exist_ok=True)
    world = World(turned(Knobs(), said), secrets.token_urlsafe(18))
    seed(world)
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_run(world, asked, folder))


def _arguments():
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--folder", help="where clouds.yaml is written (a temporary one when left out)")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin does")
    for name in NAMES:
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=json.loads, metavar="JSON", help="see simulator/knobs.py"
        )
    return parser.parse_args()


async def _run(world, asked, folder):
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ending.set)
    if asked.with_parent:
        loop.add_reader(sys.stdin.fileno(), _until_it_ends, ending)

    def ready(port):
        _write(folder / "clouds.yaml", port, world.password)
        print(
            json.dumps(
                {"url": f"http://127.0.0.1:{port}", "clouds": str(folder / "clouds.yaml"), "pid": os.getpid()}
            ),
            flush=True,
        )  # noqa: T201 (what it is asked to say)

    await serve(world, asked.port, ready, ending)


def _until_it_ends(ending):
    if not os.read(sys.stdin.fileno(), 1024):
        ending.set()


def _write(file, port, password):
    text = f"""\
clouds:
  {CLOUD}:
    auth:
      auth_url: http://127.0.0.1:{port}/identity/v3
      username: admin
      password: "{password}"
      project_name: admin
      user_domain_name: Default
      project_domain_name: Default
    region_name: {REGION}
    interface: public
    identity_api_version: 3
"""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


if __name__ == "__main__":
    main()
