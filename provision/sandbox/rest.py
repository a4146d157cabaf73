"""The administrator's calls that seed the cloud and that ask whether it answers; nothing but the standard library."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provision.errors import SandboxError
from provision.sandbox.site import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provision.sandbox.site import Site

_TIMEOUT = 120.0
_ERROR = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class Admin:
    """The administrator of a sandbox."""

    site: Site
    token: str = field(default="", repr=False)
    project: str = ""

    def login(self) -> None:
        """Get a token for the project ``admin``."""
        domain = {"id": "default"}
        user = {"name": "admin", "domain": domain, "password": self.site.secrets.admin}
        body = {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": {"name": "admin", "domain": domain}},
            }
        }
        answer = self.send("keystone", "POST", "/v3/auth/tokens", body)
        self.token = answer.headers["x-subject-token"]
        self.project = answer.body["token"]["project"]["id"]

    def send(
        self,
        service: str,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return its answer; an answer of 400 or more is an error."""
        answer = self.ask(service, method, path, body, headers)
        if answer.status >= _ERROR:
            raise SandboxError(
                f"{service} answered {answer.status} to {method} {path}: {answer.body}",
                where=self.site.url(service),
                do=f"look at {self.site.path('logs', f'{service}.log')}",
            )
        return answer

    def ask(
        self,
        service: str,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return its answer, whatever it is."""
        sent = {"X-Auth-Token": self.token, "Content-Type": "application/json", "Accept": "application/json"}
        sent.update(headers or {})
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection(ADDRESS, self.site.ports[service], timeout=_TIMEOUT)
        try:
            connection.request(method, path, body=raw, headers=sent)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, _decode(text))


def _decode(text: bytes) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return JSON as data and anything else as text."""
    try:
        return json.loads(text)
    except ValueError:
        return text.decode("utf-8", errors="replace")
