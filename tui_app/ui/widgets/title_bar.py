"""The line on top of a screen: where the person is on the left, what stands on the right."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class TitleBar(Widget):
    """`place` in bold, `about` beside it, `aside` at the right end; foreign text is safe in all."""

    DEFAULT_CSS = """
    TitleBar { height: 1; padding: 0 1; }
    """

    place: reactive[str] = reactive("")
    about: reactive[str] = reactive("")
    aside: reactive[Content] = reactive(Content(""))

    def __init__(self, place: str, about: str = "") -> None:
        super().__init__()
        self.set_reactive(TitleBar.place, place)
        self.set_reactive(TitleBar.about, about)

    def render(self) -> Content:
        width = self.content_size.width
        left = Content.assemble((self.place, "bold $accent"), "   ", (self.about, "$text-muted"))
        room = width - self.aside.cell_length - 2
        if room < len(self.place):
            return left.truncate(width, ellipsis=True)
        left = left.truncate(room, ellipsis=True)
        return Content.assemble(left, " " * (width - left.cell_length - self.aside.cell_length), self.aside)
