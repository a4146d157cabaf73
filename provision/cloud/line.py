"""One service's line: where it is, how fast it is asked, and what is asked again.

An answer may be lost, late, or "not now". What is asked again is decided here and nowhere else (keystoneauth's own retries
are not used):

* "not now" (429, Swift's 498, 413 with a Retry-After): nothing was done, so everything is asked again;
* never connected: nothing was sent, so everything is asked again;
* 503, 502, 504, a connection lost, a time-out: it may have been done; asked again only if twice is the same as once;
* 401: nothing was done; asked again with another token.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Final

from keystoneauth1 import exceptions as ksa
from keystoneauth1.adapter import Adapter
from urllib3 import exceptions as http

from provision.cloud import translate
from provision.cloud.pace import Pace, Tries, asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.cloud.answer import Answer
    from provision.cloud.token import Token
    from provision.cloud.wire import Road, Wire

UNAUTHORIZED: Final = 401
UNAVAILABLE: Final = 503
LIMITS: Final = frozenset({413, 429, 498})
TOKENS: Final = 3
"""How many tokens that a service never took one call is tried with: one may be revoked before anybody used it."""
_SHAKY: Final = frozenset({502, UNAVAILABLE, 504})
_SAME_TWICE: Final = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
_ADDING: Final = ("/add_", "/remove_")
_HEADERS: Final = {
    "User-Agent": "provision",
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
}


class Line:
    """A line to one service, shared by all workers; opened (endpoint, discovery) with the first call."""

    def __init__(self, service: str, adapter: Adapter, wire: Wire, token: Token) -> None:
        """`adapter` knows the endpoint as the SDK finds it; nothing is sent through it but discovery."""
        self.service = service
        self.pace = Pace(wire.hurry)
        self._adapter, self._wire, self._token = adapter, wire, token
        self._opening = threading.Lock()
        self._roads: dict[str, Road] = {}

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        within: float | None = None,
    ) -> Answer:
        """Send one request until it is answered for good, or once where it is urgent; the answer may be an error.

        Raises `CloudError` and its children.
        """
        if within is not None:
            return self._at_once(method, url, headers, body, within)
        tries, repeatable = Tries(self._wire.hurry), same_twice(method, url)
        while True:
            self.pace.turn()
            try:
                answer = self._authorised(method, url, headers, body)
            except http.HTTPError as error:
                again = tries.after_refusal if translate.unsent(error) else tries.after_loss
                if not (repeatable or translate.unsent(error)) or not again():
                    raise translate.lost(error, method, f"{method} {url}") from error
                continue
            self.pace.heard(limited=_limited(answer), unavailable=answer.status == UNAVAILABLE)
            if not _again(answer, tries, repeatable=repeatable):
                return answer

    def _at_once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, within: float
    ) -> Answer:
        try:
            return self._authorised(method, url, headers, body, within)
        except http.HTTPError as error:
            raise translate.lost(error, method, f"{method} {url}") from error

    def lent(self, token: Token) -> Line:
        """Return the same line as somebody else uses it: over the same wire, with another token."""
        return Line(self.service, self._adapter, self._wire, token)

    @cached_property
    def root(self) -> str:
        """Return the endpoint, without a slash at its end. Raises `ServiceAbsent`, `Unreachable`, `CredentialsRefused`."""
        with self._opening:
            try:
                # Not `self._adapter.get_endpoint`: the SDK's identity proxy calls a row of the catalogue so.
                found = Adapter.get_endpoint(self._adapter)
            except ksa.ClientException as error:
                raise translate.exception(error, self.service) from error
        if found is None:
            raise translate.absent(self.service)
        return self._filled(found).rstrip("/")

    def _filled(self, endpoint: str) -> str:
        """Put our ids into an endpoint that clouds.yaml overrides (``…/AUTH_%(project_id)s``)."""
        if "%(" not in endpoint:
            return endpoint
        session = self._adapter.session
        project, user = session.get_project_id(), session.get_user_id()
        return endpoint % {"project_id": project, "tenant_id": project, "user_id": user}

    def headers(self, microversion: str | None) -> Mapping[str, str]:
        """Return what every request to this service says."""
        version = microversion or self._adapter.default_microversion
        if version is None:
            return _HEADERS
        name = "volume" if self.service == "block-storage" else self.service
        return {**_HEADERS, "OpenStack-API-Version": f"{name} {version}"}

    def _authorised(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        within: float | None = None,
    ) -> Answer:
        """Send one request; where the token is refused, with another one.

        A token that this service took before was revoked; one that it never took counts against the credentials.
        """
        held, untrusted = None, 0
        while untrusted < TOKENS:
            try:
                held = self._token.current() if held is None else self._token.instead_of(held)
                road = self._road(url)
            except ksa.ClientException as error:
                raise translate.exception(error, self.service) from error
            said = {**headers, **held.headers}
            answer = self._wire.exchange(road, method, url, said, body, within=within)
            if answer.status != UNAUTHORIZED:
                held.taken_by.add(self.service)
                break
            untrusted += self.service not in held.taken_by
        return answer

    def _road(self, url: str) -> Road:
        end = url.find("/", 8)
        origin = url if end < 0 else url[:end]
        road = self._roads.get(origin)
        if road is None:
            road = self._roads[origin] = self._wire.road(self.service, self._adapter.session, origin)
        return road


def same_twice(method: str, url: str) -> bool:
    """Tell whether doing it twice is the same as doing it once: a POST never is, nor a PUT that adds or removes something."""
    return method in _SAME_TWICE and not any(word in url for word in _ADDING)


def _limited(answer: Answer) -> bool:
    """Tell whether a service says that it is asked too fast."""
    return answer.status in LIMITS and not translate.over_quota(answer)


def _again(answer: Answer, tries: Tries, *, repeatable: bool) -> bool:
    """Wait and say yes where an answer is none yet."""
    if _limited(answer):
        return tries.after_push_back(asked_to_wait(answer.headers))
    if answer.status == UNAVAILABLE and repeatable:
        return tries.after_push_back(asked_to_wait(answer.headers))
    return answer.status in _SHAKY and repeatable and tries.after_loss()
