"""A plain list of lines to choose from; what choosing means is a command of the screen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList

MOVES: tuple[BindingType, ...] = (
    Binding("up", "cursor_up", "up", show=False),
    Binding("home", "first", "first", show=False),
    Binding("end", "last", "last", show=False),
    Binding("pagedown", "page_down", "page down", show=False),
    Binding("pageup", "page_up", "page up", show=False),
)
"""Keys that move the cursor of a list, but for the one that may leave it."""
DOWN = Binding("down", "cursor_down", "down", show=False)


class Lines(OptionList, inherit_bindings=False):
    """An option list without an Enter of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [DOWN, *MOVES]
