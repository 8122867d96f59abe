"""Real processes killed at any point of a request's life, or stopped within SQLite's own lock."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.test_ledger_processes import begin, running, times, until
from tests.quota_victims import Victims
from tests.quota_worker import GROUP, Job, violations
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.core.claims import Terms
from tui_app.core.place import Place, Stage
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

TERMS = Terms(window=0.5, margin=0.0, lease=0.3)
LIMIT, KILLS = 150, 160


def victims(folder: Path, limit: int, count: int, *, stop: bool = False) -> Victims:
    return Victims(
        str(folder / "ledger"), str(folder / "log"), limit, count, TERMS.window, TERMS.lease, stop=stop
    )


def queue_in(folder: Path) -> RequestQueue:
    return RequestQueue(SqliteLedger(folder / "ledger", TERMS), SystemClock())


def places_in(queue: RequestQueue, limit: int, count: int) -> list[Place]:
    return [queue.join(GROUP, limit, "one", Source.CHAT) for _ in range(count)]


async def test_kills_at_any_point_break_no_limit_lose_no_slot_and_stop_nobody(tmp_path: Path) -> None:
    work = Job(
        str(tmp_path / "ledger"),
        str(tmp_path / "log"),
        LIMIT,
        60.0,
        TERMS.window,
        0.0,
        TERMS.lease,
        at_once=8,
    )
    hits: Counter[str] = Counter()
    with running(work.command()) as one, running(victims(tmp_path, LIMIT, KILLS).command()) as zygote:
        begin(one, zygote)
        assert zygote.stdout is not None
        for line in zygote.stdout:
            hits[line[0]] += 1
        killed_at = SystemClock().now()
        until(lambda: sum(at > killed_at for at in times(tmp_path)) > 3 * LIMIT)
        one.kill()
    assert hits.total() == KILLS
    assert hits["t"] >= 20, hits
    assert hits["s"] + hits["o"] >= 20, hits
    assert violations(times(tmp_path), LIMIT, TERMS.window) == []
    await asyncio.sleep(TERMS.lease + TERMS.cooldown)
    queue = queue_in(tmp_path)
    assert queue.quota(GROUP, LIMIT).left(queue.clock.now()) == LIMIT
    places = places_in(queue, LIMIT, LIMIT + 1)
    await asyncio.wait_for(asyncio.gather(*(place.turn() for place in places[:-1])), 20)
    assert places[-1].stage is Stage.WAITING
    granted = [place.claimed_at for place in places[:-1]]
    assert max(granted) - min(granted) < TERMS.cooldown, "slots were lost"
    await queue.aclose()
    (file,) = (tmp_path / "ledger").glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGCONT])
async def test_who_is_stopped_within_a_transaction_stalls_nobodys_event_loop(
    tmp_path: Path, ending: signal.Signals
) -> None:
    queues = [queue_in(tmp_path) for _ in range(3)]
    for queue in queues:
        queue.quota(GROUP, 5)
    with running(victims(tmp_path, 5, 1, stop=True).command()) as zygote:
        begin(zygote)
        assert zygote.stdout is not None
        where, pid = (await asyncio.to_thread(zygote.stdout.readline)).split()
        assert where == "t"
        try:
            until(partial(_is_stopped, int(pid)))
            await _stalled(queues)
            os.kill(int(pid), ending)
            places = [places_in(queue, 50, 1)[0] for queue in queues]
            async with asyncio.timeout(20):
                await asyncio.gather(*(place.sent() for place in places))
        finally:
            os.kill(int(pid), signal.SIGKILL)
    for queue in queues:
        await queue.aclose()


async def _stalled(queues: list[RequestQueue]) -> None:
    """All are told why they wait while the loop goes round, and none gets anything."""
    places = [places_in(queue, 5, 1)[0] for queue in queues]
    reasons: list[str | None] = []

    async def listen(place: Place) -> None:
        async for standing in place.standings():
            reasons.append(standing.reason)

    listening = [asyncio.ensure_future(listen(place)) for place in places]
    rounds = 0
    async with asyncio.timeout(20):
        while len(reasons) < len(places):
            rounds += 1
            await asyncio.sleep(0.001)
    assert rounds > 50
    assert set(reasons) == {"another inferterm process holds the quota's ledger"}
    assert [place.stage for place in places] == [Stage.WAITING] * len(places)
    for place in places:
        place.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


def _is_stopped(pid: int) -> bool:
    if not Path(f"/proc/{pid}/stat").exists():
        return True
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "T"


def test_a_lock_is_never_waited_for_within_sqlite(tmp_path: Path) -> None:
    with closing(SqliteLedger(tmp_path, TERMS)) as ledger:
        waits = ledger._file.ask(0.0, lambda connection, _: connection.execute("PRAGMA busy_timeout"))
        assert waits.fetchone() == (0,)
