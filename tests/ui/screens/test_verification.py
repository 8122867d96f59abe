"""The ladder shows each step as it passes, waits in sight, and says what to do where one fails."""

from __future__ import annotations

import asyncio

from pydantic import SecretStr

from tests.fakes_service import lost, not_found, reply
from tests.ui.bench import bench, endpoint, seen, until
from tui_app.core.errors import Loss
from tui_app.core.events import Opened
from tui_app.core.quota import Source
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.screens.verification import VerificationScreen

SIZE = (100, 36)


async def test_steps_pass_in_sight_and_the_list_knows_when() -> None:
    made = bench(endpoint("one"))
    go_on = asyncio.Event()
    script = reply("so big")
    made.api.scripts.append([script[0], go_on, *script[1:]])
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("v")
        await until(pilot, lambda: "✓ parameters accepted" in seen(app))
        assert isinstance(script[0], Opened)
        assert "○ probe answered" in seen(app)
        assert "✓ model known" in seen(app)
        go_on.set()
        await until(pilot, lambda: "✓ probe answered" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))
        assert made.health.healths["one"].verified_at is not None


async def test_the_failing_step_gives_cause_and_can_be_tried_again() -> None:
    made = bench(endpoint("one"))
    made.api.reachable = lost(Loss.HOST_UNKNOWN)
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("v")
        await until(pilot, lambda: "✗ host reachable" in seen(app))
        assert "the connection failed: host unknown" in seen(app)
        assert "· key accepted" in seen(app)
        made.api.reachable = 0.01
        made.api.scripts.append(reply("so big"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Verified: it works." in seen(app))


async def test_an_unknown_model_is_told_in_the_services_words() -> None:
    made = bench(endpoint("one", "claude-[nope]"))
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "✓ keyring" in seen(app))
        await pilot.press("v")
        await until(pilot, lambda: "✗ model known" in seen(app))
        assert str(not_found("claude-[nope]")) in seen(app)


async def test_a_probe_over_the_limit_waits_in_sight_and_can_be_left() -> None:
    made = bench(endpoint("one", limit=1))
    app = made.app()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "1 of 1 left" in seen(app))
        group = (await made.inference.endpoints.entry("one")).group
        async with made.queue.join(group, 1, "one", Source.CHAT) as place:
            async for _ in place.standings():
                pass
            await place.sent()
        await until(pilot, lambda: "none of 1 left" in seen(app))
        await pilot.press("v")
        await until(pilot, lambda: "waits, starts in" in seen(app))
        assert made.api.sent == 0
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, VerificationScreen))
        await until(pilot, lambda: not made.queue.quota(group, 1).waiting)


async def test_only_an_endpoint_that_is_kept_just_so_is_remembered() -> None:
    made = bench(endpoint("one"))
    made.api.reachable = lost(Loss.HOST_UNKNOWN)
    for tried in (endpoint("new", sandbox=True), endpoint("one", "claude-opus-5")):
        async for _ in made.inference.verify(tried):
            pass
    async for _ in made.inference.verify(endpoint("one"), SecretStr("sk-another")):
        pass
    assert not made.health.healths
    async for _ in made.inference.verify(endpoint("one")):
        pass
    assert set(made.health.healths) == {"one"}
