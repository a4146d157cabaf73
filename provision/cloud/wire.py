"""The lowest door: every HTTP request passes here, tokens and discovery included.

Counting here and not higher up makes the count true; refusing writes here makes a dry run that cannot write.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from keystoneauth1.session import TCPKeepAliveAdapter

from provision.errors import WriteRefused
from provision.text import say

if TYPE_CHECKING:
    import requests

READING: Final = frozenset({"GET", "HEAD"})


class Wire(TCPKeepAliveAdapter):
    """A transport that counts requests by URL and method, and refuses writes while `writable` is False."""

    def __init__(self, *, pool: int, writable: bool = False) -> None:
        """Keep `pool` connections open a host."""
        super().__init__(pool_connections=32, pool_maxsize=pool)
        self.writable = writable
        self._lock = threading.Lock()
        self._sent: Counter[tuple[str, str]] = Counter()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 (requests' own signature)
        """Count and send one request. Raises `WriteRefused` for a write over a reading session."""
        method, url = request.method or "GET", request.url or ""
        if not self.writable and not _reads(method, url):
            raise WriteRefused(
                say(
                    "{method} refused: this session only reads",
                    "{method} refusé : cette session ne fait que lire",
                    method=method,
                ),
                where=url,
            )
        with self._lock:
            self._sent[(url, method)] += 1
        response: requests.Response = super().send(request, *args, **kwargs)
        return response

    def sent(self) -> Counter[tuple[str, str]]:
        """Return how often each (URL, method) was sent so far."""
        with self._lock:
            return Counter(self._sent)

    def drain(self) -> Counter[tuple[str, str]]:
        """Return how often each was sent since this was last asked, and count anew."""
        with self._lock:
            sent, self._sent = self._sent, Counter()
            return sent


def _reads(method: str, url: str) -> bool:
    return method in READING or (method == "POST" and url.split("?", maxsplit=1)[0].endswith("/auth/tokens"))
