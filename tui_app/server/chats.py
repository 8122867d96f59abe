"""`POST _inference/…` of endpoints for chats: chat completions, whole and streamed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Final

from tui_app.core.completions import CompletionRequest
from tui_app.core.elastic_errors import ElasticError, refused
from tui_app.core.elastic_tasks import ANY
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import ServiceRefused
from tui_app.core.inference import Inference
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.requests import Asking
from tui_app.core.unified_chunks import ChunkWriter, completion_of
from tui_app.core.unified_errors import chat_error, error_body
from tui_app.core.unified_request import ChatBody
from tui_app.core.verification import PROBE
from tui_app.server.answers import Answer, EventStream
from tui_app.server.bodies import worked_out
from tui_app.server.call import Call
from tui_app.server.flow import TIMEOUT, Flow, open_flow
from tui_app.server.parameters import duration

TASK: Final = "chat_completion"


class Chats:
    """Answers requests whose body has `messages`; its errors have OpenAI's shape."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    async def is_asked(self, call: Call) -> bool:
        """Whether `call` asks for a chat: by its path or, where that names no task type, by its endpoint.

        Raises Refused for an unknown task type, and as `Endpoints.get`.
        """
        if call.task_type != ANY:
            return call.task_type == TASK
        return (await self._inference.endpoints.get(call.inference_id)).task_type == TASK

    async def answer(self, call: Call) -> Answer:
        """One `chat.completion`. Raises Refused and what keys and files raise."""
        flow = await self._flow(call, stream=False)
        return Answer(completion_of(await flow.whole()))

    async def stream(self, call: Call) -> EventStream:
        """Chunks as they come. Raises as `answer`."""
        flow = await self._flow(call, stream=True)
        await flow.begin()
        return EventStream(_chunks(flow))

    async def _flow(self, call: Call, *, stream: bool) -> Flow:
        call.error_words = lambda error: _words(call, error)
        duration(call.parameters, "timeout", TIMEOUT)
        call.check_parameters("timeout")
        call.as_events = stream
        body = await call.json()
        chat = await worked_out(call.body, partial(ChatBody.parse, body.value, body.position))
        endpoint = await self._inference.endpoints.get(call.inference_id)
        _check_asked(endpoint)
        request = await worked_out(call.body, partial(chat.request, stream=stream))
        if request.model is not None:
            endpoint = endpoint.with_model(request.model)
        return await open_flow(self._inference, call, endpoint, request)


def probe(endpoint: Endpoint) -> Asking:
    """What an endpoint is tried out with before it is kept: as Elasticsearch does for its task type."""
    if endpoint.task_type == TASK:
        return ChatBody.of_prompt(PROBE).request(stream=True)
    return CompletionRequest(PROBE)


def _check_asked(endpoint: Endpoint) -> None:
    if endpoint.task_type != TASK:
        raise refused(
            f"Incompatible task_type, the requested type [{TASK}] "
            f"does not match the model type [{endpoint.task_type}]"
        )


def _words(call: Call, error: ElasticError) -> JsonObject:
    """An error in the shape of chats; what the service refused is told as its own."""
    if isinstance(call.trouble, ServiceRefused):
        error = chat_error(call.trouble, call.inference_id)
    return error_body(error)


async def _chunks(flow: Flow) -> AsyncGenerator[JsonValue, None]:
    writer = ChunkWriter()
    async with aclosing(flow.events()) as events:
        async for event in events:
            chunk = writer.chunk(event)
            if chunk is not None:
                yield chunk
