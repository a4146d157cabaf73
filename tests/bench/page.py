"""The results as a page: what `docs/benchmarks.md` is made of, from `docs/benchmarks.json` and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

Results = Mapping[str, Any]
WAYS = {
    "floor": "the floor: the same writes, `requests`",
    "provision": "`provision apply TENANT --yes`",
    "ansible": "Ansible, `openstack.cloud`",
    "client": "a script of `openstack` commands",
}
HEAD = """\
# Benchmarks

Written by `nox -s bench`; not by hand. The figures are in [benchmarks.json](benchmarks.json).
"""
HOW = """\
## How it is measured

- Every contestant is a process of its own, measured from its start to its end: wall time, its own processor time and that of
  its children (`wait4`), and the processor time that the sandbox's services used meanwhile. The tenants are fresh each run, and the
  contestants take turns, so that all meet the same machine. Ratios are of medians of one session.
- **The floor** is recorded from an apply: the writes it made, and the one read without which the default security group's rules
  cannot be removed. They are sent again for another tenant with `requests`: one token, one session, 16 at a time, in the order of the
  plan's own graph and of the ids that calls need of one another, and nothing is looked at. No tool that makes these
  resources through these services can be faster by more than the start of a process.
- **Ansible** runs one playbook, a task a resource (the quotas of three services are one task, a security group has its rules in one),
  with pipelining on.
- **The client script** is one command a resource, and one a rule, since the client takes no list of rules.
- What each made is read back from the services and compared; what differs is listed above.
- Services of the sandbox and contestants share the machine. Keystone and Neutron of the sandbox serve one request at a time
  ([decision 0002](decisions/0002-sandbox-sqlite.md)): most of the floor is Neutron's processor time.
- `provision` (and the floor), the client and Ansible each run in an environment of their own, as their users have them, that the
  benchmark makes and keeps in the user's cache: the sandbox's packages would slow the start of all that import keystoneauth.

## What is left out, and why

- The collection has no description for networks and routers, and no default volume types: the descriptions are left out, and the
  default volume type is set by a task that runs the cinder client. The `openstack` client has no command for it either.
- Its subnet module finds no subnet pool of another project by name, so the playbook names it by id; and it refuses its own
  `prefix_length` on a second run, so the playbook that changes nothing leaves it out.
- Neither Ansible nor the client script leave a mark of whose a resource is, or look again after a write.
- Ansible over many tenants is measured on a few and scaled linearly; so is said where it is shown.

## Again

```sh
.ci/setup && .venv/bin/nox -s bench              # all of it
.venv/bin/nox -s bench -- side                   # beside Ansible, the client and the floor
.venv/bin/nox -s bench -- scale --tenants 1000 --latency 0.05 --workers 32
```

