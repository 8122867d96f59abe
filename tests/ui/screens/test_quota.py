"""The quota screen shows every budget live, what started, who waits, and lets the person step in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.fakes_quota import FakeClock, Process, TroubledLedger, send
from tests.fakes_storage import MemoryEndpoints
from tests.ui.bench import KEY, NOW, Bench, bench, endpoint, seen, until
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import LedgerFailed
from tui_app.core.place import Place
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Group, Quota, Source
from tui_app.core.service import ServerLimit
from tui_app.ui.app import InfertermApp
from tui_app.ui.screens.quota import QuotaScreen
from tui_app.ui.screens.too_small import TooSmallScreen
from tui_app.ui.widgets.endpoint_rows import Moment
from tui_app.ui.widgets.start_cells import chart_row
from tui_app.ui.widgets.waiting_cells import Waiter, WaitingColumns, waiter_words

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


@dataclass
class Scene:
    """A bench on a clock that the test turns, with another process on the same ledger."""

    made: Bench
    clock: FakeClock
    other: Process
    group: Group
    app: InfertermApp

    @property
    def queue(self) -> RequestQueue:
        """The queue of the app's process."""
        return self.made.queue

    @property
    def screen(self) -> QuotaScreen:
        """The screen."""
        assert isinstance(self.app.screen, QuotaScreen)
        return self.app.screen

    async def start(self, member: str, source: Source, limit: int, *, elsewhere: bool = False) -> None:
        """Send a request that may go."""
        place = self.join(member, source, limit, elsewhere=elsewhere)
        self.clock.advance()
        await send(place)
        self.clock.advance(0.01)

    def join(self, member: str, source: Source, limit: int, *, elsewhere: bool = False) -> Place:
        """Let a request join the queue."""
        return (self.other.queue if elsewhere else self.queue).join(self.group, limit, member, source)

    async def pass_by(self, seconds: float) -> None:
        """Let time pass for all processes."""
        await self.clock.run(seconds, step=max(0.05, seconds / 40))


async def scene(tmp_path: Path, *entries: Endpoint) -> Scene:
    """An app with these endpoints; the first one's budget is that of the scene."""
    clock = FakeClock()
    mine, other = Process(clock, tmp_path), Process(clock, tmp_path)
    made = Bench(MemoryEndpoints(*entries), queue=mine.queue)
    for entry in entries:
        made.keys.keys[entry.inference_id] = KEY
    found = await made.inference.endpoints.entry(entries[0].inference_id)
    return Scene(made, clock, other, found.group, made.app())


async def open_quota(pilot: Pilot[Any], shown: Scene, words: str = "") -> None:
    """Open the screen and wait until it shows the budget."""
    await pilot.press("f11")
    await until(pilot, lambda: isinstance(shown.app.screen, QuotaScreen))
    await until(pilot, lambda: "in the last 60 s" in seen(shown.app) and words in seen(shown.app))


def line_with(app: App[Any], words: str, nth: int = 0) -> str:
    """The nth line on screen with these words."""
    return [line for line in seen(app).splitlines() if words in line][nth]


@SIZES
async def test_each_endpoint_of_a_budget_is_shown_with_its_own_limit(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    shown = await scene(tmp_path, endpoint("notes", limit=6), endpoint("review", limit=2))
    async with shown.app.run_test(size=size) as pilot:
        await shown.start("notes", Source.CHAT, 6)
        await shown.start("notes", Source.CHAT, 6)
        await open_quota(pilot, shown, "4 of 6 left")
        assert "2 starts in the last 60 s" in seen(shown.app)
        assert "4 of 6 left" in line_with(shown.app, "notes ")
        assert "none of 2 left" in line_with(shown.app, "review ")
        assert "2 started" in line_with(shown.app, "notes ")


@SIZES
async def test_the_cursor_chooses_which_budget_is_shown_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=6), endpoint("two", "claude-sonnet-5-5", 3))
    async with shown.app.run_test(size=size) as pilot:
        await shown.start("one", Source.ASK, 6)
        await open_quota(pilot, shown, "1 start in")
        assert "2 budgets" in seen(shown.app)
        await pilot.press("down")
        await until(pilot, lambda: "Nothing started in the last 60 s" in seen(shown.app))
        assert "claude-sonnet-5-5" in line_with(shown.app, "0 starts in the last 60 s")


