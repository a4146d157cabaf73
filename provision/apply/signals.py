"""Ctrl-C and SIGTERM ask a walk to stop; they never cut a step in two."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ASKING: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_asked(then: Callable[[], None]) -> Iterator[threading.Event]:
    """Yield an event that is set once somebody asks to stop (only the main thread can listen), and have `then` done.

    `then` runs in a thread of its own: what it locks may be held by the thread that the signal interrupts.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        threading.Thread(target=then, name="stopping", daemon=True).start()

    before = {number: signal.signal(number, ask) for number in ASKING}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
