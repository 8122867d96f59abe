"""What an answer took, a measure a line at the same place in every column."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui_app.core.conversation import Answer
from tui_app.core.measures import UNKNOWN, measures

LOW = 32
"""Lines of a screen below which less is said."""
_NARROW = 32
_LABELS = {"first token": "first"}


class Measured(Widget):
    """Shows five lines, or three on a low screen; what does not fit is cut, so that lines stay in line."""

    DEFAULT_CSS = """
    Measured { height: auto; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, answer: Answer, *, free: bool) -> None:
        super().__init__()
        self._found = measures(answer, free=free)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 3 if viewport.height < LOW else len(self._found)

    def render(self) -> Content:
        if self.app.size.height < LOW:
            return self._brief()
        narrow = self.content_size.width < _NARROW
        width = 8 if narrow else 13
        rows = (
            Content.assemble(
                (f"{_LABELS.get(name, name) if narrow else name:<{width}}", "$text-muted"), value
            )
            for name, value in self._found
        )
        return Content("\n").join(rows)

    def _brief(self) -> Content:
        words = dict(self._found)
        rest = " · ".join(words[name] for name in ("cost", "speed") if words[name] != UNKNOWN)
        times = f"first {words['first token']}, all {words['in all']}"
        return Content.styled(f"{times}\n{words['tokens']}\n{rest}", "$text-muted")
