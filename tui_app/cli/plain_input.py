"""Lines that a person types or a program writes, as they come, while other things go on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_ROOM: Final = 65_536
_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Typed:
    """A line, without its end; one that ended with a backslash came with those that followed."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """There is no more to read."""


@dataclass
class LineReader:
    """Reads the descriptor `source` and hands on each line, and the end once, to `take`."""

    source: int
    take: Callable[[Typed | Ended], None]
    _held: bytes = b""
    _joined: list[str] = field(default_factory=list)
    _first: bool = True
    _task: asyncio.Task[None] | None = None
    _ended: bool = False

    def start(self) -> None:
        """Begin to read, or go on after `pause`."""
        if self._ended:
            return
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self.source, self._read)
        except (OSError, NotImplementedError):  # a file, which is always ready; Windows
            self._task = self._task or loop.create_task(self._read_aside())

    def pause(self) -> None:
        """Leave what is typed to somebody else."""
        if not self._ended and self._task is None:
            asyncio.get_running_loop().remove_reader(self.source)

    async def _read_aside(self) -> None:
        while not self._ended:
            self._heard(await asyncio.to_thread(self._bytes))

    def _read(self) -> None:
        data = self._bytes()
        if not data:
            asyncio.get_running_loop().remove_reader(self.source)
        self._heard(data)

    def _bytes(self) -> bytes:
        try:
            return os.read(self.source, _ROOM)
        except OSError:  # a terminal that is gone
            return b""

    def _heard(self, data: bytes) -> None:
        *lines, self._held = (self._held + data).split(b"\n")
        for line in lines:
            self._line(line.decode("utf-8", "replace").removesuffix("\r"))
        if not data:
            self._ended = True
            if self._held or self._joined:
                self._line(self._held.decode("utf-8", "replace"), last=True)
            self.take(Ended())

    def _line(self, text: str, *, last: bool = False) -> None:
        if self._first:
            self._first, text = False, text.removeprefix(_BOM)
        if text.endswith("\\") and not text.endswith("\\\\") and not last:
            self._joined.append(text[:-1])
            return
        text = f"{text[:-1]}" if text.endswith("\\\\") else text
        whole = "\n".join([*self._joined, text])
        self._joined = []
        self.take(Typed(whole))
