"""Be anybody on the network: one plain HTTP request, with no token and no session."""

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
    """What anybody gets: status and body."""

    status: int
    body: bytes


def anybody(
    method: str, address: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Send one request with nothing to show for it. Raises `Unreachable`."""
    try:
        answer = requests.request(method, address, data=content, headers=headers, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise Unreachable(same(str(error)), where=address) from error
    return Answer(answer.status_code, answer.content)
