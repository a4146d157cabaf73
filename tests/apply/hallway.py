"""A door in a hallway: projects over real HTTP, unique by name, by a clock that a test turns; and who comes to it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

from keystoneauth1 import session as ksa_session
from keystoneauth1.adapter import Adapter
from keystoneauth1.token_endpoint import Token as FixedToken

from provision.apply.lease import Clock
from provision.cloud.api import Api
from provision.cloud.line import Line
from provision.cloud.token import Token
from provision.cloud.wire import Wire
from provision.model.marker import Owner

START = 1_795_000_000.0
DROP = object()


@dataclass
class Time:
    """The one true time of a test, in seconds since it began; whoever waits is told of it by `meanwhile`."""

    now: float = 0.0
    meanwhile: list = field(default_factory=list)

    def wait(self, seconds):
        self.now += seconds
        for happens in self.meanwhile:
            happens()

    def clock(self, *, wrong_by=0.0):
        """A machine's clock: it was started at some other moment, and its hour is wrong."""
        return Clock(lambda: 5000 + wrong_by + self.now, lambda: START + wrong_by + self.now, self.wait)


class Hallway(ThreadingHTTPServer):
    """Projects by id; `before` and `after` hold what a method meets: an HTTP status, DROP, or something to call."""

    daemon_threads = True

    def __init__(self, time):
        super().__init__(("127.0.0.1", 0), Handler)
        self.time, self.ahead, self.dated = time, 0.0, True
        self.projects, self.seen, self.before, self.after = {}, [], {}, {}
        self.made = 0
        self.lock = threading.Lock()

    def answer(self, method, path, query, body):
        with self.lock:
            return getattr(self, method.lower())(path.rpartition("/")[2], query, (body or {}).get("project"))

    def get(self, _, query, __):
        found = [p for p in self.projects.values() if p["name"] == query["name"][0]]
        return 200, {"projects": found}

    def post(self, _, __, project):
        if any(each["name"] == project["name"] for each in self.projects.values()):
            return 409, {"error": {"message": "it exists already"}}
        self.made += 1
        identifier = f"p{self.made}"
        self.projects[identifier] = {"id": identifier, **project}
        return 201, {"project": self.projects[identifier]}

    def patch(self, identifier, _, project):
        if identifier not in self.projects:
            return 404, {"error": {"message": "no such project"}}
        self.projects[identifier].update(project)
        return 200, {"project": self.projects[identifier]}

    def delete(self, identifier, _, __):
        return (204, None) if self.projects.pop(identifier, None) else (404, {"error": {}})

    def methods(self):
        return [method for method, _ in self.seen]

    def comes(self, estate="demo"):
        """Return a machine's connection, as `connect` makes it: reading only until told otherwise."""
        url = f"http://127.0.0.1:{self.server_port}"
        wire = Wire(pool=4)
        session = ksa_session.Session(auth=FixedToken(url, "token"))
        session.session.mount("http://", wire)
        return SimpleNamespace(
            wire=wire,
            owner=Owner(estate),
            identity=Api(Line("identity", Adapter(session, endpoint_override=url), wire, Token(session))),
            shared=SimpleNamespace(domains=lambda: {"Default": "default"}),
            close=session.session.close,
        )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp=None):
        return formatdate(START + self.server.time.now + self.server.ahead, usegmt=True)

    def _meets(self, trouble):
        """Return what stands in the way of this method, once something to call was called."""
        met = trouble.get(self.command)
        if callable(met):
            del trouble[self.command]
            met()
            return None
        return met

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = urlsplit(self.path)
        self.server.seen.append((self.command, asked.path))
        met = self._meets(self.server.before)
        status, content = (
            (met, {"error": {"message": "not now"}})
            if met
            else self.server.answer(
                self.command, asked.path, parse_qs(asked.query), json.loads(body) if body else None
            )
        )
        if self._meets(self.server.after) is DROP:
            self.close_connection = True
            return
        data = json.dumps(content).encode() if content is not None else b""
        self.send_response_only(status)
        if self.server.dated:
            self.send_header("Date", self.date_time_string())
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 (the library's names)

    def log_message(self, *_):
        pass
