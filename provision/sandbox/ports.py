"""Free ports on loopback: bound here, handed to the services, so that nobody can take them in between."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from provision.sandbox.site import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BACKLOG = 512


def _bind(port: int) -> socket.socket:
    """Return a listening socket; a client that comes early waits in its queue."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((ADDRESS, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def bind(wanted: int = 0) -> socket.socket:
    """Bind the wanted port when it is free, and any free port when it is not."""
    if wanted:
        try:
            return _bind(wanted)
        except OSError:
            pass
    return _bind(0)


def bind_all(names: Iterable[str], before: Mapping[str, int]) -> dict[str, socket.socket]:
    """Bind one port a name, the same as before where that is possible."""
    return {name: bind(before.get(name, 0)) for name in names}


def numbers(sockets: Mapping[str, socket.socket]) -> dict[str, int]:
    """Return the port each name got."""
    return {name: listener.getsockname()[1] for name, listener in sockets.items()}
