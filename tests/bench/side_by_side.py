"""One fresh tenant, four ways, on one running sandbox; then many tenants with nothing to change."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench import contestants, inventory, recording
from bench.contestants import Bring, Ground
from bench.floor import covered
from bench.measure import Cost, median

from provision import sandbox as control
from provision.cloud.connect import connect

if TYPE_CHECKING:
    from bench.recording import Recording

Say = Callable[[str], None]
RUNS: Final = 3
MANY: Final = 20
FEW: Final = 3
RIVALS: Final[Mapping[str, Bring]] = {
    "ansible": contestants.with_ansible,
    "client": contestants.with_client,
}


@contextmanager
def ground(sandbox: Path | None) -> Iterator[Ground]:
    """Yield a ground on a running sandbox: the one that was named, else one of its own, ended with the block."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = sandbox or Path(folder) / "sandbox"
        if sandbox is None:
            control.up(place)
        try:
            yield Ground(place, Path(folder))
        finally:
            if sandbox is None:
                control.down(place)


def bring_one(on: Ground, say: Say, *, runs: int = RUNS) -> dict[str, Any]:
    """Bring fresh tenants by every way, in turn, `runs` times; return medians, ratios and what each left out.

    The quick ways go before, between and after the slow ones, so that they meet the same machine: it changes within a minute.
    """
    recorded = contestants.record(on)
    quick: dict[str, Bring] = {
        "floor": contestants.with_floor(recording.distill(recorded)),
        "provision": contestants.with_provision,
    }
    ways = {**quick, **RIVALS}
    order = [*(each for rival in RIVALS for each in (*quick, rival)), *quick]
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    made: dict[str, str] = {}
    for turn in range(1, runs + 1):
        for name in order:
            made[name] = on.tenant()
            costs[name].append(ways[name](on, made[name]))
            say(f"{name}, run {turn} of {runs}: {costs[name][-1].wall:.2f} s")
    medians = {name: median(each) for name, each in costs.items()}
    return {
        "runs": runs,
        "medians": medians,
        "walls": {name: [round(cost.wall, 2) for cost in each] for name, each in costs.items()},
        "ratios": _ratios(medians),
        "requests": {"provision": waited(recorded), "floor": json.loads(costs["floor"][-1].output)},
        "differences": differences(on, made),
    }


def _ratios(medians: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    walls = {name: each["wall"] for name, each in medians.items()}
    return {
        "provision / floor": round(walls["provision"] / walls["floor"], 2),
        **{
            f"{name} / provision": round(walls[name] / walls["provision"], 1)
            for name in RIVALS
            if name in walls
        },
        **{f"{name} / floor": round(walls[name] / walls["floor"], 1) for name in RIVALS if name in walls},
    }


def waited(recorded: Recording) -> dict[str, float]:
    """Say how long a recorded apply waited for answers, as `floor.py` does."""
    spans = [(each.began, each.ended) for each in recorded.sent]
    reads = sum(each.method in recording.READING for each in recorded.sent)
    return {
        "seconds": round(max(end for _, end in spans) - min(start for start, _ in spans), 3),
        "waited": round(covered(spans), 3),
        "summed": round(sum(end - start for start, end in spans), 3),
        "requests": len(spans),
        "reads": reads,
    }


def differences(on: Ground, made: Mapping[str, str]) -> dict[str, list[str]]:
    """Return, for each way, what its tenant has not, or has beyond, what `provision`'s has."""
    with contestants.as_operator(on), closing(connect(None, estate=on.name)) as cloud:
        wanted = on.plan(on.tenant())
        found = {name: inventory.take(cloud, tenant, wanted) for name, tenant in made.items()}
    ours = found.pop("provision")
    return {
        name: [
            f"{sign} {' '.join(line)}"
            for sign, lines in (("-", ours - has), ("+", has - ours))
            for line in sorted(lines)
        ]
        for name, has in found.items()
    }


def change_nothing(
    on: Ground, say: Say, *, runs: int = RUNS, many: int = MANY, few: int = FEW
) -> dict[str, Any]:
    """Plan `many` tenants that are as they should be, against Ansible over `few`, scaled to as many."""
    tenants = [on.tenant() for _ in range(many)]
    on.provision("apply", *tenants, "--yes")
    ours = [on.provision("plan", *tenants) for _ in range(runs)]
    say(f"plan over {many}: {', '.join(f'{cost.wall:.2f}' for cost in ours)} s")
    first, again = zip(*(contestants.write_playbooks(on, on.tenant()) for _ in range(few)), strict=True)
    contestants.play(on, first)
    theirs = [contestants.play(on, again) for _ in range(runs)]
    say(f"ansible over {few}: {', '.join(f'{cost.wall:.2f}' for cost in theirs)} s")
    scaled = median(theirs)["wall"] * many / few
    return {
        "tenants": many,
        "measured on": few,
        "provision": median(ours),
        "ansible": median(theirs),
        "ansible scaled": round(scaled, 1),
        "ratio": round(scaled / median(ours)["wall"], 1),
    }
