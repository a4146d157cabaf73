"""One service, as paths and JSON: thin over its line, which knows the endpoint, the token, the pace, and what is asked again."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from provision.cloud import translate
from provision.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provision.cloud.answer import Answer
    from provision.cloud.line import Line

PAGE: Final = 1000
_FIRST_REFUSAL: Final = 300


@dataclass(frozen=True, slots=True)
class Api:
    """A service's endpoint; every call raises the errors of `provision.errors`.

    `microversion` is asked for on each call; `endpoint` overrides the catalogue's (Swift accounts of other projects);
    `within` (seconds) is for what is urgent: it neither waits for its turn nor is asked again.
    """

    line: Line
    microversion: str | None = None
    endpoint: str | None = None
    within: float | None = None

    @property
    def service(self) -> str:
        """Return the service's official type."""
        return self.line.service

    def at(
        self, *, microversion: str | None = None, endpoint: str | None = None, within: float | None = None
    ) -> Api:
        """Return the same service at another microversion or endpoint, or for what is urgent."""
        return replace(
            self,
            microversion=microversion or self.microversion,
            endpoint=endpoint or self.endpoint,
            within=within or self.within,
        )

    def get(self, path: str, **params: object) -> dict[str, Any]:
        """GET a JSON object."""
        return self.send("GET", path, params=params).object()

    def head(self, path: str) -> Mapping[str, str]:
        """HEAD; return the headers."""
        return self.send("HEAD", path).headers

    def post(self, path: str, body: object) -> dict[str, Any]:
        """POST, never sent again once it may have been done: a lost answer, or half of one, is an `UnknownOutcome`."""
        return self.send("POST", path, body=body).object()

    def put(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """PUT."""
        return self.send("PUT", path, body=body, headers=headers).object()

    def patch(self, path: str, body: object) -> dict[str, Any]:
        """PATCH."""
        return self.send("PATCH", path, body=body).object()

    def delete(self, path: str) -> None:
        """DELETE; already gone is success."""
        try:
            self.send("DELETE", path)
        except NotFound:
            return

    def list(self, path: str, key: str, **params: object) -> Iterator[dict[str, Any]]:
        """GET every item of a collection, page after page (an explicit limit: Keystone silently caps at 1,000 without).

        Of the next page's address only the query counts: behind a proxy the services do not know their own.
        """
        page = self.get(path, **{"limit": PAGE, **params})
        while True:
            yield from page[key]
            following = _next(page, key)
            if following is None:
                return
            page = self.get(f"{path}?{urlsplit(following).query}")

    def send(  # noqa: PLR0913 (a request has a path, a query, one of two bodies, and headers)
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        body: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request (JSON `body`, or raw `content`) and return the answer. Raises `CloudError` and its children."""
        url = f"{(self.endpoint or self.line.root).rstrip('/')}/{path.lstrip('/')}"
        query = _query(params)
        said = {**self.line.headers(self.microversion), **(headers or {})}
        if body is not None:
            content = json.dumps(body).encode()
            said["Content-Type"] = "application/json"
        address = f"{url}?{query}" if query else url
        answer = self.line.send(method, address, said, content, within=self.within)
        if answer.status >= _FIRST_REFUSAL:
            raise translate.failure(answer)
        return answer


def _query(params: Mapping[str, object] | None) -> str:
    """Flatten lists into repeated parameters, leave None out, write booleans as the services do."""
    pairs: list[tuple[str, str]] = []
    for name, value in (params or {}).items():
        values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        pairs.extend((name, str(each)) for each in values if each is not None)
    return urlencode(pairs)


def _next(page: Mapping[str, Any], key: str) -> str | None:
    """Return the next page's address: Keystone has ``links.next``, Glance ``next``, others ``<key>_links: [{rel, href}]``."""
    links = page.get("links")
    if isinstance(links, dict):
        return links.get("next") or None
    if "next" in page:
        return str(page["next"])
    return next((link["href"] for link in page.get(f"{key}_links", ()) if link.get("rel") == "next"), None)
