"""A program in a terminal of its own, driven and timed from outside."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

QUIET_S = 0.08


class Terminal:
    """Runs a Python program on a pseudo-terminal; `started_at` is when it was launched."""

    def __init__(
        self, arguments: Sequence[str], environ: Mapping[str, str], *, size: tuple[int, int]
    ) -> None:
        self.started_at = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execve(sys.executable, [sys.executable, *arguments], dict(environ))
        columns, rows = size
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)

    @property
    def pid(self) -> int:
        """The process that runs there."""
        return self._pid

    def type(self, text: str) -> None:
        """Send keys."""
        os.write(self._fd, text.encode())

    def wait_for(self, text: str, timeout_s: float = 20.0) -> float:
        """Read until `text` was drawn; seconds of the clock when that was. Raises TimeoutError."""
        seen, deadline = b"", time.perf_counter() + timeout_s
        while text.encode() not in seen:
            if not self._readable(deadline - time.perf_counter()):
                raise TimeoutError(f"{text!r} was not drawn; the last that was: {seen[-300:]!r}")
            seen += os.read(self._fd, 65536)
        return time.perf_counter()

    def watch(self, seconds: float) -> tuple[int, int]:
        """Look on for so long, or to its end; how often something was drawn, and how many bytes."""
        drawn, size, deadline = 0, 0, time.perf_counter() + seconds
        while self._readable(deadline - time.perf_counter()):
            try:
                came = os.read(self._fd, 65536)
            except OSError:  # Linux says so when the program has ended
                break
            drawn, size = drawn + 1, size + len(came)
        return drawn, size

    def settle(self) -> None:
        """Read until nothing more is drawn."""
        while self._readable(QUIET_S):
            os.read(self._fd, 65536)

    def _readable(self, timeout_s: float) -> bool:
        return bool(select.select([self._fd], [], [], max(0.0, timeout_s))[0])
