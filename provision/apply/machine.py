"""Which running system this is, and whether a process of it has ended."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from functools import cache
from pathlib import Path
from typing import Final

_ENDED: Final = frozenset("ZX")


@cache
def this() -> str:
    """Return twelve hexadecimal digits for this boot of this machine, seen from this container; off Linux, for this process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        pids = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return secrets.token_hex(6)
    return hashlib.sha256(f"{boot} {pids} {socket.gethostname()}".encode()).hexdigest()[:12]


def has_ended(pid: int) -> bool:
    """Tell whether a process of this machine is known to run no more; one whose number runs again is not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return state.split()[0] in _ENDED
