"""A text in the person's own editor, the app suspended meanwhile; answers on their way run on."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from collections.abc import Mapping
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
        try:
            with app.batch_update(), app.suspend():
                running = await asyncio.create_subprocess_exec(*command, str(path))
                code = await running.wait()
        except SuspendNotSupported:
            raise StoreFailed("this terminal cannot be lent to an editor") from None
        except OSError as error:
            reason = (error.strerror or "it failed").lower()
            words = f"the editor {command[0]} cannot be run: {reason}"
            raise StoreFailed(words, "Set VISUAL or EDITOR to another one.") from None
        finally:
            app.refresh(layout=True)
        if code:
            raise StoreFailed(f"the editor {command[0]} ended with {code}; the prompt stays as it was")
        return (await asyncio.to_thread(read_text, path)).removesuffix("\n")
