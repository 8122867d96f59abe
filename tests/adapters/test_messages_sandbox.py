"""The client against the built-in sandbox: the two must agree, as nobody else is at hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from tests.adapters.callers import Caller, calling, target
from tui_app.core.answers import GrowingAnswer
from tui_app.core.conversation import Answer, Outcome, Timing
from tui_app.core.errors import ConnectionLost, Loss, ServiceRefused
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.service import Target
from tui_app.sandbox.server import running_sandbox
from tui_app.sandbox.settings import SandboxSettings

MODEL = "claude-sonnet-5"


class Asked(NamedTuple):
    """A caller and where it asks."""

    caller: Caller
    target: Target

    async def answer(self, prompt: str) -> Answer:
        """Ask, and fold what comes into an answer; what came before a failure is in `caller.events`."""
        self.caller.events = []
        growing = GrowingAnswer()
        stream = self.caller.api.stream(
            self.target,
            body(prompt),
            before_send=self.caller.before_send,
            on_exchange=self.caller.exchanges.append,
        )
        async for event in stream:
            self.caller.events.append(event)
            growing.add(event)
        return growing.answer(Outcome.COMPLETE, Timing())


def body(prompt: str) -> JsonObject:
    messages: list[JsonValue] = [{"role": "user", "content": prompt}]
    return {"model": MODEL, "max_tokens": 2000, "messages": messages, "stream": True}


@pytest.fixture(params=["x-api-key", "bearer"])
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[Asked]:
    async with (
        running_sandbox(SandboxSettings(tokens_per_second=0, first_token_delay=0), 0) as sandbox,
        calling() as caller,
    ):
        yield Asked(caller, target(sandbox.url, request.param, sandbox.key))


async def test_an_answer_has_text_counts_and_limits(asked: Asked) -> None:
    answer = await asked.answer("hello")
    assert "sandbox" in answer.text.lower()
    assert answer.stop_reason == "end_turn"
    assert answer.request_id is not None
    assert answer.usage.input_tokens == await asked.caller.api.count_tokens(asked.target, body("hello"))
    assert {limit.name for limit in asked.caller.exchanges[0].limits} >= {"requests", "input-tokens"}


async def test_thinking_tools_refusals_and_separators_come_through(asked: Asked) -> None:
    thinking = await asked.answer("think")
    assert [block.kind for block in thinking.blocks][:2] == ["thinking", "text"]
    assert thinking.blocks[0].raw["signature"]
    assert (await asked.answer("use a tool")).blocks[-1].kind == "tool_use"
    refused = await asked.answer("refuse")
    assert (refused.stop_reason, bool(refused.stop_details)) == ("refusal", True)
    assert {"\u2028", "\x85", "\n"} <= set((await asked.answer("separators")).text)


async def test_errors_before_and_within_an_answer_are_told_apart(asked: Asked) -> None:
    for status in (400, 429, 529):
        with pytest.raises(ServiceRefused) as caught:
            await asked.answer(f"status {status}")
        assert caught.value.refusal.status == status
    with pytest.raises(ServiceRefused) as caught:
        await asked.answer("mid-stream error")
    assert (caught.value.refusal.status, caught.value.refusal.kind) == (None, "overloaded_error")
    assert asked.caller.events
    with pytest.raises(ConnectionLost) as lost:
        await asked.answer("cut short")
    assert lost.value.loss is Loss.CUT
    assert asked.caller.events


async def test_its_models_are_listed_and_another_key_is_refused(asked: Asked) -> None:
    models = await asked.caller.api.models(asked.target)
    assert MODEL in {model.id for model in models}
    assert (await asked.caller.api.model(asked.target, MODEL)).id == MODEL
    with pytest.raises(ServiceRefused) as caught:
        await asked.caller.api.model(asked.target, "nobody")
    assert caught.value.refusal.status == 404
    stranger = replace(asked.target, key=SecretStr("sk-wrong"))
    with pytest.raises(ServiceRefused) as caught:
        await asked.caller.api.models(stranger)
    assert caught.value.refusal.status == 401


async def test_headers_are_told_without_the_key(asked: Asked) -> None:
    await asked.answer("hello")
    (exchange,) = asked.caller.exchanges
    assert exchange.status == 200
    assert ("anthropic-version", asked.target.anthropic_version) in exchange.sent_headers
    assert "request-id" in dict(exchange.headers)
    assert asked.target.key.get_secret_value() not in repr(exchange)
