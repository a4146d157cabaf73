"""Where rows live: one table a kind, ids in order for pages, and an index for each thing people filter by."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

FOREVER = float("inf")


class Table:
    """Rows by id. `indexes` maps a filter's name to what a row answers it with: one value, or a tuple of several.

    An index holds the row itself where only one has the value, and a dictionary of rows by id where several do: most
    values are one row's own, and a dictionary for each would be most of the memory.
    """

    def __init__(self, kind, commit, **indexes):
        self.kind = kind
        self.rows = {}
        self._commit = commit
        self._order = []
        self._values = indexes
        self._by = {name: {} for name in indexes}

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows.values())

    def add(self, row):
        """Keep a new row, and tell the ledger."""
        self.rows[row.id] = row
        insort(self._order, row.id)
        for name in self._by:
            self._enter(name, row)
        self._commit("create", self.kind, row)
        return row

    def change(self, row, fields):
        """Write fields of a row, and tell the ledger."""
        for name in self._by:
            self._leave(name, row)
        for name, value in fields.items():
            setattr(row, name, value)
        for name in self._by:
            self._enter(name, row)
        self._commit("update", self.kind, row)
        return row

    def remove(self, row):
        """Forget a row, and tell the ledger."""
        del self.rows[row.id]
        del self._order[bisect_left(self._order, row.id)]
        for name in self._by:
            self._leave(name, row)
        self._commit("delete", self.kind, row)

    def get(self, identifier, horizon=FOREVER):
        """Return a row that can be seen, or None."""
        row = self.rows.get(identifier)
        return row if row is not None and row.born <= horizon else None

    def having(self, name, value):
        """Return every row that an index knows under a value, in no order."""
        found = self._by[name].get(value)
        if found is None:
            return ()
        return tuple(found.values()) if type(found) is dict else (found,)

    def count(self, name, value):
        """Return how many rows an index knows under a value."""
        found = self._by[name].get(value)
        return len(found) if type(found) is dict else int(found is not None)

    def select(self, wanted, horizon=FOREVER):
        """Return the rows that answer every filter with one of its values, by id; each filter must have an index."""
        if not wanted:
            rows = self.rows
            return [row for each in self._order if (row := rows[each]).born <= horizon]
        first, *others = sorted(
            wanted.items(), key=lambda item: sum(self.count(item[0], each) for each in item[1])
        )
        found = {row.id: row for value in first[1] for row in self.having(first[0], value)}
        return [
            row
            for _, row in sorted(found.items())
            if row.born <= horizon and all(self._answers(row, name, values) for name, values in others)
        ]

    def after(self, marker, limit, horizon=FOREVER):
        """Return a page of all rows."""
        start = bisect_right(self._order, marker) if marker else 0
        page = []
        for position in range(start, len(self._order)):
            row = self.rows[self._order[position]]
            if row.born <= horizon:
                page.append(row)
                if len(page) == limit:
                    break
        return page

    def indexed(self, name):
        """Tell whether rows can be filtered by this."""
        return name in self._by

    def _answers(self, row, name, values):
        answer = self._values[name](row)
        return any(each in values for each in answer) if type(answer) is tuple else answer in values

    def _enter(self, name, row):
        index, answer = self._by[name], self._values[name](row)
        for value in answer if type(answer) is tuple else (answer,):
            there = index.setdefault(value, row)
            if type(there) is dict:
                there[row.id] = row
            elif there is not row:
                index[value] = {there.id: there, row.id: row}

    def _leave(self, name, row):
        index, answer = self._by[name], self._values[name](row)
        for value in answer if type(answer) is tuple else (answer,):
            there = index[value]
            if there is row:
                del index[value]
                continue
            there.pop(row.id, None)
            if len(there) == 1:
                (index[value],) = there.values()


def page(rows, marker, limit):
    """Cut a page out of rows that are in the order of their ids."""
    if marker:
        rows = rows[bisect_right(rows, marker, key=lambda row: row.id) :]
    return rows[:limit] if limit else rows


class Settings:
    """What is said of a project without being a row of its own: a quota, a default type, an access."""

    def __init__(self, kind, commit):
        self.kind = kind
        self.said = {}
        self._commit = commit

    def put(self, key, value, project, born):
        """Say it; `key` is the project, or (thing, project)."""
        there = key in self.said
        self.said[key] = (value, born)
        self._commit("update" if there else "create", self.kind, Said(key, project, value))

    def drop(self, key, project):
        """Take it back; tell whether it had been said."""
        if key not in self.said:
            return False
        value, _ = self.said.pop(key)
        self._commit("delete", self.kind, Said(key, project, value))
        return True

    def get(self, key, horizon=FOREVER):
        """Return what was said, or None."""
        value, born = self.said.get(key, (None, FOREVER))
        return value if born <= horizon else None


class Said:
    """How the ledger sees a setting."""

    __slots__ = ("id", "name", "project_id", "value")
    description = ""

    def __init__(self, key, project, value):
        self.id = "/".join(key) if type(key) is tuple else key
        self.name = self.id
        self.project_id = project
        self.value = value
