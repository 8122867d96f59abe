"""The form in which a batch is put together."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from tests.fakes_service import reply
from tests.ui.bench import endpoint, seen, until
from tests.ui.workshop import Workshop, kept, workshop
from tui_app.ui.screens.batches import BatchesScreen
from tui_app.ui.screens.sweep import SweepScreen

SIZES = [(80, 24), (120, 40)]


async def opened(at: Workshop, rows: str = "") -> None:
    """Open the form with a file of these rows named in it."""
    await at.press("b")
    await at.at(BatchesScreen)
    await at.press("n")
    await at.at(SweepScreen)
    if rows:
        (at.folder / "rows.csv").write_text(rows)
        await at.type(str(at.folder / "rows.csv"))


def field(at: Workshop, name: str) -> Input:
    """The field of a list or a variable."""
    return next(each for each in at.app.screen.query(Input) if each.name == name)


@pytest.mark.parametrize("size", SIZES)
async def test_what_it_will_take_is_said_before_anything_is_asked(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with workshop(tmp_path, size, limit=2) as at:
        await opened(at, "prompt,__expected\nOne,llm-rubric:nice\nTwo,\nThree,\n")
        await at.sees("3 requests", "At 2 a minute the last starts at", "not supported in 1 row")
        await at.press("escape")
        await at.sees("No batch yet.")
        assert at.bench.api.sent == 0


async def test_settings_prompts_and_endpoints_make_a_grid_over_the_rows(tmp_path: Path) -> None:
    kept(tmp_path, long='prompt = "Tell all of {{what}}"\n', short='prompt = "Tell {{what}}"\n')
    async with workshop(tmp_path, others=(endpoint("second", limit=50),)) as at:
        at.bench.api.scripts = [reply("yes")] * 16
        await opened(at, "what\ntea\nrain\n")
        await at.sees("has no column `prompt`")
        await at.press("space", "down", "space", "tab", "down", "space")
        field(at, "temperature").value = "0, 1"
        await at.sees("2 rows by 2 prompts by 2 endpoints by 2 of temperature: 16 requests")
        await at.press("ctrl+s")
        await at.at(BatchesScreen)
        await until(at.pilot, lambda: seen(at.app).count("8 of 8") == 2)
        asked = [(str(each["messages"]), each["temperature"]) for each in at.bench.api.bodies]
        assert len(asked) == 16
        assert len(set(asked)) == 8


async def test_without_a_file_prompts_are_asked_with_values_of_their_own_and_system_prompts(
    tmp_path: Path,
) -> None:
    kept(tmp_path, one='prompt = "Tell {{what}} {{how}}"\n[defaults]\nhow = "soon"\n')
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 2
        await opened(at)
        await at.sees("nothing is asked")
        await at.press("tab", "space")
        await at.sees("no value for `what`")
        field(at, "what").value = "tea"
        at.app.screen.query_one(TextArea).load_text("Be kind\n---\nBe short\nand dry")
        await at.sees("1 prompt by 1 endpoint by 2 of system: 2 requests")
        await at.press("ctrl+s")
        await at.sees("2 of 2")
        assert {each["system"] for each in at.bench.api.bodies} == {"Be kind", "Be short\nand dry"}
        assert "Tell tea soon" in str(at.bench.api.bodies[0]["messages"])


async def test_another_model_is_asked_within_the_endpoint_and_what_it_refuses_is_said(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 2
        await opened(at, "prompt\nOne\n")
        at.app.screen.query_one("#sweep-models", Input).value = "claude-sonnet-5-5, claude-haiku-4-5"
        field(at, "temperature").value = "0.5"
        await at.sees("claude-sonnet-5-5 refuses temperature", "1 row by 1 endpoint by 2 models")
        await at.press("ctrl+s")
        await until(at.pilot, lambda: seen(at.app).count("1 of 1") == 2)
        assert {each["model"] for each in at.bench.api.bodies} == {"claude-sonnet-5-5", "claude-haiku-4-5"}


async def test_what_was_begun_before_goes_on_instead_of_being_asked_twice(tmp_path: Path) -> None:
    async with workshop(tmp_path, limit=2) as at:
        at.bench.api.scripts = [reply("yes")] * 3
        await opened(at, "prompt\nOne\nTwo\nThree\n")
        await at.sees("3 requests")
        await at.press("ctrl+s")
        await at.sees("2 of 3")
        await at.press("p")
        await at.sees("paused")
        await at.press("n")
        await at.at(SweepScreen)
        await at.type(str(tmp_path / "rows.csv"))
        await at.sees("2 of 3 were asked before: their answers are kept", "Left: 1 request")
        await at.press("ctrl+s")
        await until(at.pilot, lambda: bool(at.batches.running))
        assert len(await at.batches.all()) == 1


@pytest.mark.parametrize("size", SIZES)
async def test_of_a_changed_file_only_what_is_new_is_counted_and_asked(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with workshop(tmp_path, size) as at:
        at.bench.api.scripts = [reply("yes")] * 2
        await opened(at, "prompt\nOne\n")
        await at.sees("1 request")
        await at.press("ctrl+s")
        await at.sees("1 of 1")
        await at.press("n")
        await at.at(SweepScreen)
        (tmp_path / "rows.csv").write_text("prompt,contains\nTwo,yes\nOne,no\n")
        await at.type(str(tmp_path / "rows.csv"))
        await at.sees("1 of 2 were asked before: their answers are kept", "Left: 1 request", "begin")
        await at.press("ctrl+s")
        await at.sees("2 of 2", "1 fails a check")
        assert at.bench.api.sent == 2


async def test_nothing_is_left_of_a_run_that_has_ended_but_all_can_be_asked_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as at:
        at.bench.api.scripts = [reply("yes")] * 2
        await opened(at, "prompt\nOne\n")
        await at.sees("1 request")
        assert "ask all again" not in seen(at.app)
        await at.press("ctrl+s")
        await at.sees("1 of 1")
        await at.press("n")
        await at.at(SweepScreen)
        await at.type(str(tmp_path / "rows.csv"))
        await at.sees("This was asked before: nothing is left to ask.", "ask all again", "begin")
        await at.press("ctrl+s")
        await at.at(BatchesScreen)
        assert len(await at.batches.all()) == 1
        await at.press("n")
        await at.at(SweepScreen)
        await at.type(str(tmp_path / "rows.csv"))
        await at.sees("nothing is left to ask", "ask all again")
        await at.press("f5")
        await at.sees(
            "all are asked again, and the earlier run stays", "1 row by 1 endpoint: 1 request", "begin"
        )
        await at.press("ctrl+s")
        await until(at.pilot, lambda: seen(at.app).count("1 of 1") == 2)
        assert at.bench.api.sent == 2


async def test_what_runs_already_is_no_more_time_to_wait(tmp_path: Path) -> None:
    async with workshop(tmp_path, limit=2) as at:
        at.bench.api.scripts = [reply("yes")] * 2
        rows = "prompt\n" + "".join(f"Row {number}\n" for number in range(10))
        await opened(at, rows)
        await at.sees("10 requests", "in 4 min")
        await at.press("ctrl+s")
        await at.sees("2 of 10")
        await at.press("n")
        await at.at(SweepScreen)
        await at.type(str(tmp_path / "rows.csv"))
        await at.sees("2 of 10 were asked before", "Left: 8 requests")
        assert "in 5 min" not in seen(at.app), "the row that is in the queue is not counted twice"


async def test_a_ticked_prompt_is_told_as_ticked_also_beside_a_file_that_is_no_table(tmp_path: Path) -> None:
    kept(tmp_path, one='prompt = "Tell {{what}}"\n')
    async with workshop(tmp_path) as at:
        await opened(at)
        await at.sees("none is ticked")
        await at.press("tab", "space")
        at.app.screen.query_one("#sweep-file", Input).value = str(tmp_path / "rows.csv")
        (tmp_path / "rows.csv").write_text('prompt\n"open\n')
        await at.sees("rows.csv:2:")
        assert "none is ticked" not in seen(at.app)


@pytest.mark.parametrize(
    ("rows", "words"), [('prompt\n"open\n', "rows.csv:2:"), ("prompt\n", "it has no rows"), ("", "")]
)
async def test_a_file_that_is_no_table_is_told_with_its_line(tmp_path: Path, rows: str, words: str) -> None:
    async with workshop(tmp_path) as at:
        await opened(at, rows)
        await at.sees(words or "nothing is asked")
        assert "begin" not in seen(at.app).splitlines()[-1]
