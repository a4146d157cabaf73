"""Every commit, by whom and when; and the verdict, from the server's own state and not from what a client thinks."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict

MARKER = re.compile(
    r"\[provision:(?P<kind>[^\s\]/]+)/(?P<tenant>[^\s\]/]+)/(?P<name>[^\s\]]+) g:[0-9a-f]{8}\]"
)


class Ledger:
    """What was committed; `foreign` holds the ids of rows that are not ours to touch."""

    def __init__(self):
        self.commits = []
        self.counts = Counter()
        self.requests = Counter()
        self.tokens = 0
        self.foreign = {}
        self.touched = []
        self.actor = "seed"
        self.seeding = False

    def commit(self, what, kind, row):
        """Write one down: (time, what, kind, id, project, name, description, user)."""
        project = getattr(row, "project_id", "")
        entry = (time.time(), what, kind, row.id, project, row.name, row.description, self.actor)
        if self.seeding:
            self.foreign[row.id] = kind
            return
        self.commits.append(entry)
        self.counts[kind, what] += 1
        if self.foreign and (
            row.id in self.foreign or project in self.foreign or _stands_in(row, self.foreign)
        ):
            self.touched.append(
                {"what": what, "kind": kind, "id": row.id, "name": row.name, "by": self.actor}
            )

    def forget(self):
        """Begin counting anew; rows stay, and stay foreign."""
        foreign = self.foreign
        self.__init__()
        self.foreign = foreign


def _stands_in(row, foreign):
    """Tell whether a row is part of a foreign one: a rule of its group, a grant on its project."""
    return any(getattr(row, name, None) in foreign for name in ("group_id", "target_id", "network_id"))


def marker(description):
    """Return (kind, tenant, name) of the marker that a description ends with, or None."""
    found = MARKER.search(description or "")
    return found and (found["kind"], found["tenant"], found["name"])


def verdict(world):
    """Judge: what stands twice, what was touched that is not ours, and how much of everything there is and was."""
    ledger = world.ledger
    rows = [(kind, row) for kind, found in world.live() for row in found]
    return {
        "duplicated": [*_twice_marked(rows), *_twice_named(rows, ledger.foreign)],
        "foreign_touched": ledger.touched,
        "foreign": len(ledger.foreign),
        "live": dict(sorted(Counter(kind for kind, _ in rows).items())),
        "commits": _nested(ledger.counts),
        "requests": _nested(ledger.requests),
        "tokens": ledger.tokens,
    }


def _nested(counter):
    nested = defaultdict(dict)
    for (outer, inner), times in sorted(counter.items(), key=str):
        nested[str(outer)][str(inner)] = times
    return dict(nested)


def _twice_marked(rows):
    by = defaultdict(list)
    for kind, row in rows:
        if mark := marker(row.description):
            by[kind, *mark].append(row)
    for (kind, *mark), found in by.items():
        if len(found) > 1:
            yield {"kind": kind, "marker": "/".join(mark), "ids": sorted(row.id for row in found)}


_NATURAL = {
    "network": lambda row: (row.project_id, row.name),
    "subnet": lambda row: (row.project_id, row.name),
    "router": lambda row: (row.project_id, row.name),
    "security_group": lambda row: (row.project_id, row.name),
    "project": lambda row: (row.domain_id, row.name),
    "group": lambda row: (row.domain_id, row.name),
    "domain": lambda row: ("", row.name),
}


def _twice_named(rows, foreign):
    by = defaultdict(list)
    for kind, row in rows:
        if kind in _NATURAL and row.id not in foreign:
            by[kind, *_NATURAL[kind](row)].append(row)
    for (kind, within, name), found in by.items():
        if len(found) > 1:
            yield {"kind": kind, "in": within, "name": name, "ids": sorted(row.id for row in found)}


def live(world):
    """Return, by kind, [tenant, name] of everything that is there: from its marker, else from its project's."""
    tenants = {row.id: mark[1] for row in world.projects if (mark := marker(row.description))}
    found = defaultdict(list)
    for kind, rows in world.live():
        for row in rows:
            mark = marker(row.description)
            tenant = mark[1] if mark else tenants.get(getattr(row, "project_id", ""), "")
            found[kind].append([tenant, mark[2] if mark else row.name])
    return {kind: sorted(pairs) for kind, pairs in sorted(found.items())}
