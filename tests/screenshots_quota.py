"""What happens before each picture of the quota screen, for real: several sources, several processes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from tests.fakes_keys import FakeKeys
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError
from tui_app.core.inference import Inference
from tui_app.core.jsons import JsonValue
from tui_app.core.quota import Source
from tui_app.core.requests import Request
from tui_app.sandbox.server import SandboxServer

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
WAIT_S: Final = 0.9
"""Seconds between two starts of the busy picture."""
_BUSY: Final = "a.c.aa.V.ccC..a.S.S.CC...R.a.b.BBBBBBBB.c"
"""Who starts what for the busy picture, one letter after the other; a dot lets time pass."""
_SOURCES: Final = {source.value[0].upper(): source for source in Source}


class Stage:
    """Endpoints on a sandbox of their own, asked by this process and by others of the same user."""

    def __init__(self, folder: Path, service: SandboxServer, inference: Inference, keys: FakeKeys) -> None:
        self._folder, self._service, self._inference, self._keys = folder, service, inference, keys
        self._tasks: list[asyncio.Task[None]] = []
        self._others: list[asyncio.subprocess.Process] = []

    async def endpoint(self, inference_id: str, model: str, limit: int) -> None:
        """Keep an endpoint whose key other processes find in a variable."""
        limits: dict[str, JsonValue] = {"requests_per_minute": limit}
        settings: dict[str, JsonValue] = {
            "model_id": model,
            "url": self._service.url,
            "rate_limit": limits,
            "api_key": self._service.key,
        }
        body: dict[str, JsonValue] = {
            "service": "anthropic",
            "service_settings": settings,
            "task_settings": {"max_tokens": 64},
            "local": {"key": {"place": "environment"}},
        }
        endpoint, _ = Endpoint.parse(inference_id, body)
        self._keys.keys[inference_id] = SecretStr(self._service.key)
        await self._inference.endpoints.create(endpoint)

    def ask(self, inference_id: str, source: Source) -> None:
        """Let this process ask something; nobody waits for the answer."""
        self._tasks.append(asyncio.create_task(self._ask(inference_id, source)))

    async def _ask(self, inference_id: str, source: Source) -> None:
        with suppress(InfertermError):
            reply = await self._inference.ask(inference_id, Request.of_prompt("hi"), source)
            async for _ in reply.events():
                pass

    async def ask_elsewhere(self, inference_id: str) -> None:
        """Let another process ask something."""
        environ = {
            **os.environ,
            "HOME": str(self._folder),
            "XDG_CONFIG_HOME": str(self._link("config", self._folder)),
            "XDG_STATE_HOME": str(self._link("states", self._folder / "state")),
            "ANTHROPIC_API_KEY": self._service.key,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        words = ("-m", "tui_app", "ask", inference_id, "hi")
        nowhere = asyncio.subprocess.DEVNULL
        self._others.append(
            await asyncio.create_subprocess_exec(
                sys.executable, *words, env=environ, stdout=nowhere, stderr=nowhere
            )
        )

    def _link(self, name: str, folder: Path) -> Path:
        """A folder in which `folder` is called as the app calls its own."""
        parent = self._folder / name
        parent.mkdir(exist_ok=True)
        if not (parent / "inferterm").exists():
            (parent / "inferterm").symlink_to(folder)
        return parent

    async def aclose(self) -> None:
        """End whoever still asks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for other in self._others:
            with suppress(ProcessLookupError):
                other.terminate()
            await other.wait()


@asynccontextmanager
async def stage(
    folder: Path, service: SandboxServer, inference: Inference, keys: FakeKeys
) -> AsyncGenerator[Stage, None]:
    """A stage, left by all at its end."""
    made = Stage(folder, service, inference, keys)
    try:
        yield made
    finally:
        await made.aclose()


async def quiet(on: Stage) -> None:
    """Three budgets of which little is used."""
    await _endpoints(on, (("release-notes", HAIKU, 50), ("review-bot", HAIKU, 20), ("prod", SONNET, 8)))
    on.ask("prod", Source.CHAT)
    await asyncio.sleep(4)
    on.ask("release-notes", Source.VERIFY)
    on.ask("release-notes", Source.CHAT)
    await asyncio.sleep(3)


async def busy(on: Stage) -> None:
    """One budget that several processes use up, and some of all that wait."""
    await _endpoints(on, (("release-notes", HAIKU, 24), ("review-bot", HAIKU, 12), ("prod", SONNET, 8)))
    on.ask("prod", Source.CHAT)
    for letter in _BUSY:
        inference_id = "release-notes" if letter in "acCBR" else "review-bot"
        if letter.isupper():
            on.ask(inference_id, _SOURCES[letter])
        elif letter != ".":
            await on.ask_elsewhere(inference_id)
        await asyncio.sleep(0.02 if letter == "B" else WAIT_S)
    for source in (Source.CHAT, Source.BATCH, Source.BATCH, Source.SERVE, Source.CHAT):
        on.ask("review-bot" if source is Source.SERVE else "release-notes", source)
    await asyncio.sleep(1)


async def closed(on: Stage) -> None:
    """A service that allows less than the endpoint does."""
    await _endpoints(on, (("release-notes", HAIKU, 10), ("prod", SONNET, 8)))
    for _ in range(4):
        on.ask("release-notes", Source.CHAT)
        await asyncio.sleep(0.8)
    await asyncio.sleep(1)


async def _endpoints(on: Stage, wanted: Sequence[tuple[str, str, int]]) -> None:
    for each in wanted:
        await on.endpoint(*each)
