"""The prompt: some lines of text, sent with Enter; a key costs it next to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from tui_app.ui.commands import bindings

MOST_ROWS: Final = 8
REST_S: Final = 0.5
"""How long nobody types before the draft is worth keeping."""
OPENING: Final = "Opening the conversation…"
HINT: Final = "Ask something. Enter sends, Ctrl+J makes a line."


class Prompt(TextArea):
    """Grows from one row to eight; it is laid out anew only when its number of rows changes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompt")]

    @dataclass
    class Submitted(Message):
        """The person sends this."""

        text: str

    @dataclass
    class Rested(Message):
        """The person stopped typing; this is what stands there."""

        text: str

    def __init__(self) -> None:
        super().__init__(compact=True, placeholder=OPENING, tab_behavior="focus", highlight_cursor_line=False)
        self.cursor_blink = False
        self._resting: Timer | None = None
        self._rows = 1

    def on_mount(self) -> None:
        self._resting = self.set_interval(REST_S, self._rest, pause=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave to the chat the function keys with which a text area selects."""
        if action in {"select_line", "select_all"}:
            return False
        return super().check_action(action, parameters)

    def invite(self) -> None:
        """Say that and how a prompt is sent."""
        self.placeholder = HINT

    def put(self, text: str) -> None:
        """Replace what stands there, with the cursor at its end."""
        self.load_text(text)
        self.move_cursor(self.document.end)
        self._fit()

    def action_send(self) -> None:
        """Hand in what stands there, unless that is nothing; what is typed next is the next prompt."""
        if self.text.strip():
            self.post_message(self.Submitted(self.text))
            self.clear()

    def action_newline(self) -> None:
        """Begin a new line."""
        start, end = self.selection
        self._replace_via_keyboard("\n", start, end)

    async def _on_key(self, event: events.Key) -> None:
        """Let its own commands have their keys, in the order in which they were typed."""
        if not event.is_printable:
            active = self.screen.active_bindings.get(event.key)
            if active is not None and active.node is self and (active.binding.id or "").startswith("prompt."):
                event.stop()
                event.prevent_default()
                await self.run_action(active.binding.action)
                return
        await super()._on_key(event)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._fit()
        if self._resting is not None:
            self._resting.reset()
            self._resting.resume()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        rows = min(MOST_ROWS, max(1, self.wrapped_document.height))
        if rows != self._rows:
            self._rows = rows
            self.styles.height = rows

    def _rest(self) -> None:
        if self._resting is not None:
            self._resting.pause()
        self.post_message(self.Rested(self.text))
