"""Makes the pictures of `screenshots/` from the running app, on data that the sandbox answers.

    .venv/bin/python -m tests.screenshots

SVG for all; PNG beside them where Chromium is there to draw them (pngquant makes them smaller).
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["COLORTERM"] = "truecolor"
os.environ.pop("NO_COLOR", None)

from textual.pilot import Pilot

from tests.fakes_keys import FakeKeys
from tests.fakes_storage import FakeConnections, MemorySettings
from tests.screenshots_quota import Stage, busy, closed, quiet, stage
from tests.ui.bench import seen, until
from tui_app import __version__
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.database import Database
from tui_app.adapters.embedded_sandbox import EmbeddedSandbox
from tui_app.adapters.endpoint_files import EndpointFiles
from tui_app.adapters.health_book import HealthTable
from tui_app.adapters.history import ConversationHistory
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.core.endpoint import Endpoint
from tui_app.core.inference import Inference
from tui_app.core.jsons import JsonValue
from tui_app.core.preferences import Preferences
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source
from tui_app.core.requests import Request
from tui_app.core.settings import AppSettings
from tui_app.sandbox.server import SandboxServer
from tui_app.sandbox.settings import SandboxSettings
from tui_app.ui.app import InfertermApp
from tui_app.ui.equipment import Equipment

FOLDER: Final = Path(__file__).parent.parent / "screenshots"
WIDE, NARROW = (120, 40), (80, 24)
CHROMIUM: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--force-device-scale-factor=1",
)
SANDBOX: Final = SandboxSettings(tokens_per_second=90)
"""The service of most pictures."""
PROMPT: Final = "write 160 words with a heading, a list, a table and a code block"


@dataclass
class Studio:
    """Real parts on a folder that is thrown away, with a sandbox that stands in for the service."""

    folder: Path
    service: SandboxServer
    inference: Inference
    database: Database
    keys: FakeKeys

    async def endpoint(self, inference_id: str, model: str, limit: int) -> Endpoint:
        """Keep an endpoint that is answered by the sandbox and has its key."""
        settings: dict[str, JsonValue] = {
            "model_id": model,
            "url": self.service.url,
            "rate_limit": {"requests_per_minute": limit},
        }
        body: dict[str, JsonValue] = {
            "service": "anthropic",
            "service_settings": {**settings, "api_key": self.service.key},
            "task_settings": {"max_tokens": 2048},
        }
        endpoint, key = Endpoint.parse(inference_id, body)
        await self.inference.endpoints.create(endpoint, key)
        return endpoint

    async def ask(self, inference_id: str, times: int) -> None:
        """Use some of an endpoint's quota."""
        for _ in range(times):
            reply = await self.inference.ask(inference_id, Request.of_prompt("hi"), Source.CHAT)
            async for _ in reply.events():
                pass

    @asynccontextmanager
    async def app(
        self, size: tuple[int, int], *, chat: str | None = None, theme: str = "inferterm-dark"
    ) -> AsyncGenerator[Pilot[Any], None]:
        """The app on these parts."""
        app = InfertermApp(Equipment(self.inference, _preferences(theme)), endpoint=chat)
        async with app.run_test(size=size) as pilot:
            await pilot.pause(0.4)
            yield pilot


def _preferences(theme: str) -> Preferences:
    chosen = AppSettings(theme=theme)
    return Preferences(MemorySettings(chosen), chosen)


@asynccontextmanager
async def studio(sandbox: SandboxSettings = SANDBOX) -> AsyncGenerator[Studio, None]:
    """A studio, closed at its end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with SandboxServer(sandbox) as service:
            database, keys = Database(folder / "state" / "inferterm.db"), FakeKeys()
            inference = Inference(
                store=EndpointFiles(folder / "endpoints"),
                keys=keys,
                health=HealthTable(database),
                history=ConversationHistory(database),
                api=HttpMessagesApi(__version__),
                sandbox=EmbeddedSandbox(),
                connections=FakeConnections(),
                queue=RequestQueue(SqliteLedger(folder / "state"), SystemClock()),
            )
            yield Studio(folder, service, inference, database, keys)
            await inference.aclose()
            await database.aclose()


def keep(pilot: Pilot[Any], name: str) -> None:
    """Write what is on screen as an SVG that loads nothing from anywhere."""
    svg = pilot.app.export_screenshot(title=f"inferterm · {name.replace('-', ' ')}")
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    svg = svg.replace("Fira Code", "Fira Code, DejaVu Sans Mono")
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


async def first_run() -> None:
    """An empty list."""
    async with studio() as empty, empty.app(NARROW) as pilot:
        keep(pilot, "first-run")


async def the_list(size: tuple[int, int], name: str, theme: str = "inferterm-dark") -> None:
    """Some endpoints, some of their quota used."""
    async with studio() as shop:
        await shop.endpoint("release-notes", "claude-haiku-5-5", 50)
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        await shop.endpoint("review-bot", "claude-sonnet-5-5", 8)
        (shop.folder / "endpoints" / "old-import.json").write_text(
            '{\n  "service": "anthropic"\n  "x": 1\n}\n'
        )
        await shop.ask("prod-summaries", 5)
        await shop.ask("release-notes", 3)
        await shop.inference.endpoints.note("release-notes", verified_at=0.0)
        await shop.inference.note_verified("release-notes", 0.42)
        await shop.inference.note_verified("prod-summaries", 0.61)
        async with shop.app(size, theme=theme) as pilot:
            await until(pilot, lambda: "keyring" in seen(pilot.app))
            await pilot.press("down")
            await pilot.pause(0.3)
            keep(pilot, name)


async def form() -> None:
    """A new endpoint with problems under its fields."""
    async with studio() as shop, shop.app(WIDE) as pilot:
        await pilot.press("n")
        await pilot.pause(0.3)
        await pilot.press(*"claude-haiku-4-5", "tab", *"sk-pasted-key", "tab", "home", *"My ", "tab")
        await pilot.press("tab", "f6", *"0.5", "tab", *"0.9")
        await pilot.pause(0.5)
        keep(pilot, "form-problem")


async def verification() -> None:
    """The ladder, passed."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 20)
        async with shop.app(WIDE) as pilot:
            await pilot.press("v")
            await until(pilot, lambda: "first token after" in seen(pilot.app))
            await pilot.pause(0.2)
            keep(pilot, "verification")


