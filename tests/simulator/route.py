"""What is asked and what is answered, and which function answers: one trie of path segments for every service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

ANY = "*"


class Answer(NamedTuple):
    """An answer; `body` is None, bytes as they go out, or anything JSON can say."""

    status: int
    body: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012 (never written to)


class Refusal(Exception):
    """An answer that a service gives up with."""

    def __init__(self, status, body, headers=None):
        super().__init__(status, body)
        self.answer = Answer(status, body, headers or {})


@dataclass(slots=True)
class Ask:
    """One request, as the functions that answer see it.

    `at` is the service's own address (http://…/network), `who` the token it came with, `horizon` the time after which
    rows are not yet to be seen (stale reads; infinity when everything is).
    """

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: Any
    at: str
    who: Any = None
    horizon: float = float("inf")
    raw: bytes = b""
    named: list[str] = field(default_factory=list)

    def one(self, name, default=None):
        """Return the first value of a parameter."""
        values = self.query.get(name)
        return values[0] if values else default

    def whole(self):
        """Return the address that was asked for, without what pages add to it."""
        return f"{self.at}{self.path}"


def split(raw):
    """Return the segments and the query of a request's target."""
    path, _, query = raw.partition("?")
    segments = path.strip("/").split("/")
    if "%" in path:
        segments = [unquote(each) for each in segments]
    return segments, parsed(query)


def parsed(query):
    found = {}
    for name, value in parse_qsl(query, keep_blank_values=True) if query else ():
        found.setdefault(name, []).append(value)
    return found


class Routes:
    """Functions by method and path; `{…}` in a path is handed to the function, in order."""

    def __init__(self, service):
        self.service = service
        self.tree = {}

    def on(self, method, *paths):
        """Make a function answer these paths; a method may be several (``GET HEAD``)."""

        def answering(function):
            for path in paths:
                node = self.tree
                for segment in path.strip("/").split("/") if path.strip("/") else ():
                    node = node.setdefault(ANY if segment.startswith("{") else segment, {})
                for each in method.split():
                    node[each, "answers"] = function
            return function

        return answering

    def find(self, method, segments):
        """Return the function that answers and what it is to be handed, or None."""
        node, named = self.tree, []
        for segment in segments:
            following = node.get(segment)
            if following is None:
                following = node.get(ANY)
                if following is None:
                    return None
                named.append(segment)
            node = following
        function = node.get((method, "answers"))
        return None if function is None else (function, named)
