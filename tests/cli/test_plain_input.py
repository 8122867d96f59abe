"""Lines are handed on as they come, however they were cut on the way."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tui_app.cli.plain_input import Ended, LineReader, Typed

LINES = st.lists(
    st.text(st.characters(exclude_characters="\n\r\\\ufeff", exclude_categories=["Cs"]), max_size=8)
)


async def read(source: int) -> list[str]:
    """All lines that come from a descriptor."""
    lines: list[str] = []
    over = asyncio.Event()

    def take(item: Typed | Ended) -> None:
        if isinstance(item, Typed):
            lines.append(item.text)
        else:
            over.set()

    LineReader(source, take).start()
    await asyncio.wait_for(over.wait(), 30)
    return lines


async def from_pipe(data: bytes) -> list[str]:
    """All lines of a pipe into which this was written."""
    ours, theirs = os.pipe()
    os.write(theirs, data)
    os.close(theirs)
    try:
        return await read(ours)
    finally:
        os.close(ours)


@given(LINES)
def test_lines_come_as_they_were_written(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    assert asyncio.run(from_pipe(text.encode())) == lines


async def test_a_backslash_joins_two_are_one_and_the_last_line_needs_no_end() -> None:
    assert await from_pipe(b"\xef\xbb\xbfa \\\nb\\\nc\r\nC:\\\\\nlast\\") == ["a \nb\nc", "C:\\", "last\\"]


async def test_what_is_no_utf_8_is_replaced() -> None:
    assert await from_pipe(b"gr\xfc\xdf\n") == ["gr��"]


async def test_a_file_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("one\ntwo\n")
    descriptor = os.open(file, os.O_RDONLY)
    try:
        assert await read(descriptor) == ["one", "two"]
    finally:
        os.close(descriptor)
