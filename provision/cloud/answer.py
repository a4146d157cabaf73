"""What a service answered: status, headers, and the body read to its end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from provision.errors import CloudError, UnknownOutcome
from provision.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAY_BE_EMPTY = frozenset({202, 204, 205})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `headers` are found whatever their case."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def request_id(self) -> str:
        """Return the id that the service's logs know this request by, or nothing."""
        return self.headers.get("x-openstack-request-id") or self.headers.get("x-compute-request-id") or ""

    def json(self) -> Any:  # noqa: ANN401 (JSON is anything)
        """Parse the body. Raises `ValueError`."""
        return json.loads(self.content)

    def object(self) -> Body:
        """Return the JSON object of a success, a list as ``{"items": […]}``; what may have none, as an empty object.

        Raises `CloudError` for HTML from a proxy, half a body, or none where one is due; after a write it is an
        `UnknownOutcome`.
        """
        if not self.content:
            if self.method == "PUT" or self.status in _MAY_BE_EMPTY:
                return Body(self)
            raise self.unfit(say("the answer is empty", "la réponse est vide"))
        try:
            body = self.json()
        except ValueError:
            kind = self.headers.get("content-type", "?")
            raise self.unfit(
                say("the answer is not JSON ({kind})", "la réponse n'est pas du JSON ({kind})", kind=kind)
            ) from None
        if isinstance(body, list):
            body = {"items": body}
        if not isinstance(body, dict):
            raise self.unfit(say("the answer is not an object", "la réponse n'est pas un objet"))
        return Body(self, body)

    def unfit(self, what: Text) -> CloudError:
        """Return the error of a success that does not say what it must; a write may have happened all the same."""
        kind = CloudError if self.method in {"GET", "HEAD"} else UnknownOutcome
        return kind(what, where=f"{self.method} {self.url}", status=self.status, request_id=self.request_id)


class Body(dict[str, Any]):
    """A JSON object; a key that is not in it is the cloud's error (a half-typed answer) and not a defect of ours."""

    def __init__(self, answer: Answer, content: Mapping[str, Any] | None = None) -> None:
        """Keep whose answer it is; after a creation what it holds is looked at in the same way."""
        super().__init__(content or {})
        self._answer = answer
        if answer.method == "POST":
            self.update({key: Body(answer, value) for key, value in self.items() if isinstance(value, dict)})

    def __missing__(self, key: str) -> NoReturn:
        """Raise the error of an answer that lacks a key."""
        raise self._answer.unfit(
            say("the answer says nothing of {key}", "la réponse ne dit rien de {key}", key=key)
        )
