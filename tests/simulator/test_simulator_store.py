"""Tables answer as a scan of all rows would."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.store import Table, page

VALUES = st.sampled_from("xyz")
IDS = st.sampled_from("abcdefgh")
ROWS = st.builds(
    SimpleNamespace,
    id=IDS,
    name=VALUES,
    tags=st.lists(VALUES, max_size=3).map(tuple),
    born=st.integers(0, 5),
)
STEPS = st.lists(st.tuples(st.sampled_from(["add", "change", "remove"]), ROWS), max_size=30)


def after(steps):
    told = []
    table = Table(
        "thing", lambda *what: told.append(what[0]), name=lambda row: row.name, tags=lambda row: row.tags
    )
    model, done = {}, []
    for step, row in steps:
        if step == "add" and row.id not in model:
            model[row.id] = table.add(row)
        elif step == "change" and row.id in model:
            table.change(model[row.id], {"name": row.name, "tags": row.tags})
        elif step == "remove" and row.id in model:
            table.remove(model.pop(row.id))
        else:
            continue
        done.append({"add": "create", "change": "update", "remove": "delete"}[step])
    assert told == done
    return table, [model[each] for each in sorted(model)]


@settings(deadline=None)
@given(STEPS, st.sets(VALUES, max_size=2), st.sets(VALUES, max_size=2), st.integers(0, 5))
def test_select_is_a_scan(steps, names, tags, horizon):
    table, rows = after(steps)
    wanted = {name: values for name, values in (("name", names), ("tags", tags)) if values}
    scanned = [
        row
        for row in rows
        if row.born <= horizon and (not names or row.name in names) and (not tags or set(row.tags) & tags)
    ]
    assert table.select(wanted, horizon) == scanned


@settings(deadline=None)
@given(STEPS, IDS, st.integers(1, 4))
def test_pages_join_up(steps, marker, limit):
    table, rows = after(steps)
    assert table.after(marker, limit) == [row for row in rows if row.id > marker][:limit]
    assert page(rows, marker, limit) == table.after(marker, limit)
    assert table.after(None, 100) == rows
    assert [table.count("name", each) for each in "xyz"] == [
        sum(row.name == each for row in rows) for each in "xyz"
    ]
