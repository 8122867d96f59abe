"""An answer on its way in: from bytes, in whatever pieces they come, to the core's events.

Lines end with CR LF, LF or CR alone: httpx-sse leaves U+2028, U+2029 and U+0085 in the text, which
httpx's own line reader would split at.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Final

import httpx
from httpx_sse import EventSource, ServerSentEvent

from tui_app.adapters.answer_body import HEAD, AnswerBody
from tui_app.adapters.answer_reader import AnswerReader
from tui_app.adapters.foreign_text import ForeignText
from tui_app.adapters.messages_errors import event_refusal, is_error
from tui_app.adapters.messages_losses import cut, not_the_api, unanswered
from tui_app.adapters.split_characters import read_event
from tui_app.adapters.whole_messages import is_message, stream_events
from tui_app.core.errors import ConnectionLost
from tui_app.core.events import ServiceEvent
from tui_app.core.jsons import JsonObject, JsonValue
from tui_app.core.service import Incoming

_LAST_BYTES_S: Final = 0.2
_AS_EVENTS: Final = {"content-type": "text/event-stream; charset=utf-8"}


class IncomingAnswer:
    """Reads one answer out of `chunks`, streamed or not, whatever its content type says.

    `url` is where it comes from, `request_id` what the headers said, `incoming` is told all that comes.
    """

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        url: str,
        foreign: ForeignText,
        request_id: str | None = None,
        incoming: Incoming | None = None,
    ) -> None:
        self._body = AnswerBody(chunks, url)
        self._reader = AnswerReader(foreign, request_id)
        self._url, self._foreign, self._request_id = url, foreign, request_id
        self._incoming = incoming or Incoming()

    @property
    def began(self) -> bool:
        """Whether something of the answer was given already."""
        return self._reader.began

    async def events(self) -> AsyncGenerator[ServiceEvent, None]:
        """All events, until the answer is whole.

        Raises ServiceRefused for an error in place of the answer or within it, ConnectionLost (CUT,
        NOT_THE_API) when it just ends or is none, and what httpx raises while it is read.
        """
        first = await self._body.first()
        if first in {b"{", b"["}:
            for event in self._whole(await self._body.rest()):
                yield event
            return
        if first == b"<":
            page = self._foreign.page(await self._body.rest(HEAD))
            self._incoming.tell(page)
            raise not_the_api(self._url, page)
        shell = httpx.Response(200, headers=_AS_EVENTS, stream=self._body)
        async with aclosing(EventSource(shell).aiter_sse()) as frames:
            async for frame in frames:
                self._body.pending = 0
                for event in self._framed(frame):
                    yield event
                if self._reader.whole:
                    return
        raise self._ended()

    async def drain(self) -> None:
        """Take the last bytes after a whole answer, if they come soon: the connection can be kept then."""
        try:
            async with asyncio.timeout(_LAST_BYTES_S):
                await self._body.rest(HEAD)
        except (TimeoutError, httpx.HTTPError):
            return

    def _framed(self, frame: ServerSentEvent) -> Iterator[ServiceEvent]:
        if frame.event != "error" and (not frame.data or frame.data == "[DONE]"):
            return
        try:
            told = read_event(frame.data)
        except ValueError:
            told = None
            if frame.event != "error":
                self._judge(frame)
        if frame.event == "error" and not isinstance(told, dict):
            told = {"error": {"message": frame.data} if frame.data else {}}
        self._tell({"event": frame.event, "data": frame.data} if told is None else told, frame.data)
        if isinstance(told, dict):
            yield from self._reader.read(_kind(frame.event, told), told)

    def _tell(self, piece: JsonValue, source: str) -> None:
        self._incoming.tell(self._foreign.whole(piece, source))

    def _judge(self, frame: ServerSentEvent) -> None:
        """Raise what unreadable data means; of an event of an unknown name it means nothing."""
        if frame.event != "message" and not self._reader.knows(frame.event):
            return
        if self._body.ended and (self.began or frame.data.startswith("{")):
            raise self._cut() from None
        words = self._foreign.words(frame.data, limit=120)
        if self.began:
            raise cut(f"A part of the stream cannot be read: {words}") from None
        raise not_the_api(self._url, words) from None

    def _cut(self) -> ConnectionLost:
        return cut("The stream ended before the answer was whole")

    def _ended(self) -> ConnectionLost:
        if self.began:
            return self._cut()
        if self._reader.touched or not self._body.head.strip():
            return unanswered(self._url)
        return not_the_api(self._url, self._foreign.page(self._body.head))

    def _whole(self, text: bytes) -> Iterator[ServiceEvent]:
        try:
            told = read_event(text.decode("utf-8", "replace"))
        except ValueError as error:
            if "EOF" in str(error):
                raise cut("The answer ended before it was whole") from None
            raise not_the_api(self._url, self._foreign.page(text)) from None
        self._tell(told, text.decode("utf-8", "replace"))
        if isinstance(told, dict) and is_error(told):
            raise event_refusal(told, self._foreign, status=200, request_id=self._request_id)
        if not isinstance(told, dict) or not is_message(told):
            raise not_the_api(self._url, self._foreign.page(text))
        for kind, event in stream_events(told):
            yield from self._reader.read(kind, event)


def _kind(name: str, told: JsonObject) -> str:
    """The type of an event: its data's own word, else its name; an error by any of its signs."""
    kind = told.get("type")
    if name == "error" or ("error" in told and not isinstance(kind, str)):
        return "error"
    return kind if isinstance(kind, str) else name
