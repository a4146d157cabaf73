"""What a run may turn: how slow, how limited, how stale and how faulty the cloud is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from typing import Any

SERVICES = (
    "identity",
    "compute",
    "network",
    "volume",
    "image",
    "key-manager",
    "object-store",
    "dns",
    "load-balancer",
)
KINDS = ("reset", "hang", "503", "429", "504", "html", "slow", "truncated", "403")
BEFORE = frozenset({"503", "429", "html", "403"})


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    Attributes:
        kind: ``reset`` (commit, then reset the connection), ``hang`` (commit, then no answer for `hold` seconds, then
            close), ``503``, ``429``, ``403`` and ``html`` (answered before anything is done), ``504`` (commit, then a gateway's
            word), ``slow`` (the body a byte at a time, for `hold` seconds), ``truncated`` (half of the body).
        fraction: of the matching calls, 0 to 1.
        methods, paths: regular expressions; a path is as sent, with its service in front (``/network/v2.0/…``). Asking for
            a token is left alone unless `paths` says otherwise: ``""`` is every call there is.
        nth: which matching calls fail, counted from 1 since this was set, instead of a fraction.
        hold: seconds.
        retry_after: what a 429 says.
    """

    kind: str
    fraction: float = 0.0
    methods: str = "GET|HEAD|POST|PUT|PATCH|DELETE"
    paths: str = "^(?!/identity/v3/auth/)"
    nth: tuple[int, ...] = ()
    hold: float = 30.0
    retry_after: int | str = 1

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind!r}: one of {', '.join(KINDS)}")
        re.compile(self.methods)
        re.compile(self.paths)


@dataclass(frozen=True)
class Rate:
    """A token bucket: calls a second, and how many may come at once."""

    rate: float
    burst: float = 1.0
    retry_after: int | str = 1


@dataclass(frozen=True)
class Stale:
    """On a fraction of reads, rows younger than up to `seconds` are not seen.

    `paths` is a regular expression for the reads that count: a path as `Fault` has it, and the names of the query's parameters
    (``/network/v2.0/networks?project_id&limit``).
    """

    fraction: float = 0.0
    seconds: float = 0.0
    paths: str = ""


@dataclass(frozen=True)
class Knobs:
    """All of them; a mapping by service may say ``*`` for those it does not name.

    Attributes:
        seed: of ids, faults and stale reads: the same calls in the same order meet the same.
        latency: seconds before each answer, by service.
        rates: token buckets, by service.
        writes_only: the buckets count writes alone, and asking for a token is none.
        stale: stale reads.
        unified_limits: Nova answers 200 to a quota and changes nothing.
        token_life: seconds.
        faults: see `Fault`; of several that match, the first decides.
    """

    seed: int = 1
    latency: dict[str, float] = field(default_factory=dict)
    rates: dict[str, Rate] = field(default_factory=dict)
    writes_only: bool = False
    stale: Stale = field(default_factory=Stale)
    unified_limits: bool = False
    token_life: float = 86400.0
    faults: tuple[Fault, ...] = ()


NAMES = tuple(each.name for each in fields(Knobs))


def turned(knobs, said):
    """Return knobs with some turned, from what JSON says. Raises `ValueError` and `TypeError` for what it cannot say."""
    return replace(knobs, **{name: _read(name, value) for name, value in said.items()})


def _read(name, value):
    readers = {"latency": _by_service, "rates": _rates, "stale": _stale, "faults": _faults}
    return readers.get(name, lambda same: same)(value)


def _by_service(value: Any) -> dict[str, Any]:
    said = value if isinstance(value, dict) else {"*": value}
    unknown = said.keys() - {"*", *SERVICES}
    if unknown:
        raise ValueError(f"no service is called {', '.join(sorted(unknown))}: {', '.join(SERVICES)}")
    return said


def _rates(value):
    return {service: Rate(**rate) for service, rate in _by_service(value).items()}


def _stale(value):
    return Stale(**value)


def _faults(value):
    read = []
    for each in value:
        nth = each.get("nth", ())
        read.append(Fault(**{**each, "nth": tuple(nth) if isinstance(nth, list | tuple) else (nth,)}))
    return tuple(read)
