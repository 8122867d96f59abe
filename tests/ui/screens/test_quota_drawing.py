"""While time passes on the quota screen, only what looks different is drawn, at once and without a layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.ui.bench import endpoint, seen, until
from tests.ui.screens.test_quota import SIZES, Scene, open_quota, scene
from tui_app.core.quota import Source
from tui_app.ui.screens.quota import LEAST_S

LIMIT = 6


@dataclass
class Drawn:
    """What the screen drew: the cells of each drawing, and how often all was laid out or drawn."""

    cells: list[set[tuple[int, int]]] = field(default_factory=list)
    layouts: int = 0
    whole: int = 0


def watched(screen: Screen[Any], monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """Note every drawing of a screen from now on."""
    drawn, compositor = Drawn(), screen._compositor
    update, reflow = compositor.render_update, compositor.reflow

    def noted_update(full: bool = False, screen_stack: list[Screen[Any]] | None = None) -> object:
        made = update(full, screen_stack)
        if isinstance(made, ChopsUpdate):
            drawn.cells.append({(x, y) for y, left, right in made.spans for x in range(left, right)})
        drawn.whole += isinstance(made, LayoutUpdate)
        return made

    def noted_reflow(parent: Widget, size: Size) -> object:
        drawn.layouts += 1
        return reflow(parent, size)

    monkeypatch.setattr(compositor, "render_update", noted_update)
    monkeypatch.setattr(compositor, "reflow", noted_reflow)
    return drawn


async def crowd(pilot: Pilot[Any], shown: Scene, waiting: int = 12) -> None:
    """Use the limit evenly, let more wait, and show the screen shortly before the next slot is free."""
    for number in range(LIMIT):
        await shown.start("one", (Source.CHAT, Source.BATCH)[number % 2], LIMIT)
        await shown.pass_by(60 / LIMIT - 0.2)
    for _ in range(waiting):
        shown.join("one", Source.BATCH, LIMIT)
    await shown.pass_by(0.5)
    await open_quota(pilot, shown, "wait here")
    await until(pilot, lambda: shown.screen.ticking)
    await shown.pass_by(4)


async def second(pilot: Pilot[Any], shown: Scene) -> tuple[list[str], list[str]]:
    """Let a second pass and be drawn; what stood on screen before and after."""
    before = seen(shown.app).splitlines()
    shown.clock.advance(1.0)
    shown.screen.beat()
    await until(pilot, lambda: not shown.screen._dirty_widgets)
    return before, seen(shown.app).splitlines()


def changed(before: list[str], after: list[str]) -> set[tuple[int, int]]:
    """The cells that look different."""
    lines = enumerate(zip(before, after, strict=True))
    both = ((y, zip_longest(old, new, fillvalue=" ")) for y, (old, new) in lines)
    return {(x, y) for y, cells in both for x, (old, new) in enumerate(cells) if old != new}


@SIZES
async def test_a_second_near_a_slot_is_one_drawing_of_the_lines_that_changed(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=LIMIT))
    async with shown.app.run_test(size=size) as pilot:
        await crowd(pilot, shown)
        await second(pilot, shown)
        shown.screen._tick(False)
        drawn = watched(shown.screen, monkeypatch)
        monkeypatch.setattr(shown.screen, "_tick", lambda go: None)
        monkeypatch.setattr(shown.screen, "refresh_budgets", lambda: None)
        before, after = await second(pilot, shown)
        assert (drawn.layouts, drawn.whole, len(drawn.cells)) == (0, 0, 1)
        different = changed(before, after)
        assert different <= drawn.cells[0]
        strip = shown.screen.strip.content_region
        idle = {y for _, y in drawn.cells[0]} - {y for _, y in different}
        assert idle <= set(range(strip.y, strip.bottom))
        assert len(drawn.cells[0]) < size[0] * size[1] / 3


async def test_each_second_has_its_drawing_however_long_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=LIMIT))
    async with shown.app.run_test(size=(120, 40)) as pilot:
        await crowd(pilot, shown)
        waits: list[float] = []
        real = shown.screen.set_timer

        def noted(delay: float, beat: Callable[[], None]) -> object:
            waits.append(delay)
            return real(delay, beat)

        monkeypatch.setattr(shown.screen, "set_timer", noted)
        for _ in range(40):
            shown.clock.leap(0.137)
            shown.screen.beat()
            at = (shown.clock.now() + waits[-1]) % 1.0
            assert min(at, 1 - at) < 1e-6
            assert LEAST_S < waits[-1] <= 1.0 + LEAST_S


async def test_who_leaves_the_queue_lays_nothing_out_while_it_is_longer_than_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=LIMIT))
    async with shown.app.run_test(size=(80, 24)) as pilot:
        await crowd(pilot, shown, waiting=30)
        waiting = shown.queue.quota(shown.group, LIMIT).waiting
        drawn = watched(shown.screen, monkeypatch)
        shown.queue.cancel(waiting[-1].id)
        await shown.pass_by(0.5)
        await until(pilot, lambda: f"{len(waiting) - 1} wait here" in seen(shown.app))
        assert (drawn.layouts, drawn.whole) == (0, 0)
        await pilot.press("tab", "end")
        await until(pilot, lambda: f"▸    {len(waiting) - 1}  batch" in seen(shown.app))


async def test_a_queue_that_grows_and_shrinks_shows_as_many_lines_as_wait_or_fit(tmp_path: Path) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=LIMIT))
    async with shown.app.run_test(size=(80, 24)) as pilot:
        await crowd(pilot, shown, waiting=2)
        for count in (9, 1, 30, 3):
            for each in shown.queue.quota(shown.group, LIMIT).waiting[count:]:
                shown.queue.cancel(each.id)
            for _ in range(count - len(shown.queue.quota(shown.group, LIMIT).waiting)):
                shown.join("one", Source.BATCH, LIMIT)
            await shown.pass_by(0.3)
            words = f"{count} {'waits' if count == 1 else 'wait'} here"
            await until(pilot, lambda words=words: words in seen(shown.app))  # type: ignore[misc]
            await until(pilot, lambda count=count: places(shown) == min(count, room(shown)))  # type: ignore[misc]


def places(shown: Scene) -> int:
    """How many who wait are seen."""
    return sum("batch     one" in line for line in seen(shown.app).splitlines())


def room(shown: Scene) -> int:
    """For how many there is room."""
    return shown.screen.queue.table.size.height


async def test_another_theme_reaches_every_line(tmp_path: Path) -> None:
    shown = await scene(tmp_path, endpoint("one", limit=LIMIT))
    async with shown.app.run_test(size=(80, 24)) as pilot:
        await crowd(pilot, shown)
        screen = shown.screen

        def grounds() -> list[set[object]]:
            lines = [each.render_line(0) for each in (screen.heading, screen.facts, screen.queue.table)]
            return [{segment.style.bgcolor for segment in line if segment.style} for line in lines]

        dark = grounds()
        shown.app.theme = "textual-light"
        for at in range(len(dark)):
            await until(pilot, lambda at=at: not dark[at] & grounds()[at])  # type: ignore[misc]
