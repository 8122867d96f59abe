"""The totals on screen: spans, groups, measures, one chat alone, faces, and the way out."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.core.receipts import made
from tests.fakes_service import reply
from tests.ui.bench import NOW, Bench, bench, endpoint, seen, sees, until
from tui_app.core.errors import StoreFailed
from tui_app.core.receipt_books import MemoryReceipts
from tui_app.ui.screens.chat import ChatScreen
from tui_app.ui.screens.totals import TotalsScreen

SIZES = [(80, 24), (120, 40)]
DAY = 86_400


def filled() -> Bench:
    """A bench with requests of three days, endpoints and chats."""
    at = bench(endpoint("prod"), endpoint("fast"))
    book = at.inference.totals.book
    assert isinstance(book, MemoryReceipts)
    book.named = {1: "Sky [/x]"}
    for receipt in (
        made(NOW, "prod", conversation_id=1),
        made(NOW - DAY, "prod", conversation_id=1, outcome="failed", error="rate_limit_error"),
        made(NOW - DAY, "fast", conversation_id=2, model="local"),
        made(NOW - 20 * DAY, "fast", retried="overloaded_error"),
    ):
        book.note(receipt)
    return at


@asynccontextmanager
async def shown(
    at: Bench, size: tuple[int, int] = (80, 24), theme: str = ""
) -> AsyncGenerator[Pilot[Any], None]:
    """The totals, opened from the list."""
    app = at.app(theme=theme)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("t")
        await sees(pilot, "totals")
        yield pilot


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["inferterm-dark", "inferterm-light"])
async def test_the_last_week_is_seen_whole_with_its_chart_and_its_errors(
    size: tuple[int, int], theme: str
) -> None:
    async with shown(filled(), size, theme) as pilot:
        await sees(pilot, "3 requests (1 failed)", "the last 7 days", "by day · requests")
        await sees(pilot, "errors: rate limited 1", "at least $0.0030 (1 without a known price)")
        await sees(pilot, "first token p50 0.50 s, p95 0.50 s", "tokens/s p50 50", "█", "requests, by day")


async def test_a_longer_span_counts_more(size: tuple[int, int] = (120, 40)) -> None:
    async with shown(filled(), size) as pilot:
        await pilot.press("s")
        await sees(pilot, "4 requests", "the last 30 days", "overloaded 1 tried again")
        await pilot.press("s", "s")
        await sees(pilot, "1 request", "today", "by hour")


async def test_groups_and_measures_are_gone_through_by_keys() -> None:
    async with shown(filled()) as pilot:
        await pilot.press("b")
        await sees(pilot, "by endpoint", "prod", "fast")
        await pilot.press("b")
        await sees(pilot, "by model", "claude-haiku-4-5", "not known")
        await pilot.press("b")
        await sees(pilot, "by chat", "1 Sky [/x]", "2, deleted")
        for words in ("tokens, in and out", "US dollars", "first token, p50", "tokens a second", "failed"):
            await pilot.press("m")
            await sees(pilot, words)
        await sees(pilot, "rate limited 1")


async def test_one_endpoint_alone_and_everything_again() -> None:
    async with shown(filled()) as pilot:
        await pilot.press("b")
        await sees(pilot, "▸ prod", "enter only this")
        await pilot.press("enter")
        await sees(pilot, "prod · the last 7 days", "2 requests", "by day", "everything")
        await pilot.press("w")
        await sees(pilot, "everything · the last 7 days", "3 requests")


async def test_from_a_chat_that_chat_is_counted_and_its_first_line_tells_it_too() -> None:
    at = bench(endpoint("prod"))
    at.api.scripts = [reply("yes", "no"), reply("more")]
    app = at.app("prod")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await pilot.press(*"hello", "enter")
        await sees(pilot, "1 request · 12 tokens")
        await pilot.press("f5")
        await sees(pilot, "2 requests · 23 tokens")
        await pilot.press("ctrl+b")
        await sees(pilot, "this chat · all time", "2 requests")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await pilot.press("alt+t")
        await until(pilot, lambda: isinstance(app.screen, TotalsScreen))
        await pilot.press("alt+t")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        assert app.screen.query_one("Prompt").text == ""  # type: ignore[attr-defined]


async def test_nothing_was_asked_yet_and_what_will_be_seen() -> None:
    async with shown(bench(endpoint())) as pilot:
        await sees(pilot, "No request: the last 7 days", "s looks at a longer span")


async def test_what_is_asked_meanwhile_is_counted() -> None:
    at = bench(endpoint())
    async with shown(at) as pilot:
        await sees(pilot, "No request")
        at.inference.totals.note(made(NOW, "prod"))
        await sees(pilot, "1 request")


async def test_what_is_told_by_somebody_who_knows_of_no_app_is_counted_too() -> None:
    at = bench(endpoint())
    async with shown(at) as pilot:
        await sees(pilot, "No request")
        Context().run(at.inference.totals.note, made(NOW, "prod"))
        await sees(pilot, "1 request")


class Refusing(MemoryReceipts):
    """A book that cannot be read while `failure` is set."""

    failure: StoreFailed | None = StoreFailed("inferterm.db is damaged: [/x]", "Move it away.")

    async def reach(self, scope: object) -> tuple[float, float] | None:
        """Refuse."""
        if self.failure:
            raise self.failure
        return await super().reach(scope)  # type: ignore[arg-type]


async def test_a_database_that_cannot_be_read_is_told_with_what_to_do_and_read_again() -> None:
    at = bench(endpoint())
    book = at.inference.totals.book = Refusing()
    async with shown(at) as pilot:
        await sees(pilot, "The requests cannot be counted", "is damaged: [/x]", "Move it away.")
        book.failure = None
        book.note(made(NOW, "prod"))
        await pilot.press("r")
        await sees(pilot, "1 request", "▸ 2026-09-21  ")


async def test_what_could_not_be_written_down_is_told() -> None:
    at = filled()
    at.inference.totals.book.trouble = "2 not written down: the disk is full"  # type: ignore[misc]
    async with shown(at) as pilot:
        await sees(pilot, "! 2 not written down: the disk is full")


@pytest.mark.parametrize("name", ["totals.csv", "totals.json"])
async def test_the_table_is_saved_as_the_name_says(tmp_path: Path, name: str) -> None:
    async with shown(filled()) as pilot:
        await pilot.press("b", "b", "b")
        await sees(pilot, "by chat")
        await pilot.press("o")
        await sees(pilot, "Save to which file?")
        pilot.app.screen.query_one("Input").value = str(tmp_path / name)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / name).exists() and (tmp_path / name).stat().st_size > 0)
        await sees(pilot, "Saved")
    text = (tmp_path / name).read_text()
    if name.endswith("json"):
        assert [each["title"] for each in json.loads(text)["groups"]] == ["Sky [/x]", None]
    else:
        assert [row["chat"] for row in csv.DictReader(text.splitlines())] == ["1", "2"]


async def test_many_chats_scroll_under_their_head() -> None:
    at = bench(endpoint())
    for number in range(300):
        at.inference.totals.note(made(NOW - number, "prod", conversation_id=number + 1))
    async with shown(at) as pilot:
        await pilot.press("b", "b", "b")
        await sees(pilot, "1, deleted")
        await pilot.press("end")
        await sees(pilot, "300, deleted")
        await pilot.press("s")
        await sees(pilot, "the last 30 days")


async def test_where_there_is_little_room_the_table_stays_and_the_chart_goes() -> None:
    async with shown(filled(), (60, 16)) as pilot:
        await sees(pilot, "3 requests", "▸ 2026-09-21")
        await until(pilot, lambda: "requests, by day" not in seen(pilot.app))
        await sees(pilot, "3 requests", "▸ 2026-09-21")
