"""`nox -s bench`: measure, keep the figures, write the page."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench import contestants, scale, side_by_side
from bench.measure import load, machine
from bench.page import page

DOCS: Final = Path(__file__).parents[2] / "docs"


def main(words: Sequence[str]) -> None:
    """Measure what was asked for (all of it when nothing was), over what the page already has of the rest."""
    asked = _parser().parse_args(words)
    results = {"measured": {}, **_kept()}
    if asked.part in {"all", "side"}:
        results["measured"]["side by side"] = _circumstances()
        given = os.environ.get("PROVISION_SANDBOX")
        with side_by_side.ground(Path(given) if given else None) as on:
            results["versions"] = dict(contestants.versions())
            results["one"] = side_by_side.bring_one(on, _say, runs=asked.runs)
            results["nothing"] = side_by_side.change_nothing(on, _say, runs=asked.runs)
    if asked.part in {"all", "scale"}:
        _measure_scales(results, Counter(_scales(asked)))
    _write(results)


def _measure_scales(results: dict[str, Any], asked: Mapping[scale.Scale, int]) -> None:
    """Measure each scale as many times as it was asked for; what is there of others stays."""
    kept = [each for each in results.get("scale", ()) if scale.Scale(**each["scale"]) not in asked]
    made = []
    for each, times in asked.items():
        results["measured"][f"{each.tenants:,} tenants"] = _circumstances()
        made += [scale.measure(each, _say) for _ in range(times)]
    results["scale"] = sorted([*kept, *made], key=lambda each: each["scale"]["tenants"])


def _circumstances() -> dict[str, Any]:
    """Say on what machine, when, and how busy it was before."""
    return {**machine(), "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "load": load()}


def _scales(asked: argparse.Namespace) -> Sequence[scale.Scale]:
    if asked.tenants is None:
        return scale.USUAL
    return [scale.Scale(tenants, asked.latency, asked.workers) for tenants in asked.tenants]


def _kept() -> dict[str, Any]:
    file = DOCS / "benchmarks.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _write(results: dict[str, Any]) -> None:
    (DOCS / "benchmarks.json").write_text(
        json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (DOCS / "benchmarks.md").write_text(page(results), encoding="utf-8")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("part", nargs="?", choices=("all", "side", "scale", "page"), default="all")
    parser.add_argument("--runs", type=int, default=side_by_side.RUNS, help="runs of each contestant")
    parser.add_argument("--tenants", type=int, nargs="+", help="how many tenants on the simulator")
    parser.add_argument("--latency", type=float, default=0.05, help="of the simulator, seconds")
    parser.add_argument("--workers", type=int, default=32, help="requests at a time")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
