"""What a Swift says of itself to its operator only: whether it encrypts what it keeps."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from provision.cloud.anybody import anybody
from provision.errors import ProvisionError
from provision.text import say

if TYPE_CHECKING:
    from provision.cloud.connect import Cloud

KEY: Final = "swift_info_key"
PATH: Final = "/info"
VALID: Final = 300


class Untold(ProvisionError):
    """Swift would not say."""


def encrypts(cloud: Cloud) -> bool:
    """Tell whether Swift's `encryption` is in its pipeline, and on.

    Swift says so to whoever signs the question with the `admin_key` of its proxies, which stands with the credentials
    (``swift_info_key`` of clouds.yaml, or OS_SWIFT_INFO_KEY); only the signature is sent. Raises `Untold` without one, or
    where it is refused; `Unreachable`, `ServiceAbsent`.
    """
    key = cloud.connection.config.config.get(KEY)
    root = cloud.address("object-store").partition("/v1")[0]
    if not key:
        raise _untold(root, "–")
    expires = int(time.time()) + VALID
    signed = hmac.new(str(key).encode(), f"GET\n{expires}\n{PATH}".encode(), hashlib.sha1).hexdigest()
    answer = anybody(
        "GET", f"{root}{PATH}?{urlencode({'swiftinfo_sig': signed, 'swiftinfo_expires': expires})}"
    )
    if answer.status != HTTPStatus.OK:
        raise _untold(root, str(answer.status))
    said: dict[str, Any] = json.loads(answer.body).get("admin", {})
    return bool(said.get("encryption", {}).get("enabled"))


def _untold(root: str, status: str) -> Untold:
    return Untold(
        say(
            "the object store does not tell us whether it encrypts ({status})",
            "le stockage objet ne nous dit pas s'il chiffre ({status})",
            status=status,
        ),
        where=f"{root}{PATH}",
        do=say(
            "write the admin_key of Swift's proxies beside your credentials, as swift_info_key of clouds.yaml: Swift tells only who has it",
            "écrire l'admin_key des proxys de Swift avec vos identifiants, en swift_info_key de clouds.yaml : Swift ne le dit qu'à qui l'a",
        ),
    )
