"""Batches in the app: watched, paused, marked, compared and saved."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

import pytest
from textual import events

from tests.fakes_service import reply
from tests.ui.bench import seen, until
from tests.ui.workshop import Workshop, workshop
from tui_app.adapters.batch_schema import BATCH_MIGRATIONS
from tui_app.adapters.batch_store import BatchTable
from tui_app.adapters.database import Database
from tui_app.core.batch_items import Row, RowState
from tui_app.core.errors import BatchBusy
from tui_app.ui.screens.batch import BatchScreen
from tui_app.ui.screens.batch_row import BatchRowScreen
from tui_app.ui.screens.batches import BatchesScreen
from tui_app.ui.screens.sweep import SweepScreen

SIZES = [(80, 24), (120, 40)]


async def begun(at: Workshop, rows: str = "prompt,contains\nOne,yes\nTwo,no\nThree,yes\n") -> None:
    """Begin a batch from a file by hand."""
    file = at.folder / "rows.csv"
    file.write_text(rows)
    await at.press("b")
    await at.at(BatchesScreen)
    await again(at, anew=False)


async def again(at: Workshop, *, anew: bool = True) -> None:
    """Begin a batch of the same file."""
    await at.press("n")
    await at.at(SweepScreen)
    await at.type(str(at.folder / "rows.csv"))
    await at.sees("asked before" if anew else "3 requests", "begin")
    if anew:
        await at.press("f5")
        await at.sees("all are asked again", "begin")
    await at.press("ctrl+s")
    await at.at(BatchesScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_a_batch_is_begun_from_a_file_and_its_failures_stand_out(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with workshop(tmp_path, size) as at:
        at.bench.api.scripts = [reply("yes"), reply("yes"), reply("yes")]
        await begun(at)
        await at.sees("3 of 3", "1 fails a check", "done")
        await at.press("enter")
        await at.at(BatchScreen)
        await at.sees("✗ fails", "✓ passes", "Two")
        await at.press("f")
        await at.sees("1 row,")
        assert "One" not in seen(at.app)
        await at.press("enter")
        await at.at(BatchRowScreen)
        await at.sees("Prompt", "Answer", "contains no: not found")


async def test_a_batch_waits_for_the_limit_and_is_paused_and_goes_on(tmp_path: Path) -> None:
    async with workshop(tmp_path, limit=2) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("2 of 3", "left")
        await at.press("p")
        await at.sees("2 of 3", "paused")
        assert not at.batches.running
        await at.press("p")
        await until(at.pilot, lambda: bool(at.batches.running))


async def test_rows_are_marked_sorted_filtered_and_saved(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("3 of 3")
        await at.press("enter", "down", "4")
        await at.sees("4★")
        await at.press("0")
        await until(at.pilot, lambda: "★" not in seen(at.app))
        await at.press("s")
        await at.sees("failures first")
        await at.press("slash")
        await at.type("three")
        await at.sees("1 row,")
        await at.press("escape")
        await at.sees("3 rows")
        for key in ("slash", *"two", "enter", "5"):
            at.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await at.sees("1 row,", "5★")
        await at.press("0", "escape")
        await at.sees("3 rows")
        await at.press("o")
        await at.type(str(tmp_path / "out.jsonl"))
        await until(at.pilot, (tmp_path / "out.jsonl").exists)
        await until(at.pilot, lambda: len((tmp_path / "out.jsonl").read_text().splitlines()) == 3)


async def test_a_run_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        answers = ("yes it is", "yes", "yes", "no it is not", "yes", "yes")
        at.bench.api.scripts = [reply(each) for each in answers]
        await begun(at)
        await at.sees("3 of 3", "done")
        await again(at)
        await until(at.pilot, lambda: seen(at.app).count("3 of 3") == 2)
        await at.press("home", "enter", "c")
        await at.sees("Compare with which run?")
        await at.press("enter")
        await at.sees("▼ broke", "= same", "1 passed before and not now, 2 the same", "tokens out")
        await at.press("f", "f")
        await at.sees("1 row, changes alone")
        await at.press("s", "s")
        await at.sees("changes first")
        await at.press("enter")
        await at.at(BatchRowScreen)
        await at.sees("no it is not", "Earlier (passes)", "words that differ are marked")
        await at.press("escape", "c")
        await at.sees("3 rows, as in the file")


async def test_one_goes_from_row_to_row_and_marks_on_the_way(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("3 of 3")
        await at.press("enter", "enter")
        await at.at(BatchRowScreen)
        await at.sees("1, line 2")
        await at.press("right", "5")
        await at.sees("2, line 3", "5★")
        await at.press("right", "right", "2")
        await at.sees("3, line 4", "2★")
        await at.press("left", "escape")
        await at.at(BatchScreen)
        await at.sees("5★", "2★")


async def test_what_was_on_its_way_when_a_process_was_killed_is_told_as_lost(tmp_path: Path) -> None:
    async with workshop(tmp_path, limit=2) as at:
        at.bench.api.scripts = [reply("yes")] * 2
        await begun(at)
        await at.sees("2 of 3")
        await at.press("p")
        await at.sees("paused")
        batch = (await at.batches.all())[0]
        await at.batches._store.note(batch.id, 2, RowState.SENT)
        await at.press("enter")
        await at.sees("! 1 lost", "! lost")


async def test_only_the_rows_that_changed_are_read_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("3 of 3", "done")
        batch = (await at.batches.all())[0]
        some = await at.batches.rows(batch.id, [2, 0])
        assert [row.item.position for row in some] == [0, 2]
        await at.press("enter")
        await at.sees("One", "Three")
        await at.batches.mark(batch.id, 1, 4)
        await at.sees("4★", "One", "Three")


async def test_what_changes_while_rows_are_read_is_shown_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("3 of 3", "done")
        batch, read = (await at.batches.all())[0], at.batches.rows
        reading, go_on = asyncio.Event(), asyncio.Event()
        await at.press("enter")
        await at.sees("One", "Three")

        async def slowly(batch_id: int, positions: Collection[int] | None = None) -> tuple[Row, ...]:
            reading.set()
            await go_on.wait()
            return await read(batch_id, positions)

        monkeypatch.setattr(at.batches, "rows", slowly)
        await at.batches.mark(batch.id, 0, 1)
        await reading.wait()
        await at.batches.mark(batch.id, 1, 4)
        await at.batches.mark(batch.id, 2, 5)
        go_on.set()
        await at.sees("1★", "4★", "5★")


async def test_the_first_rows_of_many_are_shown_while_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.ui.screens.batch.FIRST", 2)
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("3 of 3", "done")
        read, go_on = at.batches.rows, asyncio.Event()

        async def slowly(batch_id: int, positions: Collection[int] | None = None) -> tuple[Row, ...]:
            if positions is None:
                await go_on.wait()
            return await read(batch_id, positions)

        monkeypatch.setattr(at.batches, "rows", slowly)
        await at.press("enter")
        await at.sees("the first 2, reading on", "One", "Two")
        go_on.set()
        await at.sees("3 rows, as in the file", "Three")


async def test_only_earlier_runs_are_there_to_be_compared_with(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 6
        await begun(at)
        await at.sees("3 of 3", "done")
        await again(at)
        await until(at.pilot, lambda: seen(at.app).count("3 of 3") == 2)
        await at.press("end", "enter", "c")
        await until(at.pilot, lambda: bool(at.app._notifications))
        assert "no earlier run of this file" in next(iter(at.app._notifications)).message


async def test_what_another_terminal_works_on_is_neither_stopped_nor_paused_here(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("3 of 3", "done")
        batch = (await at.batches.all())[0]
        await at.batches.ask_again(batch.id, [RowState.ANSWERED])
        elsewhere = Database(tmp_path / "batches.db", migrations=BATCH_MIGRATIONS)
        await BatchTable(elsewhere).claim(batch.id)
        await at.press("escape", "b")
        await at.sees("0 of 3, at work in another terminal")
        assert "pause or go on" not in seen(at.app)
        await at.press("enter")
        await at.sees("0 of 3, at work in another terminal", "○ waits")
        await at.press("x", "p")
        with pytest.raises(BatchBusy):
            await at.batches.stop(batch.id)
        assert not (await at.batches.get(batch.id)).stopped
        await elsewhere.aclose()
        await at.sees("paused; p goes on", "pause or go on")
        await at.press("x")
        await at.sees("stopped; p goes on")


async def test_a_batch_that_runs_is_deleted_with_what_is_on_the_way(tmp_path: Path) -> None:
    async with workshop(tmp_path, limit=2) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await begun(at)
        await at.sees("2 of 3", "left")
        await at.press("d")
        await at.sees("Delete this batch?", "It runs now")
        await at.press("down", "enter")
        await at.sees("No batch yet.")
        assert not at.batches.begun
        assert not at.batches.errors
