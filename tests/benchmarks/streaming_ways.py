"""One way to draw a streamed answer, measured in a process of its own.

.venv/bin/python -m tests.benchmarks.streaming_ways WAY TOKENS_A_SECOND CHARACTERS_BEFORE SECONDS RESULT
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console
from rich.markdown import Markdown as RichMarkdown
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Log, Markdown
from textual.widgets.markdown import MarkdownStream

from tests.benchmarks.answers import TOKEN_CHARS, answer, tokens
from tests.benchmarks.streaming_meter import Meter

WHOLE: Final = 80_000
BEFORE_FRAME_S: Final = 1 / 30


async def offered(text: str, rate: float) -> AsyncIterator[list[str]]:
    """Tokens of a text as they come at a rate, those that are late together."""
    came, began, given = list(tokens(text)), time.perf_counter(), 0
    while given < len(came):
        await asyncio.sleep(max(1 / rate, 0.002))
        due = min(len(came), int((time.perf_counter() - began) * rate))
        if due > given:
            yield came[given:due]
            given = due


class Way(Protocol):
    """Shows a text that grows."""

    async def start(self, text: str) -> None:
        """Show what is there before."""

    async def add(self, pieces: list[str]) -> None:
        """Take tokens."""

    async def finish(self) -> None:
        """Show all that was taken."""

    def shown(self) -> int:
        """How many characters are shown."""


class Stream(Markdown):
    """Textual's `MarkdownStream`."""

    def __init__(self) -> None:
        super().__init__()
        self._stream: MarkdownStream | None = None

    async def start(self, text: str) -> None:
        """Show what is there before."""
        await self.update(text)
        self._stream = self.get_stream(self)

    async def add(self, pieces: list[str]) -> None:
        """Write each token."""
        assert self._stream is not None
        for piece in pieces:
            await self._stream.write(piece)

    async def finish(self) -> None:
        """Wait for the stream."""
        assert self._stream is not None
        await self._stream.stop()

    def shown(self) -> int:
        """What was appended."""
        return len(self.source)


class Appended(Markdown):
    """`Markdown.append`, ten times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._pending: list[str] = []
        self._at = 0.0

    async def start(self, text: str) -> None:
        """Show what is there before."""
        await self.update(text)

    async def add(self, pieces: list[str]) -> None:
        """Append when the tenth is over."""
        self._pending += pieces
        if time.perf_counter() - self._at >= 0.1:
            await self.finish()
            self._at = time.perf_counter()

    async def finish(self) -> None:
        """Append what is left."""
        pending, self._pending = "".join(self._pending), []
        if pending:
            await self.append(pending)

    def shown(self) -> int:
        """What was appended."""
        return len(self.source)


class Plain(Log):
    """Textual's log: the text as it is, nothing formatted."""

    def __init__(self) -> None:
        super().__init__()
        self._length = 0

    async def start(self, text: str) -> None:
        """Show what is there before."""
        await self.add([text])

    async def add(self, pieces: list[str]) -> None:
        """Write them."""
        self.write("".join(pieces))
        self._length += sum(map(len, pieces))

    async def finish(self) -> None:
        """It is shown."""

    def shown(self) -> int:
        """What was written."""
        return self._length


class Strips(ScrollView):
    """A plain prototype: text up to the last empty line frozen as rendered strips, the rest rendered anew."""

    def __init__(self) -> None:
        super().__init__()
        self._frozen: list[Strip] = []
        self._last: list[Strip] = []
        self._rest, self._pending = "", ""
        self._length, self._at = 0, 0.0

    async def start(self, text: str) -> None:
        """Show what is there before."""
        self._pending = text
        await self.finish()

    async def add(self, pieces: list[str]) -> None:
        """Draw once a frame."""
        self._pending += "".join(pieces)
        if time.perf_counter() - self._at >= BEFORE_FRAME_S:
            await self.finish()
            self._at = time.perf_counter()

    async def finish(self) -> None:
        """Draw what came."""
        self._length += len(self._pending)
        self._rest, self._pending = self._rest + self._pending, ""
        done, gap, rest = self._rest.rpartition("\n\n")
        if gap and not done.count("```") % 2:
            self._frozen += self._drawn(done)
            self._rest = rest
        self._last = self._drawn(self._rest)
        self.virtual_size = Size(self.size.width, len(self._frozen) + len(self._last))
        self.scroll_end(animate=False)
        self.refresh()

    def _drawn(self, text: str) -> list[Strip]:
        console = Console(width=max(20, self.size.width - 2), force_terminal=True, color_system="truecolor")
        return [Strip(line) for line in console.render_lines(RichMarkdown(text), console.options, pad=False)]

    def render_line(self, y: int) -> Strip:
        """A line in sight."""
        at = y + self.scroll_offset.y
        lines = self._frozen if at < len(self._frozen) else self._last
        at -= 0 if at < len(self._frozen) else len(self._frozen)
        strip = lines[at] if at < len(lines) else Strip.blank(self.size.width)
        return strip.adjust_cell_length(self.size.width)

    def shown(self) -> int:
        """What was drawn."""
        return self._length


WAYS: Final[dict[str, type[Stream] | type[Appended] | type[Plain] | type[Strips]]] = {
    "stream": Stream,
    "append": Appended,
    "log": Plain,
    "strips": Strips,
}


class Stage(App[None]):
    """Shows one way and measures it."""

    def __init__(self, way: str, rate: float, before: int, seconds: float, result: Path) -> None:
        super().__init__()
        self.way: Way = WAYS[way]()
        self._rate, self._before, self._seconds, self._result = rate, before, seconds, result

    def compose(self) -> ComposeResult:
        if isinstance(self.way, Markdown):
            with VerticalScroll():
                yield self.way
        else:
            assert isinstance(self.way, Log | Strips)
            yield self.way

    async def on_mount(self) -> None:
        if isinstance(self.way, Markdown):
            self.query_one(VerticalScroll).anchor()
        self.run_worker(self._run(), group="run")

    async def _run(self) -> None:
        text = answer(self._before + WHOLE)[: self._before + WHOLE]
        await self.way.start(text[: self._before])
        await asyncio.sleep(2.0)
        meter = Meter()
        ticking = asyncio.create_task(meter.tick())
        meter.note(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                async for pieces in offered(text[self._before :], self._rate):
                    await self.way.add(pieces)
                    meter.note((self.way.shown() - self._before) // TOKEN_CHARS)
                await self.way.finish()
        meter.note((self.way.shown() - self._before) // TOKEN_CHARS)
        ticking.cancel()
        meter.outcome(WHOLE // TOKEN_CHARS).save(self._result)
        self.exit()


def main() -> None:
    """Run one way."""
    way, rate, before, seconds, result = sys.argv[1:]
    stage = Stage if way in WAYS else None
    if stage is not None:
        stage(way, float(rate), int(before), float(seconds), Path(result)).run()
    else:
        from tests.benchmarks.streaming_chat import run

        run(float(rate), int(before), float(seconds), Path(result))


if __name__ == "__main__":
    main()
