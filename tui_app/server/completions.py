"""`POST _inference/…`: completions, whole and streamed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from tui_app.core.completions import CompletionBody, CompletionRequest
from tui_app.core.elastic_tasks import check_asked
from tui_app.core.events import TextDelta
from tui_app.core.inference import Inference
from tui_app.core.jsons import JsonValue
from tui_app.server.answers import Answer, EventStream
from tui_app.server.bodies import worked_out
from tui_app.server.call import Call
from tui_app.server.flow import TIMEOUT, Flow, open_flow
from tui_app.server.parameters import duration


class Completions:
    """Answers requests whose body has an `input`."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    async def answer(self, call: Call) -> Answer:
        """One result for each block of text, not joined. Raises Refused and what keys and files raise."""
        asked = await _asked(call)
        flow = await self._flow(call, asked, streamed=False)
        answer = await flow.whole()
        results: list[JsonValue] = [{"result": block.text} for block in answer.blocks if block.kind == "text"]
        return Answer({"completion": results})

    async def stream(self, call: Call) -> EventStream:
        """Text as it comes. Raises as `answer`."""
        asked = await _asked(call, as_events=True)
        flow = await self._flow(call, asked, streamed=True)
        await flow.begin()
        return EventStream(_pieces(flow))

    async def _flow(self, call: Call, asked: CompletionBody, *, streamed: bool) -> Flow:
        endpoint = await self._inference.endpoints.get(call.inference_id)
        check_asked(call.task_type, endpoint)
        request = CompletionRequest(asked.prompt, streamed)
        return await open_flow(self._inference, call, asked.effective(endpoint), request)


async def _asked(call: Call, *, as_events: bool = False) -> CompletionBody:
    """Read path, parameters and body, in this order; errors of the body are told as the answer is."""
    task = call.task_type
    duration(call.parameters, "timeout", TIMEOUT)
    call.check_parameters("timeout")
    call.as_events = as_events
    body = await call.json()
    asked = await worked_out(call.body, partial(CompletionBody.parse, body.value, body.position))
    asked.check(task)
    if asked.timeout is not None:
        call.parameters = {"timeout": asked.timeout, **call.parameters}
    return asked


async def _pieces(flow: Flow) -> AsyncGenerator[JsonValue, None]:
    async with aclosing(flow.events()) as events:
        async for event in events:
            if isinstance(event, TextDelta) and event.text:
                yield {"completion": [{"delta": event.text}]}
