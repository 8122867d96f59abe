"""Words on lines that fit: when they change, only those lines are drawn anew that look different."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget


class PanelLines(Widget):
    """Shows the `content` last given to `show`; no line of it may be wider than there is room."""

    DEFAULT_CSS = """
    PanelLines { height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        self._strips: dict[int, Strip] = {}
        super().__init__(id=id)
        self.content = Content("")

    def show(self, content: Content) -> None:
        """Show these lines; gone from the layout where there are none."""
        before, after = self._lines, content.split(allow_blank=True)
        self.content = content
        if len(before) != len(after) or bool(content) != self.display:
            self.display = bool(content)
            self._strips.clear()
            self.refresh(layout=True)
            return
        changed = [y for y, line in enumerate(after) if not line.is_same(before[y])]
        for y in changed:
            self._strips.pop(y, None)
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    @property
    def _lines(self) -> list[Content]:
        return self.content.split(allow_blank=True)

    def render(self) -> Content:
        return self.content

    def render_line(self, y: int) -> Strip:
        if self.text_selection is not None:
            return super().render_line(y)
        if y not in self._strips:
            self._strips[y] = self._strip(y)
        return self._strips[y]

    def _strip(self, y: int) -> Strip:
        lines, style, width = self._lines, self.visual_style, self.size.width
        drawn = Visual.to_strips(self, lines[y], width, 1, style) if y < len(lines) else []
        return drawn[0].apply_offsets(0, y) if drawn else Strip.blank(width, style.rich_style)

    def on_resize(self) -> None:
        self._strips.clear()

    def notify_style_update(self) -> None:
        """Draw all anew: the theme may be another one."""
        self._strips.clear()
        super().notify_style_update()