async def test_the_endpoint_at_hand_is_the_one_shown_first(tmp_path: Path) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=6), endpoint("two", "claude-sonnet-5-5", 3))
    async with shown.app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "two" in seen(shown.app))
        await pilot.press("down")
        await open_quota(pilot, shown)
        await until(pilot, lambda: "claude-sonnet-5-5" in line_with(shown.app, "starts in the last 60 s"))


async def test_it_counts_down_and_is_still_when_all_is_free(tmp_path: Path) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=1))
    async with shown.app.run_test(size=(120, 40)) as pilot:
        await open_quota(pilot, shown, "1 of 1 left")
        await until(pilot, lambda: not shown.screen.ticking)
        await shown.start("one", Source.CHAT, 1)
        await shown.pass_by(1)
        await until(pilot, lambda: "next in 60 s" in seen(shown.app))
        assert shown.screen.ticking
        await shown.pass_by(20)
        await until(pilot, lambda: "next in 40 s" in seen(shown.app))
        await shown.pass_by(41)
        await until(pilot, lambda: "1 of 1 left" in seen(shown.app) and not shown.screen.ticking)
        assert "0 starts in the last 60 s" in seen(shown.app)


@SIZES
async def test_the_strip_tells_who_started_what_in_which_process(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=9))
    async with shown.app.run_test(size=size) as pilot:
        await shown.start("one", Source.ASK, 9, elsewhere=True)
        await shown.pass_by(30)
        await shown.start("one", Source.CHAT, 9)
        await shown.start("one", Source.VERIFY, 9)
        await shown.pass_by(1)
        await open_quota(pilot, shown, "3 starts")
        legend = line_with(shown.app, "chat 1")
        assert "C chat 1  a ask 1  V verify 1" in legend
        axis = line_with(shown.app, "60 s ago")
        rows = seen(shown.app).splitlines()
        lowest = rows[rows.index(axis) - 1]
        assert abs(lowest.index("a") - axis.index(" 30 ") - 2) <= 2
        assert lowest.index("C") > axis.index(" 10 ")


@SIZES
async def test_those_who_wait_are_told_when_they_start_in_seconds_and_local_time(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=1))
    async with shown.app.run_test(size=size) as pilot:
        await shown.start("one", Source.CHAT, 1)
        shown.join("one", Source.ASK, 1)
        shown.join("one", Source.BATCH, 1, elsewhere=True)
        await shown.pass_by(0.5)
        await open_quota(pilot, shown, "1 waits here, 1 in other processes")
        shown.screen._wall = lambda: NOW
        shown.screen.beat()
        await until(pilot, lambda: time.strftime("%H:%M:%S", time.localtime(NOW + 60)) in seen(shown.app))
        assert " 1  ask" in line_with(shown.app, " ask  ")
        assert "·" in line_with(shown.app, " batch  ")


async def test_a_waiting_request_is_moved_and_taken_out(tmp_path: Path) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=1))
    async with shown.app.run_test(size=(120, 40), notifications=True) as pilot:
        await shown.start("one", Source.CHAT, 1)
        sources = (Source.ASK, Source.BATCH, Source.SERVE)
        ask, batch, serve = (shown.join("one", source, 1) for source in sources)
        await shown.pass_by(0.5)
        await open_quota(pilot, shown, "3 wait here")

        def order() -> list[str]:
            quota = shown.queue.quota(shown.group, 1)
            return [waiting.source.value for waiting in quota.waiting]

        await pilot.press("tab", "down", "u")
        assert order() == ["batch", "ask", "serve"]
        await until(pilot, lambda: "▸" in line_with(shown.app, "batch"))
        await pilot.press("shift+down", "J")
        assert order() == ["ask", "serve", "batch"]
        await until(pilot, lambda: shown.screen.waiting is not None)
        await until(pilot, lambda: "▸" in line_with(shown.app, "batch"))
        await pilot.press("d")
        assert order() == ["ask", "serve"]
        await until(pilot, lambda: "Taken out of the queue: no. 3, batch for one" in seen(shown.app))
        await pilot.press("b")
        assert order() == ["ask", "serve", "batch"]
        await until(pilot, lambda: "3 wait here" in seen(shown.app))
        await pilot.press("home", "d", "d")
        assert order() == ["batch"]
        assert [place.stage for place in (ask, serve, batch)] == ["over", "aside", "waiting"]
        await pilot.press("b")
        assert order() == ["serve", "batch"]


