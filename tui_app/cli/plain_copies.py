"""What leaves or enters a plain chat by another way than lines: copies, files, the editor."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_app.cli.plain_session import PlainSession
from tui_app.cli.plain_ways import Way
from tui_app.cli.streams import is_terminal, takes_sequences, write
from tui_app.core.code_blocks import code_blocks
from tui_app.core.errors import InvalidRequest, StoreFailed
from tui_app.core.text import one_line
from tui_app.core.user_messages import UserMessage

if TYPE_CHECKING:
    from tui_app.cli.plain_input import LineReader


class PlainCopies(PlainSession):
    """Copying and editing."""

    async def do_copy(self, rest: str) -> None:
        """Copy the last answer or one of its code blocks, or write it to a file."""
        parts = self._parts()
        number, _, file = rest.partition(" ")
        if not rest and len(parts) > 1:
            self.offer(
                [
                    Way(words, self.copier(text, f"/copy {n} FILE"))
                    for n, (words, text) in enumerate(parts, 1)
                ],
                "Copy",
            )
            return
        chosen = int(number) if number.isdecimal() else 1
        if not 1 <= chosen <= len(parts) or (number and not number.isdecimal()):
            raise InvalidRequest(f"there is no {one_line(number)} to copy", "/copy says what there is.")
        text = parts[chosen - 1][1]
        if file.strip():
            self.voice.say(await kept(file.strip(), text))
        else:
            await self.copier(text, f"/copy {chosen} FILE")()

    def _parts(self) -> list[tuple[str, str]]:
        turns = self.chat.conversation.turns
        text = turns[-1].answer.text if turns else ""
        if not text:
            raise InvalidRequest("there is no text in an answer to copy", "Ask something first.")
        blocks = [
            (f"code: {one_line(language) or 'no language'}, {one_line(code, limit=60)}", code)
            for language, code in code_blocks(text)
        ]
        return [("the whole answer", text), *blocks]

    def copier(self, text: str, to_file: str) -> Callable[[], Awaitable[None]]:
        """What copies a text and says which way it went; `to_file` is how to write it to a file instead."""

        async def run() -> None:
            copied = await self.bench.clipboard.copy(text, write if takes_sequences(sys.stdout) else None)
            self.voice.say(copied.words)
            if not copied.sure:
                self.voice.say(f"{to_file} writes it to a file.")

        return run

    async def do_edit(self, rest: str) -> None:
        """Write the draft in an editor, then send it."""
        text = await edited_text(self.reader, self.chat.conversation.draft)
        if not text.strip():
            self.voice.say("Nothing was written, and nothing is sent.")
            return
        self.voice.say(*(f"you: {line}" for line in text.strip().splitlines()))
        attached = self.chat.conversation.draft_attachments
        await self.chat.send(UserMessage(text.rstrip("\n"), (), attached))


async def edited_text(reader: LineReader, text: str) -> str:
    """What a person made of a text in their editor, empty where it was not kept. Raises InvalidRequest."""
    if not is_terminal(sys.stdin, sys.stdout):
        raise InvalidRequest("an editor needs a terminal", "End lines with a backslash instead.")
    reader.pause()
    try:
        return await asyncio.to_thread(_edited, text) or ""
    finally:
        reader.start()


def _edited(text: str) -> str | None:
    """What a person made of a text in their editor, None where it was not kept. Raises InvalidRequest."""
    try:
        return click.edit(text, extension=".md", require_save=False)
    except click.ClickException as error:
        raise InvalidRequest(
            one_line(error.format_message(), limit=200), "Let VISUAL or EDITOR name an editor."
        ) from None


async def kept(name: str, text: str) -> str:
    """Write a new file, and say where. Raises StoreFailed, also for a file that is there already."""

    def work() -> None:
        path = Path(name).expanduser()
        with path.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)

    try:
        await asyncio.to_thread(work)
    except (OSError, RuntimeError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise StoreFailed(f"cannot write {name}: {reason}", "Name another file.") from None
    return f"{len(text):,} characters written to {shlex.quote(name)}."
