"""The lowest door: every HTTP request passes here, tokens and discovery included.

Counting here and not higher up makes the count true; refusing writes here makes a dry run that cannot write, and a run
that lost its lease one that writes nothing more. keystoneauth comes by `send` (tokens, discovery), our own calls by `exchange`, which costs a third; both are admitted by the same check,
use the same connections, and get their whole answer within the read time or a time-out.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import requests
from keystoneauth1.session import TCPKeepAliveAdapter
from urllib3 import Timeout

from provision.cloud.answer import Answer
from provision.cloud.connection import pools
from provision.cloud.pace import Tries, asked_to_wait
from provision.errors import WriteRefused
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keystoneauth1.session import Session
    from urllib3 import HTTPConnectionPool

READING: Final = frozenset({"GET", "HEAD"})
CONNECT_TIME: Final = 10.0
READ_TIME: Final = 120.0
_NOT_NOW: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Road:
    """One service's way to a host: the connections, and what a request line begins with (a plain proxy wants the whole URL)."""

    service: str
    pool: HTTPConnectionPool
    origin: str
    prefix: str


class _Pass(threading.local):
    """Whether this thread may write whatever the door says."""

    given = False


class Wire(TCPKeepAliveAdapter):
    """A transport that counts requests and refuses writes while `writable` is False.

    `fence` is called before each write, and again as its bytes leave, and raises when this run may write no more (its lease
    is lost); once `hurry` is set,
    nothing is tried again and nobody waits for a turn.
    """

    def __init__(self, *, pool: int, writable: bool = False, read_time: float = READ_TIME) -> None:
        """Keep `pool` connections open a host; wait `read_time` seconds for an answer, all of it."""
        self._pools = pools(self._let_pass)
        super().__init__(pool_connections=32, pool_maxsize=pool)
        self.writable = writable
        self.hurry = threading.Event()
        self.fence: Callable[[], None] | None = None
        self._times = Timeout(connect=min(CONNECT_TIME, read_time), read=read_time)
        self._pass = _Pass()
        self._lock = threading.Lock()
        self._sent: Counter[tuple[str, str]] = Counter()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (requests' own signature)
        """Have connections that ask before they write, and answers that end in time."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (requests' own signature)
        """Have the same connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 (requests' own signature)
        """Send a request of keystoneauth's; a read or a token is asked for again where the service could not now.

        Raises `WriteRefused` for a write over a reading session, and requests' exceptions.
        """
        method, url = request.method or "GET", (request.url or "").split("?", maxsplit=1)[0]
        kwargs["timeout"] = self._times
        tries = Tries(self.hurry)
        while True:
            self._admit(url, method, url)
            try:
                response = super().send(request, *args, **kwargs)
            except requests.ConnectionError:
                if not (_reads(method, url) and tries.after_refusal()):
                    raise
                continue
            if response.status_code not in _NOT_NOW or not _reads(method, url):
                return response
            if not tries.after_push_back(asked_to_wait(response.headers)):
                return response
            response.close()

    def road(self, service: str, session: Session, origin: str) -> Road:
        """Return the way to a host, by the session's own settings for it: verification, certificate, proxies."""
        address = f"{origin}/"
        request = requests.Request("GET", address).prepare()
        settings = session.session.merge_environment_settings(address, {}, None, session.verify, session.cert)
        settings.update(session.get_auth_connection_params() or {})
        verify, cert, proxies = settings["verify"], settings["cert"], settings["proxies"]
        pool = self.get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
        self.cert_verify(pool, address, verify, cert)
        direct = self.request_url(request, proxies).startswith("/")
        return Road(service, pool, origin, "" if direct else origin)

    def exchange(  # noqa: PLR0913 (a request has these parts)
        self,
        road: Road,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        within: float | None = None,
    ) -> Answer:
        """Send one request once, and return the whole answer, within so many seconds where it is urgent.

        Raises `WriteRefused`, what `fence` raises, and urllib3's exceptions.
        """
        self._admit(road.service, method, url)
        raw = road.pool.urlopen(
            method,
            road.prefix + url[len(road.origin) :],
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=self._times if within is None else Timeout(within),
        )
        return Answer(method, url, raw.status, raw.headers, raw.data or b"")

    @contextmanager
    def unfenced(self) -> Iterator[None]:
        """Let this thread write past `writable` and `fence`: for the lease itself, which both stand on."""
        self._pass.given = True
        try:
            yield
        finally:
            self._pass.given = False

    def sent(self) -> Counter[tuple[str, str]]:
        """Return how many requests were sent so far, by method and service (keystoneauth's own: by URL, of which few)."""
        with self._lock:
            return Counter(self._sent)

    def drain(self) -> Counter[tuple[str, str]]:
        """Return how often each was sent since this was last asked, and count anew."""
        with self._lock:
            sent, self._sent = self._sent, Counter()
            return sent

    def _admit(self, name: str, method: str, url: str) -> None:
        """Count one request, or refuse it."""
        self._let_pass(method, url)
        with self._lock:
            self._sent[(name, method)] += 1

    def _let_pass(self, method: str, url: str) -> None:
        """Do nothing where this request may go now. Raises `WriteRefused`, and what `fence` raises."""
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


def _reads(method: str, url: str) -> bool:
    return method in READING or (method == "POST" and url.split("?", maxsplit=1)[0].endswith("/auth/tokens"))
