"""The app opens at once, loads the rest behind the first screen, and loses nothing meanwhile."""

from __future__ import annotations

import threading

import pytest
from textual import events
from textual.command import CommandPalette
from textual.widgets import Input

from tests.ui.bench import Bench, bench, endpoint, seen, until
from tui_app.core.first_sight import FirstSight, Glance
from tui_app.ui.app import InfertermApp
from tui_app.ui.equipment import Equipment, Opening
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.opening import OpeningScreen
from tui_app.ui.screens.too_small import TooSmallScreen

SIZE = (100, 30)


class Loading:
    """An opening whose equipment comes when the test lets it."""

    def __init__(self, made: Bench) -> None:
        self._made, self.go_on = made, threading.Event()
        names = [name for name in made.store.entries]
        glances = tuple(Glance(name, "claude-haiku-4-5", "5") for name in names)
        self.opening = Opening(FirstSight("", glances), self._load)

    def _load(self) -> Equipment:
        assert self.go_on.wait(10)
        return self._made.equipment()


async def test_the_first_screen_shows_what_lies_there_and_the_list_takes_its_place() -> None:
    loading = Loading(bench(endpoint("one")))
    app = InfertermApp(loading.opening)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "claude-haiku-4-5" in seen(app))
        assert isinstance(app.screen, OpeningScreen)
        before = seen(app).splitlines()
        loading.go_on.set()
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        after = seen(app).splitlines()
        for was, now in zip(before[:3], after[:3], strict=True):
            assert now.startswith(was)
        assert before[3].index("one") == after[3].index("one")
        assert before[3].index("claude") == after[3].index("claude")


async def test_keys_typed_before_all_is_loaded_reach_the_list_with_their_letters() -> None:
    loading = Loading(bench(endpoint("one"), endpoint("two"), endpoint("three")))
    app = InfertermApp(loading.opening)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, OpeningScreen))
        for key in (events.Key("slash", "/"), events.Key("upper_t", "T"), events.Key("question_mark", "?")):
            app.post_message(key)
        await pilot.pause()
        assert isinstance(app.screen, OpeningScreen)
        loading.go_on.set()
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))
        await until(pilot, lambda: bool(app.screen.query("#filter")))
        await until(pilot, lambda: app.screen.query_one("#filter", Input).value == "T?")


async def test_a_command_on_the_first_screen_waits_until_all_is_loaded() -> None:
    loading = Loading(bench(endpoint("one")))
    app = InfertermApp(loading.opening)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, OpeningScreen))
        await pilot.press("f9", "ctrl+p")
        assert isinstance(app.screen, OpeningScreen)
        assert app.current_theme.dark
        loading.go_on.set()
        await until(pilot, lambda: not app.current_theme.dark)
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))


async def test_quitting_while_it_loads_ends_the_app() -> None:
    loading = Loading(bench(endpoint("one")))
    app = InfertermApp(loading.opening)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, OpeningScreen))
        await pilot.press("ctrl+q")
        loading.go_on.set()
    assert app.return_code == 0


async def test_a_start_without_room_says_so_and_recovers_however_often_the_size_changes() -> None:
    loading = Loading(bench(endpoint("one")))
    app = InfertermApp(loading.opening)
    async with app.run_test(size=(50, 12)) as pilot:
        loading.go_on.set()
        await until(pilot, lambda: app._equipment is not None)
        for _ in range(3):
            await until(pilot, lambda: isinstance(app.screen, TooSmallScreen))
            await pilot.resize_terminal(80, 24)
            await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))
            await until(pilot, lambda: "5 of 5 left" in seen(app))
            await pilot.resize_terminal(50, 12)


async def test_no_command_but_quitting_works_where_there_is_no_room() -> None:
    app = bench(endpoint("one")).app("one")
    async with app.run_test(size=(50, 12)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TooSmallScreen))
        await pilot.press("t", "f11", "f10", "ctrl+p", "f1", "question_mark")
        await pilot.pause()
        assert isinstance(app.screen, TooSmallScreen)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "A new conversation" in seen(app))
        await pilot.press("f11")
        await until(pilot, lambda: "budget" in seen(app).lower())


async def test_an_endpoint_that_does_not_exist_is_said_over_the_list() -> None:
    app = bench(endpoint("one")).app("nope[b]")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: "nope[b]" in seen(app))
        assert isinstance(app.screen, EndpointListScreen)


async def test_a_fault_tells_no_local_variable(capsys: pytest.CaptureFixture[str]) -> None:
    app = bench(endpoint("one")).app()

    def stumble() -> None:
        typed = "-".join(["sk", "ant", "typed"])
        raise RuntimeError(f"a fault with {len(typed)} letters")

    with pytest.raises(RuntimeError):
        async with app.run_test(size=SIZE) as pilot:
            app.call_later(stumble)
            await pilot.pause()
    told = capsys.readouterr().err
    assert "a fault with 12 letters" in told
    assert "sk-ant-typed" not in told
