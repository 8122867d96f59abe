"""Conversations on standard output and in files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui_app.cli.exits import complain, one_line
from tui_app.cli.exports import write_file
from tui_app.cli.streams import write, write_json, write_line
from tui_app.core.chat_documents import read, written
from tui_app.core.chat_markdown import markdown
from tui_app.core.counts import counted
from tui_app.core.durations import ago
from tui_app.core.errors import InvalidRequest

if TYPE_CHECKING:
    from tui_app.wiring import Workbench


async def print_chats(bench: Workbench, words: str | None, *, as_json: bool) -> None:
    """Print the list, or what was found. Raises StoreFailed."""
    if words is not None:
        await _print_hits(bench, words, as_json=as_json)
        return
    entries = await bench.inference.chats.entries()
    if as_json:
        names = ("id", "endpoint", "title", "turns", "updated_at", "pinned")
        write_json([{name: getattr(each, name) for name in names} for each in entries])
        return
    for each in entries:
        age = ago(max(0.0, time.time() - each.updated_at))
        title = one_line(each.title)[:80] or "(a prompt that was not sent)"
        turns = counted(each.turns, "turn")
        write_line(f"{each.id}: {'* ' if each.pinned else ''}{title}  [{each.endpoint}, {turns}, {age}]")


async def _print_hits(bench: Workbench, words: str, *, as_json: bool) -> None:
    hits = await bench.inference.chats.search(words, 1_000)
    if as_json:
        names = ("conversation_id", "turn_id", "endpoint", "title", "asked_at", "where")
        text = [{"excerpt": "".join(piece for piece, _ in each.excerpt)} for each in hits]
        found = [{name: getattr(each, name) for name in names} for each in hits]
        write_json([each | more for each, more in zip(found, text, strict=True)])
        return
    for each in hits:
        excerpt = "".join(f"*{piece}*" if found else piece for piece, found in each.excerpt)
        write_line(f"{each.conversation_id}: {one_line(each.title)[:60]}  [{each.where}] {one_line(excerpt)}")


async def export_chats(
    bench: Workbench, numbers: tuple[int, ...], form: str, output: str | None, *, force: bool
) -> None:
    """Write conversations, all where none is named. Raises InvalidRequest, StoreFailed."""
    wanted = numbers or tuple(each.id for each in await bench.inference.chats.entries())
    chapters = await bench.inference.chats.chapters(wanted)
    if form == "json":
        text = written(chapters)
    else:
        text = "\n".join(markdown(each.conversation) for each in chapters)
    if output in {None, "-"}:
        write(text)
    else:
        write_file(Path(str(output)), text, force=force)


async def import_chats(bench: Workbench, title: str, text: str) -> None:
    """Keep what a document called `title` holds, and print the new numbers.

    Raises InvalidRequest, StoreFailed.
    """
    try:
        chapters = read(text)
    except InvalidRequest as error:
        raise InvalidRequest(f"{title}: {error}", error.advice) from None
    for chapter in chapters:
        number = await bench.inference.chats.keep(chapter)
        write_line(str(number))
        complain(f"kept as {number}: {one_line(chapter.conversation.title)[:80]}")
