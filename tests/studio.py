"""A studio: the app on real parts and a sandbox, for pictures of it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import AsyncGenerator
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
from tests.ui.bench import FILES
from tui_app import __version__
from tui_app.adapters.attached_files import AttachedFiles
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.database import Database
from tui_app.adapters.embedded_sandbox import EmbeddedSandbox
from tui_app.adapters.endpoint_files import EndpointFiles
from tui_app.adapters.health_book import HealthTable
from tui_app.adapters.history import ConversationHistory
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.adapters.receipt_table import ReceiptTable
from tui_app.core.batches import Batches
from tui_app.core.endpoint import Endpoint
from tui_app.core.inference import Inference
from tui_app.core.jsons import JsonValue
from tui_app.core.preferences import Preferences
from tui_app.core.prompts import Prompts
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Source
from tui_app.core.requests import Request
from tui_app.core.served import Server
from tui_app.core.settings import AppSettings
from tui_app.sandbox.server import SandboxServer
from tui_app.sandbox.settings import SandboxSettings
from tui_app.ui.app import InfertermApp
from tui_app.ui.equipment import Equipment

FOLDER: Final = Path(__file__).parent.parent / "screenshots"
WIDE, NARROW = (120, 40), (80, 24)
SANDBOX: Final = SandboxSettings(tokens_per_second=90)
"""The service of most pictures."""


@dataclass
class Studio:
    """Real parts on a folder that is thrown away, with a sandbox that stands in for the service."""

    folder: Path
    service: SandboxServer
    inference: Inference
    database: Database
    keys: FakeKeys
    connections: FakeConnections
    server: Server | None = None
    prompts: Prompts | None = None
    batches: Batches | None = None

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
        equipment = Equipment(
            self.inference,
            _preferences(theme),
            files=FILES,
            server=self.server,
            prompts=self.prompts,
            batches=self.batches,
            attached=AttachedFiles(),
        )
        app = InfertermApp(equipment, endpoint=chat)
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
            connections = FakeConnections()
            inference = Inference(
                store=EndpointFiles(folder / "endpoints"),
                keys=keys,
                health=HealthTable(database),
                history=ConversationHistory(database),
                api=HttpMessagesApi(__version__),
                sandbox=EmbeddedSandbox(),
                connections=connections,
                queue=RequestQueue(SqliteLedger(folder / "state"), SystemClock()),
                receipts=ReceiptTable(database),
            )
            yield Studio(folder, service, inference, database, keys, connections)
            await inference.aclose()
            await database.aclose()


def keep(pilot: Pilot[Any], name: str) -> None:
    """Write what is on screen as an SVG that loads nothing from anywhere."""
    svg = pilot.app.export_screenshot(title=f"inferterm · {name.replace('-', ' ')}")
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    svg = svg.replace("Fira Code", "Fira Code, DejaVu Sans Mono")
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
