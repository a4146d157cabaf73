"""The token of a connection: asked for once however many want it, and again when it expires or is refused."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from keystoneauth1 import exceptions as ksa
from keystoneauth1.identity.base import BaseIdentityPlugin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keystoneauth1.session import Session

EARLY: Final = 300.0
"""How long before its end (seconds) a token is replaced, or half-way through a shorter life."""


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """One token, as the headers that carry it; good until `until` (monotonic seconds); `taken_by` which services."""

    headers: Mapping[str, str] = field(repr=False)
    until: float
    taken_by: set[str] = field(default_factory=set)


class Token:
    """The one token that all workers of a session share.

    keystoneauth forgets a refused token outside of its lock, so that under threads some 401s reach the caller. Here whoever
    is refused says *which* pass was; the first to say so has it replaced, the others get what the first one got.
    """

    def __init__(self, session: Session) -> None:
        """Ask for nothing yet."""
        self._session = session
        self._lock = threading.Lock()
        self._held: Pass | None = None

    def current(self) -> Pass:
        """Return a pass that is good now. Raises keystoneauth's exceptions."""
        held = self._held
        if held is not None and time.monotonic() < held.until:
            return held
        return self.instead_of(held)

    def instead_of(self, refused: Pass | None) -> Pass:
        """Return another pass than the one refused: the one that replaced it meanwhile, or a new one."""
        with self._lock:
            if self._held is None or self._held is refused:
                self._held = self._ask(again=refused is not None)
            return self._held

    def _ask(self, *, again: bool) -> Pass:
        if again:
            self._session.invalidate()
        headers = self._session.get_auth_headers()
        if headers is None:
            raise ksa.AuthorizationFailure("No valid authentication is available")
        return Pass(headers, time.monotonic() + self._life())

    def _life(self) -> float:
        """Return for how many seconds the token is used: never to its very end."""
        auth = self._session.auth
        access = auth.auth_ref if isinstance(auth, BaseIdentityPlugin) else None
        if access is None or access.expires is None:
            return math.inf
        life = (access.expires - datetime.now(UTC)).total_seconds()
        return max(life - EARLY, life / 2)
