"""The colours in which turns are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.visual import RenderOptions
from textual.widget import Widget

from tui_app.ui.markdown.look import Look

COMPONENTS: Final = frozenset(
    f"turn-view--{name}" for name in ("prompt", "bar", "chosen", "chosen-bar", "quiet", "thinking", "found")
)
"""The component classes that a widget has which draws turns."""


@dataclass(frozen=True, slots=True)
class Brush:
    """The colours of a theme; `draw` makes lines of content, for a width in cells."""

    look: Look
    draw: Callable[[Content, int], list[Strip]] = field(compare=False)
    prompt: Style
    bar: Style
    chosen: Style
    chosen_bar: Style
    quiet: Style
    thinking: Style
    found: Style


def brush_of(widget: Widget) -> Brush:
    """The colours of a widget that has `COMPONENTS`, under the theme of its app."""
    quiet = widget.get_visual_style("turn-view--quiet")
    options = RenderOptions(widget._get_style, {})

    def draw(content: Content, width: int) -> list[Strip]:
        return content.render_strips(width, None, quiet, options)

    def style(name: str) -> Style:
        return widget.get_component_rich_style(f"turn-view--{name}")

    return Brush(
        Look.of(widget.app.theme_variables, dark=widget.app.current_theme.dark),
        draw,
        style("prompt"),
        style("bar"),
        style("chosen"),
        style("chosen-bar"),
        style("quiet"),
        style("thinking"),
        widget.get_component_rich_style("turn-view--found", partial=True),
    )
