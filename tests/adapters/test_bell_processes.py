"""Real processes on one ledger that wake each other: nobody looks, who was not rung sleeps on."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from tests.quota_worker import GROUP
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.place import Place
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no such sockets here")

OTHER = """
import asyncio, sys
from pathlib import Path
from tests.quota_worker import GROUP
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

async def run():
    queue = RequestQueue(SqliteLedger(Path(sys.argv[1])), SystemClock())
    place = queue.join(GROUP, 1, "other", Source.CHAT)
    if "wait" not in sys.argv:
        await place.turn()
    else:
        async for _ in place.standings():
            break
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    what = sys.argv[2].split()[0]
    if what == "cancel":
        place.cancel()
    elif what == "limit":
        queue.change_limit("here", 2)
    elif what == "close":
        queue.close_group(GROUP, 600.0, "slow down")
    elif what == "reopen":
        queue.reopen_group(GROUP)
    elif what == "leave":
        return await queue.aclose()
    await asyncio.sleep(60)

asyncio.run(run())
"""


@contextmanager
def other(folder: Path, what: str) -> Iterator[Popen[str]]:
    """A process that has claimed the only slot and does something when it is told to."""
    command = [sys.executable, "-c", OTHER, str(folder), *what.split(":")]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def tell(process: Popen[str]) -> None:
    """Let the other do it now."""
    assert process.stdin is not None
    process.stdin.write("now\n")
    process.stdin.flush()


@pytest.fixture
async def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RequestQueue]:
    """A queue that never looks by itself whether others wrote."""
    for name in ("POLL_S", "LONG_POLL_S", "WATCH_POLL_S"):
        monkeypatch.setattr(f"tui_app.core.pump.{name}", 3600.0)
    queue = RequestQueue(SqliteLedger(tmp_path), SystemClock())
    yield queue
    await queue.aclose()


async def waiting(queue: RequestQueue, limit: int = 1) -> Place:
    """Join, and see that it has to wait."""
    place = queue.join(GROUP, limit, "here", Source.CHAT)
    async for _ in place.standings():
        break
    await sleep_until_called(queue)
    return place


async def sleep_until_called(queue: RequestQueue) -> None:
    """Wait until the queue has seen to it that it is called."""
    while queue._pump._hears is None or queue._pump._soon:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("what", ["cancel", "limit", "leave"])
async def test_who_waits_goes_when_another_process_frees_a_slot(
    queue: RequestQueue, tmp_path: Path, what: str
) -> None:
    with other(tmp_path, what) as process:
        place = await waiting(queue)
        tell(process)
        await asyncio.wait_for(place.turn(), 20)


async def test_who_waits_hears_of_a_closure_and_goes_when_the_group_is_reopened(
    queue: RequestQueue, tmp_path: Path
) -> None:
    queue.quota(GROUP, 2)
    with other(tmp_path, "close") as closer, other(tmp_path, "reopen:wait") as opener:
        queue.close_group(GROUP, 300.0, "wait")
        place = await waiting(queue, limit=2)
        told = asyncio.ensure_future(reason(place, "slow down"))
        tell(closer)
        await asyncio.wait_for(told, 20)
        tell(opener)
        await asyncio.wait_for(place.turn(), 20)


async def test_a_watcher_sees_what_starts_in_another_process(queue: RequestQueue, tmp_path: Path) -> None:
    changed = asyncio.Event()
    assert queue.quota(GROUP, 1).used(queue.clock.now()) == 0
    queue.subscribe(changed.set)
    await sleep_until_called(queue)
    with other(tmp_path, "stay"):
        await asyncio.wait_for(changed.wait(), 20)
        assert queue.quota(GROUP, 1).used(queue.clock.now()) == 1


async def test_two_thousand_that_wait_are_woken_at_once_and_only_as_many_go_as_may(
    queue: RequestQueue, tmp_path: Path
) -> None:
    with other(tmp_path, "limit") as process:
        places = [queue.join(GROUP, 1, "here", Source.BATCH) for _ in range(2000)]
        await sleep_until_called(queue)
        tell(process)
        await asyncio.wait_for(places[0].turn(), 20)
        assert [place.stage for place in places[1:]] == ["waiting"] * 1999


async def reason(place: Place, words: str) -> None:
    """Wait until a place is told why it waits."""
    async for standing in place.standings():
        if standing.reason == words:
            return