async def chat(size: tuple[int, int], name: str, theme: str = "inferterm-dark") -> None:
    """An answer while it streams."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 5)
        async with shop.app(size, chat="prod-summaries", theme=theme) as pilot:
            await pilot.press(*"What does a quota of 5 a minute mean?", "enter")
            await until(pilot, lambda: "req_" in seen(pilot.app))
            await pilot.press(*PROMPT, "enter")
            await until(pilot, lambda: "│" in seen(pilot.app) or "─" * 12 in seen(pilot.app) or _late(pilot))
            keep(pilot, name)


def _late(pilot: Pilot[Any]) -> bool:
    return "answering, 2 s" in seen(pilot.app) or "answering, 3 s" in seen(pilot.app)


async def waiting() -> None:
    """A prompt over the limit."""
    async with studio() as shop:
        await shop.endpoint("prod-summaries", "claude-sonnet-5-5", 2)
        async with shop.app(WIDE, chat="prod-summaries") as pilot:
            for prompt in ("hello", "and what is left now?"):
                before = seen(pilot.app).count("req_")
                await pilot.press(*prompt, "enter")
                await until(pilot, lambda before=before: seen(pilot.app).count("req_") > before)  # type: ignore[misc]
            await pilot.press(*"this one has to wait", "enter")
            await pilot.pause(1.2)
            keep(pilot, "waiting-for-quota")


async def quota(
    prepare: Callable[[Stage], Awaitable[None]],
    name: str,
    size: tuple[int, int] = WIDE,
    sandbox: SandboxSettings = SANDBOX,
) -> None:
    """The quota screen after something happened."""
    async with studio(sandbox) as shop, stage(shop.folder, shop.service, shop.inference, shop.keys) as on:
        await prepare(on)
        async with shop.app(size) as pilot:
            await pilot.press("end", "f11")
            await until(pilot, lambda: "in the last 60 s" in seen(pilot.app))
            await pilot.pause(0.6)
            keep(pilot, name)


def draw(svg: Path) -> None:
    """Draw one SVG as a PNG, as a browser shows it."""
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.read_text("utf-8")).groups()  # type: ignore[union-attr]
    png = svg.with_suffix(".png")
    window = f"--window-size={round(float(width))},{round(float(height))}"
    with tempfile.TemporaryDirectory() as profile:
        own = [f"--user-data-dir={profile}", window, f"--screenshot={png}", svg.as_uri()]
        subprocess.run(["chromium", *CHROMIUM, *own], check=True, capture_output=True)
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--output", str(png), "64", str(png)], check=True)


PICTURES: Final[tuple[Callable[[], Awaitable[None]], ...]] = (
    first_run,
    lambda: the_list(WIDE, "list"),
    lambda: the_list(NARROW, "list-narrow"),
    lambda: the_list(WIDE, "list-light", "inferterm-light"),
    form,
    verification,
    lambda: chat(WIDE, "chat-streaming"),
    lambda: chat(NARROW, "chat-narrow"),
    waiting,
    lambda: quota(quiet, "quota-quiet"),
    lambda: quota(busy, "quota-busy"),
    lambda: quota(busy, "quota-narrow", NARROW),
    lambda: quota(closed, "quota-closed", sandbox=SandboxSettings(requests_per_minute=2)),
)


async def main() -> None:
    """Make them all, one after the other."""
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        await picture()


if __name__ == "__main__":
    asyncio.run(main())
    if shutil.which("chromium"):
        for each in sorted(FOLDER.glob("*.svg")):
            draw(each)
