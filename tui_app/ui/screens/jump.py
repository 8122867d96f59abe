"""Jumping: a letter over everything that can have the focus; typing it goes there."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Final

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click, Key, Resize
from textual.geometry import Region
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LETTERS: Final = "asdfghjklqwertyuiopzxcvbnm1234567890"
"""In the order in which they are given, those under the fingers first."""
_PAGES: Final = {"pagedown": 1, "down": 1, "pageup": -1, "up": -1}
_FRAMES: Final = 20
"""So many times a screen is drawn at most until what was scrolled stands in sight."""


def places(screen: Screen[object]) -> list[tuple[str, Widget, Region]]:
    """What can be jumped to on a screen, as it stands from top to bottom, with its letter and region."""
    seen = [(widget, region) for widget in screen.focus_chain if (region := _region(screen, widget))]
    seen.sort(key=lambda place: (place[1].y, place[1].x))
    return [(letter, *place) for letter, place in zip(LETTERS, seen, strict=False)]


def _region(screen: Screen[object], widget: Widget) -> Region:
    """What is in sight of a widget; an empty region where nothing is."""
    return screen.find_widget(widget).visible_region


async def jump(app: App[Any]) -> None:
    """Let the person choose something on the screen, also what has to be brought into sight first."""
    screen = app.screen
    await _drawn(screen)
    while (found := await app.push_screen_wait(JumpScreen(screen))) is not None:
        wanted, page = found
        if not page:
            screen.set_focus(wanted)
            return
        wanted.scroll_visible(animate=False, top=page > 0, immediate=True)
        for _ in range(_FRAMES):
            await _drawn(screen)
            if _region(screen, wanted):
                break


async def _drawn(screen: Screen[Any]) -> None:
    """Wait until it is known where everything stands."""
    drawn = asyncio.Event()
    screen.call_after_refresh(drawn.set)
    await drawn.wait()


class JumpScreen(ModalScreen[tuple[Widget, int] | None]):
    """Shows letters over another screen; returns what was chosen, or None when the person left.

    Beside it stands 0, or 1 and -1 for what is out of sight behind and before and is to be brought there.
    """

    HELP = """
    Each letter stands on something that can have the focus: a field, a list, a button. Type it to go
    there; page down and up bring into sight what is not; esc stays where you are.
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._below, self._targets = below, places(below)

    def compose(self) -> ComposeResult:
        for letter, _, region in self._targets:
            mark = Static(Content.styled(f" {letter} ", "bold"), classes="jump-mark")
            mark.styles.offset = (region.x, region.y)
            yield mark
        words = ["type a letter to go there", "pgdn pgup show what is out of sight", "esc stays"]
        shown = words if self._hidden(1) or self._hidden(-1) else [words[0], words[2]]
        yield Static(Content("; ".join(shown).capitalize() + "."), id="jump-words")

    def _hidden(self, page: int) -> Widget | None:
        """The nearest of what is out of sight behind (1) or before (-1) what has a letter."""
        chain, marked = self._below.focus_chain, {widget for _, widget, _ in self._targets}
        seen = [place for place, widget in enumerate(chain) if widget in marked]
        beyond = chain[seen[-1] + 1 :] if page > 0 else chain[: seen[0]][::-1]
        return next(iter(beyond if seen else chain), None)

    def on_key(self, event: Key) -> None:
        """Go where the letter stands, show what is out of sight, or stay."""
        event.stop()
        found = [widget for letter, widget, _ in self._targets if letter == event.character]
        page = _PAGES.get(event.key, 0)
        if found or not page:
            self.dismiss((found[0], 0) if found else None)
        elif hidden := self._hidden(page):
            self.dismiss((hidden, page))

    def on_click(self, event: Click) -> None:
        """A click goes where its mark stands, or stays."""
        at = event.screen_offset
        found = [w for _, w, region in self._targets if region.y == at.y and 0 <= at.x - region.x < 3]
        self.dismiss((found[0], 0) if found else None)

    def on_resize(self, event: Resize) -> None:
        """What stood where has moved."""
        if self.is_current and self.size != event.size:
            self.dismiss(None)
