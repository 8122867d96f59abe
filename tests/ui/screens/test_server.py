"""The server's screen: on and off, how to connect, live requests with their bodies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ui.bench import bench, endpoint, seen, until
from tui_app.core.conversation import Usage
from tui_app.core.served import ServedRequest, ServedState
from tui_app.ui.screens.server import ServerScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])
ASKED = ServedRequest(1, "POST", "/_inference/completion/prod", 0.0, ServedState.WAITING, waited_s=3.0)
ANSWERED = replace(
    ASKED,
    state=ServedState.ANSWERED,
    status=200,
    took_s=3.5,
    usage=Usage(6, 114),
    request='{"input":"hello [/b]"}',
    response='{"completion":[]}',
)


@SIZES
async def test_one_key_switches_the_server_on_and_off(size: tuple[int, int]) -> None:
    made = bench(endpoint())
    app = made.app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "The server is off" in seen(app))
        await pilot.press("s")
        await until(pilot, lambda: "● serving" in seen(app))
        assert "http://127.0.0.1:9250" in seen(app)
        await pilot.press("s")
        await until(pilot, lambda: "The server is off" in seen(app))


async def test_the_key_is_masked_until_it_is_asked_for() -> None:
    made = bench(endpoint())
    app = made.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+e", "s")
        await until(pilot, lambda: "API key" in seen(app))
        assert "server-secret-key" not in seen(app)
        await pilot.press("k")
        await until(pilot, lambda: "server-secret-key" in seen(app))
        await pilot.press("k")
        await until(pilot, lambda: "server-secret-key" not in seen(app))


async def test_the_lines_are_copied_with_the_key() -> None:
    made = bench(endpoint())
    app = made.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+e", "s")
        await until(pilot, lambda: "● serving" in seen(app))
        await pilot.press("c")
        await until(pilot, lambda: "Copy what?" in seen(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "server-secret-key" in app.clipboard)
        assert app.clipboard.startswith("curl -H")


async def test_a_taken_port_is_said_and_another_one_offered() -> None:
    made = bench(endpoint())
    made.server.taken.add(9250)
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+e", "s")
        await until(pilot, lambda: "port 9250 is taken by [/another] inferterm" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "http://127.0.0.1:12345" in seen(app))


@SIZES
async def test_requests_appear_as_they_come_and_enter_shows_their_bodies(size: tuple[int, int]) -> None:
    made = bench(endpoint())
    app = made.app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "No request has come yet" in seen(app))
        made.server.put(ASKED)
        await until(pilot, lambda: "waiting" in seen(app))
        made.server.put(ANSWERED)
        await until(pilot, lambda: "200" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "hello [/b]" in seen(app))
        assert "waited 3 s for the quota" in seen(app)
        assert "6+114 tokens" in seen(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ServerScreen))


async def test_the_cursor_stays_on_its_request_when_others_come() -> None:
    made = bench(endpoint())
    made.server.put(ANSWERED)
    app = made.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "/_inference/completion/prod" in seen(app))
        made.server.put(replace(ANSWERED, id=2, path="/later"))
        await until(pilot, lambda: "/later" in seen(app))
        screen = app.screen
        assert isinstance(screen, ServerScreen)
        assert screen.selected == ANSWERED


async def test_leaving_the_screen_leaves_the_server_on_and_quitting_stops_it() -> None:
    made = bench(endpoint())
    app = made.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+e", "s")
        await until(pilot, lambda: "● serving" in seen(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ServerScreen))
        assert made.server.serving is not None
    assert made.server.serving is None
