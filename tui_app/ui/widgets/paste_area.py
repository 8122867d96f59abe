"""Where a text from elsewhere is pasted: it is not shown before the keys are taken out of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import TextArea

HINT = (
    "Paste here: Console, curl, Python or JavaScript as documentation shows it, a PUT body, "
    "or an answer of GET _inference/_all"
)
WRAPPED = 5_000
"""Characters of the longest line that is wrapped; longer ones would hold up the screen."""


class PasteArea(TextArea):
    """Hands on what is pasted instead of showing it; `take` shows what became of it."""

    @dataclass
    class Pasted(Message):
        """This was pasted, and stands nowhere yet."""

        text: str

        def __repr__(self) -> str:
            return "Pasted()"

    def __init__(self, *, id: str) -> None:
        super().__init__(
            id=id,
            compact=True,
            placeholder=HINT,
            tab_behavior="focus",
            show_line_numbers=True,
            soft_wrap=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the function keys to the screen."""
        if action in {"select_line", "select_all"}:
            return False
        return super().check_action(action, parameters)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.post_message(self.Pasted(event.text))

    def action_paste(self) -> None:
        """Paste what was copied within the app."""
        self.post_message(self.Pasted(self.app.clipboard))

    def take(self, text: str) -> None:
        """Put a text in the place of the selection."""
        if max(map(len, text.split("\n"))) > WRAPPED:
            self.soft_wrap = False
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    def mask(self, text: str) -> None:
        """Show another text, with the cursor where it is; nothing brings the old one back."""
        cursor = self.cursor_location
        self.load_text(text)
        self.move_cursor(cursor)
