"""A button of a dialogue that runs one of its commands, and says the key that does the same."""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button

from tui_app.ui.commands import BY_ID
from tui_app.ui.widgets.key_bar import key_of


class KeyButton(Button):
    """The command's title and key; the key is that of the person's keymap."""

    def __init__(self, screen: Screen[Any], command: str, *, id: str | None = None) -> None:
        known = BY_ID[command]
        words = Content(f"{known.title.capitalize()} {key_of(screen, command)}".rstrip())
        super().__init__(words, compact=True, id=id, action=f"screen.{known.action}")