@SIZES
async def test_all_that_wait_are_paused_visibly_and_go_on(tmp_path: Path, size: tuple[int, int]) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=1))
    async with shown.app.run_test(size=size) as pilot:
        await shown.start("one", Source.CHAT, 1)
        waiting = shown.join("one", Source.ASK, 1)
        await shown.pass_by(0.5)
        await open_quota(pilot, shown, "1 waits here")
        await pilot.press("p")
        await until(pilot, lambda: "‖ paused" in seen(shown.app) and "on resume" in seen(shown.app))
        await shown.pass_by(70)
        assert waiting.stage == "waiting"
        await pilot.press("p")
        await shown.pass_by(0.5)
        assert waiting.stage == "claimed"
        await until(pilot, lambda: "‖ paused" not in seen(shown.app))


@SIZES
async def test_a_closed_budget_says_until_when_and_why_and_that_others_go_on(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=5), endpoint("two", "claude-sonnet-5-5", 3))
    async with shown.app.run_test(size=size) as pilot:
        shown.other.queue.close_group(shown.group, 30, "[/v1/x] too many")
        await shown.pass_by(0.5)
        await open_quota(pilot, shown, "closed until")
        await until(pilot, lambda: "[/v1/x] too many" in seen(shown.app))
        assert "in 30 s" in seen(shown.app)
        assert "Other models on this key go on." in seen(shown.app)
        assert "3 of 3 left" in seen(shown.app)
        await shown.pass_by(31)
        await until(pilot, lambda: "5 of 5 left" in seen(shown.app) and "closed" not in seen(shown.app))


@SIZES
async def test_what_if_answers_while_a_number_is_typed(tmp_path: Path, size: tuple[int, int]) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=2))
    async with shown.app.run_test(size=size) as pilot:
        await open_quota(pilot, shown)
        await pilot.press("w", "2")
        await until(pilot, lambda: "the last starts at once" in seen(shown.app))
        await pilot.press("0", "p", "d")
        await until(pilot, lambda: "in 9 min 05 s" in seen(shown.app))
        assert not shown.queue.paused
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not isinstance(shown.app.screen, QuotaScreen))


async def test_no_endpoint_means_no_budget_and_calm_words() -> None:
    app = bench().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f11")
        await until(pilot, lambda: "No budget yet" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Welcome to inferterm" in seen(app))


@SIZES
async def test_a_ledger_that_fails_is_told_with_the_choice_and_tried_again(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_app.ui.screens.quota.AGAIN_S", 0.02)
    ledger, clock = TroubledLedger(), FakeClock()
    made = Bench(MemoryEndpoints(endpoint("one")), queue=RequestQueue(ledger, clock))
    ledger.failure = LedgerFailed("The ledger [/x] cannot be read.", "Free some space.")
    app = made.app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f11")
        await until(pilot, lambda: "The quota cannot be read" in seen(app))
        assert "The ledger [/x] cannot be read." in seen(app)
        assert "Free some space." in seen(app)
        assert "never none at all" in seen(app)
        ledger.failure = None
        clock.advance(1)
        await until(pilot, lambda: "5 of 5 left" in seen(app))


async def test_two_thousand_who_wait_are_drawn_by_the_lines_in_sight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=1))
    async with shown.app.run_test(size=(120, 40)) as pilot:
        for _ in range(2000):
            shown.join("one", Source.BATCH, 1)
        await shown.pass_by(0.5)
        await open_quota(pilot, shown, "wait here")
        await pilot.press("tab", "end")
        await until(pilot, lambda: "2,000  batch" in seen(shown.app) or "1,999  batch" in seen(shown.app))
        made: list[str] = []

        def counted(waiter: Waiter, quota: Quota, moment: Moment, columns: WaitingColumns) -> str:
            made.append(waiter_words(waiter, quota, moment, columns))
            return made[-1]

        monkeypatch.setattr("tui_app.ui.widgets.waiting_table.waiter_words", counted)
        shown.screen.beat()
        assert 0 < len(made) <= 40


