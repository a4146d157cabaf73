"""Be anybody on the network, or a Web page of somebody's: one plain HTTP request, with no token and no session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import requests

from provision.errors import Unreachable
from provision.text import same

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT: Final = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What anybody gets: status, body, and headers (found whatever their case)."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def anybody(
    method: str,
    address: str,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    verify: bool | str = True,
) -> Answer:
    """Send one request with nothing to show for it; `verify` may name the certificates to trust. Raises `Unreachable`."""
    try:
        answer = requests.request(
            method, address, data=content, headers=headers, timeout=TIMEOUT, verify=verify
        )
    except requests.RequestException as error:
        raise Unreachable(same(str(error)), where=address) from error
    return Answer(answer.status_code, answer.content, answer.headers)


def page(method: str, address: str, origin: str) -> Answer:
    """Send what a browser sends when a page of `origin` asks for something elsewhere; OPTIONS asks whether it may GET."""
    asked = {"Access-Control-Request-Method": "GET"} if method == "OPTIONS" else {}
    return anybody(method, address, headers={"Origin": origin, **asked})
