"""One service, as paths and JSON: thin over the SDK's proxy, which brings auth, catalogue and microversions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from keystoneauth1 import exceptions as ksa

from provision.cloud import translate
from provision.errors import CloudError, NotFound
from provision.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import requests
    from keystoneauth1.adapter import Adapter

PAGE: Final = 1000
_FIRST_ERROR: Final = 400
_SAFE_RETRIES: Final = {"connect_retries": 2, "status_code_retries": 3, "retriable_status_codes": [429, 503]}


@dataclass(frozen=True, slots=True)
class Api:
    """A service's endpoint; every call raises the errors of `provision.errors`.

    `microversion` is asked for on each call; `endpoint` overrides the catalogue's (Swift accounts of other projects);
    `timeout` (seconds) the session's.
    """

    service: str
    adapter: Adapter
    microversion: str | None = None
    endpoint: str | None = None
    timeout: float | None = None

    def at(
        self, *, microversion: str | None = None, endpoint: str | None = None, timeout: float | None = None
    ) -> Api:
        """Return the same service at another microversion or endpoint, or less patient."""
        return replace(
            self,
            microversion=microversion or self.microversion,
            endpoint=endpoint or self.endpoint,
            timeout=timeout or self.timeout,
        )

    def get(self, path: str, **params: object) -> dict[str, Any]:
        """GET a JSON object."""
        return self._json(self.send("GET", path, params=params))

    def head(self, path: str) -> Mapping[str, str]:
        """HEAD; return the headers."""
        return self.send("HEAD", path).headers

    def post(self, path: str, body: object) -> dict[str, Any]:
        """POST, never retried: a lost answer is an `UnknownOutcome`."""
        return self._json(self.send("POST", path, body=body))

    def put(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """PUT."""
        return self._json(self.send("PUT", path, body=body, headers=headers))

    def patch(self, path: str, body: object) -> dict[str, Any]:
        """PATCH."""
        return self._json(self.send("PATCH", path, body=body))

    def delete(self, path: str) -> None:
        """DELETE; already gone is success."""
        try:
            self.send("DELETE", path)
        except NotFound:
            return

    def list(self, path: str, key: str, **params: object) -> Iterator[dict[str, Any]]:
        """GET every item of a collection, page after page (an explicit limit: Keystone silently caps at 1,000 without)."""
        page = self.get(path, **{"limit": PAGE, **params})
        while True:
            yield from page.get(key, ())
            following = _next(page, key)
            if following is None:
                return
            page = self._json(self.send("GET", following, params={}))

    def send(  # noqa: PLR0913 (a request has a path, a query, one of two bodies, and headers)
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        body: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request (JSON `body`, or raw `content`) and return the answer. Raises `CloudError` and its children."""
        asked = {
            "json": body,
            "data": content,
            "microversion": self.microversion,
            "endpoint_override": self.endpoint,
            "timeout": self.timeout,
        }
        options: dict[str, Any] = {
            "raise_exc": False,
            "params": _clean(params),
            "headers": dict(headers or {}),
            **{name: value for name, value in asked.items() if value is not None},
        }
        if method in {"GET", "HEAD"}:
            options.update(_SAFE_RETRIES)
        try:
            response = self.adapter.request(path, method, **options)
        except ksa.ClientException as error:
            raise translate.exception(error, method, self.service) from error
        if response.status_code >= _FIRST_ERROR:
            raise translate.failure(response, method)
        return response

    def _json(self, response: requests.Response) -> dict[str, Any]:
        """Return the body; an empty one is an empty object, HTML from a proxy is an error and not an answer."""
        if not response.content:
            return {}
        try:
            body = response.json()
        except ValueError:
            raise CloudError(
                say(
                    "the answer is not JSON ({kind})",
                    "la réponse n'est pas du JSON ({kind})",
                    kind=response.headers.get("content-type", "?"),
                ),
                where=response.url,
                status=response.status_code,
            ) from None
        return body if isinstance(body, dict) else {"items": body}


def _clean(params: Mapping[str, object] | None) -> list[tuple[str, str]]:
    """Flatten lists into repeated parameters, leave None out, write booleans as the services do."""
    pairs: list[tuple[str, str]] = []
    for name, value in (params or {}).items():
        values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        pairs.extend((name, str(each)) for each in values if each is not None)
    return pairs


def _next(page: Mapping[str, Any], key: str) -> str | None:
    """Return the next page's address: Keystone says ``links.next``, the others ``<key>_links: [{rel: next, href}]``."""
    links = page.get("links")
    if isinstance(links, dict):
        return links.get("next") or None
    return next((link["href"] for link in page.get(f"{key}_links", ()) if link.get("rel") == "next"), None)
