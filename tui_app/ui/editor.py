"""A text in the person's own editor, the app suspended meanwhile; answers on their way run on."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from textual.app import App, SuspendNotSupported

from tui_app.core.errors import StoreFailed
from tui_app.ui.text_files import read_text

_LOOK_EVERY_S: Final = 0.05
"""How often an editor is looked at: on Python 3.11 asyncio's own waiting may not end when it is cancelled."""
_LAST_WAIT_S: Final = 0.5


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
            raise StoreFailed(f"the editor {command[0]} {how_ended(code)}; the prompt stays as it was")
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
                code = await _code_of(command)
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


def how_ended(code: int) -> str:
    """What an exit code tells, in words: `ended with 3`, or by which signal."""
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended with {code}"


async def _code_of(command: Sequence[str]) -> int:
    """Run a program that has the terminal; it is ended with who waits for it. Raises OSError."""
    process = _started(command)
    try:
        while True:
            if (code := process.poll()) is not None:
                return code
            await asyncio.sleep(_LOOK_EVERY_S)
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End an editor, which would go on reading from the terminal; it may put its work in safety first."""
    process.terminate()
    try:
        process.wait(_LAST_WAIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command)


@contextmanager
def _deaf() -> Iterator[None]:
    """Hear no Ctrl-C; a program that is started meanwhile does."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
