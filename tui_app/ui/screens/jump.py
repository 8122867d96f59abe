"""Jumping: a letter over everything that can have the focus; typing it goes there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click, Key, Resize
from textual.geometry import Region
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LETTERS: Final = "asdfghjklqwertyuiopzxcvbnm1234567890"
"""In the order in which they are given, those under the fingers first."""


def places(screen: Screen[object]) -> list[tuple[str, Widget, Region]]:
    """What can be jumped to on a screen, as it stands from top to bottom, with its letter and region."""
    seen = [
        (widget, region)
        for widget in screen.focus_chain
        if (region := screen.find_widget(widget).visible_region)
    ]
    seen.sort(key=lambda place: (place[1].y, place[1].x))
    return [(letter, *place) for letter, place in zip(LETTERS, seen, strict=False)]


class JumpScreen(ModalScreen[Widget | None]):
    """Shows letters over another screen; returns what was chosen, or None when the person left."""

    HELP = """
    Each letter stands on something that can have the focus: a field, a list, a button. Type it to go
    there; esc stays where you are.
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, targets: Sequence[tuple[str, Widget, Region]]) -> None:
        super().__init__()
        self._targets = targets

    def compose(self) -> ComposeResult:
        for letter, _, region in self._targets:
            mark = Static(Content.styled(f" {letter} ", "bold"), classes="jump-mark")
            mark.styles.offset = (region.x, region.y)
            yield mark
        yield Static(Content("Type a letter to go there; esc stays."), id="jump-words")

    def on_key(self, event: Key) -> None:
        """Go where the letter stands, or stay."""
        event.stop()
        found = [widget for letter, widget, _ in self._targets if letter == event.character]
        self.dismiss(found[0] if found else None)

    def on_click(self, event: Click) -> None:
        """A click goes where its mark stands, or stays."""
        at = event.screen_offset
        found = [w for _, w, region in self._targets if region.y == at.y and 0 <= at.x - region.x < 3]
        self.dismiss(found[0] if found else None)

    def on_resize(self, event: Resize) -> None:
        """What stood where has moved."""
        if self.is_current and self.size != event.size:
            self.dismiss(None)
