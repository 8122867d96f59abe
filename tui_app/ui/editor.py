"""A text in the person's own editor, the app suspended meanwhile; answers on their way run on."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from tui_app.core.errors import StoreFailed
from tui_app.ui.text_files import read_text


def editor_command(environ: Mapping[str, str] = os.environ) -> list[str]:
    """What `VISUAL` or `EDITOR` names, else vi. Raises StoreFailed for what cannot be split into words."""
    wanted = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip() or "vi"
    try:
        return shlex.split(wanted)
    except ValueError as error:
        raise StoreFailed(
            f"the editor {wanted} cannot be run: {error}", "Correct VISUAL or EDITOR."
        ) from None


async def edited(app: App[Any], text: str, environ: Mapping[str, str] = os.environ) -> str:
    """The text as the person left it in the editor. Raises StoreFailed when that cannot be run."""
    command = editor_command(environ)
    with tempfile.TemporaryDirectory(prefix="inferterm-") as folder:
        path = Path(folder) / "prompt.md"
        await asyncio.to_thread(path.write_text, text, "utf-8", "replace")
        code = await run_in_terminal(app, [*command, str(path)])
        if code:
            raise StoreFailed(f"the editor {command[0]} ended with {code}; the prompt stays as it was")
        return (await asyncio.to_thread(read_text, path)).removesuffix("\n")


async def run_in_terminal(app: App[Any], command: Sequence[str]) -> int:
    """Lend the terminal to an editor until it ends, and tell its exit code; Ctrl-C is the editor's meanwhile.

    Raises StoreFailed when it cannot be run.
    """
    trouble: OSError | None = None
    code = 0
    try:
        with app.batch_update(), app.suspend(), _deaf():
            try:
                running = await asyncio.create_subprocess_exec(*command)
                code = await running.wait()
            except OSError as error:  # Textual takes the terminal back only where nothing is raised
                trouble = error
    except SuspendNotSupported:
        raise StoreFailed("this terminal cannot be lent to an editor") from None
    finally:
        app.refresh(layout=True)
    if trouble is not None:
        reason = (trouble.strerror or "it failed").lower()
        words = f"the editor {command[0]} cannot be run: {reason}"
        raise StoreFailed(words, "Set VISUAL or EDITOR to another one.")
    return code


@contextmanager
def _deaf() -> Iterator[None]:
    """Hear no Ctrl-C; a program that is started meanwhile does."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
