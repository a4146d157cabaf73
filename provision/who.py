"""Who runs this, as plans, leases, evidence and the ledger name them."""

from __future__ import annotations

import getpass
import socket


def runs() -> str:
    """Return ``user@machine``."""
    return f"{getpass.getuser()}@{socket.gethostname()}"
