"""What a load balancer's listener speaks, and when that keeps what documents promise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

HTTPS: Final = "https://"
ENDS_TLS: Final = "TERMINATED_HTTPS"
VERSIONS: Final = "lb.tls_versions"
_WEAK: Final = re.compile(
    r"(^|[-_])(NULL|EXP|EXPORT|RC4|RC2|DES|3DES|CBC3|MD5|ADH|AECDH|ANON)([-_]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener: `serves` tells that plain HTTP is answered, rather than refused or led to https.

    `versions` and `ciphers` are those that it offers where it ends TLS itself; `hsts` is for how many seconds browsers are told
    to come back by https (0: they are not told). What it hands on without a look (TCP, HTTPS) is not its own to encrypt.
    """

    name: str
    protocol: str
    port: int
    serves: bool = False
    versions: frozenset[str] = frozenset()
    ciphers: tuple[str, ...] = ()
    hsts: int = 0

    @property
    def plain(self) -> bool:
        """Tell whether it serves something in the clear."""
        return self.protocol == "HTTP" and self.serves

    @property
    def ends_tls(self) -> bool:
        """Tell whether TLS ends here."""
        return self.protocol == ENDS_TLS

    def offers_only(self, allowed: frozenset[str]) -> bool:
        """Tell whether it says which versions of TLS it offers, and offers no others; nothing allowed: any."""
        return not self.ends_tls or (bool(self.versions) and (self.versions <= allowed or not allowed))

    @property
    def weak_ciphers(self) -> tuple[str, ...]:
        """Return those of its ciphers that hide nothing, or not for long."""
        return tuple(each for each in self.ciphers if _WEAK.search(each))


def read(body: Mapping[str, Any], rules: Iterable[Mapping[str, Any]]) -> Listener:
    """Return a listener as Octavia shows it, with the rules (l7policies) of what it does with a request."""
    serves = bool(body.get("default_pool_id")) or not all(map(_to_https, rules))
    return Listener(
        str(body.get("name") or body["id"]),
        body["protocol"],
        body["protocol_port"],
        serves,
        frozenset(body.get("tls_versions") or ()),
        tuple(each for each in (body.get("tls_ciphers") or "").split(":") if each),
        int(body.get("hsts_max_age") or 0),
    )


def _to_https(rule: Mapping[str, Any]) -> bool:
    """Tell whether a rule refuses a request, or sends it to https."""
    target: Mapping[str, Any] = {
        "REJECT": HTTPS,
        "REDIRECT_TO_URL": rule.get("redirect_url"),
        "REDIRECT_PREFIX": rule.get("redirect_prefix"),
    }
    return str(target.get(rule["action"]) or "").lower().startswith(HTTPS)
