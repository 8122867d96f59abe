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

    @dataclass
    class EditorWanted(Message):
        """The person wants to write in an editor; this is what stands there."""

        text: str

    earlier: tuple[str, ...] = ()
    """The prompts that `up` brings back on the first line, the oldest first."""

    def __init__(self) -> None:
        super().__init__(compact=True, placeholder=OPENING, tab_behavior="focus", highlight_cursor_line=False)
        self.cursor_blink = False
        self._resting: Timer | None = None
        self._rows = 1
        self._place: int | None = None
        self._unsent = ""

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

    def action_editor(self) -> None:
        """Ask for an editor."""
        self.post_message(self.EditorWanted(self.text))

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up; on the first line, to the prompt before."""
        if select or self._row > 0 or not self._recall(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down; on the last line, to the prompt after, and in the end to what was not sent."""
        last = self._row >= self.wrapped_document.height - 1
        if select or not last or not self._recall(1):
            super().action_cursor_down(select)

    @property
    def _row(self) -> int:
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    def _recall(self, step: int) -> bool:
        """Put an earlier prompt, or what was not sent; False where there is none that way."""
        if self._place is not None and self.earlier[self._place : self._place + 1] != (self.text,):
            self._place = None
        if self._place is None:
            if step > 0 or not self.earlier:
                return False
            self._unsent, self._place = self.text, len(self.earlier)
        place = self._place + step
        if place < 0:
            return True
        self._place = place if place < len(self.earlier) else None
        self.put(self._unsent if self._place is None else self.earlier[place])
        return True

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
        elif event.key.startswith("alt+") and event.key in self.screen.active_bindings:
            event.prevent_default()  # a text area would take the letter alone
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
