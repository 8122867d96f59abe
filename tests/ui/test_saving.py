"""Saving keeps an endpoint with what is known of it."""

from __future__ import annotations

from tests.fakes_service import refused, reply
from tests.ui.bench import NOW, bench, endpoint, seen, until
from tests.ui.screens.test_endpoint_form import WIDE, fill, open_form
from tui_app.core.storage import Health
from tui_app.ui.screens.endpoint_list import EndpointListScreen
from tui_app.ui.widgets.endpoint_table import EndpointTable


async def test_what_failed_before_saving_anyway_stands_in_the_list() -> None:
    made = bench()
    made.api.catalogue = refused(401, "authentication_error", "invalid x-api-key")
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        form = await open_form(pilot)
        await fill(pilot, form, model="claude-haiku-4-5", key="sk-wrong")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Save anyway" in seen(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, EndpointListScreen))
        await until(pilot, lambda: "✗ refused" in seen(app))
        assert "invalid x-api-key" in seen(app)


async def test_a_new_key_that_was_verified_clears_the_refusal_at_once() -> None:
    made = bench(endpoint("one"))
    made.health.healths["one"] = Health(failed_at=NOW - 60, error="invalid x-api-key", key_refused=True)
    made.api.scripts.append(reply("so big"))
    app = made.app()
    async with app.run_test(size=WIDE) as pilot:
        app.screen.query_one(EndpointTable)._wall = lambda: NOW
        await until(pilot, lambda: "✗ refused" in seen(app))
        await pilot.press("k")
        await until(pilot, lambda: "Replace it" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "it is masked" in seen(app))
        await pilot.press(*"sk-right", "enter")
        await until(pilot, lambda: "Keep this key" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "✓ just now" in seen(app))
        assert "✗ refused" not in seen(app)
