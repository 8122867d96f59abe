"""Runs: what a batch asks again, what stops all of it, and how many rows are on the way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.core.test_chats import House
from tests.fakes_service import reply
from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.batch_store import BatchTable
from tui_app.adapters.database import Database
from tui_app.core import batch_runs
from tui_app.core.batch_items import Head, Item, Result, Row, RowState
from tui_app.core.batch_plans import Plan
from tui_app.core.batch_retries import batch_retry_delay, stops_all
from tui_app.core.batch_reuse import Outlook, anew
from tui_app.core.batches import Batches
from tui_app.core.errors import ConnectionLost, KeyMissing, Loss, Refusal, ServiceRefused, StoreFailed
from tui_app.core.requests import Request


def refused(status: int, retry_after_s: float | None = None, code: str | None = None) -> ServiceRefused:
    """A refusal with this status."""
    return ServiceRefused(Refusal(status, "error", "no", code, retry_after_s=retry_after_s))


@pytest.mark.parametrize("loss", [Loss.TIMEOUT, Loss.DROPPED, Loss.CUT])
def test_what_may_have_been_answered_is_not_asked_again(loss: Loss) -> None:
    assert batch_retry_delay(ConnectionLost(loss, "gone"), 1) is None
    assert not stops_all(ConnectionLost(loss, "gone"))


def test_what_was_never_sent_is_tried_again_and_then_all_waits() -> None:
    unreachable = ConnectionLost(Loss.UNREACHABLE, "nobody there")
    assert batch_retry_delay(unreachable, 1) is not None
    assert batch_retry_delay(unreachable, 3) is None
    assert stops_all(unreachable)


def test_a_busy_service_is_asked_patiently() -> None:
    assert batch_retry_delay(refused(429, retry_after_s=20), 5) == 20
    delays = [batch_retry_delay(refused(529), attempt) for attempt in range(1, 9)]
    assert all(delay is not None and 0.3 <= delay <= 60 for delay in delays)
    assert batch_retry_delay(refused(529), 9) is None
    assert batch_retry_delay(refused(500), 3) is None


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_what_every_row_would_meet_stops_all(status: int) -> None:
    assert stops_all(refused(status))


def test_a_404_is_one_rows_own_where_another_was_answered() -> None:
    assert not stops_all(refused(404), answered=True)
    assert all(stops_all(refused(status), answered=True) for status in (401, 402, 403))


def test_a_spend_limit_stops_all_and_is_not_tried_again() -> None:
    spent = refused(429, code="enforced_spend_limit_reached")
    assert stops_all(spent)
    assert batch_retry_delay(spent, 1) is None


def test_what_one_row_did_wrong_does_not_stop_the_others() -> None:
    assert not stops_all(refused(400))
    assert not stops_all(refused(529))
    assert stops_all(KeyMissing("none"))


class NarrowDisk(BatchTable):
    """A store on a disk that has no room for so many answers, and then has."""

    refusals = 0

    async def keep(self, batch_id: int, position: int, state: RowState, result: Result) -> None:
        """Keep what came of a row, if there is room."""
        if self.refusals:
            self.refusals -= 1
            raise StoreFailed("the disk is full")
        await super().keep(batch_id, position, state, result)


async def narrow(tmp_path: Path, refusals: int) -> list[RowState]:
    """Work on a batch of two rows while the disk refuses so often; tell how its rows stand."""
    house, database = House(), Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    house.api.scripts = [reply("One."), reply("Two.")]
    store = NarrowDisk(database)
    store.refusals = refusals
    batches = Batches(house.inference, store)
    items = tuple(Item(n, n + 2, {}, Request.of_prompt(f"Row {n}")) for n in range(2))
    batch = await batches.create(
        anew(Plan("it", Head("rows.csv", "mine", "claude-haiku-4-5", "csv", ()), items))
    )
    with pytest.raises(StoreFailed, match="the disk is full"):
        await batches.work(batch.id, at_once=1)
    states = [row.state for row in await batches.rows(batch.id)]
    await house.inference.aclose()
    await database.aclose()
    return states


async def test_an_answer_that_the_disk_takes_later_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_runs, "_KEEP_AGAIN_S", 0.0)
    assert await narrow(tmp_path, 3) == [RowState.ANSWERED, RowState.WAITING]


async def test_an_answer_that_the_disk_never_takes_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_runs, "_KEEP_AGAIN_S", 0.0)
    assert await narrow(tmp_path, 100) == [RowState.SENT, RowState.WAITING]


async def test_while_old_answers_are_judged_anew_others_have_their_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House()
    database = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
    batches = Batches(house.inference, BatchTable(database))
    items = tuple(Item(at, at + 2, {"prompt": f"{at}"}, Request.of_prompt(f"{at}")) for at in range(50))
    plan = Plan("same", Head("rows.csv", "mine", "m", "csv", ("prompt",), kin="k"), items)
    kept = [Row(each, RowState.ANSWERED, Result("yes", passed=True)) for each in items]
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def judged_anew(row: Row) -> Row:
        judged_at.append(turns)
        return row

    judged_at: list[int] = []
    monkeypatch.setattr("tui_app.core.batches.judged_anew", judged_anew)
    counting = asyncio.create_task(count())
    assert (await batches.create(Outlook(plan, kept))).ended == len(items)
    counting.cancel()
    assert len(set(judged_at)) == len(items)
    await database.aclose()
    await house.inference.aclose()
