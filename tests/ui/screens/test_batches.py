"""Batches in the app: watched, paused, marked, compared and saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes_service import reply
from tests.ui.bench import seen, until
from tests.ui.workshop import Workshop, workshop
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
    await at.sees("3 requests", "begin")
    await at.press("ctrl+s")
    if anew:
        await at.sees("This was begun before", "Show what came")
        await at.press("down", "enter")
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
        await at.sees("1 rows")
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
        await at.sees("1 rows")
        await at.press("escape")
        await at.sees("3 rows")
        await at.press("o")
        await at.type(str(tmp_path / "out.jsonl"))
        await until(at.pilot, (tmp_path / "out.jsonl").exists)
        await until(at.pilot, lambda: len((tmp_path / "out.jsonl").read_text().splitlines()) == 3)


async def test_a_run_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply(each) for each in ("yes", "yes", "yes", "no", "yes", "yes")]
        await begun(at)
        await at.sees("3 of 3", "done")
        await again(at)
        await until(at.pilot, lambda: seen(at.app).count("3 of 3") == 2)
        await at.press("home", "enter", "c")
        await at.sees("Compare with which run?")
        await at.press("enter")
        await at.sees("≠ was ✓", "= was ✗")
