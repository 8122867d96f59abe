"""At rest nothing ticks: no timer of the quota, of a screen or of a widget; a countdown ticks slowly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.timer import Timer

from tests.fakes_quota import COOLDOWN, FakeClock, send
from tests.fakes_storage import MemoryEndpoints
from tests.ui.bench import KEY, Bench, endpoint, seen, until
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.core.endpoints import Entry
from tui_app.core.pump import QUIET_S
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source
from tui_app.ui.app import InfertermApp
from tui_app.ui.widgets.endpoint_table import EndpointTable
from tui_app.ui.widgets.gauge import Gauge

SIZE = (120, 40)


@pytest.fixture
def clock() -> FakeClock:
    """The clock of the quota; it stands still."""
    return FakeClock()


@pytest.fixture
def made(clock: FakeClock) -> Bench:
    """Three endpoints, one of them on the sandbox."""
    entries = endpoint("one"), endpoint("two", limit=50), endpoint("three", sandbox=True)
    queue = RequestQueue(SqliteLedger(MEMORY), clock)
    made = Bench(MemoryEndpoints(*entries), queue=queue)
    made.keys.keys.update(one=KEY, two=KEY)
    return made


def ticking(app: App[None]) -> list[Timer]:
    """All timers of the app, its screens and their widgets that are neither paused nor stopped."""
    return [timer for node in pumps(app) for timer in node._timers if timer._active.is_set() and runs(timer)]


def runs(timer: Timer) -> bool:
    """Tell whether a timer has not been stopped and has not had its time."""
    return timer._task is not None and not timer._task.done()


def pumps(app: App[None]) -> Iterator[MessagePump]:
    """Everything that can have timers."""
    yield app
    for screen in app.screen_stack:
        yield from (node for node in screen.walk_children(DOMNode, with_self=True))


async def rest(pilot: Pilot[None], clock: FakeClock) -> None:
    """Let everything come to rest, by the clock of the quota and by that of the screen."""
    await until(pilot, lambda: not pilot.app.animator._animations)
    clock.advance(QUIET_S + 1.0)
    await pilot.pause()


async def use_one(made: Bench, clock: FakeClock, entry: Entry) -> None:
    """Send a request, so that a quota fills up again."""
    place = made.queue.join(entry.group, entry.endpoint.limit, entry.endpoint.inference_id, Source.CHAT)
    clock.advance()
    await send(place)
    clock.advance(0.1)


async def entry_of(made: Bench, name: str) -> Entry:
    entries = {each.endpoint.inference_id: each for each in await entries_of(made)}
    return entries[name]


async def entries_of(made: Bench) -> list[Entry]:
    return [each for each in await made.inference.endpoints.entries() if isinstance(each, Entry)]


@pytest.mark.parametrize("chat", [None, "three"])
async def test_nothing_ticks_while_the_quota_is_full(made: Bench, clock: FakeClock, chat: str | None) -> None:
    app: InfertermApp = made.app(chat)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        await rest(pilot, clock)
        assert clock.pending == 0
        await until(pilot, lambda: ticking(app) == [])


async def test_nothing_ticks_on_the_quota_screen_while_all_is_free(made: Bench, clock: FakeClock) -> None:
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        await use_one(made, clock, await entry_of(made, "one"))
        await app.action_quota()
        await until(pilot, lambda: "4 of 5" in seen(app))
        assert all(timer._interval >= 0.25 for timer in ticking(app))
        clock.advance(2 * COOLDOWN)
        await until(pilot, lambda: "5 of 5" in seen(app))
        await rest(pilot, clock)
        assert clock.pending == 0
        await until(pilot, lambda: ticking(app) == [])


@pytest.mark.parametrize("chat", [None, "one"])
async def test_a_countdown_ticks_at_most_four_times_a_second_and_ends_with_itself(
    made: Bench, clock: FakeClock, chat: str | None
) -> None:
    app: InfertermApp = made.app(chat)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        await rest(pilot, clock)
        await use_one(made, clock, await entry_of(made, "one"))
        await until(pilot, lambda: "4 of 5 left" in seen(app))
        await until(pilot, lambda: len(ticking(app)) == 1)
        assert ticking(app)[0]._interval >= 0.25
        clock.advance(COOLDOWN)
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        await rest(pilot, clock)
        assert clock.pending == 0
        await until(pilot, lambda: ticking(app) == [])


async def test_a_countdown_is_drawn_at_most_four_times_a_second_however_often_it_is_looked_at(
    made: Bench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[float] = []
    for widget, method in ((EndpointTable, "replace_option_prompt_at_index"), (Gauge, "update")):
        real = getattr(widget, method)

        def noted(*values: object, real: object = real, **named: object) -> object:
            drawn.append(clock.now())
            return real(*values, **named)  # type: ignore[operator]

        monkeypatch.setattr(widget, method, noted)
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        await use_one(made, clock, await entry_of(made, "one"))
        await until(pilot, lambda: "4 of 5 left" in seen(app))
        table = app.screen.query_one(EndpointTable)
        drawn.clear()
        for _ in range(200):
            clock.advance(0.05)
            table.redraw()
        assert 9 <= len(drawn) <= 40


async def test_a_list_under_a_chat_draws_no_countdown_and_goes_on_when_it_is_seen_again(
    made: Bench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 5 left" in seen(app))
        await use_one(made, clock, await entry_of(made, "one"))
        await until(pilot, lambda: "4 of 5 left" in seen(app))
        table = app.screen.query_one(EndpointTable)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not table.screen)
        drawn: list[float] = []
        monkeypatch.setattr(table, "redraw", lambda: drawn.append(clock.now()))
        clock.advance(10.0)
        for _ in range(8):
            table._beat()
        assert drawn == []
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is table.screen and bool(drawn))
