"""Copying out of the app: which way a text went is said, and a file is offered where none is sure."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from textual import work
from textual.app import App
from textual.widgets import Input

from tui_app.core.clipboard import TerminalClipboard

if TYPE_CHECKING:
    from tui_app.ui.equipment import Equipment

_OFFER = "{} writes it to a file."


@runtime_checkable
class Equipped(Protocol):
    """An app that may have a clipboard besides the terminal's."""

    @property
    def equipment(self) -> Equipment:
        """What it works with."""


async def copy(app: App[Any], text: str) -> str:
    """Copy `text`, and say which way it went, what of that is certain, and what else can be done."""
    from tui_app.ui.widgets.key_bar import key_of

    clipboard = app.equipment.clipboard if isinstance(app, Equipped) else None
    app._clipboard = text
    driver = app._driver
    copied = await (clipboard or TerminalClipboard()).copy(text, None if driver is None else driver.write)
    key = "" if copied.sure or not isinstance(app, CopyingApp) else key_of(app.screen, "app.keep_copy")
    return " ".join(filter(None, (copied.words, _OFFER.format(key) if key else "")))


class CopyingApp(App[None]):
    """An app that says of every copy which way it went, and can write to a file what was copied last."""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what is selected or cut in a field or on the screen; what is masked is not copied."""
        if isinstance(self.focused, Input) and self.focused.password:
            self.notify("What is masked is not copied.", severity="warning")
        elif text:
            self._clipboard = text
            self._copy_selected(text)

    @work(group="copy", exclusive=True)
    async def _copy_selected(self, text: str) -> None:
        self.notify(await copy(self, text), markup=False)

    @work(group="keep copy", exclusive=True)
    async def action_keep_copy(self) -> None:
        """Ask for a file, and write there what was copied last."""
        from tui_app.ui.screens.line import LineScreen

        text = self.clipboard
        if not text:
            self.notify("Nothing was copied yet.")
            return
        question = LineScreen(
            "Write the copy to a file",
            f"What was copied last: {len(text):,} characters.",
            value=str(Path.home() / "inferterm-copy.txt"),
            check=_flaw,
        )
        name = await self.push_screen_wait(question)
        if name is not None:
            self.notify(await asyncio.to_thread(_write, name, text), markup=False)


def _flaw(name: str) -> str:
    """What is wrong with the name of a new file."""
    try:
        path = Path(name.strip()).expanduser()
        if not name.strip():
            return "nothing was typed"
        return f"{path} is there already; name another" if path.exists() else ""
    except (OSError, RuntimeError, ValueError) as error:
        return str(error).lower()


def _write(name: str, text: str) -> str:
    """Write a new file, and say where, or why not."""
    path = Path(name.strip()).expanduser()
    try:
        with path.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        return f"Not written: {path}: {(error.strerror or str(error)).lower()}"
    return f"Written to {path}."
