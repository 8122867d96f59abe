"""Copying out of a terminal: which way is taken depends on what stands between, and is said."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from textual.app import App

LONG: Final = 74_994
"""Bytes of text that hterm and older terminals take in one OSC 52; others take more."""
_CHUNK: Final = 240
_ANSWER_S: Final = 2.0


async def copy(app: App[Any], text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Copy `text`, and say which way it went and what of that is certain."""
    app.copy_to_clipboard(text) if not environ.get("STY") else _through_screen(app, text)
    if environ.get("TMUX") and await _into_tmux(text):
        return f"{_count(text)} in tmux's buffer (prefix ] pastes), sent on to the terminal's clipboard."
    way = "through screen to" if environ.get("STY") else "to"
    long = " It is long: some terminals cut or refuse that." if len(text.encode()) > LONG else ""
    return (
        f"{_count(text)} sent {way} the terminal's clipboard (OSC 52). "
        f"Terminals do not say whether they took it.{long}"
    )


def _count(text: str) -> str:
    return f"{len(text):,} character{'' if len(text) == 1 else 's'}"


async def _into_tmux(text: str) -> bool:
    """Hand `text` to tmux, which by default ignores OSC 52 of programs; True when tmux took it."""
    try:
        tmux = await asyncio.create_subprocess_exec(
            "tmux",
            "load-buffer",
            "-w",
            "-",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(_ANSWER_S):
            await tmux.communicate(text.encode())
    except TimeoutError:
        with suppress(ProcessLookupError):
            tmux.kill()
        await tmux.wait()
        return False
    return tmux.returncode == 0


def _through_screen(app: App[Any], text: str) -> None:
    """Wrap OSC 52 so that GNU screen passes it on, in pieces as short as it takes."""
    sequence = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"
    pieces = [sequence[at : at + _CHUNK] for at in range(0, len(sequence), _CHUNK)]
    if app._driver is not None:
        app._driver.write("".join(f"\x1bP{piece}\x1b\\" for piece in pieces))
