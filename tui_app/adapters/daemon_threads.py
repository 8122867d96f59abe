"""Blocking calls that may never return, kept off the loop and out of the way of the process's exit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class DaemonLane:
    """Runs one blocking call at a time, each in a daemon thread of its own.

    `asyncio.to_thread` joins its threads when the process ends: a window that nobody answers would
    hang it there. A daemon thread with a future is left behind instead.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._turn = threading.Lock()

    async def call(self, work: Callable[[], T], timeout_s: float) -> T:
        """Return what `work` returns and raise what it raises; TimeoutError after `timeout_s` seconds.

        The wait for the calls before it counts. A call that was given up before its turn never starts;
        one that was given up later runs to its end unheard.
        """
        future: Future[T] = Future()
        threading.Thread(target=self._run, args=(work, future), name=self._name, daemon=True).start()
        async with asyncio.timeout(timeout_s):
            return await asyncio.wrap_future(future)

    def _run(self, work: Callable[[], T], future: Future[T]) -> None:
        with self._turn:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - handed on whole to whoever awaits the future
                future.set_exception(error)
            else:
                future.set_result(result)