@pytest.mark.parametrize("key", ["f11", "ctrl+y"])
async def test_it_opens_from_the_list_a_chat_and_a_form_and_goes_back_there(tmp_path: Path, key: str) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=5))
    async with shown.app.run_test(size=(100, 30)) as pilot:
        for way in ("", "enter", "e"):
            await until(pilot, lambda: "5 of 5 left" in seen(shown.app))
            if way:
                await pilot.press(way)
                await until(pilot, lambda: len(shown.app.screen_stack) == 2)
            below = shown.app.screen
            await pilot.press(key)
            await until(pilot, lambda: isinstance(shown.app.screen, QuotaScreen))
            await pilot.press("escape" if way else key)
            await until(pilot, lambda below=below: shown.app.screen is below)  # type: ignore[misc]
            if way:
                await pilot.press("escape")
                await until(pilot, lambda: len(shown.app.screen_stack) == 1)


async def test_a_terminal_without_room_says_so_and_comes_back(tmp_path: Path) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=5))
    async with shown.app.run_test(size=(80, 24)) as pilot:
        await open_quota(pilot, shown)
        await pilot.resize_terminal(50, 10)
        await until(pilot, lambda: isinstance(shown.app.screen, TooSmallScreen))
        await pilot.resize_terminal(60, 16)
        await until(pilot, lambda: isinstance(shown.app.screen, QuotaScreen))
        await until(pilot, lambda: "5 of 5 left" in seen(shown.app))


async def test_a_strip_that_moves_looks_as_if_drawn_anew(tmp_path: Path) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=60))
    async with shown.app.run_test(size=(120, 40)) as pilot:
        for _ in range(30):
            await shown.start("one", Source.CHAT, 60)
        await shown.start("one", Source.ASK, 60, elsewhere=True)
        await shown.pass_by(1)
        await open_quota(pilot, shown, "31 starts")
        for _ in range(3):
            await shown.pass_by(19)
            shown.screen.beat()
            await pilot.pause()
            strip = shown.screen.strip
            rows = [
                "".join(text for text, _ in chart_row(strip._picture, row)).rstrip()
                for row in range(strip.size.height - 3, -1, -1)
            ]
            top = strip.content_region.y
            drawn = [line[1:] for line in seen(shown.app).splitlines()[top : top + len(rows)]]
            assert drawn == rows
            assert any("C" in row for row in rows)


@SIZES
async def test_a_limit_above_the_services_is_warned_of_in_list_chat_and_quota(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=5))
    words = "5 a minute is more than the service allows: 2"
    async with shown.app.run_test(size=size) as pilot:
        told = (ServerLimit("requests", 2, 1, 30.0), ServerLimit("input-tokens", 9000, 8000, None))
        shown.other.queue.note_told(shown.group, told, shown.clock.now())
        await shown.pass_by(1)
        await until(pilot, lambda: f"! {words}" in seen(shown.app))
        assert "f11 shows who started what" in seen(shown.app)
        await open_quota(pilot, shown, f"one: {words}")
        text = " ".join(seen(shown.app).split())
        assert "1 of 2" in text
        assert "8,000 of 9,000" in text
        assert "told just now" in text
        await pilot.press("escape", "enter")
        await until(pilot, lambda: f"! {words}" in seen(shown.app) and "f11 more" in seen(shown.app))
