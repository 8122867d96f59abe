"""A Messages API without a network: it plays scripts and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from tui_app.core.conversation import Usage
from tui_app.core.errors import ConnectionLost, InfertermError, Loss, Refusal, ServiceRefused
from tui_app.core.events import BlockClosed, BlockOpened, Opened, ServiceEvent, Stopping, TextDelta
from tui_app.core.jsons import JsonObject
from tui_app.core.service import Exchange, MessagesApi, ServiceModel, Target

Step: TypeAlias = ServiceEvent | InfertermError | asyncio.Event
"""An event to yield, an error to raise, or a wait until the test sets it."""

Script: TypeAlias = Sequence[Step]
"""What one call does, step by step.

ConnectionLost as the first step comes before the headers, and where nothing was reached (host
unknown, unreachable, TLS) before `before_send` too. Anything else comes after both calls.
"""

EXCHANGE = Exchange(())

_T = TypeVar("_T")
_NOT_CONNECTED = {Loss.HOST_UNKNOWN, Loss.UNREACHABLE, Loss.TLS}


def reply(*pieces: str, stop_reason: str = "end_turn", model: str = "claude-test") -> list[Step]:
    """Script a whole answer of one text block that comes in `pieces`."""
    return [
        Opened(model, "req_test", Usage(input_tokens=10, output_tokens=1)),
        BlockOpened(0, "text", {"type": "text", "text": ""}),
        *(TextDelta(0, piece) for piece in pieces),
        BlockClosed(0),
        Stopping(stop_reason, Usage(input_tokens=10, output_tokens=len(pieces))),
    ]


@dataclass
class FakeMessagesApi:
    """Plays one script a call, in order; a call without a script left is a failure of the test.

    `exchange` is what `on_exchange` is told. `calls` counts requests, `sent` those whose
    `before_send` returned, `closed_early` streams that were closed before their script ended.
    """

    scripts: list[Script] = field(default_factory=list)
    exchange: Exchange = EXCHANGE
    catalogue: list[ServiceModel] | InfertermError = field(default_factory=list)
    catalogue_waits_for: asyncio.Event | None = None
    tokens: int | InfertermError = 0
    reachable: float | InfertermError = 0.01
    calls: int = 0
    sent: int = 0
    closed_early: int = 0
    closed: bool = False
    bodies: list[JsonObject] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    silences: list[float] = field(default_factory=list)

    async def stream(
        self,
        target: Target,
        body: JsonObject,
        *,
        before_send: Callable[[], Awaitable[None]],
        on_exchange: Callable[[Exchange], None],
        silence_s: float = 600.0,
    ) -> AsyncGenerator[ServiceEvent, None]:
        """Play the next script."""
        self.calls += 1
        self.bodies.append(body)
        self.targets.append(target)
        self.silences.append(silence_s)
        assert self.scripts, f"call {self.calls} has no script"
        script = self.scripts.pop(0)
        await asyncio.sleep(0)
        first = script[0] if script else None
        if isinstance(first, ConnectionLost) and first.loss in _NOT_CONNECTED:
            raise first
        await before_send()
        self.sent += 1
        if not isinstance(first, ConnectionLost):
            on_exchange(self.exchange)
        try:
            for step in script:
                if isinstance(step, InfertermError):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step
        except (GeneratorExit, asyncio.CancelledError):
            self.closed_early += 1
            raise

    async def reach(self, base_url: str) -> float:
        """Take `reachable` seconds, or raise it."""
        return _given(self.reachable)

    async def models(self, target: Target) -> Sequence[ServiceModel]:
        """Give `catalogue`, or raise it."""
        self.targets.append(target)
        return _given(self.catalogue)

    async def model(self, target: Target, model_id: str) -> ServiceModel:
        """Give the entry of `catalogue` when that may come, or raise a 404 as the service does."""
        self.targets.append(target)
        if self.catalogue_waits_for:
            await self.catalogue_waits_for.wait()
        found = next((entry for entry in _given(self.catalogue) if entry.id == model_id), None)
        if found is None:
            raise not_found(model_id)
        return found

    async def count_tokens(self, target: Target, body: JsonObject) -> int:
        """Give `tokens`, or raise it."""
        self.targets.append(target)
        self.bodies.append(body)
        return _given(self.tokens)

    async def aclose(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def not_found(model_id: str) -> ServiceRefused:
    """The refusal of a model that the service does not know."""
    return refused(404, "not_found_error", f"model: {model_id}")


def refused(
    status: int | None, kind: str, message: str = "no", *, retry_after_s: float | None = None
) -> ServiceRefused:
    """A refusal with the fields that decide on a retry."""
    return ServiceRefused(Refusal(status, kind, message, request_id="req_test", retry_after_s=retry_after_s))


def lost(loss: Loss) -> ConnectionLost:
    """A connection that failed in this way."""
    return ConnectionLost(loss, f"the connection failed: {loss}")


def _given(value: _T | InfertermError) -> _T:
    if isinstance(value, InfertermError):
        raise value
    return value


def _fulfils_the_port(fake: FakeMessagesApi) -> MessagesApi:
    return fake
