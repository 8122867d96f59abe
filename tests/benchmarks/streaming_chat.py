"""The chat of inferterm itself while an answer streams: queue, history, gauge, prompt and all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.answers import TOKEN_CHARS, answer
from tests.benchmarks.streaming_meter import Meter
from tests.benchmarks.streaming_ways import WHOLE, offered
from tests.fakes_service import FakeMessagesApi
from tests.fakes_storage import MemoryEndpoints
from tests.ui.bench import KEY, Bench, endpoint
from tui_app.core.conversation import Usage
from tui_app.core.events import BlockClosed, BlockOpened, Opened, ServiceEvent, Stopping, TextDelta
from tui_app.core.jsons import JsonObject
from tui_app.core.service import Exchange, Target
from tui_app.ui.screens.chat import ChatScreen


@dataclass
class Pouring(FakeMessagesApi):
    """A service that answers at a rate, once it may, after what is there before."""

    rate: float = 100.0
    before: int = 0

    def __post_init__(self) -> None:
        self.text = answer(self.before + WHOLE)[: self.before + WHOLE]
        self.may_pour = asyncio.Event()

    async def stream(
        self,
        target: Target,
        body: JsonObject,
        *,
        before_send: Callable[[], Awaitable[None]],
        on_exchange: Callable[[Exchange], None],
        silence_s: float = 600.0,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """The answer, token by token."""
        await before_send()
        yield Opened("claude-haiku-4-5", "req_bench", Usage(input_tokens=10))
        yield BlockOpened(0, "text", {"type": "text", "text": ""})
        if self.before:
            yield TextDelta(0, self.text[: self.before])
        await self.may_pour.wait()
        async for pieces in offered(self.text[self.before :], self.rate):
            for piece in pieces:
                yield TextDelta(0, piece)
        yield BlockClosed(0)
        yield Stopping("end_turn", Usage(input_tokens=10, output_tokens=len(self.text) // TOKEN_CHARS))


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    while not true():  # noqa: ASYNC110 - widgets set no event
        await asyncio.sleep(0.05)


def run(rate: float, before: int, seconds: float, result: Path) -> None:
    """Measure one answer."""
    api = Pouring(rate=rate, before=before)
    made = Bench(MemoryEndpoints(endpoint("prod", limit=50)), api=api)
    made.keys.keys["prod"] = KEY
    app = made.app("prod")

    async def measure() -> None:
        await until(lambda: isinstance(app.screen, ChatScreen) and not app.screen.has_class("-opening"))
        assert isinstance(app.screen, ChatScreen)
        await app.screen.chat.send("Tell me everything.")
        text = app.screen.transcript.view
        await until(lambda: text.length >= before)
        await asyncio.sleep(2.0)
        meter = Meter()
        ticking = asyncio.create_task(meter.tick())
        deadline = asyncio.get_running_loop().time() + seconds
        meter.note(0)
        api.may_pour.set()
        while text.length < len(api.text) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
            meter.note((text.length - before) // TOKEN_CHARS)
        ticking.cancel()
        meter.outcome(WHOLE // TOKEN_CHARS).save(result)
        app.exit()

    app.call_later(lambda: app.run_worker(measure(), group="measure"))
    app.run()
