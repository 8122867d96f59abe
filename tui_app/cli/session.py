"""A command's work with the workbench: opened for it, closed after it, in an event loop of its own."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

import click

from tui_app.cli.exits import complain, failed, one_line
from tui_app.cli.unkept import Unkept

if TYPE_CHECKING:
    import asyncio
    from contextlib import AbstractAsyncContextManager

    from tui_app.wiring import Workbench

T = TypeVar("T")

Opener: TypeAlias = "Callable[[], AbstractAsyncContextManager[Workbench]]"
"""Opens a workbench; one given as the command's `obj` stands in for the real one."""

_LAST_WAIT_S = 0.5
"""How long the process waits at its end for threads that still write."""


def with_workbench(work: Callable[[Workbench], Coroutine[Any, Any, T]], *, lasting: bool = False) -> T:
    """Run `work` to its end; Ctrl-C cancels it, lets it tidy up, and raises Abort.

    Requests that could not be written down are told at the end, or at once by what is `lasting`.
    The one place where an InfertermError becomes `Failed`, the words in which a person hears of it.
    """
    from tui_app.core.errors import InfertermError

    opener: Opener | None = click.get_current_context().obj
    if opener is None:
        from tui_app import wiring

        opener = wiring.workbench

    async def whole(opener: Opener) -> T:
        unkept: Unkept | None = None
        try:
            async with opener() as bench:
                if bench.complaint:
                    complain(f"note: {one_line(bench.complaint)}")
                unkept = Unkept(bench.inference.totals)
                async with unkept.watched() if lasting else nullcontext():
                    return await work(bench)
        finally:
            if unkept is not None:  # what comes last is kept while the workbench closes
                unkept.tell()

    try:
        return in_event_loop(whole(opener))
    except InfertermError as error:
        raise failed(error) from None


def in_event_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` in an event loop that at its end waits for no thread: name servers may be silent."""
    import asyncio

    with asyncio.Runner(loop_factory=_loop) as runner:
        try:
            return runner.run(work)
        except KeyboardInterrupt:
            raise click.Abort() from None


def leave(code: int) -> NoReturn:
    """End the process with this code, also when a thread of it never ends."""
    threads = [each for each in threading.enumerate() if each is not threading.current_thread()]
    for thread in threads:
        if not thread.daemon:
            thread.join(_LAST_WAIT_S)
    if any(thread.is_alive() and not thread.daemon for thread in threads):
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _loop() -> asyncio.AbstractEventLoop:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    class Unwaited(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=True)

    loop = asyncio.new_event_loop()
    loop.set_default_executor(Unwaited(thread_name_prefix="command"))
    return loop
