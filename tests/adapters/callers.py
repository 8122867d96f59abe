"""Somebody who asks the Messages API, and remembers what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Final

from pydantic import SecretStr

from tui_app.adapters.messages_api import HttpMessagesApi
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject
from tui_app.core.service import Exchange, MessagesApi, Target

KEY: Final = "sk-ant-api03-very-secret"
BODY: Final[JsonObject] = {
    "model": "claude-test",
    "max_tokens": 5,
    "messages": ({"role": "user", "content": "Grüße"},),
    "stream": True,
}
JSON: Final = {"content-type": "application/json"}
PATIENCE_S: Final = 10.0
"""Longer than anything here takes; a bound for a test that fails."""


def target(url: str, scheme: str = "x-api-key", key: str = KEY) -> Target:
    """Where to ask, and with which key."""
    return Target(url, SecretStr(key), "bearer" if scheme == "bearer" else "x-api-key", "2023-06-01")


class Caller:
    """Counts `before_send`, keeps exchanges, and the events of the last answer."""

    def __init__(self, api: MessagesApi) -> None:
        self.api = api
        self.sends = 0
        self.exchanges: list[Exchange] = []
        self.events: list[ServiceEvent] = []
        self.began = asyncio.Event()

    async def before_send(self) -> None:
        """Count."""
        self.sends += 1

    async def ask(self, where: Target, silence_s: float = PATIENCE_S) -> list[ServiceEvent]:
        """Read a whole answer."""
        self.events = []
        stream = self.api.stream(
            where,
            BODY,
            before_send=self.before_send,
            on_exchange=self.exchanges.append,
            silence_s=silence_s,
        )
        async with aclosing(stream) as told:
            async for event in told:
                self.events.append(event)
                self.began.set()
        return self.events


@asynccontextmanager
async def calling() -> AsyncGenerator[Caller, None]:
    """A caller with a client of its own."""
    api = HttpMessagesApi("1.2.3")
    try:
        yield Caller(api)
    finally:
        await api.aclose()
