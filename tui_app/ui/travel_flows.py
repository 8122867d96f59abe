"""Endpoints that travel, from the list: out by a text, in by another one."""

from __future__ import annotations

from textual.app import App

from tui_app.core.endpoint import Endpoint
from tui_app.core.inference import Inference
from tui_app.ui.screens.export import ExportScreen
from tui_app.ui.screens.import_paste import ImportScreen


async def export(app: App[object], inference: Inference, endpoint: Endpoint) -> str | None:
    """Show what makes an endpoint, or all of them, elsewhere. Returns its id. Raises StoreFailed."""
    stored = await inference.endpoints.stored()
    everything = [item for item in stored if isinstance(item, Endpoint)]
    fresh = next((item for item in everything if item.inference_id == endpoint.inference_id), endpoint)
    await app.push_screen_wait(ExportScreen(fresh, everything))
    return endpoint.inference_id


async def import_(app: App[object], inference: Inference) -> str | None:
    """Take endpoints from a paste; returns the id of the first that was made."""
    return await app.push_screen_wait(ImportScreen(inference))
