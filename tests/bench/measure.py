"""Run a contestant as a process of its own and say what it took: of the wall, of its processor, of the services'."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SHOWN = 2000
SPAWN = Path(__file__).with_name("spawn.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took: seconds of wall, of its own processor (children included), of the services'; its peak in MiB."""

    wall: float
    cpu: float
    server: float
    peak: float
    output: str


def run(
    command: Sequence[str], environment: Mapping[str, str], services: Sequence[int], *, expect: int = 0
) -> Cost:
    """Run a command to its end. Raises `RuntimeError`, with the last it said, unless it ends with `expect`."""
    with tempfile.NamedTemporaryFile(prefix="bench-", suffix=".json") as report:
        before = _spent(services)
        spawn = [sys.executable, "-S", str(SPAWN), report.name, *command]
        done = subprocess.run(
            spawn, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
        )
        server = _spent(services) - before
        took = json.loads(Path(report.name).read_text(encoding="utf-8"))
    if took["status"] != expect:
        raise RuntimeError(f"{command[0]} ended with {took['status']}:\n{done.stdout[-SHOWN:]}")
    return Cost(took["wall"], took["cpu"], server, took["peak"], done.stdout)


def median(costs: Sequence[Cost]) -> dict[str, float]:
    """Return the medians of several runs' times."""
    figures = ("wall", "cpu", "server")
    return {name: round(statistics.median(getattr(cost, name) for cost in costs), 3) for name in figures}


def machine() -> dict[str, str]:
    """Name the machine: processor, cores, memory, system, Python."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{_system()}, Linux {platform.release()}",
        "python": platform.python_version(),
    }


def load() -> float:
    """Return how many processes wanted a processor over the last minute, ours included."""
    return round(os.getloadavg()[0], 2)


def _spent(services: Sequence[int]) -> float:
    times = [psutil.Process(pid).cpu_times() for pid in services]
    return sum(each.user + each.system for each in times)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()
