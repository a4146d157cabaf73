"""Serving a WSGI application on a socket that was bound before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_KEPT_CONNECTIONS = 512
_IDLE_SECONDS = 120


def serve(application: Any, listener: socket.socket, threads: int) -> None:  # noqa: ANN401 - WSGI
    """Answer requests until told to end; a connection that waits costs no thread."""
    from cheroot import wsgi  # noqa: PLC0415

    class Server(wsgi.Server):
        """Takes the socket it is given instead of binding one."""

        keep_alive_conn_limit = _KEPT_CONNECTIONS

        def bind(self, family: Any, kind: Any, proto: Any = 0) -> Any:  # noqa: ANN401
            """Take the socket."""
            del family, kind, proto
            self.socket = listener
            return listener

        def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
            """Log errors, and not the clients that hang up."""
            import logging  # noqa: PLC0415

            logging.getLogger("cheroot").log(level, msg, exc_info=traceback)

    server = Server(
        listener.getsockname(),
        application,
        numthreads=threads,
        request_queue_size=_KEPT_CONNECTIONS,
        timeout=_IDLE_SECONDS,
        server_name="127.0.0.1",
    )
    server.start()
