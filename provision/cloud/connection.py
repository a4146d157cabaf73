"""Connections that ask before they write, and whose answers end.

A process may be paused between the door (`Wire`) and the socket, for want of a processor or while it connects, and lose its
lease meanwhile: so each connection asks once more with nothing left to do but to hand the bytes over, and hands over a
request's head and body together, so that no half of one is left in a service.

A time-out of a socket bounds one `recv`; a server that sends a byte a minute never meets it. Here each `recv` gets what is
left of the answer's time.
"""

from __future__ import annotations

import io
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class _Ending(io.RawIOBase):
    """What a socket receives, until its time-out has passed once for all of it."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock = raw, sock
        allowed = sock.gettimeout()
        self._end = None if allowed is None else time.monotonic() + allowed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 (io's own signature)
        if self._end is not None:
            left = self._end - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out: the answer began, and did not end")
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    """An answer that ends."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (http.client's own signature)
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Ending(self.fp.detach(), sock))


class _Asking:
    """What a connection does before it writes: `ask` raises where it may not."""

    sock: Any
    ask: Callable[[str, str], None]
    response_class = _Response
    _asked: tuple[str, str] = ("GET", "")
    _head: bytes | None = None
    _has_body = False

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (http.client's own)
        self._asked, self._head, self._has_body = (method, url), None, False
        super().putrequest(method, url, *args, **kwargs)  # type: ignore[misc]

    def putheader(self, header: str, *values: Any) -> None:  # noqa: ANN401 (http.client's own)
        if header.lower() == "content-length":
            self._has_body = values[-1] not in {"0", b"0", 0}
        super().putheader(header, *values)  # type: ignore[misc]

    def send(self, data: Any) -> None:  # noqa: ANN401 (http.client's own)
        if self._has_body and self._head is None:
            self._head = data
            return
        if self._has_body:
            data, self._has_body = (self._head or b"") + data, False
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        self.ask(*self._asked)
        super().send(data)  # type: ignore[misc]


def pools(ask: Callable[[str, str], None]) -> dict[str, type[HTTPConnectionPool]]:
    """Return pools, by scheme, of connections that call `ask` with method and path before each write."""
    asking = {"ask": staticmethod(ask)}
    plain = type("Plain", (_Asking, HTTPConnection), asking)
    secure = type("Secure", (_Asking, HTTPSConnection), asking)
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
