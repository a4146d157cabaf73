"""The test's own door: turn knobs, revoke tokens, seed what is not ours, snapshot, and read the ledger."""

from __future__ import annotations

import re
from dataclasses import asdict

from simulator import ledger, seed
from simulator.holdings import holdings
from simulator.knobs import Knobs, turned
from simulator.route import Answer, Routes

routes = Routes("control")


@routes.on("GET", "/_control")
def show(world, ask):
    return Answer(200, asdict(world.knobs))


@routes.on("POST", "/_control")
def turn(world, ask):
    """Turn knobs; fault counts and buckets begin anew."""
    try:
        world.knobs = turned(world.knobs, ask.body)
    except (TypeError, ValueError, re.error) as wrong:
        return Answer(400, {"error": str(wrong)})
    world.faults.turn(world.knobs)
    return Answer(200, asdict(world.knobs))


@routes.on("POST", "/_control/reset")
def reset(world, ask):
    """Make the cloud anew, as it was before anybody came, with these knobs."""
    world.begin(turned(Knobs(), ask.body))
    seed.seed(world)
    return Answer(204)


@routes.on("POST", "/_control/revoke")
def revoke(world, ask):
    """Make every token that was issued one that Keystone does not know."""
    gone = len(world.tokens)
    world.tokens.clear()
    return Answer(200, {"revoked": gone})


@routes.on("POST", "/_control/foreign")
def make_foreign(world, ask):
    return Answer(200, {"made": seed.foreign(world, ask.body)})


@routes.on("POST", "/_control/forget")
def forget(world, ask):
    """Begin a new ledger: counts, commits and requests at nought; what is there stays."""
    world.ledger.forget()
    return Answer(204)


@routes.on("POST", "/_control/snapshot")
def snapshot(world, ask):
    world.snapshot = _state(world)
    return Answer(200, {kind: len(found) for kind, found in world.snapshot.items()})


@routes.on("GET", "/_ledger/diff")
def diff(world, ask):
    """Return, by kind, what was added, removed and changed since the snapshot; nothing at all when it is the same."""
    if world.snapshot is None:
        return Answer(409, {"error": "no snapshot was taken: POST /_control/snapshot"})
    now = _state(world)
    found = {
        kind: _differs(world.snapshot.get(kind, {}), now.get(kind, {})) for kind in {*world.snapshot, *now}
    }
    return Answer(200, {kind: each for kind, each in sorted(found.items()) if each})


def _differs(before, after):
    both = before.keys() & after.keys()
    said = {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": sorted(key for key in both if before[key] != after[key]),
    }
    return {what: ids for what, ids in said.items() if ids}


def _state(world):
    """Return a fingerprint of every row, by kind and id; when it was written makes no difference."""
    state = {table.kind: {row.id: _fingerprint(row) for row in table} for table in world.tables()}
    for settings in world.settings():
        state[settings.kind] = settings.state()
    return state


def _fingerprint(row):
    fields = {
        name: getattr(row, name) for each in type(row).__mro__ for name in getattr(each, "__slots__", ())
    }
    for name in ("born", "written", "revision", "cursor", "free", "said"):
        fields.pop(name, None)
    if "rules" in fields:
        fields["rules"] = sorted(map(str, (rule.same() for rule in row.rules.values())))
    return hash(tuple(str(fields[name]) for name in sorted(fields)))


@routes.on("GET", "/_ledger/verdict")
def verdict(world, ask):
    return Answer(200, ledger.verdict(world))


@routes.on("GET", "/_ledger/live")
def live(world, ask):
    return Answer(200, ledger.live(world))


@routes.on("GET", "/_ledger/holdings")
def show_holdings(world, ask):
    return Answer(200, holdings(world))


@routes.on("GET", "/_ledger/commits")
def commits(world, ask):
    """Return commits, the oldest first; ``kind``, ``what`` and ``last`` narrow them."""
    names = ("time", "what", "kind", "id", "project_id", "name", "description", "user")
    found = [
        dict(zip(names, entry, strict=True))
        for entry in world.ledger.commits
        if ask.one("kind", entry[2]) == entry[2] and ask.one("what", entry[1]) == entry[1]
    ]
    return Answer(200, {"commits": found[-int(ask.one("last", "0")) :]})
