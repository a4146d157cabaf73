"""A real Dask cluster on this machine: a scheduler and worker processes of their own, with certificates."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme

DASK = Path(sys.executable).with_name("dask")
QUIET = {"DASK_LOGGING__DISTRIBUTED": "error"}


@dataclass
class Team:
    """A running cluster: where its scheduler is, and its processes."""

    address: str
    scheduler: subprocess.Popen
    workers: list[subprocess.Popen] = field(default_factory=list)


def certified(folder):
    """Make an authority and one certificate for everybody here; return the variables that make Dask use them."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        folder / "all.pem"
    )
    tls = {"CA_FILE": folder / "ca.pem"}
    tls |= {f"{role}__CERT": folder / "all.pem" for role in ("CLIENT", "SCHEDULER", "WORKER")}
    return {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path) for name, path in tls.items()}


@contextmanager
def team(folder, environment, workers=3, threads=4):
    """Start a scheduler and its workers; end all that is left of them."""
    said = folder / "scheduler.json"
    scheduler = _started(environment, "scheduler", "--protocol=tls", "--host=127.0.0.1", "--port=0", f"--scheduler-file={said}")  # fmt: skip
    started = Team(_address(said, scheduler), scheduler)
    try:
        here = (
            "--host=tls://127.0.0.1",
            "--no-nanny",
            f"--nthreads={threads}",
            f"--local-directory={folder}",
        )
        for _ in range(workers):
            started.workers.append(_started(environment, "worker", started.address, *here))
        yield started
    finally:
        for process in (*started.workers, scheduler):
            process.kill()
            process.wait(timeout=10)


def _started(environment, *words):
    return subprocess.Popen([DASK, *words, "--no-dashboard"], env={**environment, **QUIET})


def _address(said, scheduler):
    until = time.monotonic() + 30
    while time.monotonic() < until and scheduler.poll() is None:
        if said.exists() and (text := said.read_text()):
            return json.loads(text)["address"]
        time.sleep(0.05)
    raise RuntimeError("the scheduler did not start: its stderr says why")
