"""`POST _inference/…`: a chat or a completion, as path and endpoint say."""

from __future__ import annotations

from tui_app.core.inference import Inference
from tui_app.server.answers import Reply
from tui_app.server.call import Call
from tui_app.server.chats import Chats
from tui_app.server.completions import Completions


class Inferences:
    """Answers whatever can be asked of an endpoint."""

    def __init__(self, inference: Inference) -> None:
        self._chats, self._completions = Chats(inference), Completions(inference)

    async def answer(self, call: Call) -> Reply:
        """A whole answer. Raises Refused and what keys and files raise."""
        if await self._chats.is_asked(call):
            return await self._chats.answer(call)
        return await self._completions.answer(call)

    async def stream(self, call: Call) -> Reply:
        """An answer in pieces. Raises as `answer`."""
        if await self._chats.is_asked(call):
            return await self._chats.stream(call)
        return await self._completions.stream(call)
