"""A bench for screens: the real Inference on memory, a scripted service, and an app on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from textual.app import App
from textual.pilot import Pilot

from tests.fakes_history import MemoryHistory
from tests.fakes_keys import FakeKeys
from tests.fakes_server import FakeServer
from tests.fakes_service import FakeMessagesApi
from tests.fakes_storage import FakeConnections, MemoryEndpoints, MemoryHealth, MemorySettings
from tui_app.adapters.attached_files import AttachedFiles
from tui_app.adapters.clock import SystemClock
from tui_app.adapters.ledger import SqliteLedger
from tui_app.adapters.ledger_file import MEMORY
from tui_app.adapters.routed_messages import RoutedMessages
from tui_app.core.endpoint import Endpoint, Local, RateLimit, ServiceSettings, TaskSettings
from tui_app.core.inference import Inference
from tui_app.core.preferences import Preferences
from tui_app.core.queue import RequestQueue
from tui_app.core.quota import Pacing
from tui_app.core.service import ServiceModel
from tui_app.core.settings import AppSettings
from tui_app.core.storage import BrokenEndpoint
from tui_app.ui.app import InfertermApp
from tui_app.ui.equipment import Equipment

NOW = 1_790_000_000.0
"""The wall clock of a bench: it stands still."""
FILES = (("settings", "/home/you/.config/inferterm/settings.json"), ("vault", "/home/you/vault.json"))
"""What lies where on a bench."""
KEY = SecretStr("sk-ant-test-0123456789-bench")


class NearSandbox:
    """A sandbox that is only an address; requests to it are the scripted service's."""

    def __init__(self) -> None:
        self.started = 0

    async def start(self) -> tuple[str, SecretStr]:
        """Count a start."""
        self.started += 1
        return "http://127.0.0.1:1", SecretStr("sandbox-key")

    async def aclose(self) -> None:
        """Nothing to stop."""


def endpoint(
    inference_id: str = "prod", model: str = "claude-haiku-4-5", limit: int = 5, **local: object
) -> Endpoint:
    """A whole endpoint; `local` sets its local settings."""
    return Endpoint(
        inference_id=inference_id,
        service="anthropic",
        service_settings=ServiceSettings(model_id=model, rate_limit=RateLimit(requests_per_minute=limit)),
        task_settings=TaskSettings(max_tokens=1024),
        local=Local.model_validate(local),
    )


BROKEN = BrokenEndpoint("broken", "/endpoints/broken.json", 4, "Expecting ',' delimiter [/v1/x] (column 3)")
"""A file that cannot be read; its reason looks like markup."""


@dataclass
class Bench:
    """Every part of an Inference within reach of a test; `app()` makes the app on it."""

    store: MemoryEndpoints = field(default_factory=MemoryEndpoints)
    keys: FakeKeys = field(default_factory=FakeKeys)
    health: MemoryHealth = field(default_factory=MemoryHealth)
    history: MemoryHistory = field(default_factory=MemoryHistory)
    api: FakeMessagesApi = field(default_factory=FakeMessagesApi)
    sandbox: NearSandbox = field(default_factory=NearSandbox)
    queue: RequestQueue = field(default_factory=lambda: RequestQueue(SqliteLedger(MEMORY), SystemClock()))
    connections: FakeConnections = field(default_factory=FakeConnections)
    server: FakeServer = field(default_factory=FakeServer)
    settings: MemorySettings = field(default_factory=MemorySettings)
    inference: Inference = field(init=False)

    def __post_init__(self) -> None:
        self.inference = Inference(
            store=self.store,
            keys=self.keys,
            health=self.health,
            history=self.history,
            api=RoutedMessages(self.api),
            sandbox=self.sandbox,
            connections=self.connections,
            queue=self.queue,
            clock=lambda: NOW,
        )

    def app(
        self,
        endpoint_id: str | None = None,
        keymap: Mapping[str, str] | None = None,
        theme: str = "inferterm-dark",
    ) -> InfertermApp:
        """The app on this bench; `endpoint_id` opens its chat."""
        self.settings.kept = self.settings.kept.model_copy(update={"theme": theme})
        return InfertermApp(self.equipment(keymap), endpoint=endpoint_id)

    def equipment(self, keymap: Mapping[str, str] | None = None) -> Equipment:
        """What the app works with."""

        def obey(settings: AppSettings) -> None:
            self.queue.pacing = Pacing(settings.pacing)

        preferences = Preferences(self.settings, self.settings.kept, obey)
        return Equipment(
            self.inference,
            preferences,
            keymap or {},
            files=FILES,
            server=self.server,
            attached=AttachedFiles(),
        )


def bench(*entries: Endpoint | BrokenEndpoint, key: SecretStr | None = KEY) -> Bench:
    """A bench with these endpoints; each has `key` in the keyring, if there is one."""
    made = Bench(MemoryEndpoints(*entries))
    for entry in entries:
        if key is not None and isinstance(entry, Endpoint) and not entry.local.sandbox:
            made.keys.keys[entry.inference_id] = key
    made.api.catalogue = [
        ServiceModel("claude-haiku-4-5", "Claude Haiku 4.5", 200_000, 64_000),
        ServiceModel("claude-sonnet-5-5", "Claude Sonnet 5.5", 1_000_000, 128_000),
    ]
    return made


async def until(pilot: Pilot[Any], true: Callable[[], bool]) -> None:
    """Wait until something is true; a test's timeout ends what never is."""
    for _ in range(500):
        await pilot.pause(0.01)
        if true():
            return
    raise AssertionError("it never came true")


def seen(app: App[Any]) -> str:
    """The text on screen."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join(strip.text.rstrip() for strip in strips)


@dataclass
class Stage:
    """An app on a bench, with a hand at the keyboard."""

    made: Bench
    app: InfertermApp
    pilot: Pilot[Any]

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def sees(self, *texts: str) -> None:
        """Wait until all of this is on screen."""
        await sees(self.pilot, *texts)


async def sees(pilot: Pilot[Any], *texts: str) -> None:
    """Wait until all of this is on screen; what is there instead is told."""
    try:
        await until(pilot, lambda: all(text in seen(pilot.app) for text in texts))
    except AssertionError:
        raise AssertionError(f"{texts} not on screen:\n{seen(pilot.app)}") from None
