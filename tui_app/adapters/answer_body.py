"""The bytes of an answer's body, bounded, with a look ahead at what it is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

import httpx

from tui_app.adapters.messages_losses import not_the_api

EVENT_MAX: Final = 32 * 1024 * 1024
"""Bytes of one event, or of one JSON answer: as much as the API takes as a request."""
HEAD: Final = 2048
"""Bytes kept of the beginning, to quote from when the body turns out to be something else."""

_BOM: Final = b"\xef\xbb\xbf"


class AnswerBody(httpx.AsyncByteStream):
    """Gives the bytes of `chunks`, without white space before and with a blank line after them.

    `pending` counts bytes since it was last set to 0: more than `EVENT_MAX` of them raise
    ConnectionLost(NOT_THE_API). `ended` is true once all bytes were given, `head` is how they began.
    """

    def __init__(self, chunks: AsyncIterator[bytes], url: str) -> None:
        self._chunks, self._url = chunks, url
        self._held = b""
        self.head = b""
        self.pending = 0
        self.ended = False

    async def first(self) -> bytes:
        """The first byte that is no white space, which stays to be read; empty when there is none."""
        while _BOM.startswith(self._held) and not self.ended:
            self._held = (self._held + await self._next()).removeprefix(_BOM).lstrip()
        return self._held[:1]

    async def rest(self, limit: int = EVENT_MAX) -> bytes:
        """All that is left to read, cut at about `limit` bytes."""
        parts = [self._held]
        size = len(self._held)
        while not self.ended and size < limit:
            parts.append(await self._next())
            size += len(parts[-1])
        return b"".join(parts)

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        yield self._held
        while not self.ended:
            yield await self._next()
        yield b"\n\n"

    async def _next(self) -> bytes:
        chunk = await anext(self._chunks, None)
        if chunk is None:
            self.ended = True
            return b""
        self.pending += len(chunk)
        if len(self.head) < HEAD:
            self.head += chunk[: HEAD - len(self.head)]
        if self.pending > EVENT_MAX:
            raise not_the_api(self._url, f"one event is larger than {EVENT_MAX >> 20} MB")
        return chunk
