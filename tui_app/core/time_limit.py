"""A limit on the computing time of what may never end, such as a regular expression."""

from __future__ import annotations

import _weakrefset
import signal
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

AGAIN_S: Final = 0.01
"""How soon it is tried again when time ran out where it could not be told."""

_DEAF: Final = {_weakrefset.__file__, weakref.__file__}


class TookTooLong(Exception):
    """It was not done within its time."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in what computes longer than this; what a busy machine takes does not count.

    Python's own loops and its regular expressions can be broken off so, in the main thread of a system
    that has such a timer; elsewhere nothing is limited.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(number: int, frame: FrameType | None) -> None:
        if not _swallows(frame):
            raise TookTooLong

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _swallows(frame: FrameType | None) -> bool:
    """Tell whether Python ignores what is raised there: in a finalizer, in a weak reference's callback."""
    while frame is not None:
        if frame.f_code.co_name == "__del__" or frame.f_code.co_filename in _DEAF:
            return True
        frame = frame.f_back
    return False
