"""Thousands of tenants against the simulator: the first apply at a latency, then a plan that finds nothing to do at none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bench.contestants import BIN, ESTATE, PROFILE
from bench.measure import Cost, run

Say = Callable[[str], None]
SHOWN: Final = 1


@dataclass(frozen=True, slots=True)
class Scale:
    """How many tenants, how slow the cloud (seconds an answer), how many requests at a time."""

    tenants: int
    latency: float
    workers: int = 32


USUAL: Final = (*[Scale(1_000, 0.05)] * 3, Scale(10_000, 0.05))
"""Three runs of what takes a minute, one of what takes a quarter of an hour."""


def measure(scale: Scale, say: Say) -> dict[str, Any]:
    """Bring all the tenants to an empty simulated cloud, and plan them again at zero latency; return what both took."""
    from simulator import simulated  # noqa: PLC0415 (only what runs against it pays for its import)

    with tempfile.TemporaryDirectory(prefix="bench-") as folder, simulated(latency=scale.latency) as cloud:
        estate = write(Path(folder) / "estate", scale.tenants)
        environment = _environment(cloud.env)
        words = ["--yes", "--workers", str(scale.workers)]
        applied = _provision(estate, environment, cloud.pid, "apply", *words)
        say(f"apply over {scale.tenants}: {applied.wall:.1f} s")
        cloud.control(latency=0.0)
        planned = _provision(estate, environment, cloud.pid, "plan", "--workers", str(scale.workers))
        say(f"plan over {scale.tenants}: {planned.wall:.1f} s")
        twice = len(cloud.verdict()["duplicated"])
    return {"scale": asdict(scale), "apply": _figures(applied), "plan": _figures(planned), "twice": twice}


def write(estate: Path, tenants: int) -> Path:
    """Write an estate of so many tenants and return its folder."""
    (estate / "tenants").mkdir(parents=True)
    (estate / "estate.yaml").write_text(ESTATE.format(name="scale"), encoding="utf-8")
    for number in range(tenants):
        key = f"t{number:05}"
        (estate / "tenants" / f"{key}.yaml").write_text(
            f"tenant: {key}\nprofile: {PROFILE}\n", encoding="utf-8"
        )
    return estate


def _provision(estate: Path, environment: Mapping[str, str], simulator: int, *words: str) -> Cost:
    return run([str(BIN / "provision"), *words, "--estate", str(estate)], environment, [simulator])


def _environment(cloud: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OS_", "PROVISION_"))}
    return {**kept, **cloud, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}


def _figures(cost: Cost) -> dict[str, Any]:
    last = cost.output.strip().splitlines()[-SHOWN:]
    return {
        "wall": round(cost.wall, 1),
        "cpu": round(cost.cpu, 1),
        "server": round(cost.server, 1),
        "peak": round(cost.peak),
        "said": " ".join(last),
    }