`PROVISION_SANDBOX` names a sandbox that runs already. The first run downloads Ansible (0.3 GB installed).
"""


def page(results: Results) -> str:
    """Return the page."""
    parts = [HEAD, _machine(results)]
    if "one" in results:
        parts += [_one(results["one"]), _nothing(results["nothing"])]
    if "scale" in results:
        parts.append(_scale(results["scale"]))
    return "\n".join([*parts, HOW])


def _machine(results: Results) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results.get("versions", {}).items())
    lines = [
        *(_measured(part, said) for part, said in results["measured"].items()),
        *([f"Versions: {versions}."] if versions else []),
    ]
    return "\n".join(f"- {line}" for line in lines) + "\n"


def _measured(part: str, said: Results) -> str:
    machine = f"{said['processor']}, {said['cores']} cores, {said['memory']}, {said['system']}"
    return f"{part}: {machine}, Python {said['python']}; {said['when']}, load of the minute before {said['load']}."


def _one(one: Results) -> str:
    best = one["medians"]["floor"]["wall"]
    rows = [
        (WAYS[name], _s(each["wall"]), f"{each['wall'] / best:.2f} ×", _s(each["cpu"]), _s(each["server"]), _walls(one, name))
        for name, each in sorted(one["medians"].items(), key=lambda pair: pair[1]["wall"])
    ]  # fmt: skip
    head = (
        "One fresh tenant of `startup`",
        "wall",
        "of the floor",
        "own processor",
        "services' processor",
        "runs, s",
    )
    lines = [
        f"## One fresh tenant\n\nMedians of {one['runs']} turns on the sandbox; in each the quick ways run three times.\n",
        *table(head, rows),
        "",
        *(f"- {name}: **{ratio} ×**" for name, ratio in one["ratios"].items()),
        "",
        *_waiting(one["requests"]),
        "",
        *_differences(one["differences"]),
    ]
    return "\n".join(lines) + "\n"


def _walls(one: Results, name: str) -> str:
    return " · ".join(f"{wall:.2f}" for wall in one["walls"][name])


def _waiting(requests: Results) -> Iterator[str]:
    yield "Inside the process, from the first request to the last answer (one run; `provision` while it was recorded):\n"
    head = ("", "requests", "seconds", "of which with a request under way", "requests' own times, summed")
    rows = [
        (WAYS[name], str(said["requests"]), _s(said["seconds"]), _s(said["waited"]), _s(said["summed"]))
        for name, said in requests.items()
    ]
    yield from table(head, rows)


def _differences(differences: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield "What the tenant of each has not (`-`), or has beyond (`+`), what `provision`'s has, as the services show it:\n"
    for name, lines in differences.items():
        said = "; ".join(f"`{line}`" for line in lines) or "nothing"
        yield f"- {WAYS[name]}: {said}"


def _nothing(nothing: Results) -> str:
    many, few = nothing["tenants"], nothing["measured on"]
    rows = [
        (f"`provision plan`, {many} tenants", _s(nothing["provision"]["wall"]), _s(nothing["provision"]["cpu"]), _s(nothing["provision"]["server"])),
        (f"Ansible, {few} tenants", _s(nothing["ansible"]["wall"]), _s(nothing["ansible"]["cpu"]), _s(nothing["ansible"]["server"])),
        (f"Ansible, scaled linearly to {many}", _s(nothing["ansible scaled"]), "", ""),
    ]  # fmt: skip
    lines = [
        f"## {many} tenants, nothing to change\n",
        *table(("", "wall", "own processor", "services' processor"), rows),
        f"\nAnsible / provision: **{nothing['ratio']} ×**",
    ]
    return "\n".join(lines) + "\n"


def _scale(scales: Sequence[Results]) -> str:
    runs: dict[tuple[Any, ...], list[Results]] = defaultdict(list)
    for each in scales:
        runs[tuple(each["scale"].values())].append(each)
    rows = [
        _scale_row(those, verb, latency)
        for those in runs.values()
        for verb, latency in (("apply", those[0]["scale"]["latency"]), ("plan", 0.0))
    ]
    head = (
        "tenants",
        "",
        "latency",
        "at a time",
        "wall",
        "own processor",
        "simulator's processor",
        "peak",
        "runs, s",
        "said",
    )
    about = (
        "Each applied to an empty simulated cloud (`tests/simulator`), and then planned again with nothing to change. Medians of\n"
        "the runs, the highest peak, and what the last one said."
    )
    twice = sum(each["twice"] for each in scales)
    judged = f"\nThe simulator's ledger found {twice} things twice."
    return "\n".join([f"## Scale\n\n{about}\n", *table(head, rows), judged]) + "\n"


def _scale_row(runs: Sequence[Results], verb: str, latency: float) -> tuple[str, ...]:
    scale, took = runs[0]["scale"], [each[verb] for each in runs]
    asked = (f"{scale['tenants']:,}", verb, f"{latency * 1000:.0f} ms", str(scale["workers"]))
    times = (_s(median(each[name] for each in took)) for name in ("wall", "cpu", "server"))
    peak = max(each["peak"] for each in took)
    return (
        *asked,
        *times,
        f"{peak:.0f} MiB",
        " · ".join(f"{each['wall']:.1f}" for each in took),
        took[-1]["said"],
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, figures to the right."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join(['---', *['--:'] * (len(head) - 1)])}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _s(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 10 else f"{seconds:.2f} s"
