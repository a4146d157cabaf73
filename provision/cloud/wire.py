"""The lowest door: every HTTP request passes here, tokens and discovery included.

Counting here and not higher up makes the count true; refusing writes here makes a dry run that cannot write, and a
run that lost its lease one that writes nothing more.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from keystoneauth1.session import TCPKeepAliveAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from provision.errors import WriteRefused
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests
    from urllib3 import HTTPConnectionPool

READING: Final = frozenset({"GET", "HEAD"})


class _Guarded:
    """A connection that asks once more, with nothing left to do but to hand the bytes over.

    A process that is paused between the door and here (for want of a processor, or while connecting) has been asked
    too early. One paused between a request's head and its body sends the head alone, which no service acts upon.
    """

    sock: Any
    ask: Callable[[str, str], None]
    _asked: tuple[str, str] = ("GET", "")

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (http.client's own)
        self._asked = (method, url)
        super().putrequest(method, url, *args, **kwargs)  # type: ignore[misc]

    def send(self, data: Any) -> None:  # noqa: ANN401 (http.client's own)
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        self.ask(*self._asked)
        super().send(data)  # type: ignore[misc]


class _Pass(threading.local):
    """Whether this thread may write whatever the door says."""

    given = False


class Wire(TCPKeepAliveAdapter):
    """A transport that counts requests by URL and method, and refuses writes while `writable` is False.

    `fence`, when there is one, is called before each write, and again as its bytes leave; it raises when this run may not
    write any more.
    """

    def __init__(self, *, pool: int, writable: bool = False) -> None:
        """Keep `pool` connections open a host."""
        ask = {"ask": staticmethod(self._let_pass)}
        self._connections = {
            "http": type("GuardedHTTP", (_Guarded, HTTPConnection), ask),
            "https": type("GuardedHTTPS", (_Guarded, HTTPSConnection), ask),
        }
        super().__init__(pool_connections=32, pool_maxsize=pool)
        self.writable = writable
        self.fence: Callable[[], None] | None = None
        self._pass = _Pass()
        self._lock = threading.Lock()
        self._sent: Counter[tuple[str, str]] = Counter()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 (requests' own signature)
        """Count and send one request. Raises `WriteRefused` for a write over a reading session, and what `fence` raises."""
        method, url = request.method or "GET", request.url or ""
        self._let_pass(method, url)
        with self._lock:
            self._sent[(url, method)] += 1
        response: requests.Response = super().send(request, *args, **kwargs)
        return response

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:  # noqa: ANN401 (as `send`)
        """Return the pool of a request's host, whose connections ask before they write."""
        pool: HTTPConnectionPool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = self._connections[pool.scheme or "http"]
        return pool

    def _let_pass(self, method: str, url: str) -> None:
        if _reads(method, url) or self._pass.given:
            return
        if not self.writable:
            raise WriteRefused(
                say(
                    "{method} refused: this session only reads",
                    "{method} refusé : cette session ne fait que lire",
                    method=method,
                ),
                where=url,
            )
        if self.fence is not None:
            self.fence()

    @contextmanager
    def unfenced(self) -> Iterator[None]:
        """Let this thread write past `writable` and `fence`: for the lease itself, which both stand on."""
        self._pass.given = True
        try:
            yield
        finally:
            self._pass.given = False

    def sent(self) -> Counter[tuple[str, str]]:
        """Return how often each (URL, method) was sent so far."""
        with self._lock:
            return Counter(self._sent)


def _reads(method: str, url: str) -> bool:
    return method in READING or (method == "POST" and url.split("?", maxsplit=1)[0].endswith("/auth/tokens"))
