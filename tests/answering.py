"""A server on loopback that answers whatever a test wants, and counts what it was asked."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from keystoneauth1 import session as ksa_session
from keystoneauth1.adapter import Adapter
from keystoneauth1.token_endpoint import Token as FixedToken

from provision.cloud.api import Api
from provision.cloud.line import Line
from provision.cloud.token import Token
from provision.cloud.wire import Wire


class Server(ThreadingHTTPServer):
    """Answers what `answer(server, request)` says: (status, headers, body), 'drop' to close without an answer.

    A body is bytes as they are, or JSON.
    """

    request_queue_size = 128
    daemon_threads = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.seen, self.connections = answer, [], 0
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def handle_error(self, *_):
        """Say nothing of a client that hung up: some tests are about that."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def respond(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        with self.server.lock:
            self.server.seen.append((self.command, self.path, self.body, dict(self.headers)))
        answer = self.server.answer(self)
        if answer == "drop":
            self.close_connection = True
            self.connection.close()
            return
        status, headers, content = answer
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815 (their names)

    def log_message(self, *_):
        pass


@contextmanager
def serving(answer):
    """Run a server while a test lasts."""
    with Server(answer) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()


@contextmanager
def opened(url, *, auth=None, pool=4, read_time=5.0):
    """Open a service at a URL, over a wire of its own that may write."""
    wire = Wire(pool=pool, writable=True, read_time=read_time)
    session = ksa_session.Session(auth=auth or FixedToken(url, "token"))
    session.session.mount("http://", wire)
    adapter = Adapter(session, endpoint_override=url, service_type="network")
    yield Api(Line("network", adapter, wire, Token(session))), wire
    session.session.close()
