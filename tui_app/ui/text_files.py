"""Text written to and read from files that a person names; nothing is overwritten without a question."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from textual.app import App

from tui_app.core.errors import StoreFailed

_ABOUT: Final = "A path on this machine; ~ is your home folder."
MOST_BYTES: Final = 200_000_000
"""No larger file is read."""


def path_of(line: str) -> Path:
    """The path that was typed."""
    return Path(os.path.expanduser(line.strip()))


async def save_text(
    app: App[Any], text: str | Callable[[Path], str], value: str, about: str = _ABOUT
) -> Path | None:
    """Ask for a file, `value` being proposed, and write it; None when the person left. Raises StoreFailed.

    A function of the path makes the text off the event loop.
    """
    from tui_app.ui.screens.choice import Choice, ChoiceScreen
    from tui_app.ui.screens.line import LineScreen

    line = await app.push_screen_wait(LineScreen("Save to which file?", about, value=value))
    if line is None:
        return None
    path, force = path_of(line), False
    if await asyncio.to_thread(path.exists):
        choices = [Choice("keep", "Keep the file as it is"), Choice("over", "Overwrite it", danger=True)]
        force = await app.push_screen_wait(ChoiceScreen("Overwrite?", str(path), choices)) == "over"
        if not force:
            return None
    made = text if isinstance(text, str) else await asyncio.to_thread(text, path)
    await asyncio.to_thread(_write, path, made, force)
    return path


async def open_text(app: App[Any], question: str) -> str | None:
    """Ask for a file and read it; None when the person left. Raises StoreFailed."""
    from tui_app.ui.screens.line import LineScreen

    line = await app.push_screen_wait(LineScreen(question, _ABOUT, placeholder="~/conversation.json"))
    return None if line is None else await asyncio.to_thread(read_text, path_of(line))


def read_text(path: Path, most: int = MOST_BYTES) -> str:
    """The text of a file of at most so many bytes. Raises StoreFailed."""
    try:
        return read_bytes(path, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StoreFailed(f"{path} is not text in UTF-8", "Name a text file.") from None


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """A file of at most so many bytes. Raises StoreFailed, also for what may never end, such as a pipe."""
    try:
        kind = path.stat().st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise StoreFailed(f"{path} is no plain file", "Name another file.")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(data) > most:
        raise StoreFailed(f"{path} is larger than {most:,} bytes", "Name a smaller file.")
    return data


def stamp_of(path: Path) -> tuple[int, int]:
    """When a file was changed last, in nanoseconds, and its size: another one tells another file.

    Raises StoreFailed.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from None
    return found.st_mtime_ns, found.st_size


def _unreadable(path: Path, error: OSError) -> StoreFailed:
    reason = (error.strerror or "it failed").lower()
    return StoreFailed(f"{path} cannot be read: {reason}", "Name another file.")


def _write(path: Path, text: str, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise StoreFailed(f"{path} cannot be written: {reason}", "Choose another file.") from None
